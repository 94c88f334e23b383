//! Accounts that keep and sign their own repositories.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hypercerts_identity::plc::SignedOperation;
use hypercerts_lexicon::{AtUri, Cid, Datetime, Did, Handle, Nsid, RecordKey, Tid, drisl, json};
use hypercerts_repo::car::encode_car;
use hypercerts_repo::mst::{Visit, Walk};
use hypercerts_repo::{
    CommitData, Head, MemoryBlocks, RepoPath, SecretKey, Write, apply_writes, create_repo,
};
use hypercerts_xrpc::frames::{
    AccountEvent, AccountStatus, CommitEvent, Event, IdentityEvent, SyncEvent,
};
use serde_json::{Value as Json, json};

use crate::host::{Host, RepoAnswer};

/// An account, its keys and its repository.
pub struct Author {
    pub did: Did,
    pub handle: Handle,
    pub key: SecretKey,
    pub rotation: SecretKey,
    pub operation: SignedOperation,
    pub host: Host,
    pub head: Option<Head>,
    store: MemoryBlocks,
    blocks: BTreeMap<Cid, Bytes>,
}

impl Author {
    pub fn new(
        did: Did,
        handle: Handle,
        key: SecretKey,
        rotation: SecretKey,
        operation: SignedOperation,
        host: Host,
    ) -> Self {
        let (store, blocks) = (MemoryBlocks::new(), BTreeMap::new());
        Self { did, handle, key, rotation, operation, host, head: None, store, blocks }
    }

    /// Begins the repository and tells the world, as a PDS does when an account is made.
    pub fn begin(&mut self) {
        let first = create_repo(self.did.clone(), self.next_rev(), &self.key);
        let event = self.take_over(&first);
        self.host.publish(&self.identity());
        self.host.publish(&self.account(true, None));
        self.host.publish(&event);
        self.offer();
    }

    /// Creates a record and publishes the commit.
    pub fn create(&mut self, collection: &str, rkey: &str, record: &Json) -> Made {
        let made = Made::new(&self.did, collection, rkey, record);
        let event = self.write(&[made.create()]);
        self.publish(&event);
        made
    }

    /// Puts another record in its place and publishes the commit.
    pub fn update(&mut self, collection: &str, rkey: &str, record: &Json) -> Made {
        let made = Made::new(&self.did, collection, rkey, record);
        let event = self.write(&[made.update()]);
        self.publish(&event);
        made
    }

    pub fn delete(&mut self, made: &Made) {
        let event = self.write(&[Write::Delete { path: made.path.clone() }]);
        self.publish(&event);
    }

    /// Publishes an event and offers the repository as it is now.
    pub fn publish(&self, event: &Event) {
        self.offer();
        self.host.publish(event);
    }

    /// Makes a commit without telling anybody.
    pub fn write(&mut self, writes: &[Write]) -> Event {
        let rev = self.next_rev();
        self.write_at(writes, rev)
    }

    pub fn write_at(&mut self, writes: &[Write], rev: Tid) -> Event {
        let commit =
            apply_writes(&self.store, self.head.as_ref(), &self.did, rev, &self.key, writes);
        self.take_over(&commit.expect("the writes can be made"))
    }

    fn take_over(&mut self, commit: &CommitData) -> Event {
        for (cid, bytes) in commit.new_blocks() {
            self.store.insert(cid, bytes.clone());
            self.blocks.insert(cid, bytes);
        }
        self.head = Some(commit.head);
        self.commit_event(commit)
    }

    pub fn commit_event(&self, commit: &CommitData) -> Event {
        Event::Commit(CommitEvent {
            repo: self.did.clone(),
            commit: commit.head.commit,
            rev: commit.head.rev,
            since: commit.since,
            prev_data: commit.prev_data,
            ops: commit.ops.clone(),
            blocks: commit.event_car().into(),
            time: now(),
        })
    }

    /// A `#sync` to the present head.
    pub fn sync(&self) -> Event {
        let head = self.head.expect("there is a repository");
        let block = self.blocks[&head.commit].clone();
        let blocks = encode_car(&head.commit, &[(head.commit, block)]).into();
        Event::Sync(SyncEvent { did: self.did.clone(), rev: head.rev, blocks, time: now() })
    }

