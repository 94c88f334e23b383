//! One function a page: it reads the address, asks the index, and prints the answer.

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use hypercerts_index::{Cursor, ListQuery};
use hypercerts_lexicon::{AtIdentifier, AtUri, Did, Handle};
use hypercerts_records::nsid;
use serde::Deserialize;

use crate::WebState;
use crate::error::WebError;
use crate::format::link;
use crate::page::actor::ActorPage;
use crate::page::filter::{Asked, Day};
use crate::page::home::{HomePage, SHOWN};
use crate::page::hypercert::HypercertPage;
use crate::page::list::ListPage;
use crate::page::overlaps::OverlapsPage;
use crate::page::people::Person;
use crate::page::record::RecordPage;
use crate::page::status::StatusPage;
use crate::page::{Page, Shell};

/// Hypercerts on one page of a list.
const ON_A_PAGE: usize = 30;
/// Longest search that is passed on.
const MAX_SEARCH: usize = 500;

type Answer = Result<Response, WebError>;

fn print(shell: &Shell, page: &impl Page) -> Answer {
    Ok(Html(shell.document(page)?).into_response())
}

pub async fn home(State(state): State<WebState>, shell: Shell) -> Answer {
    let reader = &state.reader;
    // So many that enough are left when those evaluated last are among them.
    let newest = ListQuery { limit: 2 * SHOWN, ..ListQuery::default() };
    let (evaluated, newest, status) =
        tokio::try_join!(reader.recently_evaluated(SHOWN), reader.list(newest), reader.status())?;
    print(&shell, &HomePage::of(&evaluated, &newest, &status.counts))
}

/// What may be asked of the list. A form sends the fields that were left empty, too.
#[derive(Deserialize)]
pub struct ListParams {
    q: Option<String>,
    author: Option<String>,
    cursor: Option<String>,
    scope: Option<String>,
    place: Option<String>,
    from: Option<String>,
    until: Option<String>,
    evaluated: Option<String>,
    funded: Option<String>,
}

impl ListParams {
    /// The question, without its author, who is looked up.
    fn asked(&self) -> Result<Asked, WebError> {
        Ok(Asked {
            text: words(&self.q)?,
            author: None,
            scope: words(&self.scope)?,
            place: words(&self.place)?,
            from: day("from", &self.from)?,
            until: day("until", &self.until)?,
            evaluated: choice("evaluated", &self.evaluated)?,
            funded: choice("funded", &self.funded)?,
        })
    }
}

fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn words(field: &Option<String>) -> Result<Option<String>, WebError> {
    match given(field) {
        Some(text) if text.len() > MAX_SEARCH => Err(WebError::BadAddress(format!(
            "a search may have {MAX_SEARCH} letters; this one has more"
        ))),
        text => Ok(text.map(str::to_owned)),
    }
}

fn day(name: &str, field: &Option<String>) -> Result<Option<Day>, WebError> {
    let read = |text| {
        let wrong = || format!("`{name}` is a day, written like 2025-01-31");
        Day::parse(text).ok_or_else(|| WebError::BadAddress(wrong()))
    };
    given(field).map(read).transpose()
}

fn choice(name: &str, field: &Option<String>) -> Result<Option<bool>, WebError> {
    let wrong = |_| WebError::BadAddress(format!("`{name}` is true, false or empty"));
    given(field).map(|text| text.parse().map_err(wrong)).transpose()
}

pub async fn list(
    State(state): State<WebState>,
    shell: Shell,
    Query(params): Query<ListParams>,
) -> Answer {
    let mut asked = params.asked()?;
    if let Some(text) = &asked.text
        && let Some(page) = direct(&state, text).await?
    {
        return Ok(Redirect::to(&page).into_response());
    }
    let cursor = given(&params.cursor).map(str::parse::<Cursor>).transpose();
    let cursor = cursor.map_err(|error| WebError::BadAddress(error.to_string()))?;
    let author = given(&params.author).map(identifier).transpose()?;
    asked.author = named(&state, author.as_ref()).await?;
    let is_first = cursor.is_none();
    let found = state.reader.list(asked.query(author, cursor, ON_A_PAGE)).await?;
    print(&shell, &ListPage::of(asked, &found, is_first))
}

