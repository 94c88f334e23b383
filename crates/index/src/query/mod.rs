//! Questions: from tables to views. Every function here reads from one snapshot and changes nothing.
//!
//! Only records of active accounts are ever seen; every list is bounded.

mod actor;
mod actors;
mod attesters;
mod circle;
mod claim;
mod conditions;
mod contributors;
mod counts;
mod edges;
mod facts;
mod findings;
mod followed;
mod hypercert;
mod kind;
mod list;
mod locks;
mod overlaps;
mod recent;
mod record;
mod reference;
mod rows;
mod scope;
mod status;

pub(crate) use actor::actor;
pub(crate) use attesters::attesters;
pub(crate) use facts::facts;
pub(crate) use hypercert::hypercert;
pub(crate) use list::list;
pub use list::{Cursor, CursorError, ListQuery};
pub(crate) use overlaps::overlaps;
pub(crate) use recent::recently_evaluated;
pub(crate) use record::record;
pub(crate) use status::status;
