//! The contributors that a claim lists, with what their references lead to.

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Did, Value};

use super::actors::Actors;
use super::claim::{contributors as entries, field};
use super::edges::SHOWN;
use crate::error::IndexError;
use crate::today::today;
use crate::view::{ContributorView, Group, Related};

/// Reads the list. `tied` holds the records that the claim points at.
pub(super) fn contributors(
    claim: &Value,
    tied: &HashMap<AtUri, Related>,
    actors: &mut Actors<'_>,
) -> Result<Group<ContributorView>, IndexError> {
    let all = entries(claim);
    let shown = all.iter().take(SHOWN).map(|entry| contributor(entry, tied, actors));
    Ok(Group { items: shown.collect::<Result<_, _>>()?, total: all.len() as u64 })
}

fn contributor(
    entry: &Value,
    tied: &HashMap<AtUri, Related>,
    actors: &mut Actors<'_>,
) -> Result<ContributorView, IndexError> {
    let who = entry.get("contributorIdentity");
    let what = entry.get("contributionDetails");
    let information = who.and_then(|who| follow(who, tied));
    let contribution = what.and_then(|what| follow(what, tied));
    let identity =
        who.and_then(|who| text(who, "identity")).or_else(|| said(information, "identifier"));
    let actor = identity.as_deref().and_then(|text| Did::parse(text).ok());
    Ok(ContributorView {
        actor: actor.map(|did| actors.brief(&did)).transpose()?,
        identity,
        display_name: said(information, "displayName"),
        weight: field(entry, "contributionWeight").map(str::to_owned),
        role: what.and_then(|what| text(what, "role")).or_else(|| said(contribution, "role")),
        information: information.cloned(),
        contribution: contribution.cloned(),
    })
}

/// The record that a strongRef leads to.
fn follow<'a>(value: &Value, tied: &'a HashMap<AtUri, Related>) -> Option<&'a Related> {
    tied.get(&AtUri::parse(field(value, "uri")?).ok()?)
}

/// A text that stands in a field, or in place of the object that would hold it.
fn text(value: &Value, name: &str) -> Option<String> {
    value.as_str().or_else(|| field(value, name)).map(str::to_owned)
}

fn said(related: Option<&Related>, name: &str) -> Option<String> {
    let record = related?.record.as_ref()?;
    field(today(&record.collection, &record.value).value(), name).map(str::to_owned)
}
