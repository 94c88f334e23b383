//! Funding: receipts, who recorded each, and what they add up to, currency by currency.
//!
//! Currencies are never added together. One payment that payer and payee both recorded is counted
//! once, as [`Payment`] tells.

use std::collections::{BTreeMap, BTreeSet};

use hypercerts_index::view::{Group, Related};
use hypercerts_lexicon::Did;
use hypercerts_records::finding::Payment;
use hypercerts_records::{Decimal, Party, Receipt, Record};

use super::people::{People, Person};
use super::tie::{Tie, ties, written};
use crate::format::date::Moment;
use crate::format::{link, number};

/// One row of the table.
#[derive(Clone, Debug)]
pub struct ReceiptRow {
    pub date: Moment,
    pub from: PartyView,
    pub to: PartyView,
    pub amount: String,
    pub rail: Option<String>,
    pub transaction: Option<String>,
    pub notes: Option<String>,
    pub by: Person,
    pub role: &'static str,
    pub href: String,
    /// Why the amount is not in the sum, when it is not.
    pub uncounted: Option<&'static str>,
}

/// A payer or payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyView {
    Anonymous,
    Account(Person),
    Words(String),
}

/// The table and its sums.
#[derive(Clone, Debug)]
pub struct Funding {
    pub rows: Vec<ReceiptRow>,
    /// For each currency, its name and the sum.
    pub totals: Vec<(String, String)>,
}

impl Funding {
    /// Reads the receipts of a group, in its order.
    pub fn of(group: &Group<Related>, people: &People) -> Self {
        let pick = |record| match record {
            Record::Receipt(receipt) => Some(receipt),
            _ => None,
        };
        let mut ledger = Ledger::default();
        let rows = ties(group, pick).iter().map(|tie| row(tie, people, &mut ledger)).collect();
        Self { rows, totals: ledger.totals() }
    }

    /// The sums in a sentence: `€12 400 and 0.5 ETH`.
    pub fn words(&self) -> String {
        let sums: Vec<_> = self.totals.iter().map(|(_, sum)| sum.clone()).collect();
        crate::format::listed(&sums)
    }
}

/// Adds up amounts and remembers which payments were seen.
#[derive(Default)]
struct Ledger {
    sums: BTreeMap<String, Decimal>,
    seen: BTreeSet<Payment>,
}

impl Ledger {
    /// Counts a receipt, or says why it is not counted.
    fn count(&mut self, receipt: &Receipt) -> Option<&'static str> {
        let Ok(amount) = receipt.amount.decimal() else {
            return Some("not counted: the amount is no number");
        };
        if amount.is_negative() {
            return Some("not counted: the amount is below zero");
        }
        if Payment::of(receipt).is_some_and(|payment| !self.seen.insert(payment)) {
            return Some("not counted again: the same payment as another receipt");
        }
        let currency = receipt.currency.trim().to_owned();
        let zero = || Decimal::parse("0").ok();
        let before = self.sums.get(&currency).cloned().or_else(zero);
        let Some(sum) = before.and_then(|before| number::plus(&before, &amount)) else {
            return Some("not counted: the number is too long to add");
        };
        self.sums.insert(currency, sum);
        None
    }

    fn totals(&self) -> Vec<(String, String)> {
        let total = |(currency, sum): (&String, &Decimal)| {
            (currency.clone(), number::money_sum(sum, currency))
        };
        self.sums.iter().map(total).collect()
    }
}

fn row(tie: &Tie<'_, Receipt>, people: &People, ledger: &mut Ledger) -> ReceiptRow {
    let receipt = &tie.record;
    let payer = receipt.from.as_ref().and_then(Party::account);
    let occurred = receipt.occurred_at.as_ref().map(|at| Moment::day(at.as_str()));
    let rail = [&receipt.payment_rail, &receipt.payment_network];
    let rail: Vec<_> = rail.into_iter().flatten().cloned().collect();
    ReceiptRow {
        date: occurred.unwrap_or_else(|| written(tie.view)),
        from: receipt.from.as_ref().map_or(PartyView::Anonymous, |from| party(from, people)),
        to: party(&receipt.to, people),
        amount: number::money(receipt.amount.as_str(), receipt.currency.trim()),
        rail: (!rail.is_empty()).then(|| rail.join(", ")),
        transaction: receipt.transaction_id.clone(),
        notes: receipt.notes.clone(),
        by: Person::from(&tie.related.author),
        role: role(&tie.view.did, payer.as_ref(), receipt.to.account().as_ref()),
        href: link::record(&tie.view.uri),
        uncounted: ledger.count(receipt),
    }
}

fn role(holder: &Did, payer: Option<&Did>, payee: Option<&Did>) -> &'static str {
    match (payer == Some(holder), payee == Some(holder)) {
        (true, true) => "payer and payee",
        (true, false) => "the payer",
        (false, true) => "the payee",
        (false, false) => "a third party",
    }
}

fn party(party: &Party, people: &People) -> PartyView {
    match (party.account(), party) {
        (Some(did), _) => PartyView::Account(people.person(&did)),
        (None, Party::Text(text)) => PartyView::Words(text.value.clone()),
        (None, Party::Record(record)) => PartyView::Words(record.uri().to_string()),
        (None, _) => PartyView::Words("named in a form not known here".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hypercerts_lexicon::Datetime;
    use hypercerts_records::PartyText;

    fn receipt(amount: &str, currency: &str, transaction: Option<&str>) -> Receipt {
        let payee = Party::Text(PartyText::new("Tana Coast Collective".to_owned()));
        let at = Datetime::parse("2025-03-14T10:00:00Z").expect("a datetime");
        let mut receipt = Receipt::new(payee, amount, currency, at);
        receipt.transaction_id = transaction.map(str::to_owned);
        receipt
    }

    fn counted(receipts: &[Receipt]) -> (Vec<String>, usize) {
        let mut ledger = Ledger::default();
        let refused = receipts.iter().filter_map(|receipt| ledger.count(receipt)).count();
        (ledger.totals().into_iter().map(|(_, sum)| sum).collect(), refused)
    }

    #[test]
    fn each_currency_has_its_own_sum() {
        let receipts = [
            receipt("10000", "EUR", None),
            receipt("0.1", "ETH", None),
            receipt("2400.00", "EUR", None),
            receipt("0.2", "ETH", None),
        ];
        assert_eq!(
            counted(&receipts),
            (vec!["0.3\u{a0}ETH".to_owned(), "€12\u{202f}400".to_owned()], 0)
        );
    }

    #[test]
    fn a_payment_recorded_by_both_sides_counts_once() {
        let receipts = [
            receipt("100", "EUR", Some("tx1")),
            receipt("100.0", "EUR", Some("tx1")),
            receipt("100", "EUR", Some("tx2")),
        ];
        assert_eq!(counted(&receipts), (vec!["€200".to_owned()], 1));
    }

    #[test]
    fn what_is_no_amount_is_not_counted() {
        let receipts = [receipt("-5", "EUR", None), receipt("much", "EUR", None)];
        assert_eq!(counted(&receipts), (Vec::new(), 2));
    }
}
