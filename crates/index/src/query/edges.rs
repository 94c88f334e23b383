//! The ties between records, both ways.
//!
//! An *edge* ties the record being looked at to another one: *inward* when the other points here,
//! *outward* when it is pointed at. An edge is light; only those that are shown are made [`Related`].

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Cid};
use rusqlite::Connection;

use super::actors::Actors;
use super::circle::circle;
use super::kind::Kind;
use super::reference::References;
use super::rows::{self, Found};
use crate::error::IndexError;
use crate::independence::Circle;
use crate::store::{self, records::Checked};
use crate::view::{Direction, Group, RecordView, Related};

/// How many items a group shows.
pub(super) const SHOWN: usize = 200;

/// How many links one question looks at.
const SCANNED: i64 = 20_000;

/// A tie to another record.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// The other record's number, when it is held and visible.
    pub id: Option<i64>,
    pub uri: AtUri,
    pub kind: Kind,
    pub direction: Direction,
    pub via: Vec<String>,
    /// Whether the other record is held and not known to break its schema.
    pub fits: bool,
    /// The versions that the fields of `via` name.
    pub versions: Vec<Option<Cid>>,
}

/// The records that point at `target`, newest first.
pub(super) fn inward(db: &Connection, target: &AtUri) -> Result<Vec<Edge>, IndexError> {
    let sql = "SELECT r.id, a.did, c.text AS collection, n.text AS kind, r.rkey, r.validity, l.path, l.target_cid FROM link l \
               JOIN record r ON r.id = l.record JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL \
               JOIN term c ON c.id = r.collection JOIN term n ON n.id = r.kind \
               WHERE l.target = ?1 ORDER BY r.sort_at DESC, r.id DESC, l.id LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(rusqlite::params![target.as_str(), SCANNED])?;
    let mut edges: Vec<Edge> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let (path, version) = (row.get("path")?, store::optional_cid(row, "target_cid")?);
        if let Some(last) = edges.last_mut().filter(|last| last.id == Some(id)) {
            last.via.push(path);
            last.versions.push(version);
            continue;
        }
        let collection = store::nsid(row, "collection")?;
        edges.push(Edge {
            id: Some(id),
            uri: AtUri::record(
                &store::did(row, "did")?,
                &collection,
                &store::record_key(row, "rkey")?,
            ),
            kind: Kind::of(&store::nsid(row, "kind")?),
            direction: Direction::PointsHere,
            fits: row.get::<_, i64>("validity")? != Checked::INVALID,
            via: vec![path],
            versions: vec![version],
        });
    }
    Ok(edges)
}

/// The records that record number `id` points at, in the order of its fields.
pub(super) fn outward(db: &Connection, id: i64) -> Result<Vec<Edge>, IndexError> {
    let sql = "SELECT path, target, target_cid FROM link WHERE record = ?1 ORDER BY id LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([id, SCANNED])?;
    let mut edges: Vec<Edge> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(row) = rows.next()? {
        let target: String = row.get("target")?;
        let (path, version) = (row.get("path")?, store::optional_cid(row, "target_cid")?);
        if let Some(place) = places.get(&target) {
            edges[*place].via.push(path);
            edges[*place].versions.push(version);
            continue;
        }
        let uri = AtUri::parse(&target).map_err(|_| IndexError::corrupt("a link"))?;
        places.insert(target, edges.len());
        let id = rows::id_of(db, &uri)?;
        edges.push(Edge {
            id,
            fits: id.is_some(),
            kind: id.map_or_else(|| Ok(Kind::at(&uri)), |id| kind_of(db, id))?,
            uri,
            direction: Direction::PointedAt,
            via: vec![path],
            versions: vec![version],
        });
    }
    Ok(edges)
}

fn kind_of(db: &Connection, id: i64) -> Result<Kind, IndexError> {
    let sql = "SELECT n.text AS kind FROM record r JOIN term n ON n.id = r.kind WHERE r.id = ?1";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([id])?;
    rows.next()?.map_or(Ok(Kind::Other), |row| Ok(Kind::of(&store::nsid(row, "kind")?)))
}

/// The record at one end of an edge: the one being looked at, or the one that makes the connection.
#[derive(Clone, Copy)]
pub(super) struct Near<'a> {
    pub id: i64,
    pub view: &'a RecordView,
}

impl<'a> From<&'a Found> for Near<'a> {
    fn from(found: &'a Found) -> Self {
        Self { id: found.id, view: &found.view }
    }
}

/// Makes edges into what is shown, for one record being looked at.
pub(super) struct Beholder<'a> {
    pub db: &'a Connection,
    pub actors: Actors<'a>,
    /// The record being looked at.
    pub home: &'a Found,
    /// Those with a part in it.
    pub circle: Circle,
    /// When each record that is shown was first stored, in microseconds since 1970.
    pub met: HashMap<AtUri, i64>,
    references: References<'a>,
}

impl<'a> Beholder<'a> {
    pub(super) fn of(db: &'a Connection, home: &'a Found) -> Result<Self, IndexError> {
        let (circle, references) = (circle(db, home)?, References::new(db));
        Ok(Self { db, actors: Actors::new(db), home, circle, met: HashMap::new(), references })
    }

    /// The other end of an edge.
    pub(super) fn related(&mut self, edge: &Edge, near: Near<'_>) -> Result<Related, IndexError> {
        let found = edge.id.map_or(Ok(None), |id| rows::by_id(self.db, id))?;
        if let Some(found) = &found {
            self.met.insert(found.view.uri.clone(), found.met_at);
        }
        let author = match (&found, edge.uri.did()) {
            (Some(found), _) => self.actors.brief(&found.view.did)?,
            (None, Some(did)) => self.actors.brief(&did)?,
            // A reference by handle that leads nowhere: there is no DID to name but the writer's own.
            (None, None) => self.actors.brief(&near.view.did)?,
        };
        Ok(Related {
            reference: self.references.of(edge, found.as_ref(), near)?,
            standing: self.circle.standing(&author.did),
            own_repository: author.did == self.home.view.did && edge.uri.did().is_some(),
            uri: edge.uri.clone(),
            record: found.map(|found| found.view),
            author,
            direction: edge.direction,
            via: edge.via.clone(),
            through: (near.id != self.home.id).then(|| near.view.uri.clone()),
            acknowledgements: Vec::new(),
        })
    }

    /// The first of the edges, and how many there are.
    pub(super) fn group(&mut self, edges: &[Edge]) -> Result<Group<Related>, IndexError> {
        let home = self.home;
        let shown = edges.iter().take(SHOWN).map(|edge| self.related(edge, home.into()));
        Ok(Group { items: shown.collect::<Result<_, _>>()?, total: edges.len() as u64 })
    }
}

impl Edge {
    /// The part the other record plays. A contributor's record that points here is none of those that the
    /// claim lists, a lock that is pointed at locks nothing by that, and another claim has no part in this.
    pub(super) fn part(&self) -> Kind {
        match (self.direction, self.kind) {
            (_, Kind::Claim) | (Direction::PointedAt, Kind::Lock) => Kind::Other,
            (Direction::PointsHere, kind) if kind.is_contributor() => Kind::Other,
            (_, kind) => kind,
        }
    }
}