    pub fn identity(&self) -> Event {
        let handle = Some(self.handle.clone());
        Event::Identity(IdentityEvent { did: self.did.clone(), handle, time: now() })
    }

    pub fn account(&self, active: bool, status: Option<AccountStatus>) -> Event {
        Event::Account(AccountEvent { did: self.did.clone(), active, status, time: now() })
    }

    /// The whole repository in streamable order, as a PDS exports it.
    pub fn car(&self) -> Vec<u8> {
        let head = self.head.expect("there is a repository");
        let mut blocks = vec![(head.commit, self.blocks[&head.commit].clone())];
        for visit in Walk::new(&self.store, head.data) {
            blocks.push(match visit.expect("the tree is whole") {
                Visit::Node(cid, bytes) => (cid, bytes),
                Visit::Leaf(_, cid) => (cid, self.blocks[&cid].clone()),
            });
        }
        encode_car(&head.commit, &blocks)
    }

    /// The whole repository with its blocks in no particular order, and those of its past among them.
    pub fn untidy_car(&self) -> Vec<u8> {
        let head = self.head.expect("there is a repository");
        let blocks: Vec<_> = self.blocks.iter().map(|(cid, bytes)| (*cid, bytes.clone())).collect();
        encode_car(&head.commit, &blocks)
    }

    /// Lets the host answer with the repository as it is now.
    pub fn offer(&self) {
        let rev = self.head.map(|head| head.rev);
        self.host.offer(&self.did, rev, RepoAnswer::Car(self.car()));
    }

    pub fn next_rev(&self) -> Tid {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_micros();
        let now = u64::try_from(now).expect("a year before 292277");
        Tid::next_after(self.head.map(|head| head.rev), now, 7)
    }
}

/// A record as it was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub uri: AtUri,
    pub cid: Cid,
    pub path: RepoPath,
    bytes: Bytes,
}

impl Made {
    pub fn new(did: &Did, collection: &str, rkey: &str, record: &Json) -> Self {
        let mut record = record.clone();
        record["$type"] = json!(collection);
        let value = json::from_json(&record).expect("a record");
        Self::from_bytes(did, collection, rkey, drisl::encode(&value).into())
    }

    pub fn from_bytes(did: &Did, collection: &str, rkey: &str, bytes: Bytes) -> Self {
        let collection = Nsid::parse(collection).expect("an NSID");
        let rkey = RecordKey::parse(rkey).expect("a record key");
        let cid = Cid::of_drisl(&bytes);
        let path = RepoPath::new(&collection, &rkey);
        Self { uri: AtUri::record(did, &collection, &rkey), cid, path, bytes }
    }

    pub fn create(&self) -> Write {
        Write::Create { path: self.path.clone(), record: self.bytes.clone(), cid: self.cid }
    }

    pub fn update(&self) -> Write {
        Write::Update { path: self.path.clone(), record: self.bytes.clone(), cid: self.cid }
    }

    /// A strong reference to it.
    pub fn reference(&self) -> Json {
        json!({ "$type": "com.atproto.repo.strongRef", "uri": self.uri.as_str(), "cid": self.cid.to_string() })
    }
}

pub fn now() -> Datetime {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_micros();
    Datetime::from_unix_micros(i64::try_from(micros).expect("a year before 292277"))
}

/// A valid claim.
pub fn claim(title: &str) -> Json {
    json!({
        "title": title,
        "shortDescription": "Fifty hectares of mangrove were planted and looked after.",
        "startDate": "2025-01-01T00:00:00Z",
        "endDate": "2025-12-31T23:59:59Z",
        "createdAt": now().as_str(),
    })
}

/// A valid evaluation of a claim.
pub fn evaluation(of: &Made, by: &Did, summary: &str) -> Json {
    json!({
        "subject": of.reference(),
        "evaluators": [{ "$type": "app.certified.defs#did", "did": by.as_str() }],
        "summary": summary,
        "createdAt": now().as_str(),
    })
}
