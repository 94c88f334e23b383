//! How the scope of a claim is understood.

use hypercerts_records::scope::{Scope, ScopeError};
use hypercerts_records::{Record, StrongRef};
use rusqlite::Connection;

use super::claim::work_scope;
use super::rows::{self, Found};
use crate::view::ScopeView;

/// Reads the scope of a claim, with the records that it refers to as they stand.
pub(super) fn scope(db: &Connection, claim: &Found) -> ScopeView {
    let Ok(Record::Claim(read)) = Record::read(&claim.view.collection, &claim.view.value) else {
        return unread(claim);
    };
    match Scope::of(&read, &|reference: &StrongRef| held(db, reference)) {
        Ok(scope) if scope.is_unconstrained() => ScopeView::Unconstrained,
        Ok(scope) => ScopeView::Understood { words: scope.to_string() },
        Err(error) => not_understood(&error),
    }
}

/// The scope as a list shows it: as the claim writes it, else what the records it refers to come to.
pub(super) fn in_short(db: &Connection, claim: &Found) -> Option<String> {
    claim.says().get("workScope")?;
    if let Some(written) = work_scope(claim.says()) {
        return Some(written.to_owned());
    }
    match scope(db, claim) {
        ScopeView::Understood { words } => Some(words),
        ScopeView::Unconstrained | ScopeView::NotUnderstood { .. } => None,
    }
}

/// A record that is held and visible, whichever of its versions is meant.
pub(super) fn held(db: &Connection, reference: &StrongRef) -> Option<Record> {
    // A failing database makes the whole question fail at its next query; here the record is missing.
    let found = rows::by_uri(db, reference.uri()).ok()??;
    Record::read(&found.view.collection, &found.view.value).ok()
}

fn not_understood(error: &ScopeError) -> ScopeView {
    ScopeView::NotUnderstood { why: error.to_string() }
}

/// The scope of a claim that does not have the shape of one.
fn unread(claim: &Found) -> ScopeView {
    match work_scope(claim.says()) {
        Some(words) => ScopeView::Understood { words: words.to_owned() },
        None if claim.says().get("workScope").is_none() => ScopeView::Unconstrained,
        None => ScopeView::NotUnderstood {
            why: String::from("it has none of the shapes that a scope of work can have"),
        },
    }
}
