//! The event stream's messages: what is written is read back, what was recorded stays the same
//! to the byte, and nothing else passes.

use bytes::Bytes;
use data_encoding::BASE64;
use hypercerts_lexicon::{Cid, Datetime, Did, Map, Value, drisl, map};
use hypercerts_repo::{Action, RepoOp};
use hypercerts_xrpc::frames::{
    AccountEvent, AccountStatus, Event, Frame, FrameError, Info, MAX_FRAME_BYTES, StreamError,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    name: String,
    frame: String,
}

fn fixtures() -> Vec<Fixture> {
    serde_json::from_str(include_str!("../../../fixtures/frames.json")).expect("fixtures")
}

fn fixture(name: &str) -> Frame {
    let all = fixtures();
    let found = all.iter().find(|fixture| fixture.name == name).expect("a fixture of this name");
    Frame::decode(&unbase64(&found.frame)).expect("a frame")
}

fn unbase64(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).expect("base64")
}

#[test]
fn frames_made_by_another_encoder_come_back_to_the_byte() {
    for Fixture { name, frame } in fixtures() {
        let bytes = unbase64(&frame);
        let decoded = Frame::decode(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(decoded.encode().expect("a known kind"), bytes, "{name}");
    }
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn frames_recorded_from_another_server_come_back_to_the_byte() {
    let data = std::env::var("HYPERCERTS_TEST_DATA").expect("HYPERCERTS_TEST_DATA");
    let recorded = std::fs::read_to_string(format!("{data}/recorded/firehose.jsonl"));
    let mut count = 0;
    for line in recorded.expect("the recording").lines() {
        let bytes = unbase64(line.trim_matches('"'));
        let frame = Frame::decode(&bytes).unwrap_or_else(|why| panic!("line {count}: {why}"));
        assert!(frame.seq().is_some_and(|seq| seq > 0), "line {count}");
        assert_eq!(frame.encode().expect("a known kind"), bytes, "line {count}");
        count += 1;
    }
    assert_eq!(count, 65);
}

#[test]
fn a_commit_says_what_changed_and_what_was_there_before() {
    let frame = fixture("commit with one operation of each kind");
    let Frame::Event { seq, event: Event::Commit(commit) } = frame else {
        panic!("not a commit: {frame:?}")
    };
    assert_eq!(seq, 4711);
    let actions: Vec<_> = commit.ops.iter().map(RepoOp::action).collect();
    assert_eq!(actions, [Action::Create, Action::Update, Action::Delete]);
    assert_eq!(commit.ops[0].prev(), None);
    assert_eq!(commit.ops[2].cid(), None);
    assert!(commit.since.is_some() && commit.prev_data.is_some());
    assert_eq!(commit.blocks, Bytes::from_static(b"blocks go here"));
}

#[test]
fn the_first_commit_has_nothing_before_it() {
    let Frame::Event { event: Event::Commit(first), .. } = fixture("first commit") else {
        panic!("not a commit")
    };
    assert_eq!((first.since, first.prev_data), (None, None));
}

#[test]
fn the_reasons_an_account_is_not_served_are_an_open_set() {
    let status_of = |name| match fixture(name) {
        Frame::Event { event: Event::Account(account), .. } => account.status,
        other => panic!("not an account event: {other:?}"),
    };
    assert_eq!(status_of("active account"), None);
    assert_eq!(status_of("deactivated account"), Some(AccountStatus::Deactivated));
    let unheard_of = AccountStatus::Other("on-holiday".to_owned());
    assert_eq!(status_of("account with a status of the future"), Some(unheard_of));
}

#[test]
fn notices_and_endings_have_no_place_in_the_stream() {
    for notice in [Info::outdated_cursor().encode(), StreamError::future_cursor().encode()] {
        assert_eq!(Frame::decode(&notice).expect("a frame").seq(), None);
    }
    let Frame::Error(error) = fixture("future cursor") else { panic!("not an error") };
    assert_eq!(error.to_string(), "the host ended the stream: FutureCursor");
}

#[test]
fn a_message_of_an_unheard_of_kind_is_told_apart_and_keeps_its_place() {
    let bytes = frame(map! { "op" => 1, "t" => "#weather" }, map! { "seq" => 9, "rain" => true });
    let unknown = Frame::decode(&bytes).expect("a frame");
    assert_eq!(unknown, Frame::Unknown { kind: "#weather".to_owned(), seq: Some(9) });
    assert_eq!(unknown.encode(), None);
}

fn frame(header: Map, body: Map) -> Vec<u8> {
    [drisl::encode(&Value::Map(header)), drisl::encode(&Value::Map(body))].concat()
}

fn account_body() -> Map {
    map! {
        "seq" => 7,
        "did" => "did:plc:w4xlwcl2fyp5jmbdfrm5h3ub",
        "active" => true,
        "time" => "2026-03-21T09:30:00.125Z",
    }
}

fn account_frame(change: impl FnOnce(&mut Map)) -> Result<Frame, FrameError> {
    let mut body = account_body();
    change(&mut body);
    Frame::decode(&frame(map! { "op" => 1, "t" => "#account" }, body))
}

#[test]
fn fields_nobody_knows_yet_are_ignored() {
    let with_more = account_frame(|body| {
        body.insert("mood", Value::from("sunny"));
    });
    assert_eq!(with_more.expect("a frame"), account_frame(|_| ()).expect("a frame"));
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named() {
    let cases: [(&str, Option<Value>); 6] = [
        ("seq", None),
        ("seq", Some(Value::from(-1))),
        ("did", Some(Value::from("plc:w4xlwcl2fyp5jmbdfrm5h3ub"))),
        ("active", Some(Value::from("yes"))),
        ("time", Some(Value::from("yesterday"))),
        ("status", Some(Value::from(3))),
    ];
    for (field, value) in cases {
        let refused = account_frame(|body| match value.clone() {
            Some(value) => drop(body.insert(field, value)),
            None => drop(body.remove(field)),
        });
        let said = refused.expect_err(field).to_string();
        assert!(said.contains(field) && said.contains("#account"), "{said}");
    }
}

fn commit_frame(op: Map) -> Result<Frame, FrameError> {
    let commit = Value::Link(Cid::of_drisl(b"commit"));
    let body = map! {
        "seq" => 7, "repo" => "did:plc:w4xlwcl2fyp5jmbdfrm5h3ub", "commit" => commit,
        "rev" => "3mhlv4n3txk2a", "since" => Value::Null, "blocks" => Value::Bytes(vec![1]),
        "ops" => Value::List(vec![Value::Map(op)]), "blobs" => Value::List(vec![]),
        "rebase" => false, "tooBig" => false, "time" => "2026-03-21T09:30:00.125Z",
    };
    Frame::decode(&frame(map! { "op" => 1, "t" => "#commit" }, body))
}

#[test]
fn an_operation_has_the_links_of_its_kind_and_no_others() {
    let (old, new) = (Cid::of_drisl(b"old"), Cid::of_drisl(b"new"));
    let op = |action: &str, cid: Option<Cid>, prev: Option<Cid>| {
        let cid = cid.map_or(Value::Null, Value::Link);
        let mut op = map! { "action" => action, "path" => "app.notes.note/self", "cid" => cid };
        prev.map(|prev| op.insert("prev", Value::Link(prev)));
        commit_frame(op)
    };
    assert!(op("create", Some(new), None).is_ok());
    assert!(op("update", Some(new), Some(old)).is_ok());
    assert!(op("delete", None, Some(old)).is_ok());
    for (action, cid, prev) in [
        ("create", None, None),
        ("create", Some(new), Some(old)),
        ("update", Some(new), None),
        ("delete", Some(new), Some(old)),
        ("delete", None, None),
        ("replace", Some(new), Some(old)),
    ] {
        assert!(op(action, cid, prev).is_err(), "{action} {cid:?} {prev:?}");
    }
}

#[test]
fn an_operation_names_a_record() {
    let cid = Value::Link(Cid::of_drisl(b"record"));
    let elsewhere = map! { "action" => "create", "path" => "../etc", "cid" => cid };
    assert!(commit_frame(elsewhere).is_err());
}

#[test]
fn a_commit_with_too_many_operations_or_blocks_is_refused() {
    let Frame::Event { seq, event: Event::Commit(mut commit) } =
        fixture("commit with one operation of each kind")
    else {
        panic!("not a commit")
    };
    let one = commit.ops[0].clone();
    commit.ops = vec![one.clone(); 200];
    assert!(Frame::decode(&Event::Commit(commit.clone()).encode(seq)).is_ok());
    commit.ops.push(one);
    assert!(Frame::decode(&Event::Commit(commit.clone()).encode(seq)).is_err());
    commit.ops.clear();
    commit.blocks = vec![0; 2_000_001].into();
    assert!(Frame::decode(&Event::Commit(commit).encode(seq)).is_err());
}

#[test]
fn what_is_too_long_or_has_something_after_it_is_no_frame() {
    let endless = vec![0; MAX_FRAME_BYTES + 1];
    assert!(matches!(Frame::decode(&endless), Err(FrameError::TooLong { .. })));
    let mut bytes = frame(map! { "op" => 1, "t" => "#account" }, account_body());
    bytes.push(0xf6);
    assert!(matches!(Frame::decode(&bytes), Err(FrameError::TrailingBytes { bytes: 1 })));
}

#[test]
fn a_header_that_says_nothing_is_refused() {
    for header in [map! {}, map! { "op" => 1 }, map! { "op" => 2, "t" => "#account" }] {
        assert!(matches!(
            Frame::decode(&frame(header, account_body())),
            Err(FrameError::BadHeader)
        ));
    }
    assert!(matches!(Frame::decode(&[]), Err(FrameError::NotDrisl(_))));
}

proptest! {
    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Frame::decode(&bytes);
    }

    #[test]
    fn no_damage_to_a_real_frame_makes_decoding_panic(place in 0usize..400, value: u8) {
        for fixture in fixtures() {
            let mut bytes = unbase64(&fixture.frame);
            let place = place % bytes.len();
            bytes[place] = value;
            let _ = Frame::decode(&bytes);
        }
    }

    #[test]
    fn every_account_event_comes_back_as_it_was(
        seq in 0..=(1i64 << 53) - 1, active: bool, status in prop::option::of("[a-z]{1,20}"),
    ) {
        let event = Event::Account(AccountEvent {
            did: Did::parse("did:web:pds.test").expect("a DID"),
            active,
            status: status.as_deref().map(AccountStatus::from),
            time: Datetime::parse("2026-03-21T09:30:00Z").expect("a datetime"),
        });
        let decoded = Frame::decode(&event.encode(seq)).expect("a frame");
        prop_assert_eq!(decoded, Frame::Event { seq, event });
    }
}
