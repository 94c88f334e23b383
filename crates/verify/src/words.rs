//! Steps that a check over the network and the check of a bundle tell in the same words.

use hypercerts_identity::plc::VerifiedLog;
use hypercerts_lexicon::{Cid, Did, Tid, Validity, Value, Violation};
use hypercerts_records::{catalogue, judge};
use hypercerts_repo::VerifiedRecord;
use jiff::Timestamp;

use crate::{Check, Step};

pub(crate) fn log(log: &VerifiedLog) -> String {
    let (all, in_force) = (log.entries().len(), log.in_force().count());
    let signed = match all {
        1 => "one operation, signed by a key of its own".to_owned(),
        _ => format!("{all} operations, each signed by a key in force"),
    };
    let undone = match all - in_force {
        0 => String::new(),
        undone => format!(", {undone} of them rightly undone"),
    };
    format!("the log of {} holds ({signed}{undone})", log.did())
}

/// The signature of a commit held.
pub(crate) fn signed(commit: Cid, rev: Tid, signer: &Did) -> Step {
    let found = format!("commit {commit}, revision {rev} ({}), is signed by {signer}", moment(rev));
    Step::passed(Check::Signature, found)
}

/// What a record says, and whether it fits its schema.
pub(crate) fn schema(record: &VerifiedRecord) -> (Option<Value>, Step) {
    let (collection, rkey) = (record.path().collection(), record.path().rkey());
    let value = match record.value() {
        Ok(value) => value,
        Err(why) => {
            let means = "The account signed bytes that are no record.";
            return (None, Step::failed(Check::Schema, why, means));
        }
    };
    let step = match judge(catalogue(), &collection, &rkey, &value).validity {
        Validity::Valid => Step::passed(Check::Schema, format!("a valid {collection}")),
        Validity::Invalid(violations) => Step::failed(
            Check::Schema,
            sentences(&violations),
            "The account did sign it, but it does not have the form its type promises.",
        ),
        Validity::UnknownType => Step::noted(
            Check::Schema,
            format!("no schema for {collection} is known here"),
            "Whether the record has the form its type promises cannot be said.",
        ),
    };
    (Some(value), step)
}

fn sentences(violations: &[Violation]) -> String {
    let sentences: Vec<String> = violations.iter().map(ToString::to_string).collect();
    sentences.join(" ")
}

fn moment(rev: Tid) -> String {
    let micros = i64::try_from(rev.micros()).unwrap_or(i64::MAX);
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| "no date".to_owned(), |at| at.strftime("%-d %b %Y, %H:%M UTC").to_string())
}
