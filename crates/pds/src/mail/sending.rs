//! Handing mails to the mail server, one after the other.

use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::net::Smtp;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::{KEPT, Message};
use crate::error::{Error, OpenError};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::mail::{self, Queued};

/// Mails taken up at once.
const AT_ONCE: u32 = 20;
/// How often mails that could not be sent are looked at again, at least.
const PAUSE: Duration = Duration::from_secs(30);
/// Attempts, further and further apart; the last one comes about a day after the first.
const ATTEMPTS: u32 = 12;
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const WEIGHT: usize = 1024;

/// The mail server, if there is one.
pub fn transport(server: &Server) -> Result<Option<Smtp>, OpenError> {
    let Some(config) = &server.config.mail else { return Ok(None) };
    let smtp = Smtp::new(&config.smtp_url, &config.from);
    smtp.map(Some).map_err(|error| OpenError::Config(format!("mail cannot be sent: {error}")))
}

/// Runs until the server shuts down.
pub async fn run(server: Arc<Server>, smtp: Option<Smtp>) {
    loop {
        let outcome = match &smtp {
            Some(smtp) => send_due(&server, smtp).await,
            None => tidy(&server).await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "mails could not be looked at; it is tried again later");
        }
        let _ = tokio::time::timeout(PAUSE, server.mail_posted.notified()).await;
    }
}

async fn tidy(server: &Server) -> Result<(), Error> {
    let tidy = |tx: &mut WriteTx<'_>| Ok(mail::keep_newest(tx.connection, KEPT)?);
    server.store.writer.write(WEIGHT, tidy).await
}

async fn send_due(server: &Server, smtp: &Smtp) -> Result<(), Error> {
    loop {
        let now = Timestamp::now();
        let due = move |connection: &Connection| Ok(mail::due(connection, now, AT_ONCE)?);
        let due = server.store.readers.read(due).await?;
        if due.is_empty() {
            return Ok(());
        }
        for queued in due {
            send(server, smtp, queued).await?;
        }
    }
}

async fn send(server: &Server, smtp: &Smtp, queued: Queued) -> Result<(), Error> {
    let Message { to, subject, text } = Message::open(&server.vault, &queued.sealed)?;
    let Queued { id, attempts, .. } = queued;
    let until = match smtp.send(&to, &subject, &text).await {
        Ok(()) => None,
        Err(error) => {
            let last = error.is_final() || attempts + 1 >= ATTEMPTS;
            tracing::warn!(%error, last, "a mail was not taken");
            (!last).then(|| Timestamp::now() + FIRST_WAIT * 2_i32.saturating_pow(attempts))
        }
    };
    let settle = move |tx: &mut WriteTx<'_>| {
        match until {
            None => mail::delete(tx.connection, id)?,
            Some(until) => mail::put_off(tx.connection, id, until)?,
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, settle).await
}
