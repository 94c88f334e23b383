//! The full picture of a claim.

use std::collections::{HashMap, HashSet};

use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use rusqlite::Connection;

use super::contributors::contributors;
use super::edges::{Beholder, Edge, Near, SHOWN, inward, outward};
use super::findings;
use super::kind::Kind;
use super::locks;
use super::rows::{self, Found};
use super::scope::scope;
use crate::error::IndexError;
use crate::independence::Circle;
use crate::view::{Group, Hypercert, Related, Validity};

/// How many acknowledgements are shown with each tied record.
pub(super) const ACKNOWLEDGEMENTS_SHOWN: usize = 20;

/// The claim at `uri` with everything tied to it.
pub(crate) fn hypercert(db: &Connection, uri: &AtUri) -> Result<Option<Hypercert>, IndexError> {
    let Some(claim) = rows::by_uri(db, uri)? else { return Ok(None) };
    if !claim.is(nsid::ACTIVITY) {
        return Ok(None);
    }
    let mut picture = picture(db, &claim)?;
    findings::note_all(db, &mut picture)?;
    Ok(Some(picture))
}

fn picture(db: &Connection, claim: &Found) -> Result<Hypercert, IndexError> {
    let mut beholder = Beholder::of(db, claim)?;
    let mut edges = inward(db, &claim.view.uri)?;
    edges.extend(outward(db, claim.id)?);
    let mut groups = Groups::direct(&edges, &mut beholder)?;
    groups.look_around(&edges, &mut beholder)?;
    let tied = groups.take_contributor_records();
    let locks = groups.take(Kind::Lock);
    let locks = locks::locks(locks, &groups.shown(), &beholder.met);
    let evaluations = groups.take(Kind::Evaluation);
    Ok(Hypercert {
        author: beholder.actors.brief(&claim.view.did)?,
        contributors: contributors(claim.says(), &tied, &mut beholder.actors)?,
        claim: claim.view.clone(),
        attachments: groups.take(Kind::Attachment),
        measurements: groups.take(Kind::Measurement),
        rights: groups.take(Kind::Rights),
        locations: groups.take(Kind::Location),
        collections: groups.take(Kind::Collection),
        receipts: groups.take(Kind::Receipt),
        acknowledgements: groups.take(Kind::Acknowledgement),
        other: groups.take(Kind::Other),
        locks,
        scope: scope(db, claim),
        independent_evaluations: independent(&evaluations, &edges, &beholder.circle),
        evaluations,
    })
}

/// How many evaluations are independent: of those that are shown, and of those there was no room for.
fn independent(evaluations: &Group<Related>, edges: &[Edge], circle: &Circle) -> u64 {
    let fits = |related: &&Related| {
        let record = related.record.as_ref();
        record.is_some_and(|record| !matches!(record.validity, Validity::Invalid { .. }))
    };
    let shown = evaluations.items.iter().filter(fits);
    let shown = shown.filter(|related| related.standing.is_independent()).count();
    let others = edges.iter().filter(|edge| edge.part() == Kind::Evaluation).skip(SHOWN);
    let by = |edge: &Edge| edge.uri.did().is_some_and(|did| circle.standing(&did).is_independent());
    (shown + others.filter(|edge| edge.fits && by(edge)).count()) as u64
}

/// The tied records, by the part they play.
struct Groups {
    by_kind: HashMap<Kind, Group<Related>>,
    seen: HashSet<AtUri>,
}

impl Groups {
    /// What is tied to the claim itself.
    fn direct(edges: &[Edge], beholder: &mut Beholder<'_>) -> Result<Self, IndexError> {
        let mut sorted: HashMap<Kind, Vec<Edge>> = HashMap::new();
        for edge in edges {
            sorted.entry(edge.part()).or_default().push(edge.clone());
        }
        let mut by_kind = HashMap::new();
        for (kind, edges) in sorted {
            by_kind.insert(kind, beholder.group(&edges)?);
        }
        let mut seen: HashSet<AtUri> = edges.iter().map(|edge| edge.uri.clone()).collect();
        seen.insert(beholder.home.view.uri.clone());
        Ok(Self { by_kind, seen })
    }

    /// One step further: who acknowledged the tied records, and what the evidence leads to.
    fn look_around(
        &mut self,
        edges: &[Edge],
        beholder: &mut Beholder<'_>,
    ) -> Result<(), IndexError> {
        let numbers: HashMap<&AtUri, i64> =
            edges.iter().filter_map(|edge| Some((&edge.uri, edge.id?))).collect();
        let mut found = Vec::new();
        for (kind, group) in &mut self.by_kind {
            for related in &mut group.items {
                let Some(id) = numbers.get(&related.uri) else { continue };
                found.extend(look_around(*kind, *id, related, beholder, &mut self.seen)?);
            }
        }
        for (kind, related) in found {
            let group = self.by_kind.entry(kind).or_default();
            group.total += 1;
            if group.items.len() < SHOWN {
                group.items.push(related);
            }
        }
        Ok(())
    }

    /// Every tied record that is shown.
    fn shown(&self) -> Vec<&Related> {
        self.by_kind.values().flat_map(|group| &group.items).collect()
    }

    fn take(&mut self, kind: Kind) -> Group<Related> {
        self.by_kind.remove(&kind).unwrap_or_default()
    }

    /// The records that the claim's list of contributors refers to, which are shown with it.
    fn take_contributor_records(&mut self) -> HashMap<AtUri, Related> {
        let kinds = self.by_kind.keys().copied().filter(|kind| kind.is_contributor());
        let kinds: Vec<Kind> = kinds.collect();
        let records = kinds.into_iter().flat_map(|kind| self.take(kind).items);
        records.map(|related| (related.uri.clone(), related)).collect()
    }
}

/// Adds the acknowledgements of a tied record to it, and returns what it leads to if it is evidence.
fn look_around(
    kind: Kind,
    id: i64,
    related: &mut Related,
    beholder: &mut Beholder<'_>,
    seen: &mut HashSet<AtUri>,
) -> Result<Vec<(Kind, Related)>, IndexError> {
    let Some(view) = related.record.clone() else { return Ok(Vec::new()) };
    let near = Near { id, view: &view };
    let mut edges = inward(beholder.db, &view.uri)?;
    let about = |edge: &&Edge| {
        edge.kind == Kind::Acknowledgement && edge.via.iter().any(|path| path == "subject")
    };
    for edge in edges.iter().filter(about).take(ACKNOWLEDGEMENTS_SHOWN) {
        related.acknowledgements.push(beholder.related(edge, near)?);
    }
    if !kind.is_evidence() {
        return Ok(Vec::new());
    }
    edges.retain(|edge| edge.kind.is_evidence());
    edges.extend(
        outward(beholder.db, id)?
            .into_iter()
            .filter(|edge| edge.kind.is_evidence() || edge.kind == Kind::Location),
    );
    edges.retain(|edge| seen.insert(edge.uri.clone()));
    edges.iter().take(SHOWN).map(|edge| Ok((edge.kind, beholder.related(edge, near)?))).collect()
}
