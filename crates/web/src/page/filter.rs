//! What is asked of the list: words, and filters that narrow it down.

use hypercerts_index::{Cursor, ListQuery};
use hypercerts_lexicon::{AtIdentifier, Datetime};

use super::people::Person;
use crate::format::date::Moment;
use crate::format::link;

/// Everything that is asked for; what is absent is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub text: Option<String>,
    pub author: Option<Person>,
    pub scope: Option<String>,
    pub place: Option<String>,
    pub from: Option<Day>,
    pub until: Option<Day>,
    pub evaluated: Option<bool>,
    pub funded: Option<bool>,
}

/// A calendar day, as a date field sends it: `2025-01-31`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    written: String,
    first: Datetime,
    last: Datetime,
}

impl Day {
    /// Reads a day; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let at = |time: &str| Datetime::parse(&format!("{text}T{time}Z")).ok();
        let (first, last) = (at("00:00:00")?, at("23:59:59.999")?);
        Some(Self { written: text.to_owned(), first, last })
    }

    fn words(&self) -> String {
        Moment::day(&self.written).words().to_owned()
    }
}

/// A filter that is on, and the list without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub words: String,
    pub without: String,
}

impl Asked {
    /// The same question to the index.
    pub fn query(
        &self,
        author: Option<AtIdentifier>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> ListQuery {
        ListQuery {
            limit,
            cursor,
            author,
            q: self.text.clone(),
            evaluated: self.evaluated,
            funded: self.funded,
            from: self.from.as_ref().map(|day| day.first.clone()),
            until: self.until.as_ref().map(|day| day.last.clone()),
            scope: self.scope.clone(),
            place: self.place.clone(),
        }
    }

    /// The filters that are on; the words searched for are none of them.
    pub fn chosen(&self) -> Vec<Chosen> {
        let filters = [
            ("author", self.author.as_ref().map(|author| format!("by {}", author.words()))),
            ("scope", self.scope.as_ref().map(|words| format!("scope: {words}"))),
            ("place", self.place.as_ref().map(|words| format!("place: {words}"))),
            ("from", self.from.as_ref().map(|day| format!("work since {}", day.words()))),
            ("until", self.until.as_ref().map(|day| format!("work until {}", day.words()))),
            ("evaluated", self.evaluated.map(|is| either(is, "evaluated", "not evaluated yet"))),
            ("funded", self.funded.map(|is| either(is, "funding recorded", "no funding recorded"))),
        ];
        let on = filters.into_iter().filter_map(|(name, words)| Some((name, words?)));
        on.map(|(name, words)| Chosen { words, without: self.without(name) }).collect()
    }

    /// The page of the list that begins at a cursor.
    pub fn page(&self, cursor: &str) -> String {
        let mut fields = self.fields();
        fields.push(("cursor", cursor.to_owned()));
        address(&fields)
    }

    fn without(&self, name: &str) -> String {
        let mut fields = self.fields();
        fields.retain(|(field, _)| *field != name);
        address(&fields)
    }

    /// The fields of the form that holds the question.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let day = |day: &Option<Day>| day.as_ref().map(|day| day.written.clone());
        let fields = [
            ("q", self.text.clone()),
            ("author", self.author.as_ref().map(|author| author.did().to_owned())),
            ("scope", self.scope.clone()),
            ("place", self.place.clone()),
            ("from", day(&self.from)),
            ("until", day(&self.until)),
            ("evaluated", self.evaluated.map(|is| is.to_string())),
            ("funded", self.funded.map(|is| is.to_string())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// What a field of the form shows; empty when it is not asked.
    pub fn field(&self, name: &str) -> String {
        let fields = self.fields();
        let found = fields.into_iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }
}

fn either(is: bool, yes: &str, no: &str) -> String {
    if is { yes.to_owned() } else { no.to_owned() }
}

fn address(fields: &[(&str, String)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", link::query(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { "/hypercerts".to_owned() } else { format!("/hypercerts?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            text: Some("salt & pans".to_owned()),
            until: Day::parse("2025-12-31"),
            evaluated: Some(false),
            ..Asked::default()
        }
    }

    #[test]
    fn each_filter_can_be_taken_away_alone() {
        let chosen = asked().chosen();
        assert_eq!(chosen[0].words, "work until 31 Dec 2025");
        assert_eq!(chosen[0].without, "/hypercerts?q=salt%20%26%20pans&evaluated=false");
        assert_eq!(chosen[1].words, "not evaluated yet");
        assert_eq!(Asked::default().chosen(), []);
    }

    #[test]
    fn the_next_page_asks_the_same() {
        let next = "/hypercerts?q=salt%20%26%20pans&until=2025-12-31&evaluated=false&cursor=1.2";
        assert_eq!(asked().page("1.2"), next);
    }

    #[test]
    fn a_day_lasts_to_its_end() {
        let query = asked().query(None, None, 10);
        assert_eq!(query.until.as_ref().map(Datetime::as_str), Some("2025-12-31T23:59:59.999Z"));
        for text in ["", "yesterday", "2025-02-30", "2025-13-01", "2025-1-1"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
