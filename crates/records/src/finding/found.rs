//! Collecting the findings of one record, so many and no more.

use super::Finding;
use super::rule::{MORE_FINDINGS, Rule};

/// Findings of one record; a claim may list a hundred thousand contributors.
const MAX_FINDINGS: usize = 100;

#[derive(Default)]
pub(super) struct Found {
    list: Vec<Finding>,
    more: bool,
}

impl Found {
    pub(super) fn add(&mut self, rule: Rule, path: impl Into<String>, message: impl Into<String>) {
        let finding = rule.at(path, message);
        if self.list.contains(&finding) {
            return;
        }
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
        } else {
            self.more = true;
        }
    }

    pub(super) fn into_list(mut self) -> Vec<Finding> {
        if self.more {
            let message = format!(
                "There is more to say about this record than the {MAX_FINDINGS} findings listed. Mend these, \
                 then check again."
            );
            self.list.push(MORE_FINDINGS.at("", message));
        }
        self.list
    }
}
