//! The front page: search, what was evaluated last, and what is new.

use askama::Template;
use hypercerts_index::view::{self, Counts, Summary};

use super::Page;
use super::list::Entry;
use crate::format::count;

/// How many are shown in each list.
pub const SHOWN: usize = 6;

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/home.html")]
pub struct HomePage {
    query: &'static str,
    evaluated: Vec<Entry>,
    newest: Vec<Entry>,
    holdings: String,
}

impl HomePage {
    /// What was evaluated last, then the newest of all others.
    pub fn of(evaluated: &[Summary], newest: &view::Page<Summary>, counts: &Counts) -> Self {
        let is_untold = |one: &&Summary| !evaluated.iter().any(|other| other.uri == one.uri);
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            query: "",
            evaluated: evaluated.iter().map(Entry::from).collect(),
            newest: newest.items.iter().filter(is_untold).take(SHOWN).map(Entry::from).collect(),
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
