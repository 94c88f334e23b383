//! Records that others refer to, handed in by whoever has them.

use crate::{Record, StrongRef};

/// Gives the records that a claim and its scope refer to. Any function from a reference to a record is one.
///
/// Whether the version that the reference means is given, or the current one, is the caller's choice.
pub trait Records {
    /// `None` if it is not at hand.
    fn record(&self, reference: &StrongRef) -> Option<Record>;
}

impl<F: Fn(&StrongRef) -> Option<Record>> Records for F {
    fn record(&self, reference: &StrongRef) -> Option<Record> {
        self(reference)
    }
}
