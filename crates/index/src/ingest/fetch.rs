//! Looking identities up, fetching repositories, and taking them in.
//!
//! A repository is first written to a temporary file, within a limit of bytes and time, so that a slow
//! host costs nothing but its own slot. Then it is verified as a stream, compared with what is stored, and
//! handed to the keeper in chunks. What is not in it any more goes with the last one.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;

use hypercerts_identity::Resolver;
use hypercerts_identity::net::{Body, HttpClient};
use hypercerts_lexicon::{Cid, Did};
use hypercerts_repo::verify::MAX_CLOCK_SKEW_MICROS;
use hypercerts_repo::{
    Head, PublicKey, RepoLimits, RepoPath, VerifiedRecord, VerifiedRepo, verify_repo,
};
use hypercerts_schemas::Schemas;
use hypercerts_xrpc::client::{ClientError, XrpcClient};
use hypercerts_xrpc::nsid::sync;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::ImportReport;
use super::input::{Failure, Found, Inbox, Input, Snapshot, host_key};
use super::parallel;
use super::prepare::{Kept, prepare};
use crate::config::Limits;
use crate::store::records::{Checked, Evidence, Prepared};
use crate::store::refusals::Refusal;
use crate::store::{accounts, open_reader, records};
use crate::time;
use crate::view::{AccountStatus, RefusalKind};

/// Repositories verified at a time: it is quick, and takes memory.
const VERIFIED_AT_A_TIME: usize = 2;

/// A chunk of records, in number and in bytes.
const CHUNK_RECORDS: usize = 500;
const CHUNK_BYTES: usize = 2 << 20;

/// The means to fetch and take in.
pub(super) struct Fetcher {
    pub resolver: Resolver,
    pub http: HttpClient,
    pub limits: Limits,
    pub kept: Kept,
    pub schemas: Schemas,
    /// The database, which is read to find out what is stored already.
    pub file: PathBuf,
    /// Where repositories wait to be verified.
    pub spool: PathBuf,
    /// Weak, so that work that is not wanted any more does not keep the index running.
    inbox: mpsc::WeakSender<Input>,
    verifying: Semaphore,
}

/// Which repository is taken in, and on whose word.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub did: Did,
    pub key: PublicKey,
    /// Where the CAR came from.
    pub origin: String,
}

impl Fetcher {
    pub(super) fn new(
        config: &crate::IndexConfig,
        kept: Kept,
        file: PathBuf,
        inbox: &Inbox,
    ) -> Self {
        Self {
            resolver: config.resolver.clone(),
            http: config.http.clone(),
            limits: config.limits.clone(),
            kept,
            schemas: config.schemas.clone(),
            file,
            spool: config.data_dir.join("spool"),
            inbox: inbox.downgrade(),
            verifying: Semaphore::new(VERIFIED_AT_A_TIME),
        }
    }

    /// Looks an identity up, whatever is remembered of it.
    pub(super) async fn identify(&self, did: Did) {
        let result = self.look_up(&did).await;
        self.send(Input::Identified { did, result }).await;
    }

