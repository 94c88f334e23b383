//! `com.atproto.admin.*`: what only whoever runs the server may do.

pub mod accounts;
mod changes;
pub mod invites;
mod subjects;

use std::sync::Arc;

use hypercerts_lexicon::{AtIdentifier, Datetime, Did};
use hypercerts_xrpc::XrpcRouter;
use hypercerts_xrpc::nsid::{admin, server as srv};
use jiff::Timestamp;

use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::Account;

pub fn methods(router: XrpcRouter<Arc<Server>>) -> XrpcRouter<Arc<Server>> {
    router
        .query(admin::GET_ACCOUNT_INFO, accounts::info)
        .query(admin::GET_ACCOUNT_INFOS, accounts::infos)
        .procedure(admin::UPDATE_ACCOUNT_EMAIL, changes::email)
        .procedure(admin::UPDATE_ACCOUNT_HANDLE, changes::handle)
        .procedure(admin::UPDATE_ACCOUNT_PASSWORD, changes::password)
        .procedure(admin::DELETE_ACCOUNT, changes::delete)
        .procedure(admin::SEND_EMAIL, changes::send_email)
        .query(admin::GET_SUBJECT_STATUS, subjects::get)
        .procedure(admin::UPDATE_SUBJECT_STATUS, subjects::update)
        .query(admin::GET_INVITE_CODES, invites::list)
        .procedure(admin::DISABLE_INVITE_CODES, invites::disable)
        .procedure(admin::DISABLE_ACCOUNT_INVITES, invites::disable_for_account)
        .procedure(admin::ENABLE_ACCOUNT_INVITES, invites::enable_for_account)
        .procedure(srv::CREATE_INVITE_CODE, invites::create)
        .procedure(srv::CREATE_INVITE_CODES, invites::create_many)
        .query(srv::GET_ACCOUNT_INVITE_CODES, invites::of_caller)
}

/// An account of this server, whatever its status.
async fn account(server: &Server, who: AtIdentifier) -> Result<Arc<Account>, Error> {
    let found = server.accounts.find(&who).await?;
    Ok(found.ok_or_else(|| Refusal::SubjectNotFound(who.to_string()))?)
}

async fn account_of(server: &Server, did: Did) -> Result<Arc<Account>, Error> {
    account(server, AtIdentifier::Did(did)).await
}

fn datetime(moment: Timestamp) -> Datetime {
    Datetime::from_unix_micros(moment.as_microsecond())
}
