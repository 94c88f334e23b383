//! What accounts tie themselves to: other accounts, things, wallets, records they attest to.

use hypercerts_lexicon::{AtUri, Datetime, Did};

use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};

record! {
    /// Following an account.
    Follow = nsid::FOLLOW {
        required { subject: Did, }
        optional {
            /// The record that led here.
            via: StrongRef,
        }
        lists {}
    }
}

record! {
    /// Following something that is no account.
    EntityFollow = nsid::ENTITY_FOLLOW {
        required { subject: Entity, }
        optional {
            /// The record that led here.
            via: StrongRef,
        }
        lists {}
    }
}

union! {
    /// What can be followed besides accounts.
    Entity {
        Record(RecordSubject) = shape::RECORD_SUBJECT,
    }
}

object! {
    /// A record, whatever its version.
    RecordSubject { required { uri: AtUri, } optional {} lists {} }
}

record! {
    /// Liking a record. No judgement of it: that is what [`Evaluation`](crate::Evaluation)s are for.
    Like = nsid::LIKE {
        required {
            /// In the version that was seen.
            subject: StrongRef,
        }
        optional {
            /// The [`Repost`] that led here.
            via: StrongRef,
        }
        lists {}
    }
}

record! {
    /// Passing a record on to one's followers.
    Repost = nsid::REPOST {
        required {
            /// In the version that was seen; never a repost.
            subject: StrongRef,
        }
        optional {
            /// The [`Repost`] that led here.
            via: StrongRef,
        }
        lists {}
    }
}

record! {
    /// A wallet that belongs to the account. Whether its proof holds has to be checked.
    EvmLink = nsid::EVM_LINK {
        required {
            /// `0x` and 40 hexadecimal digits.
            address: String,
            proof: EvmProof,
        }
        optional {}
        lists {}
    }
}

union! {
    /// How a wallet shows that it agrees.
    EvmProof {
        Eip712(Eip712Proof) = shape::EIP712_PROOF,
    }
}

object! {
    /// A signature on typed data.
    Eip712Proof {
        required {
            /// `0x` and 128 or 130 hexadecimal digits.
            signature: String,
            message: Eip712Message,
        }
        optional {}
        lists {}
    }
}

object! {
    /// What the wallet signed; numbers are decimal digits.
    Eip712Message {
        required {
            did: Did,
            evm_address: String,
            chain_id: String,
            /// Seconds since 1970.
            timestamp: String,
            nonce: String,
        }
        optional {}
        lists {}
    }
}

object! {
    /// A signature on somebody else's record: that this record lies in the signer's repository.
    SignatureProof {
        required {
            /// Of the signed content, which is not the CID the signed record is stored under.
            cid: hypercerts_lexicon::CidText,
        }
        optional {
            note: String,
            /// When the author's software says the record was made.
            created_at: Datetime,
        }
        lists {}
    }
}

crate::object::stored! { SignatureProof = nsid::SIGNATURE_PROOF }

impl SignatureProof {
    pub(crate) fn dated(&self) -> Option<&Datetime> {
        self.created_at.as_ref()
    }
}
