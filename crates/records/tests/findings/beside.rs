//! What shows only when records are seen beside each other.

use hypercerts_lexicon::{AtUri, Did};
use hypercerts_records::finding::{
    Entry, Finding, Payment, Picture, Reference, ReferenceState, of_picture,
};
use hypercerts_records::{Record, nsid};
use serde_json::{Value, json};

use crate::{CID, DID_A, DID_B, codes, record};

/// A record and where it lies.
struct Held {
    uri: AtUri,
    author: Did,
    record: Record,
    references: Vec<(&'static str, AtUri, ReferenceState)>,
}

fn held(author: &str, collection: &str, rkey: &str, fields: Value) -> Held {
    Held {
        uri: AtUri::parse(&format!("at://{author}/{collection}/{rkey}")).unwrap(),
        author: Did::parse(author).unwrap(),
        record: record(collection, fields),
        references: Vec::new(),
    }
}

fn entry(held: &Held) -> Entry<'_> {
    Entry {
        uri: &held.uri,
        author: &held.author,
        record: &held.record,
        references: held
            .references
            .iter()
            .map(|(path, target, state)| Reference {
                path: (*path).to_owned(),
                target,
                state: *state,
            })
            .collect(),
    }
}

/// What is found about the record `about`, when all acknowledgements are known.
fn seen(all: &[&Held], about: &Held) -> Vec<Finding> {
    let entries = all.iter().map(|held| entry(held)).collect();
    let picture = Picture { entries, all_acknowledgements: true };
    of_picture(&picture).remove(&about.uri).unwrap_or_default()
}

fn reference(to: &Held) -> Value {
    json!({ "uri": to.uri.as_str(), "cid": CID })
}

fn contribution(start: &str, end: &str) -> Held {
    held(DID_A, nsid::CONTRIBUTION, "3mhlv4n3abc2a", json!({ "startDate": start, "endDate": end }))
}

fn claim_of(contribution: &Held) -> Held {
    let contributor = json!({
        "contributorIdentity": {
            "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Ada",
        },
        "contributionDetails": {
            "$type": "com.atproto.repo.strongRef", "uri": contribution.uri.as_str(), "cid": CID,
        },
    });
    held(
        DID_A,
        nsid::ACTIVITY,
        "3mhlv4n3abc2b",
        json!({
            "title": "Oak wood", "shortDescription": "Oak.", "contributors": [contributor, contributor],
            "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-12-31T23:59:59Z",
        }),
    )
}

#[test]
fn a_contribution_lies_within_the_claims_work() {
    let inside = contribution("2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z");
    assert_eq!(seen(&[&claim_of(&inside), &inside], &inside), []);
    let outside = contribution("2024-12-01T00:00:00Z", "2026-02-01T00:00:00Z");
    let found = seen(&[&claim_of(&outside), &outside], &outside);
    assert_eq!(
        codes(&found),
        [("contribution-outside-claim", "startDate"), ("contribution-outside-claim", "endDate")]
    );
    assert!(found[0].message.contains("“Oak wood” starts"), "{}", found[0]);
    assert!(found[1].message.contains("“Oak wood” ends"), "{}", found[1]);
}

fn evaluation(by: &str, evaluators: &[&str]) -> Held {
    let evaluators: Vec<Value> = evaluators.iter().map(|did| json!({ "did": did })).collect();
    held(
        by,
        nsid::EVALUATION,
        "3mhlv4n3abc2c",
        json!({ "evaluators": evaluators, "summary": "Seen." }),
    )
}

fn answer(by: &str, rkey: &str, subject: &Held, yes: bool, at: &str) -> Held {
    let fields = json!({ "subject": reference(subject), "acknowledged": yes, "createdAt": at });
    held(by, nsid::ACKNOWLEDGEMENT, rkey, fields)
}

#[test]
fn whoever_is_named_as_an_evaluator_should_say_so() {
    let own = evaluation(DID_A, &[DID_A]);
    assert_eq!(seen(&[&own], &own), []);
    let of_both = evaluation(DID_A, &[DID_A, DID_B]);
    let found = seen(&[&of_both], &of_both);
    assert_eq!(codes(&found), [("evaluator-unacknowledged", "evaluators[1]")]);
    assert!(found[0].message.contains(DID_B), "{}", found[0]);

    let yes = answer(DID_B, "3mhlv4n3abc2d", &of_both, true, "2025-03-14T10:00:00Z");
    assert_eq!(seen(&[&of_both, &yes], &of_both), []);
    let no = answer(DID_B, "3mhlv4n3abc2e", &of_both, false, "2025-04-14T10:00:00Z");
    let found = seen(&[&of_both, &no, &yes], &of_both);
    assert_eq!(codes(&found), [("evaluator-refused", "evaluators[1]")]);
    let stranger = answer(DID_A, "3mhlv4n3abc2d", &of_both, true, "2025-03-14T10:00:00Z");
    let found = seen(&[&of_both, &stranger], &of_both);
    assert_eq!(codes(&found), [("evaluator-unacknowledged", "evaluators[1]")]);
}

