//! Browsers in which the owner is signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;

use crate::error::Error;
use crate::pages::account::{Day, day, owner};
use crate::pages::browser::{Browser, STAY};
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::server::Server;
use crate::store::devices::{self, Device, DeviceId};
use crate::store::{AccountId, WriteTx};

/// Bytes written, roughly.
const WEIGHT: usize = 256;

/// A browser as its owner recognises it.
pub struct KnownBrowser {
    pub id: i64,
    pub name: String,
    pub address: Option<String>,
    pub signed_in: Day,
    pub seen: Day,
    pub is_this: bool,
}

pub async fn list(
    server: &Server,
    browser: &Browser,
    account: AccountId,
) -> Result<Vec<KnownBrowser>, Error> {
    let since = Timestamp::now() - STAY;
    let this = browser.device(server).await?;
    let read = move |connection: &Connection| Ok(devices::of_account(connection, account, since)?);
    let devices = server.store.readers.read(read).await?;
    Ok(devices.into_iter().map(|device| KnownBrowser::of(device, this)).collect())
}

impl KnownBrowser {
    fn of(device: Device, this: Option<DeviceId>) -> Self {
        Self {
            id: device.id.0,
            name: name_of(&device.user_agent),
            address: device.address,
            signed_in: day(&device.signed_in_at),
            seen: day(&device.seen_at),
            is_this: this == Some(device.id),
        }
    }
}

/// `Firefox on Linux`: what can be told from how a browser describes itself, which is not much.
fn name_of(agent: &str) -> String {
    let first = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Those that also call themselves by another's name come before it.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "A browser".to_owned(),
    }
}

#[derive(Deserialize)]
pub struct End {
    account: String,
    id: i64,
}

pub async fn end(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(End { account, id }): Form<End>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&account)).await?;
    let account = owner.account.id;
    let end =
        move |tx: &mut WriteTx<'_>| Ok(devices::sign_out(tx.connection, DeviceId(id), account)?);
    server.store.writer.write(WEIGHT, end).await?;
    Ok(owner.back("browser-ended").into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_browser_is_called_what_its_owner_calls_it() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(super::name_of(chrome), "Chrome on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(super::name_of(phone), "Safari on iPhone");
        assert_eq!(super::name_of("curl/8"), "A browser");
    }
}
