//! What people type, read into types: dates, places, contributors, scores.

use std::fmt::Display;
use std::str::FromStr;

use hypercerts_lexicon::{AtUri, Datetime};
use hypercerts_records::{Decimal, DecimalText, Score};

/// Why something typed cannot be used, with an example of what can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct InputError(String);

fn wrong<T>(message: impl Display) -> Result<T, InputError> {
    Err(InputError(message.to_string()))
}

/// A day (`2025-01-31`) or a moment (`2025-01-31T12:00:00Z`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    Day(jiff::civil::Date),
    Moment(Datetime),
}

impl FromStr for When {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        if let Ok(moment) = Datetime::parse(text) {
            return Ok(Self::Moment(moment));
        }
        match text.parse::<jiff::civil::Date>() {
            Ok(day) if text.len() == "2025-01-31".len() => Ok(Self::Day(day)),
            _ => wrong("a date is written like 2025-01-31, a moment like 2025-01-31T12:00:00Z"),
        }
    }
}

impl When {
    /// The first second of a day, in UTC.
    pub fn start(&self) -> Datetime {
        self.at("00:00:00")
    }

    /// The last second of a day, in UTC.
    pub fn end(&self) -> Datetime {
        self.at("23:59:59")
    }

    fn at(&self, time: &str) -> Datetime {
        match self {
            Self::Moment(moment) => moment.clone(),
            Self::Day(day) => Datetime::parse(&format!("{day}T{time}Z"))
                .expect("invariant: a calendar day of four-digit year and a time are a datetime"),
        }
    }
}

/// A place: a point, or a location record that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Point(Point),
    Record(AtUri),
}

/// Degrees of latitude and longitude (WGS 84), and what people call the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    latitude: Decimal,
    longitude: Decimal,
    pub name: Option<String>,
}

impl FromStr for Place {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        if text.starts_with("at://") {
            return Ok(Self::Record(record_uri(text)?));
        }
        text.parse().map(Self::Point)
    }
}

impl FromStr for Point {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        let example =
            "a place is written LATITUDE,LONGITUDE NAME, like \"-4.4267,39.5096 Gazi Bay\"";
        let Some((latitude, rest)) = text.split_once(',') else { return wrong(example) };
        let rest = rest.trim_start();
        let (longitude, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        Ok(Self {
            latitude: degrees(latitude.trim(), "latitude", 90)?,
            longitude: degrees(longitude, "longitude", 180)?,
            name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        })
    }
}

impl Point {
    /// As location records of the type `coordinate-decimal` hold it.
    pub fn coordinates(&self) -> String {
        format!("{}, {}", self.latitude, self.longitude)
    }
}

fn degrees(text: &str, what: &str, most: i16) -> Result<Decimal, InputError> {
    let degrees = Decimal::parse(text).map_err(|why| InputError(format!("the {what}: {why}")))?;
    let limit = |degrees: i16| Decimal::parse(&degrees.to_string());
    match (limit(-most), limit(most)) {
        (Ok(least), Ok(most)) if least <= degrees && degrees <= most => Ok(degrees),
        _ => wrong(format!("the {what} {degrees} is not between -{most} and {most} degrees")),
    }
}

/// Somebody who contributed: `IDENTITY; weight=2; role=lead ecologist`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContributorInput {
    /// A DID, a name, or `@` and a handle.
    pub identity: String,
    pub weight: Option<DecimalText>,
    pub role: Option<String>,
}

impl FromStr for ContributorInput {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        let mut parts = text.split(';').map(str::trim);
        let identity = parts.next().unwrap_or_default().to_owned();
        if identity.is_empty() {
            return wrong("a contributor begins with a name, a DID, or @ and a handle");
        }
        let mut contributor = Self { identity, weight: None, role: None };
        for part in parts.filter(|part| !part.is_empty()) {
            contributor.add(part)?;
        }
        Ok(contributor)
    }
}

impl ContributorInput {
    fn add(&mut self, part: &str) -> Result<(), InputError> {
        match part.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("weight", value)) => {
                let weight = DecimalText::from(value);
                weight.positive().map_err(|why| InputError(format!("the weight: {why}")))?;
                self.weight = Some(weight);
            }
            Some(("role", value)) if !value.is_empty() => self.role = Some(value.to_owned()),
            _ => return wrong(format!("{part:?} is neither weight=NUMBER nor role=TEXT")),
        }
        Ok(())
    }
}

