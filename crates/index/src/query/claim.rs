//! What a claim says, read leniently: a claim that does not fit its schema is shown as far as it goes.

use hypercerts_lexicon::{Datetime, Value};

use crate::store::records::ClaimText;

/// More text than this is not searched for, in bytes.
const SEARCHED: usize = 20_000;

/// A text field, without the blanks around it; `None` when missing, empty, or not a text.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// A moment, when it is written as the protocol asks.
pub(super) fn moment(value: &Value, name: &str) -> Option<Datetime> {
    Datetime::parse(field(value, name)?).ok()
}

/// The scope of work in words: the text of a plain scope, or the expression of a computed one.
pub(super) fn work_scope(claim: &Value) -> Option<&str> {
    let scope = claim.get("workScope")?;
    scope.as_str().or_else(|| field(scope, "scope")).or_else(|| field(scope, "expression"))
}

/// The entries of `contributors`.
pub(super) fn contributors(claim: &Value) -> &[Value] {
    claim.get("contributors").and_then(Value::as_list).unwrap_or_default()
}

/// What a search finds a claim by.
pub(crate) fn text(claim: &Value) -> ClaimText {
    let description = claim.get("description");
    let long = description.and_then(|text| text.as_str().or_else(|| field(text, "value")));
    let summary = [field(claim, "shortDescription"), work_scope(claim), long];
    let names = contributors(claim).iter().filter_map(|entry| {
        let identity = entry.get("contributorIdentity")?;
        identity.as_str().or_else(|| field(identity, "identity"))
    });
    ClaimText {
        title: bounded(field(claim, "title").into_iter()),
        summary: bounded(summary.into_iter().flatten()),
        names: bounded(names),
    }
}

fn bounded<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for part in parts {
        let room = SEARCHED.saturating_sub(all.len());
        let end = part.floor_char_boundary(room.min(part.len()));
        all.push_str(&part[..end]);
        all.push('\n');
    }
    all
}
