//! The one thread that writes.
//!
//! *Group commit*: the thread takes every job that waits, up to a bound, and runs them one after
//! the other in one transaction. One `fsync` then makes all of them durable. Only after it do the
//! answers go out and the events appear in the stream, so nobody learns of a write that a crash
//! could take back.
//!
//! A job checks first and writes after. One that *refuses* must not have written anything; it gets
//! its refusal with the others' answers. One that *fails* (a full disk) takes the transaction down:
//! all of it is rolled back and each job of the batch is tried again alone, so that a job only ever
//! fails for its own reasons.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Datetime};
use hypercerts_repo::Head;
use hypercerts_xrpc::frames::Event;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, OpenError};
use crate::generations::Generations;
use crate::outbox::Outbox;
use crate::store::nodes::PendingNodes;
use crate::store::repos::Repo;
use crate::store::{AccountId, StoreError, events};
use crate::vault::Vault;

/// Jobs that may wait before callers have to.
const QUEUE: usize = 1024;
/// Jobs in one transaction.
const BATCH_JOBS: usize = 256;
/// Bytes in one transaction, as the callers estimate them.
const BATCH_BYTES: usize = 16 << 20;
/// Tree nodes kept in memory, in each of the two generations of the cache.
const NODE_CACHE_BYTES: usize = 8 << 20;
/// Repositories whose head and key are kept in memory, in each of the two generations.
const REPO_CACHE: usize = 4096;

/// The sending side: cheap to share, gives jobs to the thread.
pub struct Writer {
    queue: mpsc::Sender<Message>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Job(Box<dyn Job>),
    Stop,
}

/// A write to be done, with the way back to whoever asked for it.
trait Job: Send {
    /// Bytes it is going to write, roughly.
    fn bytes(&self) -> usize;
    /// Does the work and keeps the outcome. `Err` means: roll the transaction back.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), StoreError>;
    /// The transaction is on disk: tell the outcome.
    fn committed(self: Box<Self>);
    /// The transaction was rolled back: tell why.
    fn failed(self: Box<Self>, why: StoreError);
}

struct Call<F, T> {
    bytes: usize,
    work: F,
    outcome: Option<Result<T, Error>>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Job for Call<F, T>
where
    F: FnMut(&mut WriteTx<'_>) -> Result<T, Error> + Send,
    T: Send,
{
    fn bytes(&self) -> usize {
        self.bytes
    }

    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        match (self.work)(tx) {
            Err(Error::Store(why)) => Err(why),
            outcome => {
                self.outcome = Some(outcome);
                Ok(())
            }
        }
    }

    fn committed(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Whoever asked may have hung up; the write stands all the same.
            let _ = self.reply.send(outcome);
        }
    }

    fn failed(self: Box<Self>, why: StoreError) {
        let _ = self.reply.send(Err(why.into()));
    }
}

/// The transaction a job works in, and what the writer remembers between transactions.
pub struct WriteTx<'a> {
    pub connection: &'a Connection,
    pub vault: &'a Vault,
    /// Heads and keys of repositories, as this transaction sees them.
    pub repos: &'a mut Generations<AccountId, Repo>,
    /// Tree nodes by CID. Content-addressed, so never wrong, whatever is rolled back.
    pub nodes: &'a mut Generations<Cid, Bytes>,
    /// What the transaction has changed about trees so far.
    pub pending_nodes: PendingNodes,
    /// When the transaction began.
    pub now: Timestamp,
    next_seq: i64,
    frames: Vec<(i64, Bytes)>,
}

