//! `ls`: the hypercerts the index holds, newest first.

use clap::Args;
use hypercerts_index::view::{Page, Summary};
use hypercerts_lexicon::{AtIdentifier, Datetime};
use hypercerts_records::nsid;
use serde::Serialize;

use super::answer::{Answer, Format};
use super::connect::{self, AppOption};
use super::input::When;
use super::{CliError, text};

/// List hypercerts, newest first
#[derive(Debug, Args)]
pub(super) struct Ls {
    /// Only those of this account, by its handle or DID
    #[arg(long, value_name = "ACCOUNT")]
    author: Option<AtIdentifier>,

    /// Only those with these words
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,

    /// Only those whose scope of work has these words
    #[arg(long, value_name = "WORDS")]
    scope: Option<String>,

    /// Only those with a place whose name has these words
    #[arg(long, value_name = "WORDS")]
    place: Option<String>,

    /// Only work that went on this day or later, like 2025-01-31
    #[arg(long, value_name = "DATE")]
    from: Option<When>,

    /// Only work that went on this day or earlier
    #[arg(long, value_name = "DATE")]
    until: Option<When>,

    /// Only those that somebody (true) or nobody (false) evaluated
    #[arg(long, value_name = "BOOL")]
    evaluated: Option<bool>,

    /// Only those with (true) or without (false) a funding receipt
    #[arg(long, value_name = "BOOL")]
    funded: Option<bool>,

    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=100))]
    limit: u8,

    /// Go on where the list before ended
    #[arg(long)]
    cursor: Option<String>,

    #[command(flatten)]
    app: AppOption,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Params<'a> {
    author: Option<&'a AtIdentifier>,
    q: Option<&'a str>,
    scope: Option<&'a str>,
    place: Option<&'a str>,
    from: Option<Datetime>,
    until: Option<Datetime>,
    evaluated: Option<bool>,
    funded: Option<bool>,
    limit: u8,
    cursor: Option<&'a str>,
}

pub(super) async fn run(ls: Ls) -> Result<Answer, CliError> {
    let params = Params {
        author: ls.author.as_ref(),
        q: ls.search.as_deref(),
        scope: ls.scope.as_deref(),
        place: ls.place.as_deref(),
        from: ls.from.as_ref().map(When::start),
        until: ls.until.as_ref().map(When::end),
        evaluated: ls.evaluated,
        funded: ls.funded,
        limit: ls.limit,
        cursor: ls.cursor.as_deref(),
    };
    let app = connect::client(&ls.app.app)?;
    let page: Page<Summary> = app.query(nsid::LIST_HYPERCERTS, &params).await?;
    ls.format.answer(&page, || in_words(&page))
}

fn in_words(page: &Page<Summary>) -> String {
    if page.items.is_empty() {
        return "No hypercerts here. `hypercerts create` makes one.".to_owned();
    }
    let mut entries: Vec<String> = page.items.iter().map(entry).collect();
    if let Some(cursor) = &page.cursor {
        entries.push(format!("More with --cursor {}", text::line(cursor)));
    }
    entries.join("\n\n")
}

fn entry(summary: &Summary) -> String {
    let title = match text::line(&summary.title) {
        title if title.is_empty() => "(without a title)".to_owned(),
        title => title,
    };
    format!("{title}\n  {}\n  {}", facts(summary).join(" · "), summary.uri)
}

fn facts(summary: &Summary) -> Vec<String> {
    let counts = &summary.counts;
    let mut facts = vec![text::actor(&summary.author)];
    facts.extend(text::period(summary.start_date.as_ref(), summary.end_date.as_ref()));
    if !summary.validity.is_valid() {
        facts.push("not valid".to_owned());
    }
    for (number, one, many) in [
        (counts.measurements, "measurement", "measurements"),
        (counts.attachments, "attachment", "attachments"),
    ] {
        if number > 0 {
            facts.push(text::count(number, one, many));
        }
    }
    facts.push(text::evaluations(counts.evaluations, counts.independent_evaluations));
    facts
}
