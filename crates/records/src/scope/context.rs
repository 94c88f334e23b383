//! What a scope is matched against: everything known about one claim.

use hypercerts_lexicon::{Datetime, Did};

use super::program::{NumberField, TextField};
use super::region;
use super::vocabulary::Vocabulary;
use crate::{
    Attachment, Claim, Contribution, ContributorInformation, DecimalText, Evaluation, Measurement,
};

/// Everything known about one claim: tags, places, time, people, and what others recorded about it.
///
/// What was never said is open: without dates the work may lie at any time. A claim without places is at no
/// country and in no region.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// Every name that one of the claim's tags answers to, sorted.
    tags: Vec<Box<str>>,
    pub(super) places: Vec<Place>,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) contributors: Vec<Person>,
    pub(super) measurements: Vec<Quantity>,
    pub(super) evidence: Vec<Material>,
    pub(super) evaluations: Vec<Judgement>,
}

/// A place, as far as expressions can ask about it. Texts that were not given are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    country: String,
    region: String,
    continent: String,
    name: String,
}

pub(super) static UNPLACED: Place = Place {
    country: String::new(),
    region: String::new(),
    continent: String::new(),
    name: String::new(),
};

/// A contributor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    pub did: String,
    pub name: String,
    pub role: String,
    /// NaN if there is none.
    pub weight: f64,
}

/// A measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    metric: String,
    unit: String,
    method_type: String,
    value: f64,
}

/// Something attached as evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Material {
    title: String,
    content_type: String,
}

/// An evaluation. Scores that were not given are NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    evaluators: Vec<String>,
    score: f64,
    min: f64,
    max: f64,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            tags: Vec::new(),
            places: Vec::new(),
            start: i64::MIN,
            end: i64::MAX,
            contributors: Vec::new(),
            measurements: Vec::new(),
            evidence: Vec::new(),
            evaluations: Vec::new(),
        }
    }
}

impl Context {
    /// A claim of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The claim's time and those contributors that it names in place.
    ///
    /// The rest is in other records, which the caller has: [`tagged`](Self::tagged) with what
    /// [`Scope::tags`](super::Scope::tags) says, [`at`](Self::at), [`measured`](Self::measured) and so on.
    #[must_use]
    pub fn of(claim: &Claim) -> Self {
        let mut context = Self::new();
        context.start = claim.start_date.as_ref().map_or(i64::MIN, Datetime::unix_micros);
        context.end = claim.end_date.as_ref().map_or(i64::MAX, Datetime::unix_micros);
        context.contributors = claim.contributors.iter().filter_map(Person::named).collect();
        context
    }

    /// Adds tags, each with all that it implies by `vocabulary`.
    #[must_use]
    pub fn tagged<'k>(
        mut self,
        vocabulary: &Vocabulary,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        for key in keys {
            self.tags.extend(vocabulary.names(key).into_iter().map(Box::from));
        }
        self.tags.sort_unstable();
        self.tags.dedup();
        self
    }

    /// From `start` to `end`, both included; `None` leaves that side open.
    #[must_use]
    pub fn during(mut self, start: Option<&Datetime>, end: Option<&Datetime>) -> Self {
        self.start = start.map_or(i64::MIN, Datetime::unix_micros);
        self.end = end.map_or(i64::MAX, Datetime::unix_micros);
        self
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    #[must_use]
    pub fn by(mut self, person: Person) -> Self {
        self.contributors.push(person);
        self
    }

    #[must_use]
    pub fn measured(mut self, measurement: &Measurement) -> Self {
        self.measurements.push(Quantity::of(measurement));
        self
    }

    #[must_use]
    pub fn shown_by(mut self, attachment: &Attachment) -> Self {
        self.evidence.push(Material::of(attachment));
        self
    }

    #[must_use]
    pub fn evaluated(mut self, evaluation: &Evaluation) -> Self {
        self.evaluations.push(Judgement::of(evaluation));
        self
    }

    /// Whether one of the claim's tags is `name` or implies it.
    #[must_use]
    pub fn has_tag(&self, name: &str) -> bool {
        self.tags.binary_search_by(|tag| tag.as_ref().cmp(name)).is_ok()
    }

    pub(super) fn shares_tag(&self, other: &Self) -> bool {
        self.tags.iter().any(|tag| other.has_tag(tag))
    }
}

impl Place {
    /// A country by its two-letter code (ISO 3166-1), with the region and the continent it lies in.
    #[must_use]
    pub fn in_country(code: &str) -> Self {
        let country = code.to_ascii_uppercase();
        let found = region::of_country(&country);
        let text =
            |part: fn(&region::Region) -> &'static str| found.map(part).unwrap_or("").to_owned();
        Self {
            region: text(|region| region.name),
            continent: text(|region| region.continent),
            name: String::new(),
            country,
        }
    }

    /// A region without a country, such as `Amazon`; one of the United Nations' has its continent.
    #[must_use]
    pub fn in_region(name: &str) -> Self {
        let continent = region::named(name).map_or("", |region| region.continent).to_owned();
        Self { country: String::new(), region: name.to_owned(), continent, name: String::new() }
    }

