//! Writing records.
//!
//! * [`record`]: from JSON to a [`NewRecord`](record::NewRecord): the data model, the lexicon, the
//!   bytes and their CID. Needs nothing but the record, so it happens before queueing.
//! * [`change`]: what is asked of a repository.
//! * [`plan`]: in the writer: checks a change against the repository as it is.
//! * [`commit`]: in the writer: makes the commit, stores it and tells the stream.
//! * [`import`]: a whole repository that is brought along.

pub mod change;
pub mod commit;
pub mod import;
pub mod plan;
pub mod record;
