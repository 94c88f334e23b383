//! What surrounds every request: the nonce, the headers that keep a page to itself, and the page
//! of an error, which is printed here, where the nonce is known.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use hypercerts_theme::{Nonce, Policy, add_headers};

use crate::WebState;
use crate::error::Apology;
use crate::page::Shell;

/// Wraps every request.
pub async fn guard(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let Some(nonce) = Nonce::fresh() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let shell = Shell { network: state.network.to_owned(), nonce };
    request.extensions_mut().insert(shell.clone());
    let mut response = apologise(&shell, next.run(request).await);
    add_headers(response.headers_mut(), &Policy::new(shell.nonce));
    response
}

/// Prints the page of an answer that carries an apology instead of a body.
fn apologise(shell: &Shell, mut response: Response) -> Response {
    let Some(Apology(page)) = response.extensions_mut().remove::<Apology>() else {
        return response;
    };
    match shell.document(&*page) {
        Ok(html) => (response.status(), Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "an error page could not be printed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Shell {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
