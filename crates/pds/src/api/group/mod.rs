//! `app.certified.group.*`: the methods of the Certified Group Service, for the groups of this
//! server.

mod audit;
mod founding;
mod member;
mod members;
mod records;
mod transfer;

use std::sync::Arc;

use hypercerts_lexicon::Datetime;
use hypercerts_xrpc::XrpcRouter;
use hypercerts_xrpc::nsid::group;
use jiff::Timestamp;

use crate::error::Refusal;
use crate::group::refused::GroupRefusal;
use crate::server::Server;

/// Entries of a page if nobody says otherwise, and at most.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 100;
/// Bytes a change of members writes, roughly, and what it costs of the writes of an account.
const SMALL_CHANGE: (usize, u32) = (2048, 1);

pub fn methods(router: XrpcRouter<Arc<Server>>) -> XrpcRouter<Arc<Server>> {
    router
        .procedure(group::REGISTER, founding::register)
        .procedure(group::IMPORT, founding::import)
        .procedure(group::CREATE_RECORD, records::create)
        .procedure(group::PUT_RECORD, records::put)
        .procedure(group::DELETE_RECORD, records::delete)
        .procedure(group::UPLOAD_BLOB, records::upload_blob)
        .procedure(group::ADD_MEMBER, members::add)
        .procedure(group::REMOVE_MEMBER, members::remove)
        .query(group::LIST_MEMBERS, members::list)
        .query(group::LIST_MEMBERSHIPS, members::list_memberships)
        .procedure(group::SET_ROLE, members::set_role)
        .procedure(group::PROPOSE_TRANSFER, transfer::propose)
        .procedure(group::ACCEPT_TRANSFER, transfer::accept)
        .procedure(group::CANCEL_TRANSFER, transfer::cancel)
        .query(group::TRANSFER_STATUS, transfer::status)
        .query(group::QUERY_AUDIT, audit::query)
}

/// As answers write times.
fn datetime(time: Timestamp) -> Datetime {
    Datetime::from_unix_micros(time.as_microsecond())
}

/// The entry a page goes on after, by the cursor of the page before.
fn after(cursor: Option<&str>) -> Result<Option<i64>, Refusal> {
    let read = |text: &str| text.parse().map_err(|_| GroupRefusal::InvalidCursor.into());
    cursor.map(read).transpose()
}

/// The cursor of a page that ends with the entry `last`; none after a page that is not full.
fn cursor(last: Option<i64>, entries: usize, limit: u32) -> Option<String> {
    last.filter(|_| entries >= limit as usize).map(|id| id.to_string())
}
