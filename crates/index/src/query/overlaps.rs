//! Finds claims that may speak of the same work as another: who counts something twice shows here.
//!
//! *Candidates* are claims of the same author, and those that share with it a contributor, a record, or a
//! tag of its scope. Each is compared in all dimensions, and left out when one of them tells the two apart.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use hypercerts_lexicon::AtUri;
use hypercerts_records::scope::Vocabulary;
use hypercerts_records::scope::overlap::{Dimensions, Overlap, Subject, Together};
use hypercerts_records::{Record, StrongRef, WorkscopeTag, links, nsid};
use rusqlite::{Connection, params};

use super::actors::Actors;
use super::claim::{contributors, field};
use super::conditions::search_expression;
use super::edges::outward;
use super::kind::Kind;
use super::list::summary;
use super::rows::{self, Found};
use super::scope::held;
use crate::error::IndexError;
use crate::store::term_id;
use crate::view::{Overlapping, Overlaps, Shared};

/// How many claims are compared with one.
const CANDIDATES: usize = 200;

/// How long is compared. What is left then is left out.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many contributors, records and tags of a claim lead to candidates, and how many tags make the
/// vocabulary of one comparison.
const LEADS: usize = 50;
const TAGS: usize = 200;

/// Claims by the same author.
const SAME_AUTHOR: &str = "SELECT r.id FROM record r JOIN record o ON o.account = r.account \
    WHERE o.id = ?1 AND r.kind = ?2 ORDER BY r.sort_at DESC, r.id DESC LIMIT ?3";

/// Claims that refer to the same record.
const SAME_RECORD: &str = "SELECT r.id FROM link l JOIN record r ON r.id = l.record \
    WHERE l.target = ?1 AND r.kind = ?2 LIMIT ?3";

/// Claims with the same words.
const SAME_WORDS: &str = "SELECT r.id FROM (SELECT rowid FROM claim_text WHERE claim_text MATCH ?1 LIMIT ?3) t \
    JOIN record r ON r.id = t.rowid WHERE r.kind = ?2";

/// The claims that may speak of the same work as the one at `uri`.
pub(crate) fn overlaps(db: &Connection, uri: &AtUri) -> Result<Option<Overlaps>, IndexError> {
    let claim = rows::by_uri(db, uri)?.filter(|found| found.is(nsid::ACTIVITY));
    let Some(claim) = claim else { return Ok(None) };
    let uri = claim.view.uri.clone();
    let Some(comparison) = Comparison::of(db, &claim)? else {
        return Ok(Some(Overlaps { uri, items: Vec::new(), compared: 0, complete: true }));
    };
    let mut candidates = candidates(db, &claim, &comparison)?;
    candidates.remove(&claim.id);
    let started = Instant::now();
    let (mut items, mut compared, total) = (Vec::new(), 0, candidates.len());
    for id in candidates.into_iter().take(CANDIDATES) {
        if started.elapsed() > PATIENCE {
            break;
        }
        compared += 1;
        if let Some(found) = rows::by_id(db, id)? {
            items.extend(comparison.with(&found)?);
        }
    }
    items.sort_by_key(|item| !item.surely);
    Ok(Some(Overlaps { uri, items, compared: compared as u64, complete: compared == total }))
}

/// The numbers of the candidates; a few more than are compared, if there are more.
fn candidates(
    db: &Connection,
    claim: &Found,
    comparison: &Comparison<'_>,
) -> Result<BTreeSet<i64>, IndexError> {
    let mut found = BTreeSet::new();
    let Some(kind) = term_id(db, nsid::ACTIVITY)? else { return Ok(found) };
    let limit = CANDIDATES as i64 + 2;
    let mut add = |sql: &str, lead: &dyn rusqlite::ToSql| -> Result<(), IndexError> {
        let mut query = db.prepare_cached(sql)?;
        let ids = query.query_map(params![lead, kind, limit], |row| row.get(0))?;
        for id in ids {
            found.insert(id?);
        }
        Ok(())
    };
    for edge in outward(db, claim.id)?.iter().filter(|edge| edge.kind != Kind::Rights).take(LEADS) {
        add(SAME_RECORD, &edge.uri.as_str())?;
    }
    for words in words(claim, comparison) {
        add(SAME_WORDS, &words)?;
    }
    add(SAME_AUTHOR, &claim.id)?;
    Ok(found)
}

