//! Badges: what can be given, what was given, and what the receiver says.

use hypercerts_lexicon::{Blob, Uri};

use crate::decimal::DecimalText;
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{record, union};
use crate::parts::{Account, optional_blob_json};

record! {
    /// A badge.
    BadgeDefinition = nsid::BADGE_DEFINITION {
        required {
            title: String,
            /// `endorsement`, `verification`, or another word.
            badge_type: String,
        }
        optional {
            #[serde(with = "optional_blob_json")]
            icon: Blob,
            description: String,
        }
        lists {
            /// At most 100; empty: anyone may give it.
            allowed_issuers: Account,
        }
    }
}

record! {
    /// A badge given.
    BadgeAward = nsid::BADGE_AWARD {
        required {
            /// A [`BadgeDefinition`] record.
            badge: StrongRef,
            subject: BadgeSubject,
        }
        optional {
            note: String,
            url: Uri,
        }
        lists {}
    }
}

union! {
    /// Who or what receives a badge.
    BadgeSubject {
        Account(Account) = shape::ACCOUNT,
        Record(StrongRef) = shape::STRONG_REF,
    }
}

record! {
    /// A badge accepted or rejected.
    BadgeResponse = nsid::BADGE_RESPONSE {
        required {
            /// A [`BadgeAward`] record.
            badge_award: StrongRef,
            /// `accepted`, `rejected`, or another word.
            response: String,
        }
        optional {
            /// How much it counts beside the receiver's other badges.
            weight: DecimalText,
        }
        lists {}
    }
}
