//! What a claim says, read leniently: a claim that does not fit its schema is shown as far as it goes.

use hypercerts_lexicon::{Datetime, Value};

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