    /// The same place, called `name`.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Two capital letters, or empty.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    #[must_use]
    pub fn continent(&self) -> &str {
        &self.continent
    }
}

impl Person {
    /// A contributor by what a claim calls them: a DID, or anything else as a name.
    #[must_use]
    pub fn identified(identity: &str) -> Self {
        let (did, name) = match Did::parse(identity.trim()) {
            Ok(did) => (did.to_string(), String::new()),
            Err(_) => (String::new(), identity.trim().to_owned()),
        };
        Self { did, name, role: String::new(), weight: f64::NAN }
    }

    /// A contributor by the record about them.
    #[must_use]
    pub fn informed(information: &ContributorInformation) -> Self {
        let mut person = Self::identified(information.identifier.as_deref().unwrap_or_default());
        if let Some(name) = &information.display_name {
            name.clone_into(&mut person.name);
        }
        person
    }

    /// The same contributor in the role that the record about the contribution names.
    #[must_use]
    pub fn contributing(mut self, contribution: &Contribution) -> Self {
        self.role = contribution.role.clone().unwrap_or_default();
        self
    }

    fn named(contributor: &crate::Contributor) -> Option<Self> {
        let crate::ContributorIdentity::Named(named) = &contributor.contributor_identity else {
            return None;
        };
        let mut person = Self::identified(&named.identity);
        if let Some(crate::ContributionDetails::Role(role)) = &contributor.contribution_details {
            person.role.clone_from(&role.role);
        }
        person.weight = contributor.contribution_weight.as_ref().map_or(f64::NAN, number);
        Some(person)
    }
}

impl Quantity {
    fn of(measurement: &Measurement) -> Self {
        Self {
            metric: measurement.metric.clone(),
            unit: measurement.unit.clone(),
            method_type: measurement.method_type.clone().unwrap_or_default(),
            value: number(&measurement.value),
        }
    }
}

impl Material {
    fn of(attachment: &Attachment) -> Self {
        Self {
            title: attachment.title.clone(),
            content_type: attachment.content_type.clone().unwrap_or_default(),
        }
    }
}

impl Judgement {
    fn of(evaluation: &Evaluation) -> Self {
        let score = evaluation.score.as_ref();
        Self {
            evaluators: evaluation
                .evaluators
                .iter()
                .map(|account| account.did.to_string())
                .collect(),
            score: score.map_or(f64::NAN, |score| number(&score.value)),
            min: score.map_or(f64::NAN, |score| number(&score.min)),
            max: score.map_or(f64::NAN, |score| number(&score.max)),
        }
    }
}

/// The nearest number of 64 bits; NaN for what is no decimal number.
fn number(text: &DecimalText) -> f64 {
    match text.decimal() {
        Ok(_) => text.as_str().parse().unwrap_or(f64::NAN),
        Err(_) => f64::NAN,
    }
}

/// One entry of a list of the context.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Place(&'a Place),
    Person(&'a Person),
    Quantity(&'a Quantity),
    Material(&'a Material),
    Judgement(&'a Judgement),
    Text(&'a str),
}

impl<'a> Entry<'a> {
    /// A field of the entry; the compiler has seen to it that the entry has it.
    pub(super) fn text(self, field: TextField) -> &'a str {
        match (self, field) {
            (Self::Place(place), TextField::Country) => &place.country,
            (Self::Place(place), TextField::Region) => &place.region,
            (Self::Place(place), TextField::Continent) => &place.continent,
            (Self::Place(place), TextField::Name) => &place.name,
            (Self::Person(person), TextField::Did) => &person.did,
            (Self::Person(person), TextField::Name) => &person.name,
            (Self::Person(person), TextField::Role) => &person.role,
            (Self::Quantity(quantity), TextField::Metric) => &quantity.metric,
            (Self::Quantity(quantity), TextField::Unit) => &quantity.unit,
            (Self::Quantity(quantity), TextField::MethodType) => &quantity.method_type,
            (Self::Material(material), TextField::Title) => &material.title,
            (Self::Material(material), TextField::ContentType) => &material.content_type,
            (Self::Text(text), TextField::Itself) => text,
            _ => "",
        }
    }

    /// A field of the entry; the compiler has seen to it that the entry has it.
    pub(super) fn number(self, field: NumberField) -> f64 {
        match (self, field) {
            (Self::Person(person), NumberField::Weight) => person.weight,
            (Self::Quantity(quantity), NumberField::Value) => quantity.value,
            (Self::Judgement(judgement), NumberField::Score) => judgement.score,
            (Self::Judgement(judgement), NumberField::ScoreMin) => judgement.min,
            (Self::Judgement(judgement), NumberField::ScoreMax) => judgement.max,
            _ => f64::NAN,
        }
    }

    pub(super) fn evaluators(self) -> &'a [String] {
        match self {
            Self::Judgement(judgement) => &judgement.evaluators,
            _ => &[],
        }
    }
}
