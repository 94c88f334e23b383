//! When two receipts are about one payment.

use crate::decimal::Decimal;
use crate::funding::Receipt;

/// A payment as its network names it. Two receipts with equal payments are about the same money, as when payer
/// and payee each wrote one down; it counts once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Payment {
    network: String,
    transaction: String,
    currency: String,
    amount: String,
}

impl Payment {
    /// The payment a receipt is about: same transaction on the same network, same amount of the same currency.
    /// `None` if it names no transaction, or no amount that could be compared.
    #[must_use]
    pub fn of(receipt: &Receipt) -> Option<Self> {
        let transaction = receipt.transaction_id.as_deref()?.trim();
        let amount: Decimal = receipt.amount.decimal().ok()?;
        (!transaction.is_empty()).then(|| Self {
            network: folded(receipt.payment_network.as_deref().unwrap_or_default()),
            transaction: transaction_id(transaction),
            currency: folded(&receipt.currency),
            amount: amount.to_string(),
        })
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Hexadecimal names are the same in capital letters; in others, capitals mean something else.
fn transaction_id(text: &str) -> String {
    match text.get(..2) {
        Some("0x" | "0X") => text.to_ascii_lowercase(),
        _ => text.to_owned(),
    }
}
