//! What goes into a bundle, and what is said of what does not.

use hypercerts_lexicon::{Cid, Did, json};
use hypercerts_records::attestation::{self, KeyId};
use hypercerts_records::nsid;
use hypercerts_verify::bundle::{self, Limits, MakeError, Options, Reason, Report, Target};
use hypercerts_verify::{Check, Outcome, Verdict};
use serde_json::json;

use crate::world::{World, Written, check, claim, evaluation, file_of, key};

/// The outcomes of all steps of one kind.
fn outcomes(report: &Report, check: Check) -> Vec<Outcome> {
    report.all_steps().filter(|step| step.check == check).map(|step| step.outcome).collect()
}

fn missing(report: &Report) -> Vec<(String, Reason)> {
    report.missing.iter().map(|it| (it.what.clone(), it.reason)).collect()
}

#[tokio::test]
async fn what_is_gathered_holds_without_the_network() {
    let world = World::open().await;
    let (forester, ecologist) = (world.account(1).await, world.account(2).await);
    let claim = world.claims(&forester);
    let evaluation = world.evaluates(&ecologist, &claim);
    let report = check(&world.bundles(&claim, &[&evaluation]).await);

    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
    assert_eq!(report.subject.as_ref().unwrap().cid, claim.cid);
    assert_eq!((report.accounts.len(), report.records.len()), (2, 2));
    assert_eq!(outcomes(&report, Check::Schema), [Outcome::Passed; 2]);
    assert_eq!(report.record(&evaluation.uri).unwrap().references[0].target, Target::Here);
}

#[tokio::test]
async fn the_same_evidence_makes_the_same_bytes() {
    let world = World::open().await;
    let (forester, ecologist) = (world.account(1).await, world.account(2).await);
    let claim = world.claims(&forester);
    let first = world.evaluates(&ecologist, &claim);
    let second =
        world.writes(&forester, nsid::EVALUATION, "3mhlv4n3abc2c", &evaluation(&forester, &claim));
    let one_way = world.bundles(&claim, &[&first, &second]).await;
    let other_way = world.bundles(&claim, &[&second, &first, &second, &claim]).await;
    assert!(one_way == other_way);
}

#[tokio::test]
async fn what_records_point_at_is_followed_but_not_into_other_claims() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let write = |nsid, rkey, record| world.writes(&forester, nsid, rkey, &record);
    let other = write(nsid::ACTIVITY, "3mhlv4n3abc2z", claim("Another wood"));
    let rights = write(nsid::RIGHTS, "3mhlv4n3abc2d", json!({ "$type": nsid::RIGHTS }));
    let mut main = claim("Oak wood replanted");
    main["rights"] = rights.reference();
    let main = write(nsid::ACTIVITY, "3mhlv4n3abc2a", main);
    let report =
        json!({ "$type": nsid::ATTACHMENT, "subjects": [main.reference(), other.reference()] });
    let report = write(nsid::ATTACHMENT, "3mhlv4n3abc2e", report);

    let report_of = check(&world.bundles(&main, &[&report]).await);
    let uris: Vec<_> = report_of.records.iter().map(|record| &record.uri).collect();
    assert_eq!(uris, [&main.uri, &rights.uri, &report.uri]);
    let targets = &report_of.record(&report.uri).unwrap().references;
    assert_eq!((targets[0].target, targets[1].target), (Target::Here, Target::NotHere));
    assert_eq!(report_of.verdict, Verdict::Verified, "faulty records of others are told, no more");
}

#[tokio::test]
async fn a_record_edited_after_it_was_evaluated_is_told() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let before = world.claims(&forester);
    let evaluation = world.evaluates(&forester, &before);
    let after = world.writes(&forester, nsid::ACTIVITY, "3mhlv4n3abc2a", &claim("Oak wood, again"));
    let report = check(&world.bundles(&after, &[&evaluation]).await);
    let expected = Target::OtherVersion { referenced: before.cid, here: after.cid };
    assert_eq!(report.record(&evaluation.uri).unwrap().references[0].target, expected);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!(outcomes(&report, Check::References).contains(&Outcome::Noted));
}

