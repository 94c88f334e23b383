//! What the tests share: an account that writes, and the vectors of the interop suite.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(dead_code, reason = "each test file uses a part of this")]

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Did, Tid, Value, drisl, map};
use hypercerts_repo::{
    CommitData, CommitEventParts, Curve, Head, MemoryBlocks, RepoPath, SecretKey, VerifiedCommit,
    VerifyError, Write, WriteError, apply_writes, create_repo, verify_commit_event,
};

/// A moment in 2026, in microseconds since 1970.
pub const NOW: u64 = 1_795_300_000_000_000;

pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(Curve::K256, &[seed; 32]).unwrap()
}

pub fn did(name: &str) -> Did {
    Did::parse(&format!("did:plc:{name}")).unwrap()
}

pub fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).unwrap()
}

/// The path of the `n`th claim.
pub fn claim(n: u32) -> RepoPath {
    path(&format!("org.hypercerts.claim.activity/r{n:05}"))
}

pub fn record(title: &str) -> (Cid, Bytes) {
    let value = map! { "$type" => "org.hypercerts.claim.activity", "title" => title };
    let bytes = Bytes::from(drisl::encode(&Value::Map(value)));
    (Cid::of_drisl(&bytes), bytes)
}

pub fn create(path: &RepoPath, title: &str) -> Write {
    let (cid, record) = record(title);
    Write::Create { path: path.clone(), record, cid }
}

pub fn update(path: &RepoPath, title: &str) -> Write {
    let (cid, record) = record(title);
    Write::Update { path: path.clone(), record, cid }
}

pub fn delete(path: &RepoPath) -> Write {
    Write::Delete { path: path.clone() }
}

/// An account with its repository in memory. It keeps every block it ever wrote.
pub struct Account {
    pub did: Did,
    pub key: SecretKey,
    pub blocks: MemoryBlocks,
    pub head: Option<Head>,
}

impl Account {
    /// An account that never committed.
    pub fn new() -> Self {
        let (did, key) = (did("alice234567abcdefghijklm"), key(7));
        Account { did, key, blocks: MemoryBlocks::new(), head: None }
    }

    /// An account with an empty repository.
    pub fn with_repo() -> Self {
        let mut account = Account::new();
        let first = create_repo(account.did.clone(), account.next_rev(), &account.key);
        account.take_over(&first);
        account
    }

    /// An account with this many claims.
    pub fn with_claims(count: u32) -> Self {
        let mut account = Account::with_repo();
        let writes: Vec<Write> =
            (0..count).map(|n| create(&claim(n), &format!("claim {n}"))).collect();
        for batch in writes.chunks(200) {
            account.write(batch).unwrap();
        }
        account
    }

    pub fn next_rev(&self) -> Tid {
        Tid::next_after(self.head.map(|head| head.rev), NOW, 1)
    }

    pub fn draft(&self, writes: &[Write]) -> Result<CommitData, WriteError> {
        let (head, rev) = (self.head.as_ref(), self.next_rev());
        apply_writes(&self.blocks, head, &self.did, rev, &self.key, writes)
    }

    pub fn write(&mut self, writes: &[Write]) -> Result<CommitData, WriteError> {
        let commit = self.draft(writes)?;
        self.take_over(&commit);
        Ok(commit)
    }

    fn take_over(&mut self, commit: &CommitData) {
        self.blocks.extend(commit.new_blocks());
        self.head = Some(commit.head);
    }

    pub fn head(&self) -> Head {
        self.head.unwrap()
    }

    /// What a consumer says who held `known` and receives this commit.
    pub fn receive(
        &self,
        commit: &CommitData,
        known: Option<&Head>,
    ) -> Result<VerifiedCommit, VerifyError> {
        let blocks = commit.event_car();
        let event = event(&self.did, commit, &blocks);
        verify_commit_event(&event, &self.key.public(), known, NOW)
    }
}

/// The event that announces a commit.
pub fn event<'a>(did: &'a Did, commit: &'a CommitData, blocks: &'a [u8]) -> CommitEventParts<'a> {
    CommitEventParts {
        did,
        rev: commit.head.rev,
        since: commit.since,
        prev_data: commit.prev_data,
        commit: commit.head.commit,
        ops: &commit.ops,
        blocks,
    }
}

/// A file of the interop vectors.
pub fn interop(name: &str) -> String {
    let path = format!("{}/../../fixtures/interop/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn interop_json(name: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(&interop(name)).unwrap()
}

/// A recorded file from outside the project.
pub fn recorded(name: &str) -> Vec<u8> {
    let root = std::env::var("HYPERCERTS_TEST_DATA").expect("HYPERCERTS_TEST_DATA is set");
    let path = format!("{root}/recorded/{name}");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
