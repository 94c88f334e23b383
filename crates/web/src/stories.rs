//! What readers of the hypercert page learn, and what they are spared.

use hypercerts_index::view::{
    Attestation, AttestationForm, AttestationOutcome, Finding, Group, Hypercert, Later, LaterWhat,
    Reference, ScopeView, Severity, Validity,
};
use hypercerts_records::{Edition, nsid};
use hypercerts_theme::Nonce;

use crate::page::hypercert::HypercertPage;
use crate::page::overlaps::OverlapsPage;
use crate::page::{Page, Shell};
use crate::sample::{self, COLLECTIVE, ECOLOGIST, FISHERS, FUND};

/// The whole document, as a browser gets it.
fn html(hypercert: &Hypercert) -> String {
    shell().document(&HypercertPage::of(hypercert)).expect("a document")
}

fn shell() -> Shell {
    let nonce = Nonce::fresh().expect("random bytes");
    Shell { network: "private network".to_owned(), nonce }
}

/// The words on the page, without tags and with single spaces.
fn words(hypercert: &Hypercert) -> String {
    spoken(&html(hypercert))
}

/// The words of a document.
fn spoken(html: &str) -> String {
    let html = html.replace('>', "> ");
    let text: String =
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let text = text.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"");
    text.split([' ', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn with_evaluation_by(name: &str) -> Hypercert {
    let evaluations = Group::complete(vec![sample::evaluation(name, "3e9", "Well done.")]);
    let independent = evaluations.items.iter().filter(|one| one.standing.is_independent());
    let independent_evaluations = independent.count() as u64;
    Hypercert { evaluations, independent_evaluations, ..sample::mangroves() }
}

#[test]
fn one_strip_sums_the_record_up() {
    let page = words(&sample::mangroves());
    assert!(page.contains("3 measurements 5 pieces of evidence 2 evaluations (1 independent) €12\u{202f}400 recorded"), "{page}");
}

#[test]
fn the_seal_answers_four_questions_apart() {
    let page = words(&sample::mangroves());
    assert!(page.contains("Signed by Tana Coast Collective"));
    assert!(
        page.contains("Intact The content matches its CID, and the signed commit holds that CID.")
    );
    assert!(page.contains("Acknowledged by 1 of 2 contributors Delta Fishers Union"));
    assert!(
        page.contains("Evaluated independently by Dr Amina Yusuf; also by Delta Fishers Union.")
    );
}

#[test]
fn gaps_are_said_plainly() {
    let page = words(&sample::numpy());
    for gap in [
        "no measurement no evidence no evaluation no funding recorded",
        "Nothing has been measured yet.",
        "Nothing has been attached yet.",
        "No evaluation yet.",
        "No funding has been recorded.",
        "No place is given: the work counts wherever it was done.",
        "Acknowledged by nobody",
        "Evaluated by nobody yet.",
    ] {
        assert!(page.contains(gap), "{gap}: {page}");
    }
}

#[test]
fn a_claim_without_scope_covers_all_work_there_and_then() {
    let page = words(&sample::forest());
    assert!(page.contains("What Not limited No scope is given"));
    assert!(page.contains("1 Jan 2020 – 31 Dec 2025"));
    assert!(page.contains("Arabuko forest 3.3°\u{a0}S, 39.9°\u{a0}E"));
}

#[test]
fn whoever_has_a_part_in_the_claim_does_not_evaluate_independently() {
    let with = |name| words(&with_evaluation_by(name));
    assert!(with(ECOLOGIST).contains("(1 independent)"));
    for (name, why) in [
        (COLLECTIVE, "it is from the claimant’s own repository"),
        (FISHERS, "its author is a contributor of this claim"),
        (FUND, "its author funded this work"),
    ] {
        let page = with(name);
        assert!(page.contains("(none independent)") && page.contains(why), "{name}");
        assert!(page.contains("No independent evaluation yet."));
    }
}

#[test]
fn an_evaluation_of_an_earlier_version_says_so() {
    let page = words(&sample::mangroves());
    assert!(page.contains("About an earlier version of the claim. The reference names …"));
    assert!(page.contains("What the earlier version said is no longer kept here."));
}

#[test]
fn what_changed_since_an_evaluation_is_told_field_by_field() {
    let evaluation = sample::evaluation(ECOLOGIST, "3e9", "Well done.");
    let evaluation = sample::about_earlier_title(evaluation, "Ten hectares", "Fifty hectares");
    let evaluations = Group::complete(vec![evaluation]);
    let page = words(&Hypercert { evaluations, ..sample::mangroves() });
    assert!(
        page.contains("What changed since: 1 field title was Ten hectares is Fifty hectares"),
        "{page}"
    );
}

#[test]
fn a_version_that_was_never_seen_is_said_carefully() {
    let mut evaluation = sample::about_earlier(sample::evaluation(ECOLOGIST, "3e9", "Good."));
    let Reference::Stale { referenced, current, .. } = evaluation.reference else {
        panic!("the sample is about an earlier version");
    };
    evaluation.reference = Reference::NeverSeen { referenced, current };
    let evaluations = Group::complete(vec![evaluation]);
    let page = words(&Hypercert { evaluations, ..sample::mangroves() });
    assert!(page.contains("That version was never seen here"), "{page}");
}

#[test]
fn findings_stand_together_the_gravest_first() {
    let finding = |severity, path: &str, message: &str| Finding {
        severity,
        code: "a-code".into(),
        path: path.to_owned(),
        message: message.to_owned(),
    };
    let mut hypercert = sample::mangroves();
    hypercert.claim.findings.push(finding(Severity::Note, "", "Said twice."));
    let measurement = hypercert.measurements.items[0].record.as_mut().expect("a record");
    measurement.findings.push(finding(Severity::Error, "value", "It is no number."));
    let page = words(&hypercert);
    assert!(
        page.contains("Error Measurement “Canopy cover: 61.4 percent” : value : It is no number. Note Said twice."),
        "{page}"
    );
    assert!(!words(&sample::mangroves()).contains("Worth knowing"));
}

#[test]
fn attestations_say_by_whom_and_whether_they_hold() {
    let attested = |name, outcome| Attestation {
        path: "signatures[0]".to_owned(),
        form: AttestationForm::Remote,
        by: Some(sample::actor(name)),
        note: None,
        outcome,
    };
    let mut hypercert = sample::mangroves();
    let why = "It was made for another repository.".to_owned();
    hypercert.claim.attestations = vec![
        attested(ECOLOGIST, AttestationOutcome::Holds),
        attested(FUND, AttestationOutcome::Fails { why }),
    ];
    let page = words(&hypercert);
    assert!(page.contains("Dr Amina Yusuf attests to exactly this content"), "{page}");
    assert!(page.contains(
        "Blue Shore Fund is named, but the signature does not hold. It was made for another repository."
    ));
}

#[test]
fn a_lock_says_what_is_no_part_of_it() {
    let mut lock = sample::lock(FUND, "3k9");
    let unchanged = Hypercert { locks: Group::complete(vec![lock.clone()]), ..sample::mangroves() };
    let page = words(&unchanged);
    assert!(
        page.contains("locked by Blue Shore Fund on 5 Feb 2026 . The claim has not changed since."),
        "{page}"
    );
    lock.lock = sample::about_earlier_title(lock.lock, "Ten hectares", "Fifty hectares");
    let late = sample::evaluation(ECOLOGIST, "3e9", "Well done.");
    lock.later = Group::complete(vec![Later { uri: late.uri, what: LaterWhat::Came }]);
    let page = words(&Hypercert { locks: Group::complete(vec![lock]), ..sample::mangroves() });
    assert!(page.contains("The claim is not as it was locked."), "{page}");
    assert!(
        page.contains("1 tied record is no part of what was locked Evaluation came later"),
        "{page}"
    );
}

#[test]
fn another_edition_and_a_scope_nobody_can_compute_say_so() {
    let mut hypercert = sample::numpy();
    hypercert.claim.edition = Edition::Document;
    hypercert.scope = ScopeView::NotUnderstood { why: "These words are for people.".to_owned() };
    let page = words(&hypercert);
    assert!(
        page.contains(Edition::Document.in_words().split('\'').next().unwrap_or_default()),
        "{page}"
    );
    assert!(page.contains("These words are for people."));
}

#[test]
fn a_measurement_shows_value_unit_method_period_and_author() {
    let page = words(&sample::mangroves());
    assert!(page.contains(
        "Seedlings alive 131\u{202f}250 seedlings 1 Jan 2025 – 31 Dec 2025 satellite-imagery"
    ));
    assert!(page.contains("Recorded by Canopy Watch @canopywatch.test own repository"));
    assert!(page.contains(
        "Recorded by Tana Coast Collective @tanacoastcollective.test same repository as the claim"
    ));
}

#[test]
fn a_record_that_does_not_fit_is_set_aside_with_its_reasons() {
    let mut hypercert = sample::mangroves();
    let odd = sample::measurement(COLLECTIVE, "3m9", "Mood", "good", "points");
    let reason = "found \"good\", which is no number; write it in digits";
    hypercert.measurements.items.push(sample::unfit(odd, "value", reason));
    hypercert.measurements.total = 4;
    let page = words(&hypercert);
    assert!(page.contains("3 measurements 5 pieces"), "it is not counted");
    assert!(page.contains("Does not fit its schema, for 1 reason, by Tana Coast Collective"));
    assert!(page.contains(&format!("value : {reason}")), "{page}");
}

#[test]
fn a_reference_that_leads_nowhere_is_shown_as_such() {
    let mut hypercert = sample::forest();
    let place = &mut hypercert.locations.items[0];
    place.record = None;
    place.reference = Reference::Missing { referenced: None };
    let page = words(&hypercert);
    assert!(page.contains("Where Named in records that are not held here."), "{page}");
    assert!(page.contains("Not held here: deleted, hidden or never seen"));
}

#[test]
fn a_claim_that_does_not_fit_its_schema_is_shown_with_the_reasons() {
    let mut hypercert = sample::numpy();
    let odd = sample::measurement(COLLECTIVE, "3m9", "", "", "");
    let Some(mut invalid) = sample::unfit(odd, "endDate", "found 7; write a date").record else {
        panic!("the sample has a record");
    };
    std::mem::swap(&mut hypercert.claim.validity, &mut invalid.validity);
    assert_ne!(hypercert.claim.validity, Validity::Valid);
    let page = words(&hypercert);
    assert!(page.contains("NumPy maintenance, 2025"));
    assert!(
        page.contains("This record does not fit its schema.")
            && page.contains("endDate : found 7; write a date")
    );
}

#[test]
fn currencies_are_not_added_together() {
    let receipts = Group::complete(vec![
        sample::receipt(FUND, "3f1", FUND, "100.10", "EUR"),
        sample::receipt(FUND, "3f2", FUND, "0.5", "ETH"),
        sample::receipt(FUND, "3f3", FUND, "0.40", "EUR"),
    ]);
    let page = words(&Hypercert { receipts, ..sample::numpy() });
    assert!(page.contains("0.5\u{a0}ETH and €100.50 recorded"), "{page}");
    assert!(page.contains("Currencies are not added together."));
}

#[test]
fn a_group_too_large_to_show_says_how_much_is_missing() {
    let mut hypercert = sample::mangroves();
    hypercert.measurements.total = 1_240;
    let page = words(&hypercert);
    assert!(page.contains("Shown are the newest 3 of 1\u{202f}240."));
    assert!(page.contains("1\u{202f}240 measurements"));
}

#[test]
fn a_plain_description_of_the_first_edition_is_read() {
    let hypercert = sample::bare(&serde_json::json!({
        "$type": nsid::ACTIVITY, "title": "Library", "shortDescription": "Kept it going.",
        "description": "One string, as it was written first.", "createdAt": "2026-01-10T10:00:00Z",
    }));
    assert!(words(&hypercert).contains("The work One string, as it was written first."));
}

#[test]
fn nothing_that_a_stranger_wrote_becomes_markup() {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut hypercert = sample::bare(&serde_json::json!({
        "$type": nsid::ACTIVITY, "title": evil, "shortDescription": evil,
        "description": evil, "createdAt": "2026-01-10T10:00:00Z",
        "workScope": {"$type": "org.hypercerts.claim.activity#workScopeString", "scope": evil},
        "image": {"$type": "org.hypercerts.defs#uri", "uri": "javascript:alert(1)"},
    }));
    hypercert.author.display_name = Some(evil.to_owned());
    hypercert.measurements =
        Group::complete(vec![sample::measurement(evil, "3m1", evil, evil, evil)]);
    hypercert.contributors =
        Group::complete(vec![sample::contributor("javascript:alert(1)", None, evil, false)]);
    let html = html(&hypercert);
    assert!(
        !html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript"),
        "{html}"
    );
    assert!(html.contains("&#60;script&#62;"));
}

#[test]
fn only_our_own_style_sheet_is_named_and_it_carries_the_nonce() {
    let shell = shell();
    let html = shell.document(&HypercertPage::of(&sample::mangroves())).expect("a document");
    assert!(html.contains(&format!(r#"nonce="{}""#, shell.nonce)));
    assert!(!html.contains("style=\"") && !html.contains("<style"));
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn the_title_names_the_work() {
    assert_eq!(HypercertPage::of(&sample::numpy()).title(), "NumPy maintenance, 2025");
}

/// The comparison of a claim with another that shares a contributor, in words.
fn compared(surely: bool) -> String {
    let overlaps = sample::overlaps(surely);
    let html = shell().document(&OverlapsPage::of(&sample::mangroves(), &overlaps));
    spoken(&html.expect("a document"))
}

#[test]
fn claims_that_are_not_told_apart_say_in_which_dimensions() {
    let page = compared(true);
    assert!(page.contains("They overlap in every dimension"), "{page}");
    assert!(page.contains("Who in common both name Delta Fishers Union"), "{page}");
    let page = compared(false);
    assert!(page.contains("cannot be told in every dimension"), "{page}");
    assert!(page.contains("Where cannot be told one place is only told in words"), "{page}");
}
