//! The PDS: writes that are on disk before they are acknowledged, reads, whole repositories, the event
//! stream, sessions of apps, memory and disk. Everything is done to this server and then, in smaller
//! amounts, to the reference PDS, by the same requests.

mod oauth;
mod reference;
mod weight;
mod work;

use std::path::{Path, PathBuf};

use hypercerts_xrpc::client::XrpcClient;

use crate::Outcome;
use crate::accounts::sign_up;
use crate::process::{Server, Usage};
use crate::report::{Figure, beside};

use reference::Reference;

/// A server under measurement.
pub struct Target {
    pub client: XrpcClient,
    pub pid: u32,
    /// Where it keeps everything.
    pub data: PathBuf,
}

/// How much is done.
struct Amounts {
    /// Records written one by one, by many accounts together.
    creates: usize,
    /// The same by one account, one after the other.
    in_sequence: usize,
    /// Records of the large repository.
    filled: usize,
    gets: usize,
    /// Pages of a hundred records.
    lists: usize,
    /// Events read from the beginning of the stream, as often as that takes.
    events: usize,
    refreshes: usize,
    accounts: usize,
}

const OURS: Amounts = Amounts {
    creates: 40_000,
    in_sequence: 3_000,
    filled: 50_000,
    gets: 20_000,
    lists: 2_000,
    events: 200_000,
    refreshes: 10_000,
    accounts: 10_000,
};

const REFERENCE: Amounts = Amounts {
    creates: 2_000,
    in_sequence: 500,
    filled: 20_000,
    gets: 5_000,
    lists: 400,
    events: 20_000,
    refreshes: 1_000,
    accounts: 500,
};

impl Amounts {
    fn divided(&self, by: usize) -> Self {
        Self {
            creates: self.creates / by,
            in_sequence: self.in_sequence / by,
            filled: self.filled / by,
            gets: self.gets / by,
            lists: self.lists / by,
            events: self.events / by,
            refreshes: self.refreshes / by,
            accounts: self.accounts / by,
        }
    }
}

pub async fn measure(binary: &Path, divide: usize) -> Outcome<()> {
    println!("\nThis server");
    let ours = {
        let server = Server::start(binary, "plc,pds", &["--rate-limits=false"])?;
        all(&Target::of(&server)?, &OURS.divided(divide)).await?
    };
    let Some(reference) = Reference::start(binary).await? else {
        println!("\nThe reference PDS is not here; `cargo xtask test` installs it.");
        return Ok(());
    };
    println!("\nThe reference PDS, npm @atproto/pds {}", reference.version()?);
    let theirs = all(reference.target(), &REFERENCE.divided(divide)).await?;
    beside(&ours, &theirs);
    Ok(())
}

async fn all(target: &Target, amounts: &Amounts) -> Outcome<Vec<Figure>> {
    let mut figures = vec![weight::idle(target).await];
    figures.extend(work::writing(target, amounts).await?);
    figures.extend(work::reading(target, amounts).await?);
    figures.extend(oauth::refreshing(target, amounts.refreshes).await?);
    figures.extend(weight::with_accounts(target, amounts.accounts).await?);
    Ok(figures)
}

impl Target {
    fn of(server: &Server) -> Outcome<Self> {
        Ok(Self {
            client: server.client("pds")?,
            pid: server.pid(),
            data: server.data().to_owned(),
        })
    }

    fn usage(&self) -> Usage {
        Usage::of(self.pid)
    }

    async fn one(&self, name: &str) -> Outcome<hypercerts_xrpc::client::Session> {
        sign_up(&self.client, name, 1).await?.pop().ok_or_else(|| "nobody signed up".into())
    }
}
