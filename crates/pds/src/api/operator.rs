//! Whoever runs the server, as the operator's methods know them.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use data_encoding::BASE64;
use hypercerts_xrpc::XrpcError;

use crate::account::throttle::Target;
use crate::api::auth::Peer;
use crate::error::Refusal;
use crate::server::Server;

const NAME: &str = "admin";
/// A header longer than any name and password.
const MAX_HEADER: usize = 1024;

/// Somebody who showed the operator's name and password, in `Authorization: Basic …`.
///
/// No answer asks browsers for them: a browser that keeps the password would show it to every page
/// that sends it here.
pub struct Operator(());

impl FromRequestParts<Arc<Server>> for Operator {
    type Rejection = XrpcError;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, XrpcError> {
        let Some(password) = &server.config.admin_password else {
            return Err(Refusal::NoOperator.into());
        };
        let Peer(address) = Peer::of(parts, &server.config.trusted_proxies);
        let given = shown(parts).ok_or(Refusal::OperatorOnly)?;
        let attempt = server.throttle.begin(Target::Operator, address)?;
        if !password.is(&given) {
            return Err(Refusal::WrongAdminPassword.into());
        }
        attempt.forgive();
        Ok(Self(()))
    }
}

/// The password that comes with the operator's name.
fn shown(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_HEADER {
        return None;
    }
    let pair = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    let (name, password) = pair.split_once(':')?;
    (name == NAME).then(|| password.to_owned())
}
