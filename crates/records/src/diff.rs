//! What changed between two versions of a record, field by field.
//!
//! A *change* is one place in the record with what stood there before and what stands there after. Objects
//! are compared field by field, lists as edits: an entry that was put in or taken out moves the others and
//! changes none of them. Where too much changed to be told one by one, the whole around it is one change;
//! so the answer is bounded and still leaves nothing out.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use hypercerts_lexicon::{Map, Value, drisl, json};

use crate::link::{push_name, push_step};
use crate::object::TYPE;

/// The most changes that are told, in all and below one field of the record.
const MAX_CHANGES: usize = 200;
const MAX_BELOW: usize = 20;

/// The longest value that is told whole: characters of a text, bytes of anything else as JSON.
const MAX_TEXT: usize = 300;
const MAX_JSON: usize = 1_000;

/// How many characters are told of what two long texts begin with alike.
const ALIKE: usize = 40;

/// Longer lists are compared place by place.
const MAX_ALIGNED: usize = 200;

/// One place in which two versions of a record differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, as violations say it: `contributors[2].contributionWeight`. An entry of a list is numbered as
    /// in the later version; one that was taken out, as in the earlier.
    pub path: String,
    /// What stood there; `None` if nothing did. Of a long text the part around the first difference is told,
    /// with `…` for the rest; of a large list or object only its size, as a text.
    pub before: Option<Value>,
    /// What stands there now; `None` if nothing does.
    pub after: Option<Value>,
}

/// What changed from `old` to `new`, in the order of the fields; nothing when they are equal.
#[must_use]
pub fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let all = compare("", old, new);
    if all.len() <= MAX_CHANGES {
        return all;
    }
    match (old, new) {
        (Value::Map(old), Value::Map(new)) => by_field(old, new),
        _ => vec![whole("", Some(old), Some(new))],
    }
}

/// One change for each field that differs, or one for all of them.
fn by_field(old: &Map, new: &Map) -> Vec<Change> {
    let names: Vec<&str> =
        names(old, new).into_iter().filter(|name| old.get(name) != new.get(name)).collect();
    if names.len() > MAX_CHANGES {
        let (old, new) = (Value::Map(old.clone()), Value::Map(new.clone()));
        return vec![whole("", Some(&old), Some(&new))];
    }
    names.iter().map(|name| whole(&field("", name), old.get(name), new.get(name))).collect()
}

fn compare(path: &str, old: &Value, new: &Value) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let below = match (old, new) {
        (Value::Map(old), Value::Map(new)) if old.get(TYPE) == new.get(TYPE) => {
            fields(path, old, new)
        }
        (Value::List(old), Value::List(new)) => entries(path, old, new),
        _ => return vec![whole(path, Some(old), Some(new))],
    };
    let told = path.is_empty() || below.len() <= MAX_BELOW;
    if told { below } else { vec![whole(path, Some(old), Some(new))] }
}

fn fields(path: &str, old: &Map, new: &Map) -> Vec<Change> {
    let at = |name| match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) => compare(&field(path, name), old, new),
        (before, after) => vec![whole(&field(path, name), before, after)],
    };
    names(old, new).into_iter().flat_map(at).collect()
}

fn names<'a>(old: &'a Map, new: &'a Map) -> BTreeSet<&'a str> {
    old.keys().chain(new.keys()).collect()
}

/// Compares lists: what both have in the same order stands; of the rest, entries in the same place are
/// taken for the same entry, changed.
fn entries(path: &str, old: &[Value], new: &[Value]) -> Vec<Change> {
    let mut changes = Vec::new();
    for Gap { removed, added } in gaps(old, new) {
        let paired = removed.len().min(added.len());
        for (before, after) in removed.clone().zip(added.clone()) {
            changes.extend(compare(&entry(path, after), &old[before], &new[after]));
        }
        let gone = removed.skip(paired);
        changes.extend(gone.map(|place| whole(&entry(path, place), Some(&old[place]), None)));
        let came = added.skip(paired);
        changes.extend(came.map(|place| whole(&entry(path, place), None, Some(&new[place]))));
    }
    changes
}