#[test]
fn nobody_is_said_to_be_silent_when_not_all_voices_are_known() {
    let named = evaluation(DID_A, &[DID_B]);
    let no = answer(DID_B, "3mhlv4n3abc2d", &named, false, "2025-03-14T10:00:00Z");
    let picture = |all: &[&Held]| {
        let entries = all.iter().map(|held| entry(held)).collect();
        let known = Picture { entries, all_acknowledgements: false };
        of_picture(&known).remove(&named.uri).unwrap_or_default()
    };
    assert_eq!(picture(&[&named]), []);
    assert_eq!(codes(&picture(&[&named, &no])), [("evaluator-refused", "evaluators[0]")]);
}

#[test]
fn references_lead_to_what_was_meant() {
    let target = evaluation(DID_B, &[DID_B]);
    let with = |state: ReferenceState| {
        let mut attachment =
            held(DID_A, nsid::ATTACHMENT, "3mhlv4n3abc2f", json!({ "title": "Report" }));
        attachment.references.push(("subjects[0]", target.uri.clone(), state));
        seen(&[&attachment], &attachment)
    };
    assert_eq!(with(ReferenceState::Current), []);
    for (state, code) in [
        (ReferenceState::EarlierVersion, "reference-to-earlier-version"),
        (ReferenceState::NeverSeen, "reference-to-unknown-version"),
        (ReferenceState::Missing, "reference-to-nothing"),
    ] {
        let found = with(state);
        assert_eq!(codes(&found), [(code, "subjects[0]")]);
        assert!(found[0].message.contains(target.uri.as_str()), "{}", found[0]);
    }
}

fn receipt(by: &str, rkey: &str, fields: Value) -> Held {
    let mut receipt = json!({
        "to": { "$type": "org.hypercerts.funding.receipt#text", "value": "The collective" },
        "amount": "100", "currency": "EUR", "paymentNetwork": "Ethereum", "transactionId": "0xAB12",
    });
    for (name, field) in fields.as_object().unwrap() {
        receipt[name] = field.clone();
    }
    held(by, nsid::RECEIPT, rkey, receipt)
}

#[test]
fn one_payment_written_down_twice_is_one_payment() {
    let payers = receipt(DID_A, "3mhlv4n3abc2a", json!({}));
    let payees = receipt(
        DID_B,
        "3mhlv4n3abc2b",
        json!({ "amount": "100.00", "paymentNetwork": " ethereum", "transactionId": "0xab12" }),
    );
    assert_eq!(seen(&[&payees, &payers], &payers), []);
    let found = seen(&[&payees, &payers], &payees);
    assert_eq!(codes(&found), [("payment-repeated", "transactionId")]);
    assert!(found[0].message.contains(payers.uri.as_str()), "{}", found[0]);
    for different in [
        json!({ "amount": "101" }),
        json!({ "currency": "USD" }),
        json!({ "paymentNetwork": "Base" }),
        json!({ "transactionId": "0xAB13" }),
        json!({ "transactionId": " " }),
    ] {
        let other = receipt(DID_B, "3mhlv4n3abc2b", different);
        assert_eq!(seen(&[&payers, &other], &other), []);
    }
}

#[test]
fn only_hexadecimal_names_ignore_capitals() {
    let payment =
        |transaction: &str| match receipt(DID_A, "a", json!({ "transactionId": transaction }))
            .record
        {
            Record::Receipt(receipt) => Payment::of(&receipt).unwrap(),
            _ => unreachable!(),
        };
    assert_eq!(payment("0xAB"), payment("0Xab"));
    assert_ne!(payment("5Yb"), payment("5yb"));
}

#[test]
fn records_about_which_there_is_nothing_to_say_are_left_out() {
    let own = evaluation(DID_A, &[DID_A]);
    let picture = Picture { entries: vec![entry(&own)], all_acknowledgements: true };
    assert!(of_picture(&picture).is_empty());
}
