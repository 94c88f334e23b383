//! Why a page is not shown, and the way out.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::{Error, Refusal};
use crate::oauth::error::OAuthError;
use crate::pages::shell::Page;

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("There is no page at this address.")]
    NotFound,
    /// A form without the token of this browser, or from somebody else's page.
    #[error(
        "This form does not belong to this browser any more. Open the page again and repeat what you did."
    )]
    ForeignForm,
    #[error("{0}")]
    BadForm(String),
    /// The app's request cannot be answered to the app.
    #[error("{0}")]
    Request(String),
    #[error("This way in is not offered here.")]
    NotOffered,
    #[error("This page is for whoever is signed in.")]
    NotSignedIn,
    #[error("This takes somebody who signed in within the last hour.")]
    SignedInLongAgo,
    #[error(transparent)]
    Inside(#[from] Error),
}

impl From<OAuthError> for PageError {
    fn from(error: OAuthError) -> Self {
        Self::Request(error.description)
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        Self::Inside(refusal.into())
    }
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ForeignForm | Self::NotOffered => StatusCode::FORBIDDEN,
            Self::NotSignedIn | Self::SignedInLongAgo => StatusCode::SEE_OTHER,
            Self::Inside(Error::Refused(_)) if self.wait().is_some() => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::BadForm(_) | Self::Request(_) | Self::Inside(Error::Refused(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Inside(Error::Busy) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Where the way out is, if the browser is to go there at once.
    fn way_out(&self) -> Option<&'static str> {
        match self {
            Self::NotSignedIn => Some("/account/sign-in"),
            Self::SignedInLongAgo => Some("/account/sign-in?again=true"),
            _ => None,
        }
    }

    /// How long to wait before it may work.
    fn wait(&self) -> Option<Duration> {
        match self {
            Self::Inside(Error::Refused(
                Refusal::TooManyLogins(wait) | Refusal::TooManyRequests(wait),
            )) => Some(*wait),
            _ => None,
        }
    }

    fn heading(&self) -> &'static str {
        match self {
            Self::NotFound => "There is no such page",
            Self::ForeignForm => "Please open the page again",
            Self::BadForm(_) => "That did not work",
            Self::Request(_) => "The app’s request cannot be answered",
            Self::NotOffered => "Not offered here",
            Self::NotSignedIn => "Sign in first",
            Self::SignedInLongAgo => "Sign in again",
            Self::Inside(Error::Busy) => "Try again in a moment",
            Self::Inside(Error::Refused(_)) => "That did not work",
            Self::Inside(_) => "Something is broken here",
        }
    }

    /// What a stranger may read: the inside of this server's own failures stays in its log.
    fn reason(&self) -> String {
        match self {
            Self::Inside(Error::Refused(Refusal::TooManyRequests(wait))) => {
                format!("This was asked for too often. Wait {}, then try again.", in_words(*wait))
            }
            Self::Inside(Error::Refused(refusal)) => refusal.to_string(),
            Self::Inside(Error::Busy) => "Too many people ask for this at the moment.".to_owned(),
            Self::Inside(_) => "The page could not be made. Nothing was changed.".to_owned(),
            other => other.to_string(),
        }
    }
}

/// Marks an answer whose page is printed where the browser is known.
#[derive(Clone)]
pub struct Apology(pub Arc<PageError>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::Inside(error) = &self
            && self.status().is_server_error()
        {
            tracing::error!(%error, "a page could not be shown");
        }
        let mut response = self.status().into_response();
        if let Some(wait) = self.wait() {
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        if let Some(address) = self.way_out() {
            response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(address));
        }
        response.extensions_mut().insert(Apology(Arc::new(self)));
        response
    }
}

fn in_words(wait: Duration) -> String {
    match wait.as_secs().div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    heading: &'static str,
    reason: String,
    from_app: bool,
}

impl ErrorPage {
    pub fn of(error: &PageError) -> Self {
        Self {
            heading: error.heading(),
            reason: error.reason(),
            from_app: matches!(error, PageError::Request(_)),
        }
    }
}

impl Page for ErrorPage {
    fn title(&self) -> String {
        self.heading.to_owned()
    }
}