    pub(super) async fn look_up(&self, did: &Did) -> Result<Found, String> {
        let at = time::now();
        match self.resolver.refresh(did).await {
            Ok(identity) => Ok(Found { identity: (*identity).clone(), at }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Fetches the repository of an account from its PDS.
    pub(super) async fn fetch(self: Arc<Self>, did: Did, found: Arc<Found>) {
        let result = self.clone().try_fetch(&did, &found).await;
        self.send(Input::TakenIn { did, result }).await;
    }

    async fn try_fetch(self: Arc<Self>, did: &Did, found: &Found) -> Result<Snapshot, Failure> {
        let car = tokio::time::timeout(self.limits.repo_time, self.download(did, found)).await;
        let car = car.unwrap_or_else(|_| {
            let seconds = self.limits.repo_time.as_secs();
            Err(Failure {
                reason: format!("it did not arrive within {seconds} s"),
                inactive: None,
                host: true,
            })
        })?;
        let origin = host_key(&found.identity.pds);
        let claim = Claim { did: did.clone(), key: found.identity.key.clone(), origin };
        self.take_in(car, claim).await
    }

    async fn download(&self, did: &Did, found: &Found) -> Result<File, Failure> {
        let client = XrpcClient::new(self.http.clone(), found.identity.pds.clone());
        let params = [("did", did.as_str())];
        let body = client.query_stream(sync::GET_REPO, &params, self.limits.repo_bytes).await;
        let file = tempfile::tempfile_in(&self.spool).map_err(Failure::of_repository)?;
        self.spool(body.map_err(|error| refused(&error))?, file).await
    }

    async fn spool(&self, mut body: Body, file: File) -> Result<File, Failure> {
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let chunk = body.chunk().await.map_err(|error| Failure {
                reason: error.to_string(),
                inactive: None,
                host: true,
            })?;
            let Some(bytes) = chunk else { break };
            file.write_all(&bytes).await.map_err(Failure::of_repository)?;
        }
        file.flush().await.map_err(Failure::of_repository)?;
        file.rewind().await.map_err(Failure::of_repository)?;
        Ok(file.into_std().await)
    }

    /// Verifies a CAR and stores what is new in it.
    pub(super) async fn take_in(
        self: Arc<Self>,
        car: File,
        claim: Claim,
    ) -> Result<Snapshot, Failure> {
        let _turn = self.verifying.acquire().await.map_err(Failure::of_repository)?;
        let inbox = self.inbox.upgrade().ok_or_else(stopping)?;
        let fetcher = self.clone();
        let work =
            tokio::task::spawn_blocking(move || Intake::new(&fetcher, claim, inbox)?.run(car));
        work.await.map_err(Failure::of_repository)?
    }

    async fn send(&self, input: Input) {
        if let Some(inbox) = self.inbox.upgrade() {
            // Nobody listens any more when the index stops; what is due stands in the database.
            let _ = inbox.send(input).await;
        }
    }
}

fn stopping() -> Failure {
    Failure::of_repository("the index is stopping")
}

fn refused(error: &ClientError) -> Failure {
    let inactive = match error.name() {
        Some("RepoTakendown") => Some(AccountStatus::Takendown),
        Some("RepoSuspended") => Some(AccountStatus::Suspended),
        Some("RepoDeactivated") => Some(AccountStatus::Deactivated),
        _ => None,
    };
    let host = error.name().is_none();
    Failure { reason: error.to_string(), inactive, host }
}

/// One repository on its way in.
struct Intake<'a> {
    fetcher: &'a Fetcher,
    claim: Claim,
    inbox: Inbox,
    /// What is stored and was not met in the repository yet.
    stored: HashMap<String, Cid>,
    chunk: Vec<VerifiedRecord>,
    chunk_bytes: usize,
    not_kept: u64,
    /// Where the repository now has bytes that are no data; what was stored there stands no more.
    unreadable: Vec<RepoPath>,
    report: ImportReport,
}

impl<'a> Intake<'a> {
    fn new(fetcher: &'a Fetcher, claim: Claim, inbox: Inbox) -> Result<Self, Failure> {
        let db = open_reader(&fetcher.file).map_err(Failure::of_repository)?;
        let account = accounts::load(&db, &claim.did).map_err(Failure::of_repository)?;
        let stored = account.map_or(Ok(HashMap::new()), |account| records::paths(&db, account.id));
        Ok(Self {
            fetcher,
            report: ImportReport::new(claim.did.clone()),
            claim,
            inbox,
            stored: stored.map_err(Failure::of_repository)?,
            chunk: Vec::new(),
            chunk_bytes: 0,
            not_kept: 0,
            unreadable: Vec::new(),
        })
    }

    fn run(mut self, car: File) -> Result<Snapshot, Failure> {
        let limits =
            RepoLimits { buffer: self.fetcher.limits.repo_buffer, ..RepoLimits::default() };
        let car = BufReader::new(car.take(self.fetcher.limits.repo_bytes));
        let repo = verify_repo(car, &self.claim.did, &self.claim.key, limits);
        let mut repo = repo.map_err(Failure::of_repository)?;
        let head = *repo.head().head();
        not_from_the_future(&head)?;
        self.read(&mut repo, &head)?;
        self.flush(&head)?;
        self.finish(head)
    }

