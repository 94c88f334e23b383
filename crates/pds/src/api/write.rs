//! `createRecord`, `putRecord`, `deleteRecord`, `applyWrites`.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, AtUri, Cid, Did, Nsid, RecordKey, Tid, Value};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::{Json, RECORD_WRITE_LIMIT, XrpcError};
use serde::{Deserialize, Serialize};

use crate::api::auth::Caller;
use crate::api::params::{nullable, present, uri};
use crate::error::{Error, Refusal};
use crate::group;
use crate::permission::{Need, WriteAction};
use crate::server::Server;
use crate::store::WriteTx;
use crate::writes::change::{Action, Change, ChangeSet, Committed, Expected};
use crate::writes::commit::commit;
use crate::writes::record::{NewRecord, ValidationStatus, learn};

/// Writes in one `applyWrites`.
const MAX_WRITES: usize = 200;

#[derive(Serialize)]
struct CommitView {
    cid: Cid,
    rev: Tid,
}

impl From<Committed> for CommitView {
    fn from(made: Committed) -> Self {
        Self { cid: made.commit, rev: made.rev }
    }
}

/// Where a record is now. Without `commit`, nothing had to be changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    uri: AtUri,
    cid: Cid,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_status: Option<ValidationStatus>,
}

impl Written {
    /// What there is to say of a record that is about to be written.
    pub fn planned(repo: &Did, set: &ChangeSet) -> Result<Self, Error> {
        let nothing = || Error::Internal("a write without a record".to_owned());
        let change = set.changes.first().ok_or_else(nothing)?;
        let record = change.action.record().ok_or_else(nothing)?;
        Ok(Self {
            uri: uri(repo, &change.path),
            cid: record.cid,
            commit: None,
            validation_status: record.status,
        })
    }

