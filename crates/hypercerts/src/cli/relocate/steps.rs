//! The steps of a move, each of which may be done already.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::{Stream, stream};
use hypercerts_identity::Resolver;
use hypercerts_identity::plc::{PlcData, is_plc_did};
use hypercerts_lexicon::{Cid, Did, Handle};
use hypercerts_xrpc::client::{Arrival, ClientError, Session, XrpcClient};
use hypercerts_xrpc::nsid::{actor, identity, repo, server, sync};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use super::Move;
use super::journal::Journal;
use crate::cli::{CliError, ask, session};

/// Bytes of the largest repository that is moved.
const MAX_REPOSITORY: u64 = 8 << 30;
/// Bytes of the largest file that is moved.
const MAX_FILE: u64 = 1 << 30;
/// Bytes read from a file at once.
const PIECE: usize = 64 * 1024;
const CAR: &str = "application/vnd.ipld.car";

/// An account between two servers.
pub struct Removal {
    old: Session,
    to: XrpcClient,
    new: Option<Session>,
    resolver: Resolver,
    journal: Journal,
    bar: ProgressBar,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    did: Did,
    #[serde(default)]
    available_user_domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    activated: bool,
    valid_did: bool,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct MissingPage {
    cursor: Option<String>,
    blobs: Vec<Missing>,
}

#[derive(Deserialize)]
struct Missing {
    cid: Cid,
}

#[derive(Deserialize)]
struct Signed {
    operation: Value,
}

/// What an operation is to make of the identity.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wanted<'a> {
    token: &'a str,
    #[serde(flatten)]
    data: &'a PlcData,
}

impl Removal {
    pub fn new(
        old: Session,
        to: XrpcClient,
        resolver: Resolver,
        journal: Journal,
        bar: ProgressBar,
    ) -> Self {
        let new = journal.new_session(&to);
        Self { old, to, new, resolver, journal, bar }
    }

    /// The account exists at the new server, deactivated.
    pub async fn arrive(&mut self, wish: &Move) -> Result<(), CliError> {
        if self.new.is_some() {
            return Ok(());
        }
        self.bar.set_message("asking the new server for a place");
        let described: Described = self.to.query(server::DESCRIBE_SERVER, &()).await?;
        let handle = self.handle_at(&described, wish).await?;
        let password = wish.password.choose()?;
        let asked = [("aud", described.did.as_str()), ("lxm", server::CREATE_ACCOUNT)];
        let Token { token } = self.old.query(server::GET_SERVICE_AUTH, &asked).await?;
        let did = self.old.did().clone();
        let arrival = Arrival {
            did: &did,
            handle: &handle,
            password: &password,
            email: wish.email.as_deref(),
            invite_code: wish.invite_code(),
        };
        let new = match Session::arrive(self.to.clone(), &arrival, &token).await {
            Ok(new) => new,
            // The answer of an attempt before may have been lost on its way.
            Err(refused) => Session::login(self.to.clone(), did.as_str(), &password)
                .await
                .map_err(|_| CliError::Call(refused))?,
        };
        self.journal.note(&self.old, Some(&new)).await?;
        self.new = Some(new);
        self.done("The new server knows the account.");
        Ok(())
    }

    async fn handle_at(&self, described: &Described, wish: &Move) -> Result<Handle, CliError> {
        if let Some(handle) = &wish.handle {
            return Ok(handle.clone());
        }
        let present = self.old.data().await.handle;
        let old: Described = self.old.client().query(server::DESCRIBE_SERVER, &()).await?;
        let domain = old.available_user_domains.iter().find(|end| present.as_str().ends_with(*end));
        let (Some(domain), Some(there)) = (domain, described.available_user_domains.first()) else {
            return Ok(present);
        };
        let name = present.as_str().trim_end_matches(domain.as_str());
        Handle::parse(&format!("{name}{there}")).map_err(|why| CliError::usage(why.to_string()))
    }