/// The contributors and the tags of a claim, as searches.
fn words(claim: &Found, comparison: &Comparison<'_>) -> Vec<String> {
    let names = contributors(claim.says()).iter().filter_map(|entry| {
        let identity = entry.get("contributorIdentity")?;
        identity.as_str().or_else(|| field(identity, "identity"))
    });
    let names = names.take(LEADS).filter_map(|name| search("names", name));
    let scope = comparison.subject.scope().ok();
    let tags = scope.iter().flat_map(|scope| scope.tags()).take(LEADS);
    names.chain(tags.filter_map(|tag| search("scope", tag))).collect()
}

fn search(column: &str, text: &str) -> Option<String> {
    Some(format!("{column} : ({})", search_expression(text)?))
}

/// A claim, ready to be compared with others.
struct Comparison<'a> {
    db: &'a Connection,
    subject: Subject,
    tags: Vec<(AtUri, WorkscopeTag)>,
    known: Known<'a>,
}

impl<'a> Comparison<'a> {
    /// `None` for a claim that does not have the shape of one.
    fn of(db: &'a Connection, claim: &Found) -> Result<Option<Self>, IndexError> {
        let known = Known { db, records: RefCell::default() };
        let Some(subject) = known.subject(claim) else { return Ok(None) };
        let tags = known.tags(claim)?;
        Ok(Some(Self { db, subject, tags, known }))
    }

    /// Another claim beside this one; `None` when they are disjoint, or the other cannot be read.
    fn with(&self, found: &Found) -> Result<Option<Overlapping>, IndexError> {
        let Some(other) = self.known.subject(found) else { return Ok(None) };
        let tags = self.known.tags(found)?;
        let vocabulary = self.tags.iter().chain(&tags).map(|(uri, tag)| (uri, tag));
        let dimensions = Dimensions::between(&self.subject, &other, &Vocabulary::of(vocabulary));
        let surely = dimensions.together() == Together::Overlaps;
        let Dimensions { who, what, when, place, rights } = dimensions;
        let shared = [who, what, when, place, rights].map(shared);
        let [Some(who), Some(what), Some(when), Some(place), Some(rights)] = shared else {
            return Ok(None);
        };
        let claim = summary(self.db, &mut Actors::new(self.db), found)?;
        Ok(Some(Overlapping { claim, surely, who, what, when, place, rights }))
    }
}

/// `None` when the two are disjoint.
fn shared(overlap: Overlap) -> Option<Shared> {
    match overlap {
        Overlap::Disjoint { .. } => None,
        Overlap::Overlaps { witness } => Some(Shared::Overlaps { witness: witness.to_string() }),
        Overlap::CannotTell { why } => Some(Shared::CannotTell { why }),
    }
}

/// Records that were looked up already.
struct Known<'a> {
    db: &'a Connection,
    records: RefCell<HashMap<AtUri, Option<Record>>>,
}

impl Known<'_> {
    fn record(&self, reference: &StrongRef) -> Option<Record> {
        if let Some(known) = self.records.borrow().get(reference.uri()) {
            return known.clone();
        }
        let found = held(self.db, reference);
        self.records.borrow_mut().insert(reference.uri().clone(), found.clone());
        found
    }

    /// `None` for a claim that does not have the shape of one.
    fn subject(&self, found: &Found) -> Option<Subject> {
        match Record::read(&found.view.collection, &found.view.value).ok()? {
            Record::Claim(claim) => Some(Subject::of(&claim, &|it: &StrongRef| self.record(it))),
            _ => None,
        }
    }

    /// The tags that a claim and its scope refer to, and those that these refer to.
    fn tags(&self, claim: &Found) -> Result<Vec<(AtUri, WorkscopeTag)>, IndexError> {
        let (mut seen, mut tags) = (BTreeSet::new(), Vec::new());
        let mut next: Vec<AtUri> =
            outward(self.db, claim.id)?.into_iter().map(|edge| edge.uri).take(LEADS).collect();
        while let Some(uri) = next.pop().filter(|_| seen.len() < TAGS) {
            if !seen.insert(uri.clone()) {
                continue;
            }
            let Some(found) = rows::by_uri(self.db, &uri)? else { continue };
            let record = Record::read(&found.view.collection, &found.view.value);
            let is_scope = matches!(record, Ok(Record::WorkScopeExpr(_) | Record::Ops(_)));
            if let Ok(Record::WorkscopeTag(tag)) = record {
                tags.push((uri, tag));
            } else if !is_scope {
                continue;
            }
            let further = links(&found.view.value).into_iter().map(|link| link.uri);
            next.extend(further.take(LEADS));
        }
        Ok(tags)
    }
}
