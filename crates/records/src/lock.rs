//! Claims frozen at one version.

use hypercerts_lexicon::Cid;

use crate::link::StrongRef;
use crate::nsid;
use crate::object::record;
use crate::parts::optional_cid_link_json;

record! {
    /// A claim is frozen: what its author changes after the version named here is no part of it.
    ClaimLock = nsid::CLAIM_LOCK {
        required {
            /// The claim, in the version that is frozen.
            subject: StrongRef,
        }
        optional {
            /// The root of an evidence bundle of that version.
            #[serde(with = "optional_cid_link_json")]
            bundle: Cid,
            /// At most 500 characters.
            note: String,
        }
        lists {}
    }
}
