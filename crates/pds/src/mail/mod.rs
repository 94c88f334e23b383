//! Mail to owners.
//!
//! A mail is stored, sealed, in the transaction that makes it necessary, and sent in the
//! background until the mail server has taken it or a day is over. Where no mail server is
//! configured the newest mails stay, for the developer to read.
//!
//! * [`letters`]: what they say.
//! * [`sending`]: the background work.

pub mod letters;
pub mod sending;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::server::Server;
use crate::store::{StoreError, WriteTx, mail};
use crate::vault::{Purpose, Vault};

/// Mails kept for the developer.
pub const KEPT: u32 = 100;
/// Bytes a mail takes, roughly.
const WEIGHT: usize = 2048;
/// Mails belong to the server, not to an account.
const OWNER: &str = "";

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Where mail is handed over.
#[derive(Clone)]
pub struct MailConfig {
    /// Such as `smtps://user:password@mail.example.org` or
    /// `smtp://user:password@mail.example.org:587?tls=required`.
    pub smtp_url: String,
    /// Whom mails are from, such as `Hypercerts <noreply@example.org>`.
    pub from: String,
}

impl Message {
    fn open(vault: &Vault, sealed: &[u8]) -> Result<Self, StoreError> {
        let corrupt = |why: String| StoreError::Corrupt(format!("a mail: {why}"));
        let text = vault.unseal(Purpose::Mail, OWNER, sealed);
        let text = text.map_err(|error| corrupt(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| corrupt(error.to_string()))
    }
}

/// Stores a mail to be sent once the transaction is on disk.
pub fn post(tx: &WriteTx<'_>, message: &Message) -> Result<(), StoreError> {
    let text =
        serde_json::to_vec(message).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    mail::insert(tx.connection, &tx.vault.seal(Purpose::Mail, OWNER, &text), tx.now)?;
    Ok(())
}

impl Server {
    /// Stores a mail to be sent; answers when it is on disk.
    pub async fn send_mail(&self, message: Message) -> Result<(), Error> {
        let post = move |tx: &mut WriteTx<'_>| Ok(post(tx, &message)?);
        self.store.writer.write(WEIGHT, post).await?;
        self.mail_posted.notify_one();
        Ok(())
    }

    /// The newest mails that were not sent, oldest first.
    pub async fn unsent_mails(&self) -> Result<Vec<Message>, Error> {
        let vault = std::sync::Arc::clone(&self.vault);
        let read = move |connection: &rusqlite::Connection| {
            let queued = mail::newest(connection, KEPT)?;
            let opened = queued.iter().map(|mail| Message::open(&vault, &mail.sealed));
            Ok(opened.collect::<Result<_, _>>()?)
        };
        self.store.readers.read(read).await
    }
}
