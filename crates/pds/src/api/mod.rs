//! The methods, and what else the server answers to. Handlers translate: parameters to types,
//! outcomes to answers. The work is done by the modules around.

mod accounts;
mod admin;
mod app_passwords;
pub mod auth;
mod blobs;
mod blocks;
mod email;
mod events;
pub mod export;
mod group;
mod identities;
mod identity;
mod migration;
mod operator;
mod outbox;
mod params;
mod plc;
mod preferences;
mod proofs;
mod proxy;
mod read;
mod repos;
pub mod service_auth;
mod sessions;
mod status;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use hypercerts_xrpc::nsid::{actor, identity as id, repo, server as srv, sync};
use hypercerts_xrpc::{XrpcRouter, edge};

use crate::oauth;
use crate::pages;
use crate::server::Server;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// For whoever comes by with a browser.
async fn greeting(State(server): State<Arc<Server>>) -> String {
    let address = server.config.public_url.origin().ascii_serialization();
    format!(
        "This is a Personal Data Server of the AT Protocol.\n\n\
         To make an account, or to look after yours: {address}/account\n\
         For programs: {address}/xrpc/com.atproto.server.describeServer\n"
    )
}

/// Everything the server answers to.
pub fn router(server: Arc<Server>) -> Router {
    let methods = methods()
        .into_router()
        .layer(from_fn_with_state(Arc::clone(&server), proxy::pass_on))
        .route("/", get(greeting))
        .route("/.well-known/atproto-did", get(identity::well_known_did))
        .route("/.well-known/did.json", get(identity::server_document))
        .merge(oauth::router())
        .layer(from_fn(keep_private))
        .layer(from_fn_with_state(Arc::clone(&server), oauth::access::tell_nonce));
    let counted = from_fn_with_state(Arc::clone(&server), auth::count);
    // Pages know people by a cookie, so other origins get nothing of them.
    edge(methods.layer(counted))
        .merge(Router::new().route("/dev/outbox", get(outbox::outbox)))
        .merge(pages::router(&server))
        // Bodies are bounded where they are read, each method by its own measure.
        .layer(DefaultBodyLimit::disable())
        .with_state(server)
}

fn methods() -> XrpcRouter<Arc<Server>> {
    let router = XrpcRouter::new(VERSION)
        .query(srv::DESCRIBE_SERVER, accounts::describe_server)
        .procedure(srv::CREATE_ACCOUNT, accounts::create_account)
        .procedure(srv::CREATE_SESSION, sessions::create_session)
        .procedure(srv::REFRESH_SESSION, sessions::refresh_session)
        .query(srv::GET_SESSION, sessions::get_session)
        .procedure(srv::DELETE_SESSION, sessions::delete_session)
        .procedure(srv::CREATE_APP_PASSWORD, app_passwords::create)
        .query(srv::LIST_APP_PASSWORDS, app_passwords::list)
        .procedure(srv::REVOKE_APP_PASSWORD, app_passwords::revoke)
        .procedure(srv::REQUEST_EMAIL_CONFIRMATION, email::request_confirmation)
        .procedure(srv::CONFIRM_EMAIL, email::confirm)
        .procedure(srv::REQUEST_EMAIL_UPDATE, email::request_update)
        .procedure(srv::UPDATE_EMAIL, email::update)
        .procedure(srv::REQUEST_PASSWORD_RESET, email::request_password_reset)
        .procedure(srv::RESET_PASSWORD, email::reset_password)
        .procedure(srv::REQUEST_ACCOUNT_DELETE, email::request_account_delete)
        .procedure(srv::DELETE_ACCOUNT, email::delete_account)
        .procedure(srv::ACTIVATE_ACCOUNT, status::activate)
        .procedure(srv::DEACTIVATE_ACCOUNT, status::deactivate)
        .procedure(srv::RESERVE_SIGNING_KEY, accounts::reserve_signing_key)
        .query(srv::GET_SERVICE_AUTH, service_auth::get_service_auth)
        .query(srv::CHECK_ACCOUNT_STATUS, migration::check_account_status)
        .query(id::GET_RECOMMENDED_DID_CREDENTIALS, migration::recommended_credentials)
        .procedure(id::REQUEST_PLC_OPERATION_SIGNATURE, plc::request_signature)
        .procedure(id::SIGN_PLC_OPERATION, plc::sign)
        .procedure(id::SUBMIT_PLC_OPERATION, plc::submit)
        .query(id::RESOLVE_HANDLE, identity::resolve_handle)
        .query(id::RESOLVE_DID, identities::resolve_did)
        .query(id::RESOLVE_IDENTITY, identities::resolve_identity)
        .procedure(id::REFRESH_IDENTITY, identities::refresh_identity)
        .procedure(id::UPDATE_HANDLE, identity::update_handle);
    admin::methods(group::methods(sync_methods(repo_methods(router))))
}

fn repo_methods(router: XrpcRouter<Arc<Server>>) -> XrpcRouter<Arc<Server>> {
    router
        .procedure(repo::CREATE_RECORD, write::create_record)
        .procedure(repo::PUT_RECORD, write::put_record)
        .procedure(repo::DELETE_RECORD, write::delete_record)
        .procedure(repo::APPLY_WRITES, write::apply_writes)
        .query(repo::GET_RECORD, read::get_record)
        .query(repo::LIST_RECORDS, read::list_records)
        .query(repo::DESCRIBE_REPO, read::describe_repo)
        .procedure(repo::UPLOAD_BLOB, blobs::upload)
        .procedure(repo::IMPORT_REPO, migration::import_repo)
        .query(actor::GET_PREFERENCES, preferences::get)
        .procedure(actor::PUT_PREFERENCES, preferences::put)
        .query(repo::LIST_MISSING_BLOBS, migration::list_missing_blobs)
}

fn sync_methods(router: XrpcRouter<Arc<Server>>) -> XrpcRouter<Arc<Server>> {
    router
        .query(sync::GET_REPO, export::get_repo)
        .query(sync::GET_RECORD, proofs::get_record)
        .query(sync::GET_LATEST_COMMIT, repos::get_latest_commit)
        .query(sync::GET_REPO_STATUS, repos::get_repo_status)
        .query(sync::LIST_REPOS, repos::list_repos)
        .query(sync::LIST_BLOBS, blobs::list)
        .query(sync::GET_BLOB, blobs::get)
        .query(sync::GET_BLOCKS, blocks::get_blocks)
        .query(sync::LIST_REPOS_BY_COLLECTION, repos::list_repos_by_collection)
        .query(sync::SUBSCRIBE_REPOS, events::subscribe)
}

/// Answers to somebody who is logged in are for nobody else's cache.
async fn keep_private(request: Request, next: Next) -> Response {
    let personal = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = next.run(request).await;
    if personal {
        let private = HeaderValue::from_static("private");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(private);
    }
    response
}