/// The page that a pasted identifier leads to, so that one box finds everything.
async fn direct(state: &WebState, text: &str) -> Result<Option<String>, WebError> {
    if let Ok(uri) = AtUri::parse(text) {
        return Ok(Some(page_of(&uri)));
    }
    if let Ok(did) = Did::parse(text) {
        return Ok(Some(link::actor(&did)));
    }
    let Ok(handle) = Handle::parse(text.strip_prefix('@').unwrap_or(text)) else {
        return Ok(None);
    };
    let known = state.reader.actor(&AtIdentifier::Handle(handle)).await?;
    Ok(known.map(|view| link::actor(&view.actor.did)))
}

async fn named(
    state: &WebState,
    author: Option<&AtIdentifier>,
) -> Result<Option<Person>, WebError> {
    let Some(author) = author else { return Ok(None) };
    let view = state.reader.actor(author).await?;
    let view = view.ok_or_else(|| WebError::no_actor(author.as_ref()))?;
    Ok(Some(Person::from(&view.actor)))
}

pub async fn hypercert(
    State(state): State<WebState>,
    shell: Shell,
    Path(path): Path<(String, String, String)>,
) -> Answer {
    let uri = located(&state, path).await?;
    let found = state.reader.hypercert(&uri).await?;
    let found = found.ok_or_else(|| WebError::no_hypercert(&uri))?;
    print(&shell, &HypercertPage::of(&found))
}

pub async fn overlaps(
    State(state): State<WebState>,
    shell: Shell,
    Path(path): Path<(String, String, String)>,
) -> Answer {
    let uri = located(&state, path).await?;
    let found = tokio::try_join!(state.reader.hypercert(&uri), state.reader.overlaps(&uri))?;
    let (Some(claim), Some(overlaps)) = found else { return Err(WebError::no_hypercert(&uri)) };
    print(&shell, &OverlapsPage::of(&claim, &overlaps))
}

pub async fn record(
    State(state): State<WebState>,
    shell: Shell,
    Path(path): Path<(String, String, String)>,
) -> Answer {
    let uri = located(&state, path).await?;
    let found = state.reader.record(&uri).await?;
    let found = found.ok_or_else(|| WebError::no_record(&uri))?;
    print(&shell, &RecordPage::of(&found))
}

pub async fn actor(
    State(state): State<WebState>,
    shell: Shell,
    Path(name): Path<String>,
) -> Answer {
    let actor = identifier(&name)?;
    let found = state.reader.actor(&actor).await?;
    let found = found.ok_or_else(|| WebError::no_actor(&name))?;
    print(&shell, &ActorPage::of(&found))
}

pub async fn status(State(state): State<WebState>, shell: Shell) -> Answer {
    print(&shell, &StatusPage::of(&state.reader.status().await?))
}

/// What may be asked of the redirect.
#[derive(Deserialize)]
pub struct AtParams {
    uri: String,
}

pub async fn at(Query(params): Query<AtParams>) -> Answer {
    let uri =
        AtUri::parse(params.uri.trim()).map_err(|error| WebError::BadAddress(error.to_string()))?;
    Ok(Redirect::to(&page_of(&uri)).into_response())
}

pub async fn nowhere(OriginalUri(uri): OriginalUri) -> WebError {
    WebError::no_page(uri.path())
}

/// The page that shows what lies at a URI.
fn page_of(uri: &AtUri) -> String {
    match (uri.collection(), uri.rkey()) {
        (Some(collection), Some(_)) if collection.as_str() == nsid::ACTIVITY => {
            link::hypercert(uri)
        }
        (Some(_), Some(_)) => link::record(uri),
        _ => link::actor_named(&uri.authority()),
    }
}

fn identifier(text: &str) -> Result<AtIdentifier, WebError> {
    let name = text.strip_prefix('@').unwrap_or(text);
    AtIdentifier::parse(name).map_err(|error| WebError::BadAddress(error.to_string()))
}

/// The record that a path names, with its authority as a DID.
async fn located(state: &WebState, path: (String, String, String)) -> Result<AtUri, WebError> {
    let (authority, collection, rkey) = path;
    let uri = AtUri::parse(&format!("at://{authority}/{collection}/{rkey}"));
    let uri = uri.map_err(|error| WebError::BadAddress(error.to_string()))?;
    let (AtIdentifier::Handle(handle), Some(collection), Some(rkey)) =
        (uri.authority(), uri.collection(), uri.rkey())
    else {
        return Ok(uri);
    };
    let known = state.reader.actor(&AtIdentifier::Handle(handle)).await?;
    let known = known.ok_or_else(|| WebError::no_actor(&authority))?;
    Ok(AtUri::record(&known.actor.did, &collection, &rkey))
}
