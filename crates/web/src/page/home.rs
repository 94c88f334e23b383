//! The front page: search, and the newest hypercerts.

use askama::Template;
use hypercerts_index::view::{self, Counts, Summary};

use super::Page;
use super::list::Entry;
use crate::format::count;

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/home.html")]
pub struct HomePage {
    query: &'static str,
    entries: Vec<Entry>,
    more: bool,
    holdings: String,
}

impl HomePage {
    /// The newest hypercerts, those that somebody evaluated first.
    pub fn of(newest: &view::Page<Summary>, counts: &Counts) -> Self {
        let mut items: Vec<_> = newest.items.iter().collect();
        items.sort_by_key(|summary| summary.counts.evaluations == 0);
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            query: "",
            entries: items.into_iter().map(Entry::from).collect(),
            more: newest.cursor.is_some(),
            holdings: format!(
                "{} of {}, each with its signature checked.",
                count(number(counts.records), "record", "records"),
                count(number(counts.accounts), "account", "accounts"),
            ),
        }
    }
}

impl Page for HomePage {
    fn title(&self) -> String {
        "Records of work and what it achieved".to_owned()
    }
}
