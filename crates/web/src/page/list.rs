//! Lists of hypercerts: search results, somebody's claims, the newest.

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_index::view::{self, Summary};

use super::filter::{Asked, Chosen};
use super::people::Person;
use super::{Here, Page};
use crate::format::{count, date::Period, link};

/// One hypercert of a list.
#[derive(Clone, Debug, Template)]
#[template(path = "part/entry.html")]
pub struct Entry {
    title: String,
    href: String,
    summary: Option<String>,
    author: Person,
    scope: Option<String>,
    period: Option<Period>,
    figures: Vec<String>,
    invalid: bool,
}

impl HtmlSafe for Entry {}

impl From<&Summary> for Entry {
    fn from(summary: &Summary) -> Self {
        let text = |datetime: &Option<_>| datetime.as_ref().map(ToString::to_string);
        let (start, end) = (text(&summary.start_date), text(&summary.end_date));
        let title = summary.title.trim();
        Self {
            title: if title.is_empty() { "Claim without a title" } else { title }.to_owned(),
            href: link::hypercert(&summary.uri),
            summary: summary.short_description.clone(),
            author: Person::from(&summary.author),
            scope: summary.work_scope.clone(),
            period: Period::of(start.as_deref(), end.as_deref()),
            figures: figures(summary),
            invalid: !summary.validity.is_valid(),
        }
    }
}

/// What is tied to a claim, in words; what is not there is said too.
fn figures(summary: &Summary) -> Vec<String> {
    let counts = &summary.counts;
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let figure = |of: u64, one: &str, many: &str| match of {
        0 => format!("no {one}"),
        of => count(number(of), one, many),
    };
    let independent = match (counts.evaluations, counts.independent_evaluations) {
        (0, _) => String::new(),
        (_, 0) => " (none independent)".to_owned(),
        (_, some) => format!(" ({some} independent)"),
    };
    vec![
        figure(counts.measurements, "measurement", "measurements"),
        figure(counts.attachments, "piece of evidence", "pieces of evidence"),
        format!("{}{independent}", figure(counts.evaluations, "evaluation", "evaluations")),
        figure(counts.receipts, "receipt", "receipts"),
    ]
}

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/list.html")]
pub struct ListPage {
    asked: Asked,
    chosen: Vec<Chosen>,
    entries: Vec<Entry>,
    next: Option<String>,
    is_first: bool,
}

impl ListPage {
    /// One page of answers; `is_first` is false when a cursor was followed.
    pub fn of(asked: Asked, page: &view::Page<Summary>, is_first: bool) -> Self {
        Self {
            entries: page.items.iter().map(Entry::from).collect(),
            chosen: asked.chosen(),
            next: page.cursor.as_deref().map(|cursor| asked.page(cursor)),
            asked,
            is_first,
        }
    }
}

impl Page for ListPage {
    fn title(&self) -> String {
        match &self.asked.text {
            Some(text) => format!("Search for {text}"),
            None if self.chosen.is_empty() => "All hypercerts".to_owned(),
            None => "Some hypercerts".to_owned(),
        }
    }

    fn here(&self) -> Here {
        Here::Hypercerts
    }
}
