//! Words for a terminal: strangers' texts made harmless, dates, people, long texts folded.

use hypercerts_index::view::ActorBrief;
use hypercerts_lexicon::Datetime;
use jiff::Timestamp;

use hypercerts_verify::Step;

/// Characters in a line, where it can be folded.
pub(super) const WIDTH: usize = 90;

/// The text without control characters, which could steer the terminal; line breaks are kept.
pub(super) fn clean(text: &str) -> String {
    let harmless = |c: &char| *c == '\n' || !(c.is_control() || is_direction_mark(*c));
    text.chars().filter(harmless).collect()
}

/// Marks that turn the direction of writing around, and so what a line seems to say.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// As [`clean`], on one line.
pub(super) fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `6 Feb 2026`, in UTC.
pub(super) fn date(moment: &Datetime) -> String {
    Timestamp::from_microsecond(moment.unix_micros())
        .map_or_else(|_| moment.to_string(), |at| at.strftime("%-d %b %Y").to_string())
}

/// `1 Jan 2025 – 31 Dec 2025`; an end that is open stays open.
pub(super) fn period(start: Option<&Datetime>, end: Option<&Datetime>) -> Option<String> {
    match (start.map(date), end.map(date)) {
        (None, None) => None,
        (Some(start), None) => Some(format!("from {start}")),
        (None, Some(end)) => Some(format!("until {end}")),
        (Some(start), Some(end)) if start == end => Some(start),
        (Some(start), Some(end)) => Some(format!("{start} – {end}")),
    }
}

/// `1 evaluation`, `3 evaluations`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// `2 evaluations (1 independent)`.
pub(super) fn evaluations(all: u64, independent: u64) -> String {
    match all {
        0 => "not evaluated yet".to_owned(),
        _ => format!("{} ({independent} independent)", count(all, "evaluation", "evaluations")),
    }
}

/// A name and a handle, or what there is of them.
pub(super) fn actor(actor: &ActorBrief) -> String {
    let handle = actor.handle.as_ref().map_or_else(|| actor.did.to_string(), ToString::to_string);
    match actor.display_name.as_deref().map(line).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({handle})"),
        None => handle,
    }
}

/// Folds a text to lines of at most `width` characters, each begun with `indent` spaces. A word
/// longer than a line stays whole.
pub(super) fn fold(text: &str, width: usize, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in clean(text).split_whitespace() {
        let length = current.chars().count() + 1 + word.chars().count();
        if !current.is_empty() && indent + length > width {
            lines.push(format!("{margin}{current}"));
            current.clear();
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    lines.push(format!("{margin}{current}"));
    lines.join("\n")
}

/// Rows whose cells stand below each other.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The line below a list that goes on.
pub(super) fn more(cursor: &str) -> String {
    format!("\nMore with --cursor {}", line(cursor))
}

/// A step of a check: its mark and name, what was found, and below what that means.
pub(super) fn step(step: &Step) -> String {
    const INDENT: usize = 13;
    let found = fold(&step.found, WIDTH, INDENT);
    let means = fold(&step.means, WIDTH, INDENT);
    let (mark, name) = (step.outcome.mark(), step.check.name());
    format!("{mark} {name:<10} {}\n{means}", found.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Datetime {
        Datetime::parse(text).expect("a datetime")
    }

    #[test]
    fn what_would_steer_the_terminal_is_taken_out() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\nb\u{202e}c"), "a[31mred\nbc");
        assert_eq!(line(" two\n  words "), "two words");
    }

    #[test]
    fn dates_read_like_dates() {
        assert_eq!(date(&moment("2026-02-06T23:59:59.5+00:00")), "6 Feb 2026");
        let (start, end) = (moment("2025-01-01T00:00:00Z"), moment("2025-12-31T23:59:59Z"));
        assert_eq!(period(Some(&start), Some(&end)).as_deref(), Some("1 Jan 2025 – 31 Dec 2025"));
        assert_eq!(period(Some(&start), None).as_deref(), Some("from 1 Jan 2025"));
        assert_eq!(period(None, None), None);
    }

    #[test]
    fn the_cells_of_a_table_stand_below_each_other() {
        let rows = [["a", "bcd", ""], ["ef", "g", "h"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "a   bcd\nef  g    h");
    }

    #[test]
    fn long_texts_are_folded_between_words() {
        assert_eq!(fold("one two three", 9, 2), "  one two\n  three");
        assert_eq!(fold("incomprehensibilities x", 5, 0), "incomprehensibilities\nx");
    }
}