    /// The new server has the repository.
    pub async fn bring_records(&mut self) -> Result<(), CliError> {
        if self.status().await?.activated {
            return Ok(());
        }
        self.bar.set_message("bringing the records along");
        let params = [("did", self.old.did().as_str())];
        let car = self.old.query_stream(sync::GET_REPO, &params, MAX_REPOSITORY).await?;
        let mut file = temporary()?;
        let length = save(car, &mut file).await?;
        let bytes = pieces(file);
        self.session()?.upload(repo::IMPORT_REPO, CAR, length, bytes).await?;
        self.done(&format!("The records are there ({length} bytes)."));
        Ok(())
    }

    /// The new server has every file that a record refers to.
    pub async fn bring_files(&mut self) -> Result<(), CliError> {
        if self.status().await?.activated {
            return Ok(());
        }
        let (mut count, mut cursor) = (0, None);
        loop {
            let params: Vec<(&str, String)> = cursor.map(|c| ("cursor", c)).into_iter().collect();
            let page: MissingPage =
                self.session()?.query(repo::LIST_MISSING_BLOBS, &params).await?;
            for missing in &page.blobs {
                count += 1;
                self.bar.set_message(format!("bringing files along: {count}"));
                self.bring_file(&missing.cid).await?;
            }
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        self.done(&format!("The files are there ({count} brought along)."));
        Ok(())
    }

    async fn bring_file(&self, cid: &Cid) -> Result<(), CliError> {
        let params = [("did", self.old.did().to_string()), ("cid", cid.to_string())];
        let body = self.old.query_stream(sync::GET_BLOB, &params, MAX_FILE).await?;
        let kind = body.headers().get("content-type").and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or("application/octet-stream").to_owned();
        let mut file = temporary()?;
        let length = save(body, &mut file).await?;
        Ok(self.session()?.upload(repo::UPLOAD_BLOB, &kind, length, pieces(file)).await?)
    }

    /// The new server has what apps keep privately for the account, if both servers keep such a thing.
    pub async fn bring_preferences(&mut self) -> Result<(), CliError> {
        if self.status().await?.activated {
            return Ok(());
        }
        let kept: Value = match self.old.query(actor::GET_PREFERENCES, &()).await {
            Ok(kept) => kept,
            Err(ClientError::Refused { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match self.session()?.command(actor::PUT_PREFERENCES, &kept).await {
            Ok(()) => self.done("The apps' preferences are there."),
            Err(ClientError::Refused { .. }) => {
                self.done("The new server keeps no apps' preferences; they stay behind.");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The DID leads to the new server.
    pub async fn change_identity(&mut self, code: Option<&str>) -> Result<(), CliError> {
        if self.status().await?.valid_did {
            return Ok(());
        }
        let wanted: PlcData =
            self.session()?.query(identity::GET_RECOMMENDED_DID_CREDENTIALS, &()).await?;
        let did = self.old.did().clone();
        if !is_plc_did(&did) {
            return Err(CliError::ByHand(did_web_words(&did, &wanted)));
        }
        if self.journal.operation().is_none() {
            self.sign_operation(&did, wanted, code).await?;
        }
        self.bar.set_message("changing the identity");
        let input = json!({ "operation": self.journal.operation() });
        let submitted = self.session()?.command(identity::SUBMIT_PLC_OPERATION, &input).await;
        if submitted.as_ref().is_err_and(|error| !error.is_transient()) {
            // Nor will it be taken later, as when another change came before it.
            self.journal.note_operation(None)?;
        }
        submitted?;
        self.done("The identity leads to the new server.");
        Ok(())
    }

    async fn sign_operation(
        &mut self,
        did: &Did,
        wanted: PlcData,
        code: Option<&str>,
    ) -> Result<(), CliError> {
        let code = self.code(code).await?;
        let data = self.with_own_keys(did, wanted).await?;
        let input = Wanted { token: &code, data: &data };
        let Signed { operation } = self.old.procedure(identity::SIGN_PLC_OPERATION, &input).await?;
        self.journal.note_operation(Some(operation))
    }

    /// The code that the old server mails to show that its owner wants this.
    async fn code(&self, given: Option<&str>) -> Result<String, CliError> {
        if let Some(code) = given {
            return Ok(code.to_owned());
        }
        self.old.trigger(identity::REQUEST_PLC_OPERATION_SIGNATURE).await?;
        if !ask::possible() {
            return Err(CliError::code_mailed(&self.old));
        }
        self.bar.suspend(|| ask::text("The code from the mail:", "Your present server sent it."))
    }

    /// Keys that are the owner's own, and not the old server's, stay in force.
    async fn with_own_keys(&self, did: &Did, mut wanted: PlcData) -> Result<PlcData, CliError> {
        let log = self.resolver.plc().verified_log(did).await.map_err(CliError::answer)?;
        let servers: PlcData =
            self.old.query(identity::GET_RECOMMENDED_DID_CREDENTIALS, &()).await?;
        let present = log.data().map(|data| data.rotation_keys.clone()).unwrap_or_default();
        let own = present.into_iter().filter(|key| !servers.rotation_keys.contains(key));
        let rotation_keys = own.chain(wanted.rotation_keys.clone());
        wanted.rotation_keys = dedup(rotation_keys);
        Ok(wanted)
    }

    /// The new server serves the account, and only then the old one stops.
    pub async fn settle(&mut self) -> Result<(), CliError> {
        if !self.status().await?.activated {
            self.bar.set_message("activating the account");
            self.session()?.trigger(server::ACTIVATE_ACCOUNT).await?;
            self.done("The new server serves the account.");
        }
        match self.old.command(server::DEACTIVATE_ACCOUNT, &json!({})).await {
            // A deactivated account may refuse to be deactivated, its session may have ended.
            Err(ClientError::Refused { .. }) | Ok(()) => {}
            Err(error) => return Err(error.into()),
        }
        self.done("The old server has stopped.");
        Ok(())
    }

    /// The commands to come act at the new home.
    pub async fn finish(self, directory: Url) -> Result<Session, CliError> {
        let new = self.session()?.clone();
        session::store(&new, directory).await?;
        self.journal.close()?;
        self.bar.finish_and_clear();
        Ok(new)
    }

    async fn status(&mut self) -> Result<Status, CliError> {
        let status = self.session()?.query(server::CHECK_ACCOUNT_STATUS, &()).await?;
        self.journal.note(&self.old, self.new.as_ref()).await?;
        Ok(status)
    }

    fn session(&self) -> Result<&Session, CliError> {
        self.new.as_ref().ok_or_else(|| CliError::answer("the new server gave no session"))
    }

    fn done(&self, what: &str) {
        self.bar.suspend(|| eprintln!("✓ {what}"));
    }
}

fn dedup(keys: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for key in keys {
        if !kept.contains(&key) {
            kept.push(key);
        }
    }
    kept
}

/// What the owner of a did:web has to do, as nobody else can.
fn did_web_words(did: &Did, wanted: &PlcData) -> String {
    let first = |map: &BTreeMap<String, String>| map.values().next().cloned().unwrap_or_default();
    let pds = wanted.services.get("atproto_pds").map(|service| service.endpoint.clone());
    format!(
        "the document of {did} is yours to change. Set in its did.json\n\n  \
         verificationMethod #atproto, publicKeyMultibase  {}\n  \
         service #atproto_pds, serviceEndpoint            {}\n  \
         alsoKnownAs                                      {}\n\n\
         and run the same command again",
        first(&wanted.verification_methods).trim_start_matches("did:key:"),
        pds.unwrap_or_default(),
        wanted.also_known_as.first().cloned().unwrap_or_default(),
    )
}

fn temporary() -> Result<File, CliError> {
    let failed = |source| CliError::File { path: std::env::temp_dir(), action: "written", source };
    tempfile::tempfile().map(File::from_std).map_err(failed)
}

/// Writes an answer to a file and goes back to its beginning; how many bytes it were.
async fn save(mut body: hypercerts_identity::net::Body, file: &mut File) -> Result<u64, CliError> {
    use tokio::io::AsyncSeekExt;
    let failed = |source| CliError::File { path: std::env::temp_dir(), action: "written", source };
    let mut length = 0;
    while let Some(bytes) = body.chunk().await? {
        length += bytes.len() as u64;
        file.write_all(&bytes).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    file.rewind().await.map_err(failed)?;
    Ok(length)
}

fn pieces(file: File) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = bytes::BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}
