//! Payments.

use hypercerts_lexicon::{AtUri, Datetime, Did};

use crate::decimal::DecimalText;
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::Account;

/// Where a record of an earlier edition, in today's form, keeps a purpose of which it gave no version.
pub(crate) const PURPOSE_WITHOUT_VERSION: &str = "forRecord";

record! {
    /// A payment that was made.
    Receipt = nsid::RECEIPT {
        required {
            to: Party,
            amount: DecimalText,
            /// A currency code or token symbol.
            currency: String,
        }
        optional {
            /// Absent: the payer is anonymous.
            from: Party,
            payment_rail: String,
            payment_network: String,
            transaction_id: String,
            /// What was paid for.
            #[serde(rename = "for")]
            purpose: StrongRef,
            notes: String,
            occurred_at: Datetime,
        }
        lists {}
    }
}

impl Receipt {
    /// The record that was paid for. Earlier editions gave its address and no version.
    #[must_use]
    pub fn purpose_uri(&self) -> Option<AtUri> {
        let kept = || {
            let uri = self.extra.get(PURPOSE_WITHOUT_VERSION)?.get("uri")?.as_str()?;
            AtUri::parse(uri).ok()
        };
        self.purpose.as_ref().map(|purpose| purpose.uri().clone()).or_else(kept)
    }
}

union! {
    /// A payer or payee.
    Party {
        Text(PartyText) = shape::RECEIPT_TEXT,
        Account(Account) = shape::ACCOUNT,
        Record(StrongRef) = shape::STRONG_REF,
    }
}

impl Party {
    /// The account that pays or is paid: a record stands for whoever holds it.
    #[must_use]
    pub fn account(&self) -> Option<Did> {
        match self {
            Self::Account(account) => Some(account.did.clone()),
            Self::Record(record) => record.uri().did(),
            Self::Text(_) | Self::Unknown(_) => None,
        }
    }
}

object! {
    /// A payer or payee in words.
    PartyText { required { value: String, } optional {} lists {} }
}
