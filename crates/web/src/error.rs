//! Why a page cannot be shown, in words for the person who asked, with a way out.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hypercerts_index::IndexError;
use hypercerts_lexicon::AtUri;

use crate::format::link;
use crate::page::error::ErrorPage;

/// Everything that keeps a page from being shown.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// There is no page at this address.
    #[error("there is no page at this address: {0}")]
    NoPage(String),
    /// The address has the right form, but nothing that can be shown lies there.
    #[error(
        "this {kind} is not held here: it was deleted, is hidden, or was never seen by this index: {name}"
    )]
    NotHeld {
        kind: &'static str,
        /// Its URI, DID or handle.
        name: String,
        /// Another page that may know more, with the words that lead to it.
        instead: Option<(String, String)>,
    },
    /// The address itself cannot be read.
    #[error("{0}")]
    BadAddress(String),
    /// The index could not answer.
    #[error("the index could not answer: {0}")]
    Index(#[from] IndexError),
    /// A picture could not be had from its author's server, or is not what its address says.
    #[error("the picture cannot be shown: {0}")]
    Picture(String),
    /// A page could not be printed.
    #[error("the page could not be printed: {0}")]
    Template(#[from] askama::Error),
}

/// Travels with an answer until the guard prints it.
#[derive(Clone)]
pub struct Apology(pub Arc<ErrorPage>);

impl WebError {
    /// There is no page here.
    pub fn no_page(path: &str) -> Self {
        Self::NoPage(path.to_owned())
    }

    /// No claim here; the record of that address may still be known.
    pub fn no_hypercert(uri: &AtUri) -> Self {
        let instead = (link::record(uri), "Look for it as a plain record".to_owned());
        Self::NotHeld { kind: "hypercert", name: uri.to_string(), instead: Some(instead) }
    }

    /// No such record here; its author may still be known.
    pub fn no_record(uri: &AtUri) -> Self {
        let instead =
            uri.did().map(|did| (link::actor(&did), "See what is held of its author".to_owned()));
        Self::NotHeld { kind: "record", name: uri.to_string(), instead }
    }

    /// No such account here.
    pub fn no_actor(name: &str) -> Self {
        Self::NotHeld { kind: "account", name: name.to_owned(), instead: None }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoPage(_) | Self::NotHeld { .. } => StatusCode::NOT_FOUND,
            Self::BadAddress(_) => StatusCode::BAD_REQUEST,
            Self::Index(error) if error.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Index(_) | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Picture(_) => StatusCode::BAD_GATEWAY,
        }
    }

    fn heading(&self) -> &'static str {
        match self {
            Self::NoPage(_) => "There is no such page",
            Self::NotHeld { .. } => "Not held here",
            Self::BadAddress(_) => "This address cannot be read",
            Self::Index(error) if error.is_transient() => "Try again in a moment",
            Self::Index(_) | Self::Template(_) => "Something is broken here",
            Self::Picture(_) => "No picture",
        }
    }

    /// What a stranger may read: the inside of this program's own failures stays in its log.
    fn reason(&self) -> String {
        match self {
            Self::Index(error) if !error.is_transient() => {
                "The index could not answer. Its log says why.".to_owned()
            }
            Self::NoPage(_) => "There is no page at this address.".to_owned(),
            Self::NotHeld { kind, .. } => {
                format!("This {kind} was deleted, is hidden, or was never seen by this index.")
            }
            Self::Template(_) => "The page could not be printed. The log says why.".to_owned(),
            other => sentence(&other.to_string()),
        }
    }

    /// What was asked for, in the letters it was asked with.
    fn subject(&self) -> Option<&str> {
        match self {
            Self::NoPage(name) | Self::NotHeld { name, .. } => Some(name),
            _ => None,
        }
    }

    fn page(&self) -> ErrorPage {
        let mut ways = match self {
            Self::NotHeld { instead, .. } => instead.clone().into_iter().collect(),
            _ => Vec::new(),
        };
        ways.push(("/".to_owned(), "Search, or see the newest work".to_owned()));
        ways.push(("/status".to_owned(), "See what is followed and what was refused".to_owned()));
        ErrorPage {
            status: self.status().as_u16(),
            heading: self.heading().to_owned(),
            reason: self.reason(),
            subject: self.subject().map(str::to_owned),
            ways,
        }
    }
}

/// Errors begin in lower case, sentences do not.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            tracing::warn!(error = %self, "a page could not be shown");
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Apology(Arc::new(self.page())));
        response
    }
}
