//! Writing the world: accounts first, then each record as its author.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hypercerts_lexicon::Handle;
use hypercerts_xrpc::client::{ClientError, NewAccount, Session, Written, XrpcClient};
use serde_json::{Map, Value, json};

use super::DemoError;
use super::world::{self, Entry, FILES, Known, World};
use crate::files;

/// The password all demonstration accounts share is kept here, readable by its owner only.
const PASSWORD_FILE: &str = "demo-password";

/// What is now in the network.
pub enum Filled {
    /// The world was written: so many accounts and records.
    Written { accounts: usize, records: usize, password_file: PathBuf },
    /// There were accounts already; nothing was touched.
    NotEmpty,
}

/// Fills the PDS behind `client` if it has no accounts yet. `domain` is what its handles end in, such as
/// `.test`; `progress` is told after each record how many are written and how many there are.
pub async fn fill(
    client: &XrpcClient,
    domain: &str,
    data: &Path,
    progress: impl Fn(usize, usize),
) -> Result<Filled, DemoError> {
    if has_accounts(client).await? {
        return Ok(Filled::NotEmpty);
    }
    let world = World::read()?;
    let password_file = data.join(PASSWORD_FILE);
    let password = new_password(&password_file)?;
    let mut scene = Scene::default();
    for account in &world.accounts {
        let session = sign_up(client, account, domain, &password).await?;
        scene.people.insert(account.clone(), session);
    }
    for (written, entry) in world.records.iter().enumerate() {
        scene.write(entry).await?;
        progress(written + 1, world.records.len());
    }
    Ok(Filled::Written {
        accounts: world.accounts.len(),
        records: world.records.len(),
        password_file,
    })
}

async fn has_accounts(client: &XrpcClient) -> Result<bool, DemoError> {
    let answer: Value = client
        .query(hypercerts_xrpc::nsid::sync::LIST_REPOS, &[("limit", "1")])
        .await
        .map_err(|source| refused("the PDS", source))?;
    Ok(answer["repos"].as_array().is_some_and(|repos| !repos.is_empty()))
}

/// A password nobody can guess, kept where only the owner of the data can read it.
fn new_password(file: &Path) -> Result<String, DemoError> {
    let failed = |source| DemoError::Password { path: file.to_path_buf(), source };
    let mut bytes = [0u8; 12];
    getrandom::fill(&mut bytes).map_err(|error| failed(std::io::Error::other(error)))?;
    let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    files::write_private(file, password.as_bytes()).map_err(failed)?;
    Ok(password)
}

async fn sign_up(
    client: &XrpcClient,
    account: &str,
    domain: &str,
    password: &str,
) -> Result<Session, DemoError> {
    let handle = Handle::parse(&format!("{account}{domain}"))
        .map_err(|error| DemoError::World(error.to_string()))?;
    let email = format!("{account}@demo.invalid");
    let new = NewAccount { handle: &handle, password, email: Some(&email), invite_code: None };
    Session::create_account(client.clone(), &new).await.map_err(|source| refused(account, source))
}

fn refused(account: &str, source: ClientError) -> DemoError {
    DemoError::Call { account: account.to_owned(), source: Box::new(source) }
}

/// Who is there and what they have written so far.
#[derive(Default)]
struct Scene {
    people: BTreeMap<String, Session>,
    written: BTreeMap<String, Written>,
    /// By author and file: a blob belongs to the repository that refers to it.
    blobs: BTreeMap<(String, String), Value>,
}

/// The scene as one author sees it.
struct SeenBy<'a> {
    scene: &'a Scene,
    author: &'a str,
}

impl Known for SeenBy<'_> {
    fn reference(&self, name: &str) -> Option<Map<String, Value>> {
        let written = self.scene.written.get(name)?;
        json!({ "uri": written.uri, "cid": written.cid }).as_object().cloned()
    }

    fn did(&self, account: &str) -> Option<Value> {
        Some(json!(self.scene.people.get(account)?.did()))
    }

    fn blob(&self, file: &str) -> Option<Value> {
        self.scene.blobs.get(&(self.author.to_owned(), file.to_owned())).cloned()
    }
}

impl Scene {
    async fn write(&mut self, entry: &Entry) -> Result<(), DemoError> {
        for file in world::files_of(&entry.value) {
            self.upload(&entry.by, file).await?;
        }
        let record = world::resolve(&entry.value, &SeenBy { scene: self, author: &entry.by })?;
        let session = self.person(&entry.by)?;
        let written = match &entry.rkey {
            Some(rkey) => session.put_record(&entry.collection, rkey, &record).await,
            None => session.create_record(&entry.collection, &record).await,
        };
        let written = written.map_err(|source| refused(&entry.by, source))?;
        if let Some(name) = &entry.name {
            self.written.insert(name.clone(), written);
        }
        Ok(())
    }

    async fn upload(&mut self, author: &str, file: &str) -> Result<(), DemoError> {
        let (_, mime_type, bytes) = FILES
            .iter()
            .find(|(name, ..)| *name == file)
            .ok_or_else(|| DemoError::World(format!("no file named {file}")))?;
        let session = self.person(author)?;
        let blob = session
            .upload_blob(mime_type, *bytes)
            .await
            .map_err(|source| refused(author, source))?;
        self.blobs.insert(
            (author.to_owned(), file.to_owned()),
            json!(hypercerts_lexicon::Value::from(blob)),
        );
        Ok(())
    }

    fn person(&self, account: &str) -> Result<&Session, DemoError> {
        self.people
            .get(account)
            .ok_or_else(|| DemoError::World(format!("no account named {account}")))
    }
}
