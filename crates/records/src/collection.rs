//! Sets of records, and things that are nobody's account.

use hypercerts_lexicon::Uri;

use crate::decimal::DecimalText;
use crate::link::StrongRef;
use crate::nsid;
use crate::object::{object, record};
use crate::parts::{Description, Facet, Picture};

record! {
    /// A named set of records.
    Collection = nsid::COLLECTION {
        required { title: String, }
        optional {
            /// `project`, `portfolio`, `program`, `favorites`, or another word.
            #[serde(rename = "type")]
            kind: String,
            short_description: String,
            description: Description,
            avatar: Picture,
            banner: Picture,
            /// A [`Location`](crate::Location) record.
            location: StrongRef,
        }
        lists {
            short_description_facets: Facet,
            /// At most 1,000.
            items: Item,
            /// [`VocabTag`](crate::VocabTag) records, at most 20.
            tags: StrongRef,
        }
    }
}

object! {
    /// A member of a collection.
    Item {
        required { item_identifier: StrongRef, }
        optional {
            /// Above zero; only its ratio to the others' counts.
            item_weight: DecimalText,
        }
        lists {}
    }
}

record! {
    /// A thing that records can be about: a parcel of land, a stratum of an inventory.
    Feature = nsid::FEATURE {
        required { title: String, }
        optional {
            /// `zone`, `stratum`, or another word.
            #[serde(rename = "type")]
            kind: String,
            description: Description,
        }
        lists {
            /// [`Location`](crate::Location) records that all draw this one thing, the best first.
            locations: StrongRef,
            /// [`VocabTag`](crate::VocabTag) records, at most 20.
            tags: StrongRef,
            /// At most 20.
            same_as: Uri,
        }
    }
}