    #[must_use]
    pub fn by(self, commit: Option<Committed>) -> Self {
        Self { commit: commit.map(CommitView::from), ..self }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRecord {
    pub repo: AtIdentifier,
    collection: Nsid,
    #[serde(default, deserialize_with = "present")]
    rkey: Option<RecordKey>,
    #[serde(default, deserialize_with = "present")]
    validate: Option<bool>,
    record: Value,
    #[serde(default, deserialize_with = "present")]
    swap_commit: Option<Cid>,
}

pub async fn create_record(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<CreateRecord, RECORD_WRITE_LIMIT>,
) -> Result<Json<Written>, XrpcError> {
    caller.require_own_repo(&input.repo)?;
    check(&server, &caller, [(&input.collection, WriteAction::Create)])?;
    let set = input.into_set(&server).await?;
    write_one(&server, &caller, set).await
}

impl CreateRecord {
    /// The change it comes to, with the record checked.
    pub async fn into_set(self, server: &Server) -> Result<ChangeSet, Refusal> {
        let Self { collection, rkey, validate, record, swap_commit, .. } = self;
        let rkey = rkey.unwrap_or_else(|| server.new_record_key());
        let schemas = &server.config.schemas;
        learn(schemas, [&collection], validate).await;
        let record = NewRecord::prepare(schemas, &collection, &rkey, record, validate)?;
        let change = Change::new(RepoPath::new(&collection, &rkey), Action::Create(record));
        Ok(ChangeSet { changes: vec![change], swap_commit })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutRecord {
    pub repo: AtIdentifier,
    collection: Nsid,
    rkey: RecordKey,
    #[serde(default, deserialize_with = "present")]
    validate: Option<bool>,
    record: Value,
    /// `null` demands that there is no record yet.
    #[serde(default, deserialize_with = "nullable")]
    swap_record: Option<Option<Cid>>,
    #[serde(default, deserialize_with = "present")]
    swap_commit: Option<Cid>,
}

pub async fn put_record(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<PutRecord, RECORD_WRITE_LIMIT>,
) -> Result<Json<Written>, XrpcError> {
    caller.require_own_repo(&input.repo)?;
    // Which of the two it will be is decided by what is there when the write's turn comes.
    caller.require(&Need::Write { collection: &input.collection, action: WriteAction::Create })?;
    check(&server, &caller, [(&input.collection, WriteAction::Update)])?;
    let set = input.into_set(&server).await?;
    write_one(&server, &caller, set).await
}

impl PutRecord {
    /// The change it comes to, with the record checked.
    pub async fn into_set(self, server: &Server) -> Result<ChangeSet, Refusal> {
        let Self { collection, rkey, validate, record, swap_record, swap_commit, .. } = self;
        let schemas = &server.config.schemas;
        learn(schemas, [&collection], validate).await;
        let record = NewRecord::prepare(schemas, &collection, &rkey, record, validate)?;
        let mut change = Change::new(RepoPath::new(&collection, &rkey), Action::Put(record));
        change.expected = match swap_record {
            None => Expected::Anything,
            Some(None) => Expected::Nothing,
            Some(Some(cid)) => Expected::Record(cid),
        };
        Ok(ChangeSet { changes: vec![change], swap_commit })
    }
}

/// Whether the caller may do this, and has not done too much of it lately.
fn check<'a>(
    server: &Server,
    caller: &Caller,
    writes: impl IntoIterator<Item = (&'a Nsid, WriteAction)>,
) -> Result<(), Refusal> {
    caller.require_active()?;
    let mut points = 0;
    for (collection, action) in writes {
        caller.require(&Need::Write { collection, action })?;
        points += action.points();
    }
    server.limits.charge_writes(&caller.account.did, points)
}

async fn write_one(
    server: &Server,
    caller: &Caller,
    set: ChangeSet,
) -> Result<Json<Written>, XrpcError> {
    let planned = Written::planned(&caller.account.did, &set)?;
    let commit = write(server, caller, set).await?;
    Ok(Json(planned.by(commit)))
}

async fn write(
    server: &Server,
    caller: &Caller,
    set: ChangeSet,
) -> Result<Option<Committed>, Error> {
    let id = caller.account.id;
    let weight = set.weight();
    let work = move |tx: &mut WriteTx<'_>| {
        group::require_no_group(tx.connection, id)?;
        commit(tx, id, &set)
    };
    server.store.writer.write(weight, work).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteRecord {
    pub repo: AtIdentifier,
    collection: Nsid,
    rkey: RecordKey,
    #[serde(default, deserialize_with = "present")]
    swap_record: Option<Cid>,
    #[serde(default, deserialize_with = "present")]
    swap_commit: Option<Cid>,
}

#[derive(Serialize)]
pub struct Deleted {
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitView>,
}

pub async fn delete_record(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<DeleteRecord>,
) -> Result<Json<Deleted>, XrpcError> {
    caller.require_own_repo(&input.repo)?;
    check(&server, &caller, [(&input.collection, WriteAction::Delete)])?;
    let commit = write(&server, &caller, input.into_set()).await?;
    Ok(Json(Deleted::by(commit)))
}

impl DeleteRecord {
    /// The change it comes to.
    pub fn into_set(self) -> ChangeSet {
        let path = RepoPath::new(&self.collection, &self.rkey);
        let mut change = Change::new(path, Action::DeleteIfPresent);
        change.expected = self.swap_record.map_or(Expected::Anything, Expected::Record);
        ChangeSet { changes: vec![change], swap_commit: self.swap_commit }
    }
}

impl Deleted {
    pub fn by(commit: Option<Committed>) -> Self {
        Self { commit: commit.map(CommitView::from) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyWrites {
    repo: AtIdentifier,
    #[serde(default, deserialize_with = "present")]
    validate: Option<bool>,
    writes: Vec<WriteInput>,
    #[serde(default, deserialize_with = "present")]
    swap_commit: Option<Cid>,
}

#[derive(Deserialize)]
#[serde(tag = "$type")]
enum WriteInput {
    #[serde(rename = "com.atproto.repo.applyWrites#create")]
    Create {
        collection: Nsid,
        #[serde(default, deserialize_with = "present")]
        rkey: Option<RecordKey>,
        value: Value,
    },
    #[serde(rename = "com.atproto.repo.applyWrites#update")]
    Update { collection: Nsid, rkey: RecordKey, value: Value },
    #[serde(rename = "com.atproto.repo.applyWrites#delete")]
    Delete { collection: Nsid, rkey: RecordKey },
}

impl WriteInput {
    fn kind(&self) -> (&Nsid, WriteAction) {
        match self {
            Self::Create { collection, .. } => (collection, WriteAction::Create),
            Self::Update { collection, .. } => (collection, WriteAction::Update),
            Self::Delete { collection, .. } => (collection, WriteAction::Delete),
        }
    }

    /// Where a record is to be written, if one is.
    fn written_to(&self) -> Option<&Nsid> {
        match self {
            Self::Create { collection, .. } | Self::Update { collection, .. } => Some(collection),
            Self::Delete { .. } => None,
        }
    }

    fn into_change(self, server: &Server, validate: Option<bool>) -> Result<Change, Refusal> {
        let schemas = &server.config.schemas;
        let (path, action) = match self {
            Self::Create { collection, rkey, value } => {
                let rkey = rkey.unwrap_or_else(|| server.new_record_key());
                let record = NewRecord::prepare(schemas, &collection, &rkey, value, validate)?;
                (RepoPath::new(&collection, &rkey), Action::Create(record))
            }
            Self::Update { collection, rkey, value } => {
                let record = NewRecord::prepare(schemas, &collection, &rkey, value, validate)?;
                (RepoPath::new(&collection, &rkey), Action::Update(record))
            }
            Self::Delete { collection, rkey } => {
                (RepoPath::new(&collection, &rkey), Action::Delete)
            }
        };
        Ok(Change::new(path, action))
    }
}

#[derive(Serialize)]
pub struct Applied {
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitView>,
    results: Vec<WriteResult>,
}

#[derive(Serialize)]
#[serde(tag = "$type", rename_all_fields = "camelCase")]
enum WriteResult {
    #[serde(rename = "com.atproto.repo.applyWrites#createResult")]
    Create {
        uri: AtUri,
        cid: Cid,
        #[serde(skip_serializing_if = "Option::is_none")]
        validation_status: Option<ValidationStatus>,
    },
    #[serde(rename = "com.atproto.repo.applyWrites#updateResult")]
    Update {
        uri: AtUri,
        cid: Cid,
        #[serde(skip_serializing_if = "Option::is_none")]
        validation_status: Option<ValidationStatus>,
    },
    #[serde(rename = "com.atproto.repo.applyWrites#deleteResult")]
    Delete {},
}

impl WriteResult {
    fn of(caller: &Caller, change: &Change) -> Self {
        let uri = uri(&caller.account.did, &change.path);
        match &change.action {
            Action::Create(record) => {
                Self::Create { uri, cid: record.cid, validation_status: record.status }
            }
            Action::Update(record) | Action::Put(record) => {
                Self::Update { uri, cid: record.cid, validation_status: record.status }
            }
            Action::Delete | Action::DeleteIfPresent => Self::Delete {},
        }
    }
}

pub async fn apply_writes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<ApplyWrites, RECORD_WRITE_LIMIT>,
) -> Result<Json<Applied>, XrpcError> {
    caller.require_own_repo(&input.repo)?;
    if !(1..=MAX_WRITES).contains(&input.writes.len()) {
        let message = format!("writes must hold 1 to {MAX_WRITES} of them.");
        return Err(Refusal::InvalidRequest(message).into());
    }
    check(&server, &caller, input.writes.iter().map(WriteInput::kind))?;
    let collections = input.writes.iter().filter_map(WriteInput::written_to);
    learn(&server.config.schemas, collections, input.validate).await;
    let changes = input.writes.into_iter().map(|write| write.into_change(&server, input.validate));
    let changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
    refuse_twice(&changes)?;
    let results = changes.iter().map(|change| WriteResult::of(&caller, change)).collect();
    let set = ChangeSet { changes, swap_commit: input.swap_commit };
    let commit = write(&server, &caller, set).await?.map(CommitView::from);
    Ok(Json(Applied { commit, results }))
}

/// Consumers cannot invert a commit that does two things to one path.
fn refuse_twice(changes: &[Change]) -> Result<(), Refusal> {
    let mut paths = HashSet::new();
    match changes.iter().find(|change| !paths.insert(&change.path)) {
        None => Ok(()),
        Some(change) => Err(Refusal::invalid(format!(
            "The writes name {} twice; say once what is to become of it.",
            change.path
        ))),
    }
}
