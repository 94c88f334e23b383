//! Who an account is, as far as a bundle can show it.
//!
//! For a did:plc it can show everything: the DID is the hash of the first operation, and each
//! operation is signed by a key that the one before names. What stays a matter of trust are the
//! times the directory gives and that the log ends where it seems to. For a did:web there is only
//! what its host served while the bundle was made.

use bytes::Bytes;
use hypercerts_identity::plc::{LogEntry, PlcError, SignedOperation, VerifiedLog};
use hypercerts_identity::{DidDocument, DocumentError};
use hypercerts_lexicon::{Cid, Codec, Did, Value, drisl, map};
use hypercerts_repo::{Block, BlockStore, PublicKey};
use jiff::Timestamp;

use super::fields::{Fields, ShapeError};

const PLC: &str = "plc";
const WEB: &str = "web";

/// What is known of an account, in the form it is carried in.
#[derive(Debug, Clone)]
pub(super) enum Evidence {
    Log(VerifiedLog),
    Served { did: Did, document: Bytes },
}

/// An account, and the key that signs its repository. Those who only attest may have none.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub key: Option<PublicKey>,
    pub document: DidDocument,
}

/// Why a bundle does not show who an account is.
#[derive(Debug, thiserror::Error)]
pub(super) enum IdentityError {
    #[error("{what} {cid} is missing or damaged")]
    MissingBlock { what: &'static str, cid: Cid },
    #[error(transparent)]
    Shape(#[from] ShapeError),
    #[error("its log does not hold: {0}")]
    Log(#[from] PlcError),
    #[error("it was given up by its owner")]
    GivenUp,
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl Evidence {
    /// The block that the manifest links to, and the operations that it links to.
    pub fn blocks(&self) -> (Block, Vec<Block>) {
        match self {
            Self::Served { did, document } => {
                let served = map! {
                    "did" => did.as_str(),
                    "method" => WEB,
                    "document" => Value::Bytes(document.to_vec()),
                };
                (block(&Value::Map(served)), Vec::new())
            }
            Self::Log(log) => {
                let entries = log.entries().iter().map(entry_value).collect();
                let log_value = map! {
                    "did" => log.did().as_str(),
                    "method" => PLC,
                    "log" => Value::List(entries),
                };
                let operation =
                    |entry: &LogEntry| (entry.cid, Bytes::from(entry.operation.to_bytes()));
                (block(&Value::Map(log_value)), log.entries().iter().map(operation).collect())
            }
        }
    }

    /// Reads the evidence for `did` that begins with the block `cid`, and checks it.
    pub fn read(blocks: &dyn BlockStore, cid: Cid, did: &Did) -> Result<Self, IdentityError> {
        let bytes = fetch(blocks, cid, "the block")?;
        let value = drisl::decode(&bytes).map_err(|error| ShapeError::new(error.to_string()))?;
        let evidence = match value.get("method").and_then(Value::as_str) {
            Some(PLC) => Self::read_log(blocks, &value, did)?,
            _ => Self::read_served(&value)?,
        };
        match evidence.did() == did {
            true => Ok(evidence),
            false => Err(ShapeError::new(format!("it is that of {}", evidence.did())).into()),
        }
    }

    fn read_log(blocks: &dyn BlockStore, value: &Value, did: &Did) -> Result<Self, IdentityError> {
        let fields = Fields::of(value, "an identity", &["did", "method", "log"])?;
        let owner: Did = fields.parsed("did")?;
        let lines = fields.list("log", LogLine::read)?;
        let entries = lines.into_iter().map(|line| line.entry(blocks, &owner));
        let entries = entries.collect::<Result<Vec<_>, IdentityError>>()?;
        Ok(Self::Log(VerifiedLog::verify(did, entries)?))
    }

    fn read_served(value: &Value) -> Result<Self, IdentityError> {
        let fields = Fields::of(value, "an identity", &["did", "method", "document"])?;
        if fields.text("method")? != WEB {
            return Err(ShapeError::new("its method is neither plc nor web").into());
        }
        let document = Bytes::copy_from_slice(fields.bytes("document")?);
        Ok(Self::Served { did: fields.parsed("did")?, document })
    }

    /// Who signs for the account.
    pub fn account(&self) -> Result<Account, IdentityError> {
        let document = match self {
            Self::Log(log) => log.document().ok_or(IdentityError::GivenUp)?,
            Self::Served { did, document } => DidDocument::from_json(document)?.of(did)?,
        };
        Ok(Account { key: document.signing_key().ok(), document })
    }

    fn did(&self) -> &Did {
        match self {
            Self::Log(log) => log.did(),
            Self::Served { did, .. } => did,
        }
    }
}

fn block(value: &Value) -> Block {
    let bytes = Bytes::from(drisl::encode(value));
    (Cid::of_drisl(&bytes), bytes)
}

fn fetch(blocks: &dyn BlockStore, cid: Cid, what: &'static str) -> Result<Bytes, IdentityError> {
    let found = blocks.get(&cid).ok().flatten();
    found.ok_or(IdentityError::MissingBlock { what, cid })
}

fn entry_value(entry: &LogEntry) -> Value {
    Value::Map(map! {
        "operation" => entry.cid,
        "createdAt" => entry.created_at_text(),
        "nullified" => entry.nullified,
    })
}

/// A line of a log: an operation, and what the directory says about it.
struct LogLine {
    operation: Cid,
    created_at: Timestamp,
    nullified: bool,
}

impl LogLine {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let names = ["operation", "createdAt", "nullified"];
        let fields = Fields::of(value, "a line of a log", &names)?;
        Ok(Self {
            operation: fields.link("operation", Codec::Drisl)?,
            created_at: fields.parsed("createdAt")?,
            nullified: fields.flag("nullified")?,
        })
    }

    fn entry(self, blocks: &dyn BlockStore, did: &Did) -> Result<LogEntry, IdentityError> {
        let cid = self.operation;
        let operation = SignedOperation::from_bytes(&fetch(blocks, cid, "the operation")?)?;
        Ok(LogEntry {
            did: did.clone(),
            operation,
            cid,
            nullified: self.nullified,
            created_at: self.created_at,
        })
    }
}
