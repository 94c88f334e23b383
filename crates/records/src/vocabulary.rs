//! Terms: those that work scopes are built from, and those that classify records.

use hypercerts_lexicon::{RecordKey, Uri};

use crate::link::StrongRef;
use crate::nsid;
use crate::object::record;
use crate::parts::Content;

record! {
    /// A kind of work.
    WorkscopeTag = nsid::WORKSCOPE_TAG {
        required {
            /// The name that expressions use.
            key: String,
            name: String,
        }
        optional {
            category: String,
            description: String,
            /// The more general [`WorkscopeTag`].
            parent: StrongRef,
            /// `proposed`, `accepted`, `deprecated`, or another word.
            status: String,
            /// The [`WorkscopeTag`] to use in place of this one.
            superseded_by: StrongRef,
            reference_document: Content,
        }
        lists {
            aliases: String,
            same_as: Uri,
        }
    }
}

record! {
    /// A term for classifying records.
    VocabTag = nsid::VOCAB_TAG {
        required {
            /// Unique within its publisher and category.
            key: RecordKey,
            name: String,
            category: RecordKey,
            /// `proposed`, `accepted`, `deprecated`, or another word.
            status: String,
        }
        optional {
            description: String,
            /// The [`VocabTag`] to use in place of this one.
            superseded_by: StrongRef,
            reference_document: Content,
        }
        lists {
            /// More general [`VocabTag`]s, at most 20.
            broader: StrongRef,
            aliases: String,
            same_as: Uri,
        }
    }
}