#[tokio::test]
async fn what_cannot_be_had_is_named_with_the_reason() {
    let world = World::open().await;
    let (forester, homeless) = (world.account(1).await, world.account(2).await);
    let claim = world.claims(&forester);
    let unwritten = world.evaluates(&forester, &claim).uri.to_string().replace("abc2b", "abc2x");
    let nobody =
        format!("at://did:plc:w4xlwcl2fyp5jmbdfrm5h3ub/{}/3mhlv4n3abc2b", nsid::EVALUATION);
    let empty = format!("at://{homeless}/{}/3mhlv4n3abc2b", nsid::EVALUATION);
    let named = |uri: &str| Written { uri: uri.parse().unwrap(), cid: Cid::of_drisl(b"") };
    let around = [&unwritten, &nobody, &empty].map(|uri| named(uri));
    let report = check(&world.bundles(&claim, &around.each_ref()).await);

    let mut expected = vec![
        (unwritten, Reason::NotThere),
        (nobody, Reason::AccountGone),
        (empty, Reason::NotServed),
    ];
    expected.sort();
    assert_eq!(missing(&report), expected);
    assert_eq!(report.verdict, Verdict::Verified);
}

#[tokio::test]
async fn without_its_subject_there_is_no_bundle() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let claim = world.claims(&forester);
    let uri = claim.uri.to_string().replace("abc2a", "abc2x").parse().unwrap();
    let outcome = world.gathers(&Written { uri, ..claim }, &[], Options::default()).await;
    assert!(matches!(outcome, Err(MakeError::Subject { reason: Reason::NotThere, .. })));
}

#[tokio::test]
async fn a_repository_that_moves_on_meanwhile_is_proven_by_one_commit() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let rights =
        world.writes(&forester, nsid::RIGHTS, "3mhlv4n3abc2d", &json!({ "$type": nsid::RIGHTS }));
    let mut main = claim("Oak wood replanted");
    main["rights"] = rights.reference();
    let main = world.writes(&forester, nsid::ACTIVITY, "3mhlv4n3abc2a", &main);
    let author = forester.clone();
    // The claim is asked for first; before its rights are, there is a new commit.
    world.meanwhile(move |host| {
        host.next(move |host| {
            let other = json::from_json(&claim("Another wood")).unwrap();
            host.put(&author, nsid::ACTIVITY, "3mhlv4n3abc2z", &other);
        });
    });
    let report = check(&world.bundles(&main, &[]).await);
    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
    assert_eq!(report.records.len(), 2);
    assert_eq!(outcomes(&report, Check::Signature), [Outcome::Passed]);
}

#[tokio::test]
async fn keys_that_changed_are_followed_through_the_log() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let claim = world.claims(&forester);
    world.rotates(&forester, 1, 3).await;
    let evaluation = world.evaluates(&forester, &claim);
    let report = check(&world.bundles(&claim, &[&evaluation]).await);
    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
    assert!(report.accounts[0].steps[0].found.contains("2 operations"));
}

#[tokio::test]
async fn an_account_without_a_log_rests_on_the_word_of_the_maker() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let grower = world.web_account(2);
    let claim = world.claims(&forester);
    let evaluation = world.evaluates(&grower, &claim);
    let report = check(&world.bundles(&claim, &[&evaluation]).await);
    assert_eq!(report.verdict, Verdict::NotChecked);
    assert!(outcomes(&report, Check::Identity).contains(&Outcome::Unchecked));
    assert_eq!(outcomes(&report, Check::Signature), [Outcome::Passed; 2]);
}

