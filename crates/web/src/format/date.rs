//! Dates as a reader of any country understands them: `6 Feb 2026`, never `2/6/2026`.
//!
//! The day shown is the day as written, in the zone it was written in: a claim that ends
//! `2025-12-31T23:59:59-08:00` ends on 31 December, wherever the reader sits.

use askama::Template;
use askama::filters::HtmlSafe;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time: the machine's form for `<time datetime>` and the words for people.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "part/moment.html")]
pub struct Moment {
    machine: String,
    words: String,
}

impl HtmlSafe for Moment {}

impl Moment {
    /// The day of an RFC 3339 datetime; text that is no date is shown as written.
    pub fn day(written: &str) -> Self {
        let words = day_words(written).unwrap_or_else(|| written.to_owned());
        Self { machine: written.to_owned(), words }
    }

    /// The words for people.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The day and the minute, for what a server observed: `18 Nov 2026, 14:03 UTC`.
    pub fn minute(written: &str) -> Self {
        let words = minute_words(written).unwrap_or_else(|| written.to_owned());
        Self { machine: written.to_owned(), words }
    }
}

/// A time of work: either end may be open.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "part/period.html")]
pub struct Period {
    start: Option<Moment>,
    end: Option<Moment>,
}

impl HtmlSafe for Period {}

impl Period {
    /// A period from what a record says; `None` when it says neither end.
    pub fn of(start: Option<&str>, end: Option<&str>) -> Option<Self> {
        let (start, end) = (start.map(Moment::day), end.map(Moment::day));
        (start.is_some() || end.is_some()).then_some(Self { start, end })
    }

    fn is_one_day(&self) -> bool {
        matches!((&self.start, &self.end), (Some(start), Some(end)) if start.words == end.words)
    }
}

fn day_words(written: &str) -> Option<String> {
    let (year, month, day) = (written.get(0..4)?, written.get(5..7)?, written.get(8..10)?);
    if written.get(4..5)? != "-" || written.get(7..8)? != "-" {
        return None;
    }
    let year: u16 = year.parse().ok()?;
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some(format!("{day} {month} {year}"))
}

fn minute_words(written: &str) -> Option<String> {
    let at: jiff::Timestamp = written.parse().ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let day = day_words(&at.date().to_string())?;
    Some(format!("{day}, {:02}:{:02} UTC", at.hour(), at.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_the_same_in_every_country() {
        assert_eq!(Moment::day("2026-02-06T10:00:00Z").words, "6 Feb 2026");
        assert_eq!(
            Moment::day("2026-02-06T10:00:00Z").to_string(),
            r#"<time datetime="2026-02-06T10:00:00Z">6 Feb 2026</time>"#
        );
    }

    #[test]
    fn the_day_is_the_one_written_not_the_one_in_utc() {
        assert_eq!(Moment::day("2025-12-31T23:59:59-08:00").words, "31 Dec 2025");
        assert_eq!(Moment::minute("2025-12-31T23:59:59-08:00").words, "1 Jan 2026, 07:59 UTC");
    }

    #[test]
    fn what_is_no_date_is_shown_as_written() {
        for text in ["", "spring", "2026-13-01T00:00:00Z", "2026/02/06", "20é6-01-01", "2026-00-10"]
        {
            assert_eq!(Moment::day(text).words, text);
        }
    }

    #[test]
    fn a_period_may_be_open_at_either_end() {
        let words = |start, end| Period::of(start, end).map(|period| period.to_string());
        let (january, december) = ("2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z");
        assert_eq!(words(None, None), None);
        assert!(words(Some(january), None).is_some_and(|text| text.starts_with("since <time")));
        assert!(words(None, Some(december)).is_some_and(|text| text.starts_with("until <time")));
        assert!(
            words(Some(january), Some(december))
                .is_some_and(|text| text.contains("</time> – <time"))
        );
        assert!(words(Some(january), Some(january)).is_some_and(|text| !text.contains('–')));
    }
}
