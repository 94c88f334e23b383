//! How a record is tied to the claim: by whom, since when, and to which version of it.

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_index::view::{Group, RecordView, Related, Validity};
use hypercerts_records::Record;

use super::people::{self, Person};
use super::version::Version;
use crate::format::date::Moment;
use crate::format::{count, link, number};

/// The line under a record: who holds it, how they stand to the claim, when, and the record itself.
#[derive(Clone, Debug, Template)]
#[template(path = "part/byline.html")]
pub struct Byline {
    verb: &'static str,
    by: Person,
    standing: &'static str,
    date: Moment,
    record: String,
    through: Option<String>,
    version: Option<Version>,
}

impl HtmlSafe for Byline {}

impl Byline {
    /// A byline that begins with `verb`, such as `Recorded by`.
    pub fn new<T>(verb: &'static str, tie: &Tie<'_, T>) -> Self {
        Self {
            verb,
            by: Person::from(&tie.related.author),
            standing: people::standing(tie.related.standing),
            date: written(tie.view),
            record: link::record(&tie.view.uri),
            through: tie.related.through.as_ref().map(link::record),
            version: Version::of(tie.related),
        }
    }
}

/// The same in a table's cell, where the column says the verb.
#[derive(Clone, Debug, Template)]
#[template(path = "part/byline-cell.html")]
pub struct BylineCell(Byline);

impl HtmlSafe for BylineCell {}

impl BylineCell {
    /// The cell for a record.
    pub fn new<T>(tie: &Tie<'_, T>) -> Self {
        Self(Byline::new("", tie))
    }
}

/// When a record says it was written, else when it was first seen here.
pub fn written(record: &RecordView) -> Moment {
    Moment::day(record.created_at.as_ref().unwrap_or(&record.indexed_at).as_str())
}

/// A related record that is there, fits its schema, and was read as what it should be.
#[derive(Clone, Debug)]
pub struct Tie<'a, T> {
    pub related: &'a Related,
    pub view: &'a RecordView,
    pub record: T,
}

/// The records of a group that `pick` knows; those that do not fit are [`Misfit`]s.
pub fn ties<T>(group: &Group<Related>, pick: impl Fn(Record) -> Option<T>) -> Vec<Tie<'_, T>> {
    let read = |related| {
        let view = fitting(related)?;
        let record = pick(Record::read(&view.collection, &view.value).ok()?)?;
        Some(Tie { related, view, record })
    };
    group.items.iter().filter_map(read).collect()
}

/// The record, if it is there and is not known to break its schema.
pub fn fitting(related: &Related) -> Option<&RecordView> {
    let view = related.record.as_ref()?;
    (!matches!(view.validity, Validity::Invalid { .. })).then_some(view)
}

/// How many records a group has, without those known not to fit.
pub fn fitting_total(group: &Group<Related>) -> usize {
    let unfit = group.items.iter().filter(|related| fitting(related).is_none()).count();
    usize::try_from(group.total).unwrap_or(usize::MAX).saturating_sub(unfit)
}

/// Said when a group is too large to be shown whole.
pub fn partial<T>(group: &Group<T>) -> Option<String> {
    let shown = group.items.len();
    let total = usize::try_from(group.total).unwrap_or(usize::MAX);
    (shown < total).then(|| {
        format!("Shown are the newest {shown} of {}.", number::grouped(&total.to_string()))
    })
}

/// A reason why a record does not fit its schema.
#[derive(Clone, Debug)]
pub struct Reason {
    pub path: String,
    pub message: String,
}

/// Why a record does not fit; empty when it does.
pub fn reasons(validity: &Validity) -> Vec<Reason> {
    let Validity::Invalid { violations } = validity else {
        return Vec::new();
    };
    let reason = |violation: &hypercerts_index::view::Violation| Reason {
        path: violation.path.clone(),
        message: violation.message.clone(),
    };
    violations.iter().map(reason).collect()
}

/// A tied record that cannot be shown for what it should be: it does not fit, or is not there.
#[derive(Clone, Debug)]
pub struct Misfit {
    pub uri: String,
    pub href: String,
    pub by: Person,
    pub missing: bool,
    pub reasons: Vec<Reason>,
}

impl Misfit {
    /// The misfits of a group.
    pub fn all(group: &Group<Related>) -> Vec<Self> {
        group.items.iter().filter_map(Self::of).collect()
    }

    fn of(related: &Related) -> Option<Self> {
        let reasons = related.record.as_ref().map(|record| reasons(&record.validity));
        (reasons.as_ref().is_none_or(|reasons| !reasons.is_empty())).then(|| Self {
            uri: related.uri.to_string(),
            href: link::record(&related.uri),
            by: Person::from(&related.author),
            missing: related.record.is_none(),
            reasons: reasons.unwrap_or_default(),
        })
    }

    /// How many reasons there are, in words.
    pub fn heading(&self) -> String {
        if self.missing {
            return "Not held here: deleted, hidden or never seen".to_owned();
        }
        format!("Does not fit its schema, for {}", count(self.reasons.len(), "reason", "reasons"))
    }
}
