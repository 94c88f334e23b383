//! `getPreferences`, `putPreferences`: a private list that apps keep for an account, and that moves
//! with it. What is in it is the apps' affair, but for one thing: the owner's birthday is shown to
//! the owner's own sessions only. Apps and app passwords learn how old the owner is as far as they
//! have to.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Nsid;
use hypercerts_xrpc::nsid::actor;
use hypercerts_xrpc::{Json, XrpcError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::auth::Caller;
use crate::error::{Error, Refusal};
use crate::permission::Need;
use crate::server::Server;
use crate::store::{AccountId, WriteTx, preferences as stored};

#[derive(Deserialize, Serialize)]
pub struct Preferences {
    preferences: Vec<Preference>,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    caller: Caller,
) -> Result<Json<Preferences>, XrpcError> {
    require(&server, &caller, actor::GET_PREFERENCES)?;
    let id = caller.account.id;
    let read = move |connection: &Connection| list(connection, id);
    let mut preferences = server.store.readers.read(read).await?;
    preferences.retain(|one| !is(one, actor::DECLARED_AGE));
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    preferences.extend(declared_age(&preferences, today));
    if !is_owner(&caller) {
        preferences.retain(|one| !is(one, actor::PERSONAL_DETAILS));
    }
    Ok(Json(Preferences { preferences }))
}

pub async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(Preferences { mut preferences }): Json<Preferences>,
) -> Result<(), XrpcError> {
    require(&server, &caller, actor::PUT_PREFERENCES)?;
    if !preferences.iter().all(|one| one.get("$type").is_some_and(Value::is_string)) {
        return Err(Refusal::invalid("Each preference says its $type.").into());
    }
    let whole = is_owner(&caller);
    if !whole && preferences.iter().any(|one| is(one, actor::PERSONAL_DETAILS)) {
        let message = "The birthday is set with the account's own password only.";
        return Err(Refusal::invalid(message).into());
    }
    preferences.retain(|one| !is(one, actor::DECLARED_AGE));
    let id = caller.account.id;
    let weight = serde_json::to_string(&preferences).map_err(XrpcError::internal)?.len();
    let set = move |tx: &mut WriteTx<'_>| {
        let mut new = preferences.clone();
        if !whole {
            // Whoever does not see it cannot mean to take it away.
            let before = list(tx.connection, id)?;
            new.extend(before.into_iter().filter(|one| is(one, actor::PERSONAL_DETAILS)));
        }
        let text = serde_json::to_string(&new).map_err(|why| Error::Internal(why.to_string()))?;
        Ok(stored::set(tx.connection, id, &text)?)
    };
    Ok(server.store.writer.write(weight, set).await?)
}

type Preference = Map<String, Value>;

fn is(preference: &Preference, kind: &str) -> bool {
    preference.get("$type").and_then(Value::as_str) == Some(kind)
}

/// Whether it is somebody with the account's own password, and no program.
fn is_owner(caller: &Caller) -> bool {
    caller.require(&Need::Leave).is_ok()
}

/// How old somebody is, as far as apps treat people differently; nothing if no birthday is known.
fn declared_age(preferences: &[Preference], today: Date) -> Option<Preference> {
    let details = preferences.iter().find(|one| is(one, actor::PERSONAL_DETAILS))?;
    let born = details.get("birthDate")?.as_str()?.get(.."2000-01-01".len())?;
    let born: Date = born.parse().ok()?;
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    let age = today.year() - born.year() - i16::from(!had_birthday);
    Some(Map::from_iter([
        ("$type".to_owned(), actor::DECLARED_AGE.into()),
        ("isOverAge13".to_owned(), (age >= 13).into()),
        ("isOverAge16".to_owned(), (age >= 16).into()),
        ("isOverAge18".to_owned(), (age >= 18).into()),
    ]))
}

/// These methods are served here instead of by another service, which would be asked for the same.
fn require(server: &Server, caller: &Caller, method: &str) -> Result<(), XrpcError> {
    let method = Nsid::parse(method).map_err(XrpcError::internal)?;
    Ok(caller.require(&Need::Call { method: &method, audience: server.did.as_str() })?)
}

/// The list of an account; empty if nothing was ever kept.
pub fn list(connection: &Connection, id: AccountId) -> Result<Vec<Preference>, Error> {
    let Some(text) = stored::get(connection, id)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
}
