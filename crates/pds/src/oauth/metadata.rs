//! The documents by which apps find the server and learn what it can do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::oauth::jwk::Algorithm;
use crate::server::Server;

const SCOPES: [&str; 4] =
    ["atproto", "transition:email", "transition:generic", "transition:chat.bsky"];

pub async fn protected_resource(State(server): State<Arc<Server>>) -> Json<Value> {
    let issuer = &server.oauth.issuer;
    Json(json!({
        "resource": issuer,
        "authorization_servers": [issuer],
        "scopes_supported": [],
        "bearer_methods_supported": ["header"],
        "resource_documentation": "https://atproto.com",
    }))
}

pub async fn authorization_server(State(server): State<Arc<Server>>) -> Json<Value> {
    let issuer = &server.oauth.issuer;
    let algorithms: Vec<&str> = Algorithm::ALL.into_iter().map(Algorithm::name).collect();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "pushed_authorization_request_endpoint": format!("{issuer}/oauth/par"),
        "jwks_uri": format!("{issuer}/oauth/jwks"),
        "scopes_supported": SCOPES,
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": algorithms,
        "ui_locales_supported": ["en"],
        "display_values_supported": ["page", "popup", "touch"],
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": true,
        "client_id_metadata_document_supported": true,
        "protected_resources": [issuer],
    }))
}

/// Access tokens are looked up, not verified, so there is no key to publish.
pub async fn jwks() -> Json<Value> {
    Json(json!({ "keys": [] }))
}