impl WriteTx<'_> {
    /// Appends an event to the stream. It appears there when the transaction is on disk.
    pub fn emit(&mut self, event: &Event) -> Result<(), StoreError> {
        let frame = event.encode(self.next_seq);
        events::insert(self.connection, self.next_seq, self.now, &frame)?;
        self.frames.push((self.next_seq, frame));
        self.next_seq += 1;
        Ok(())
    }

    /// A repository that was read before in this transaction.
    pub fn repo(&mut self, id: AccountId) -> Result<&Repo, StoreError> {
        self.repos
            .get(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no head of account {}", id.0)))
    }

    /// Lets later jobs build upon a new head.
    pub fn move_head(&mut self, id: AccountId, head: Head) {
        if let Some(repo) = self.repos.get_mut(&id) {
            repo.head = head;
        }
    }

    /// The time of the transaction as events and records write it.
    pub fn datetime(&self) -> Datetime {
        Datetime::from_unix_micros(self.now.as_microsecond())
    }
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        vault: Arc<Vault>,
        outbox: Arc<Outbox>,
    ) -> Result<Self, OpenError> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let worker = Worker {
            connection,
            vault,
            outbox,
            waiting,
            repos: Generations::new(REPO_CACHE, |_| 1),
            nodes: Generations::new(NODE_CACHE_BYTES, |bytes| bytes.len() + size_of::<Cid>()),
        };
        let thread = thread::Builder::new()
            .name("pds-writer".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| OpenError::Config(format!("cannot start the writer: {error}")))?;
        Ok(Self { queue, thread: std::sync::Mutex::new(Some(thread)) })
    }

    /// Queues `work` and waits until its transaction is on disk.
    ///
    /// `bytes` says roughly how much it writes. `work` may run more than once; only the last run
    /// counts. It must not write anything before it refuses.
    pub async fn write<T, F>(&self, bytes: usize, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call = Call { bytes, work, outcome: None, reply };
        let message = Message::Job(Box::new(call));
        self.queue.send(message).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Finishes what was queued before and ends the thread. Later writes fail.
    pub async fn stop(&self) {
        let _ = self.queue.send(Message::Stop).await;
        let thread = self.thread.lock().map(|mut thread| thread.take()).ok().flatten();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

struct Worker {
    connection: Connection,
    vault: Arc<Vault>,
    outbox: Arc<Outbox>,
    waiting: mpsc::Receiver<Message>,
    repos: Generations<AccountId, Repo>,
    nodes: Generations<Cid, Bytes>,
}

impl Worker {
    fn run(mut self) {
        let mut open = true;
        while open {
            let Some(Message::Job(first)) = self.waiting.blocking_recv() else { break };
            let (batch, more) = self.gather(first);
            open = more;
            self.commit(batch);
        }
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log was not folded into the database");
        }
    }

    /// Everything that waits, up to the bounds of a batch; and whether to go on afterwards.
    fn gather(&mut self, first: Box<dyn Job>) -> (Vec<Box<dyn Job>>, bool) {
        let mut bytes = first.bytes();
        let mut batch = vec![first];
        while batch.len() < BATCH_JOBS && bytes < BATCH_BYTES {
            match self.waiting.try_recv() {
                Ok(Message::Job(job)) => {
                    bytes += job.bytes();
                    batch.push(job);
                }
                Ok(Message::Stop) => return (batch, false),
                Err(_) => break,
            }
        }
        (batch, true)
    }

    fn commit(&mut self, mut batch: Vec<Box<dyn Job>>) {
        match self.attempt(&mut batch) {
            Ok(frames) => {
                self.outbox.publish(frames);
                batch.into_iter().for_each(Job::committed);
            }
            Err(why) => {
                // Heads from the transaction that is no more must not be built upon.
                self.repos.clear();
                self.after_failure(batch, why);
            }
        }
    }

    fn after_failure(&mut self, mut batch: Vec<Box<dyn Job>>, why: StoreError) {
        if batch.len() > 1 {
            batch.into_iter().for_each(|job| self.commit(vec![job]));
        } else if let Some(job) = batch.pop() {
            tracing::error!(error = %why, "a write was rolled back");
            job.failed(why);
        }
    }

    fn attempt(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Vec<(i64, Bytes)>, StoreError> {
        let connection = &self.connection;
        let tx = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut work = WriteTx {
            connection: &tx,
            vault: &self.vault,
            repos: &mut self.repos,
            nodes: &mut self.nodes,
            pending_nodes: PendingNodes::default(),
            now: Timestamp::now(),
            next_seq: self.outbox.newest() + 1,
            frames: Vec::new(),
        };
        for job in batch {
            run_guarded(job.as_mut(), &mut work)?;
        }
        let WriteTx { pending_nodes, frames, .. } = work;
        pending_nodes.write(&tx)?;
        tx.commit()?;
        Ok(frames)
    }
}

/// A panic in one job must not end the thread that all writes depend on.
fn run_guarded(job: &mut dyn Job, work: &mut WriteTx<'_>) -> Result<(), StoreError> {
    catch_unwind(AssertUnwindSafe(|| job.run(work))).unwrap_or(Err(StoreError::Panicked))
}