    fn read(&mut self, repo: &mut VerifiedRepo<impl Read>, head: &Head) -> Result<(), Failure> {
        for record in repo {
            let record = record.map_err(Failure::of_repository)?;
            if !self.fetcher.kept.keeps(record.path()) {
                self.not_kept += 1;
                continue;
            }
            if self.stored.remove(record.path().as_str()) == Some(record.cid()) {
                self.report.unchanged += 1;
                continue;
            }
            self.chunk_bytes += record.bytes().len();
            self.chunk.push(record);
            if self.chunk.len() >= CHUNK_RECORDS || self.chunk_bytes >= CHUNK_BYTES {
                self.flush(head)?;
            }
        }
        Ok(())
    }

    /// Hands the chunk to the keeper and waits until it is stored.
    fn flush(&mut self, head: &Head) -> Result<(), Failure> {
        let records = self.prepare_chunk(head)?;
        if records.is_empty() {
            return Ok(());
        }
        let evidence = Evidence {
            rev: head.rev,
            commit: head.commit,
            key: self.claim.key.to_did_key(),
            origin: self.claim.origin.clone(),
        };
        let (done, stored) = oneshot::channel();
        let input = Input::Chunk { did: self.claim.did.clone(), evidence, records, done };
        self.inbox.blocking_send(input).map_err(|_| stopping())?;
        stored.blocking_recv().map_err(|_| stopping())
    }

    fn prepare_chunk(&mut self, head: &Head) -> Result<Vec<Prepared>, Failure> {
        let chunk = std::mem::take(&mut self.chunk);
        self.chunk_bytes = 0;
        let mut prepared = Vec::with_capacity(chunk.len());
        let schemas = &self.fetcher.schemas;
        for (source, result) in
            chunk.iter().zip(parallel::map(&chunk, |record| prepare(record, schemas)))
        {
            match result {
                Ok(record) => {
                    self.report.stored += 1;
                    self.report.invalid +=
                        u64::from(matches!(record.validity, Checked::Invalid(_)));
                    prepared.push(record);
                }
                Err(reason) => self.refuse(source.path(), &reason, head)?,
            }
        }
        Ok(prepared)
    }

    /// Notes that a record's bytes are no data: signed, and yet nothing that can be shown.
    fn refuse(&mut self, path: &RepoPath, reason: &str, head: &Head) -> Result<(), Failure> {
        self.report.unreadable += 1;
        self.unreadable.push(path.clone());
        let refusal = Refusal {
            source: self.claim.origin.clone(),
            did: Some(self.claim.did.clone()),
            seq: None,
            rev: Some(head.rev),
            kind: RefusalKind::Malformed,
            reason: format!("the record {path} is no data: {reason}"),
        };
        self.inbox.blocking_send(Input::Refused(refusal)).map_err(|_| stopping())
    }

    fn finish(mut self, head: Head) -> Result<Snapshot, Failure> {
        let deleted: Result<Vec<RepoPath>, _> =
            self.stored.keys().map(|path| RepoPath::parse(path)).collect();
        let mut deleted = deleted.map_err(Failure::of_repository)?;
        self.report.rev = Some(head.rev);
        self.report.deleted = deleted.len() as u64;
        deleted.append(&mut self.unreadable);
        self.report.not_kept = self.not_kept;
        Ok(Snapshot { head, deleted, not_kept: self.not_kept, report: self.report })
    }
}

fn not_from_the_future(head: &Head) -> Result<(), Failure> {
    let latest = u64::try_from(time::now()).unwrap_or(0).saturating_add(MAX_CLOCK_SKEW_MICROS);
    if head.rev.micros() <= latest {
        return Ok(());
    }
    Err(Failure::of_repository(format!("its revision {} is dated in the future", head.rev)))
}
