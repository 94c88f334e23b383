//! The claim itself: title, the work in one sentence, and the facts that bound it.

use hypercerts_index::view::{Hypercert, RecordView, ScopeView};
use hypercerts_records::{
    self as records, Edition, Record, Rights, Value, WorkScope, WorkscopeTag,
};

use super::content::{Image, LongText};
use super::people::Person;
use super::place::PlaceView;
use super::tie::{Reason, reasons, ties};
use crate::format::date::Period;
use crate::format::link::{self, Outside};
use crate::format::text::RichText;
use crate::format::{count, number};

/// What opens the page.
#[derive(Clone, Debug)]
pub struct Claim {
    pub title: String,
    pub lede: Option<RichText>,
    pub author: Person,
    /// How many contributors are named besides the author.
    pub contributors: Option<String>,
    pub scope: Option<Scope>,
    /// Why the scope cannot be computed with, when it cannot.
    pub scope_doubt: Option<String>,
    pub period: Option<Period>,
    pub rights: Vec<RightsView>,
    pub image: Option<Image>,
    pub description: Option<LongText>,
    /// What is particular about its edition, when that is not today's.
    pub edition: Option<&'static str>,
    /// Why the record does not fit its schema; empty when it does.
    pub reasons: Vec<Reason>,
}

/// What kinds of work are covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Words(String),
    /// An expression that software evaluates, and the names of the tags it speaks of, as far as they are known here.
    Expression {
        expression: String,
        tags: Vec<String>,
    },
    /// Logic over tags, in words.
    Logic(String),
    /// Told in another record that is not understood here.
    Elsewhere(Outside),
}

/// What may be done with the hypercert.
#[derive(Clone, Debug)]
pub struct RightsView {
    pub name: String,
    pub code: String,
    pub description: String,
    pub href: String,
}

impl Claim {
    /// Reads the claim. One that does not fit its schema shows what can be read of it, and why.
    pub fn of(hypercert: &Hypercert) -> Self {
        let view = &hypercert.claim;
        let author = Person::from(&hypercert.author);
        let frame = Self {
            title: title(view),
            lede: None,
            author,
            contributors: others(hypercert),
            scope: None,
            scope_doubt: doubt(&hypercert.scope),
            period: None,
            rights: rights(hypercert),
            image: None,
            description: None,
            edition: (view.edition != Edition::Current).then(|| view.edition.in_words()),
            reasons: reasons(&view.validity),
        };
        match Record::read_partly(&view.collection, &view.value) {
            Ok((Record::Claim(claim), _)) => frame.filled(&claim, hypercert),
            _ => frame,
        }
    }

    fn filled(self, claim: &records::Claim, hypercert: &Hypercert) -> Self {
        let text = |datetime: &Option<_>| datetime.as_ref().map(ToString::to_string);
        let (start, end) = (text(&claim.start_date), text(&claim.end_date));
        Self {
            lede: Some(RichText::new(&claim.short_description, &claim.short_description_facets)),
            scope: claim.work_scope.as_ref().map(|stated| scope(stated, hypercert)),
            period: Period::of(start.as_deref(), end.as_deref()),
            image: claim.image.as_ref().and_then(|image| Image::of(image, &hypercert.claim.did)),
            description: claim.description.as_ref().map(LongText::of),
            ..self
        }
    }
}

fn title(view: &RecordView) -> String {
    let title = view.value.get("title").and_then(Value::as_str).map(str::trim);
    title.filter(|title| !title.is_empty()).unwrap_or("Claim without a title").to_owned()
}

fn others(hypercert: &Hypercert) -> Option<String> {
    let is_author = |did| did == &hypercert.author.did;
    let named = &hypercert.contributors;
    let own = named
        .items
        .iter()
        .filter(|entry| entry.actor.as_ref().is_some_and(|actor| is_author(&actor.did)));
    let others = usize::try_from(named.total).unwrap_or(usize::MAX).saturating_sub(own.count());
    (others > 0)
        .then(|| format!("with {} named", count(others, "other contributor", "other contributors")))
}

fn scope(stated: &WorkScope, hypercert: &Hypercert) -> Scope {
    match (stated, &hypercert.scope) {
        (WorkScope::Text(text), _) => Scope::Words(text.scope.clone()),
        (WorkScope::Cel(cel), _) => {
            Scope::Expression { expression: cel.expression.clone(), tags: tag_names(hypercert) }
        }
        (_, ScopeView::Understood { words }) => Scope::Logic(words.clone()),
        (WorkScope::Record(record), _) => Scope::Elsewhere(Outside::of(record.uri().as_str())),
        (WorkScope::Logic(_), _) => {
            Scope::Elsewhere(Outside::of("logic that is not understood here"))
        }
        (WorkScope::Unknown(other), _) => {
            let uri = other.get("uri").and_then(Value::as_str);
            Scope::Elsewhere(Outside::of(
                uri.or(other.type_name()).unwrap_or("a form not known here"),
            ))
        }
    }
}

fn doubt(scope: &ScopeView) -> Option<String> {
    match scope {
        ScopeView::NotUnderstood { why } => Some(why.clone()),
        ScopeView::Unconstrained | ScopeView::Understood { .. } => None,
    }
}

/// The names of the work scope tags that the claim refers to.
fn tag_names(hypercert: &Hypercert) -> Vec<String> {
    let pick = |record| match record {
        Record::WorkscopeTag(tag) => Some(tag),
        _ => None,
    };
    let tags = ties(&hypercert.other, pick).into_iter();
    tags.map(|tie: super::tie::Tie<'_, WorkscopeTag>| tie.record.name).collect()
}

fn rights(hypercert: &Hypercert) -> Vec<RightsView> {
    let pick = |record| match record {
        Record::Rights(rights) => Some(rights),
        _ => None,
    };
    let view = |tie: super::tie::Tie<'_, Rights>| RightsView {
        name: tie.record.rights_name,
        code: tie.record.rights_type,
        description: tie.record.rights_description,
        href: link::record(&tie.view.uri),
    };
    ties(&hypercert.rights, pick).into_iter().map(view).collect()
}

/// The places in the facts: a few by name, the others by number.
pub fn places_beyond(places: &[PlaceView], total: u64, shown: usize) -> Option<String> {
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    let more = total.saturating_sub(places.len().min(shown));
    (more > 0).then(|| format!("and {} more", number::grouped(&more.to_string())))
}