/// A mark and its scale: `4/5` on a scale from 0 to 5, `4/1..5` on one from 1 to 5.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScoreInput(pub Score);

impl FromStr for ScoreInput {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        let Some((value, scale)) = text.split_once('/') else {
            return wrong("a score is written like 4/5, or 4/1..5 on a scale that begins at 1");
        };
        let (min, max) = scale.split_once("..").unwrap_or(("0", scale));
        let [min, max, value] = [min, max, value].map(|text| DecimalText::from(text.trim()));
        let score = Score::new(min, max, value);
        match score.checked() {
            Ok(_) => Ok(Self(score)),
            Err(why) => wrong(why),
        }
    }
}

/// An AT-URI that names a record, as an argument.
pub(super) fn record_uri(text: &str) -> Result<AtUri, InputError> {
    match AtUri::parse(text) {
        Ok(uri) if uri.rkey().is_some() => Ok(uri),
        Ok(_) => wrong("a record's address has an account, a collection and a key: at://…/…/…"),
        Err(why) => wrong(why),
    }
}

/// A number, as an argument.
pub(super) fn number(text: &str) -> Result<DecimalText, InputError> {
    let number = DecimalText::from(text);
    match number.decimal() {
        Ok(_) => Ok(number),
        Err(why) => wrong(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = InputError> + std::fmt::Debug>(text: &str) -> String {
        text.parse::<T>().expect_err(text).to_string()
    }

    #[test]
    fn a_day_begins_and_ends_in_utc() {
        let day: When = "2025-12-31".parse().expect("a day");
        assert_eq!(day.start().as_str(), "2025-12-31T00:00:00Z");
        assert_eq!(day.end().as_str(), "2025-12-31T23:59:59Z");
        let moment: When = "2025-12-31T12:00:00+02:00".parse().expect("a moment");
        assert_eq!(moment.start(), moment.end());
        for text in ["31.12.2025", "2025-13-01", "2025-12-31T12:00", "-002025-01-01", ""] {
            assert!(refused::<When>(text).contains("2025-01-31"));
        }
    }

    #[test]
    fn a_place_is_a_point_with_a_name_or_a_record() {
        let place: Place = "-4.4267, 39.5096 Gazi Bay, Kenya".parse().expect("a place");
        let Place::Point(point) = place else { panic!("not a point") };
        assert_eq!(point.coordinates(), "-4.4267, 39.5096");
        assert_eq!(point.name.as_deref(), Some("Gazi Bay, Kenya"));
        let record = "at://did:plc:w4xlwcl2fyp5jmbdfrm5h3ub/app.certified.location/3mhlv4n3abc2a";
        assert!(matches!(record.parse(), Ok(Place::Record(_))));
        assert!(refused::<Place>("999,0").contains("latitude"));
        assert!(refused::<Place>("0,180.0001").contains("longitude"));
        assert!(refused::<Place>("Gazi Bay").contains("LATITUDE"));
    }

    #[test]
    fn a_contributor_has_a_name_and_maybe_weight_and_role() {
        let text = "Ada Lovelace; weight=2.5; role=lead = engineer";
        let ada: ContributorInput = text.parse().expect("a contributor");
        assert_eq!(ada.identity, "Ada Lovelace");
        assert_eq!(ada.weight.as_ref().map(DecimalText::as_str), Some("2.5"));
        assert_eq!(ada.role.as_deref(), Some("lead = engineer"));
        assert!(refused::<ContributorInput>("; weight=1").contains("name"));
        assert!(refused::<ContributorInput>("Ada; weight=0").contains("above zero"));
        assert!(refused::<ContributorInput>("Ada; wieght=1").contains("neither"));
    }

    #[test]
    fn a_score_lies_on_its_scale() {
        let ScoreInput(score) = "4/5".parse().expect("a score");
        assert_eq!((score.min.as_str(), score.max.as_str()), ("0", "5"));
        let ScoreInput(score) = "-0.5/-1..1".parse().expect("a score");
        assert_eq!((score.min.as_str(), score.value.as_str()), ("-1", "-0.5"));
        assert!(refused::<ScoreInput>("6/5").contains("scale"));
        assert!(refused::<ScoreInput>("good").contains("4/5"));
    }
}
