//! Payments.

use hypercerts_lexicon::{Datetime, Did};

use crate::decimal::DecimalText;
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::Account;

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