/// Neighbouring entries of the old list in whose place stand neighbouring entries of the new one.
struct Gap {
    removed: Range<usize>,
    added: Range<usize>,
}

/// What lies between the entries that two lists have in common.
fn gaps(old: &[Value], new: &[Value]) -> Vec<Gap> {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let same_end = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = same_end.take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    if old_end - start > MAX_ALIGNED || new_end - start > MAX_ALIGNED {
        return vec![Gap { removed: start..old_end, added: start..new_end }];
    }
    let shift = |range: Range<usize>| range.start + start..range.end + start;
    let found = align(&old[start..old_end], &new[start..new_end]).into_iter();
    found.map(|gap| Gap { removed: shift(gap.removed), added: shift(gap.added) }).collect()
}

/// The gaps around a longest common subsequence.
fn align(old: &[Value], new: &[Value]) -> Vec<Gap> {
    let (old, new) = numbered(old, new);
    let common = common_lengths(&old, &new);
    let (mut gaps, mut i, mut j) = (Vec::new(), 0, 0);
    while i < old.len() || j < new.len() {
        let (from_i, from_j) = (i, j);
        while (i < old.len() || j < new.len()) && old.get(i) != new.get(j) {
            let take_old =
                j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]);
            if take_old { i += 1 } else { j += 1 }
        }
        if i > from_i || j > from_j {
            gaps.push(Gap { removed: from_i..i, added: from_j..j });
        }
        i = (i + 1).min(old.len());
        j = (j + 1).min(new.len());
    }
    gaps
}

/// Numbers for the entries, the same for equal ones, so that each is looked at once.
fn numbered(old: &[Value], new: &[Value]) -> (Vec<usize>, Vec<usize>) {
    let mut known = HashMap::new();
    let mut number = |value: &Value| {
        let next = known.len();
        *known.entry(drisl::encode(value)).or_insert(next)
    };
    (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect())
}

/// For each pair of places, how long the longest common subsequence of what follows is.
fn common_lengths(old: &[usize], new: &[usize]) -> Vec<Vec<u16>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}

fn whole(path: &str, before: Option<&Value>, after: Option<&Value>) -> Change {
    let from = match (before, after) {
        (Some(Value::Text(before)), Some(Value::Text(after))) => differ_from(before, after),
        _ => 0,
    };
    let shortened = |value| shortened(value, from);
    Change { path: path.to_owned(), before: before.map(shortened), after: after.map(shortened) }
}

/// How many characters of two texts need not be told because they begin alike.
fn differ_from(before: &str, after: &str) -> usize {
    let alike = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    if alike < MAX_TEXT / 2 { 0 } else { alike - ALIKE }
}

fn shortened(value: &Value, from: usize) -> Value {
    match value {
        Value::Text(text) => excerpt(text, from).into(),
        Value::Bytes(bytes) if bytes.len() > MAX_JSON => format!("{} bytes", bytes.len()).into(),
        Value::List(entries) if is_large(value) => {
            format!("a list of {} entries", entries.len()).into()
        }
        Value::Map(fields) if is_large(value) => {
            format!("an object of {} fields", fields.len()).into()
        }
        _ => value.clone(),
    }
}

/// A text from its character number `from` on, as far as there is room.
fn excerpt(text: &str, from: usize) -> String {
    let mut rest = text.chars().skip(from);
    let before = if from > 0 { "…" } else { "" };
    let shown: String = rest.by_ref().take(MAX_TEXT).collect();
    let after = if rest.next().is_some() { "…" } else { "" };
    format!("{before}{shown}{after}")
}

fn is_large(value: &Value) -> bool {
    json::to_json(value).to_string().len() > MAX_JSON
}

fn field(path: &str, name: &str) -> String {
    let mut path = path.to_owned();
    push_name(&mut path, name);
    path
}

fn entry(path: &str, place: usize) -> String {
    let mut path = path.to_owned();
    push_step(&mut path, &format!("[{place}]"));
    path
}