#[tokio::test]
async fn blobs_come_along_when_asked_for() {
    let world = World::open().await;
    let forester = world.account(1).await;
    let (photo, lost) = (world.uploads(b"a photograph"), Cid::of_raw(b"gone"));
    let shown = |cid: &Cid, size| json!({ "$type": "blob", "ref": { "$link": cid }, "mimeType": "image/png", "size": size });
    let mut main = claim("Oak wood replanted");
    main["pictures"] = json!([shown(&photo, 12), shown(&lost, 4), shown(&photo, 12)]);
    let main = world.writes(&forester, nsid::ACTIVITY, "3mhlv4n3abc2a", &main);

    let without = world.gathers(&main, &[], Options::default()).await.unwrap();
    assert!(without.manifest().blobs.is_empty());
    let options = Options { blobs: true, ..Options::default() };
    let with = world.gathers(&main, &[], options).await.unwrap();
    assert_eq!(with.manifest().blobs.iter().map(|blob| blob.cid).collect::<Vec<_>>(), [photo]);
    let file = file_of(with);
    let report = check(&file);
    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
    assert_eq!(missing(&report), [(lost.to_string(), Reason::NotServed)]);
    assert_eq!(outcomes(&report, Check::Blobs), [Outcome::Noted], "one of two is not here");

    let mut damaged = file;
    let place = damaged.windows(12).position(|window| window == b"a photograph").unwrap();
    damaged[place] ^= 1;
    let report = check(&damaged);
    let step = report.steps.first().unwrap();
    assert!(step.found.contains(&format!("it is part of what {} shows", main.uri)), "{step}");

    let tight = Limits { blob: 10, ..Limits::default() };
    let small = world.gathers(&main, &[], Options { blobs: true, limits: tight }).await.unwrap();
    assert!(small.manifest().missing.iter().any(|it| it.reason == Reason::TooLarge));
}

#[tokio::test]
async fn who_attests_a_record_is_checked_with_what_the_bundle_proves() {
    let world = World::open().await;
    let (forester, witness) = (world.account(1).await, world.account(2).await);
    let plain = json::from_json(&claim("Oak wood replanted")).unwrap();
    let id = KeyId::parse(&format!("{witness}#atproto")).unwrap();
    let signs = |seed| attestation::sign(&plain, &forester, &key(seed), &id).unwrap();
    let publish = |entry| {
        let signed = attestation::add(&plain, entry).unwrap();
        world.on_host(|host| host.put(&forester, nsid::ACTIVITY, "3mhlv4n3abc2a", &signed))
    };

    let attested = publish(signs(2));
    let report = check(&world.bundles(&attested, &[]).await);
    assert_eq!(outcomes(&report, Check::Attested), [Outcome::Passed], "{report:#?}");
    assert_eq!(report.verdict, Verdict::Verified);

    let pretended = publish(signs(9));
    let report = check(&world.bundles(&pretended, &[]).await);
    assert_eq!(outcomes(&report, Check::Attested), [Outcome::Failed], "{report:#?}");
    assert_eq!(report.verdict, Verdict::NotVerified);
}

#[tokio::test]
async fn there_are_limits_to_what_is_made_and_read() {
    let world = World::open().await;
    let forester: Did = world.account(1).await;
    let claim = world.claims(&forester);
    let evaluation = world.evaluates(&forester, &claim);
    let one = Limits { records: 1, ..Limits::default() };
    let outcome =
        world.gathers(&claim, &[&evaluation], Options { blobs: false, limits: one }).await;
    assert!(matches!(outcome, Err(MakeError::TooMany(1))));
    let little = Limits { held: 100, ..Limits::default() };
    let outcome = world.gathers(&claim, &[], Options { blobs: false, limits: little }).await;
    assert!(matches!(outcome, Err(MakeError::TooLarge(100))));

    let file = world.bundles(&claim, &[&evaluation]).await;
    for limits in [one, little] {
        let report = bundle::check(&file[..], &limits);
        assert_eq!(report.verdict, Verdict::NotChecked, "{report:#?}");
    }
}
