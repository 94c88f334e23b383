//! Who may make an account: whoever can reach the server, or where the operator wants it so,
//! whoever has an invitation.
//!
//! An invitation is a code that is good for so many accounts. It is used up in the transaction that
//! makes the account, so that of two who come at once with the last use one gets in.

use hypercerts_lexicon::Did;
use rusqlite::Connection;
use url::Host;

use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Status};
use crate::store::invites::{self, FOR_NOBODY, Invite};
use crate::store::{StoreError, WriteTx};

/// Accounts that can be made with one code.
const MAX_USES: u32 = 1_000;
/// Codes that are made at once, for all accounts together.
const MAX_CODES: usize = 1_000;
/// Bytes a code takes, roughly.
const WEIGHT: usize = 256;

/// What somebody shows to be let in.
#[derive(Clone, Debug)]
pub struct Admission {
    required: bool,
    code: Option<String>,
}

impl Admission {
    /// People type capitals or not, and blanks around.
    pub fn new(server: &Server, code: Option<&str>) -> Self {
        let code = code.map(|code| code.trim().to_ascii_lowercase());
        let code = code.filter(|code| !code.is_empty());
        Self { required: server.config.invites_required, code }
    }

    /// The invitation that is to be used, if one is needed or given.
    ///
    /// # Errors
    /// A refusal if one is needed and none is given, or the one given is not good.
    pub fn check(&self, connection: &Connection) -> Result<Option<Invite>, Error> {
        let Some(code) = &self.code else {
            return if self.required { Err(Refusal::InviteMissing.into()) } else { Ok(None) };
        };
        let invite = invites::by_code(connection, code)?.ok_or(Refusal::InviteWrong)?;
        let good = !invite.disabled && invite.uses < invite.available;
        match good && !inviter_is_taken_down(connection, &invite)? {
            true => Ok(Some(invite)),
            false => Err(Refusal::InviteWrong.into()),
        }
    }

    /// As [`Self::check`], before anything is done that a refusal would undo.
    pub async fn check_early(&self, server: &Server) -> Result<(), Error> {
        let admission = self.clone();
        let check = move |connection: &Connection| admission.check(connection).map(drop);
        server.store.readers.read(check).await
    }
}

fn inviter_is_taken_down(connection: &Connection, invite: &Invite) -> Result<bool, Error> {
    let Ok(did) = Did::parse(&invite.for_account) else { return Ok(false) };
    let inviter = accounts::by_did(connection, &did)?;
    Ok(inviter.is_some_and(|inviter| inviter.status == Status::TakenDown))
}

/// Notes that `did` was let in.
pub fn redeem(tx: &WriteTx<'_>, invite: Option<&Invite>, did: &Did) -> Result<(), StoreError> {
    let Some(invite) = invite else { return Ok(()) };
    Ok(invites::note_use(tx.connection, invite, did, tx.now)?)
}

/// Codes that were made for somebody.
pub struct Made {
    pub for_account: String,
    pub codes: Vec<String>,
}

/// Makes `count` codes for each of the accounts, each good for `uses` new ones; for no account,
/// they are the operator's own.
pub async fn create(
    server: &Server,
    for_accounts: Option<Vec<Did>>,
    count: usize,
    uses: u32,
) -> Result<Vec<Made>, Error> {
    let whom = for_accounts.unwrap_or_default();
    let of = |for_account: String| {
        let codes = (0..count).map(|_| draw_code(server)).collect();
        Made { for_account, codes }
    };
    if !(1..=MAX_USES).contains(&uses) {
        let rule = format!("useCount is {uses}; a code is good for 1 to {MAX_USES} accounts.");
        return Err(Refusal::invalid(rule).into());
    }
    if count == 0 || count.saturating_mul(whom.len().max(1)) > MAX_CODES {
        let rule = format!("1 to {MAX_CODES} codes are made at once.");
        return Err(Refusal::invalid(rule).into());
    }
    let made: Vec<Made> = match whom.is_empty() {
        true => vec![of(FOR_NOBODY.to_owned())],
        false => whom.iter().map(|did| of(did.to_string())).collect(),
    };
    let rows: Vec<(String, String)> = made.iter().flat_map(rows).collect();
    let weight = WEIGHT * rows.len();
    let insert = move |tx: &mut WriteTx<'_>| {
        whom.iter().try_for_each(|did| check_may_invite(tx, did))?;
        for (code, for_account) in &rows {
            invites::insert(tx.connection, code, uses, for_account, tx.now)?;
        }
        Ok(())
    };
    server.store.writer.write(weight, insert).await?;
    tracing::info!(
        codes = made.iter().map(|one| one.codes.len()).sum::<usize>(),
        uses,
        "invitations are made"
    );
    Ok(made)
}

fn rows(made: &Made) -> impl Iterator<Item = (String, String)> {
    made.codes.iter().map(|code| (code.clone(), made.for_account.clone()))
}

fn check_may_invite(tx: &WriteTx<'_>, did: &Did) -> Result<(), Error> {
    let account = accounts::by_did(tx.connection, did)?;
    let account = account.ok_or_else(|| Refusal::SubjectNotFound(did.to_string()))?;
    match accounts::details(tx.connection, account.id)? {
        Some(details) if details.invites_disabled => Err(Refusal::invalid(format!(
            "{did} is to get no invitations; enable them for it first."
        ))
        .into()),
        _ => Ok(()),
    }
}

/// Begins with the server's name, whose dots become hyphens so that nothing takes it for a link.
fn draw_code(server: &Server) -> String {
    let host = server.config.public_url.host().as_ref().map(Host::to_string).unwrap_or_default();
    let name: String = host.chars().filter(|c| !"[]".contains(*c)).collect();
    format!("{}-{}", name.replace(['.', ':'], "-"), crate::random::mailed_code())
        .to_ascii_lowercase()
}

/// Makes codes worthless: those named, and all that were made for some accounts. If one of those
/// named does not exist, none is: a mistyped code must not seem to be out of use.
pub async fn disable(
    server: &Server,
    codes: Vec<String>,
    accounts: Vec<String>,
) -> Result<(), Error> {
    if accounts.iter().any(|account| account == FOR_NOBODY) {
        let rule = "The operator's own codes are disabled one by one, in codes.";
        return Err(Refusal::invalid(rule).into());
    }
    let weight = WEIGHT * (codes.len() + accounts.len());
    let codes: Vec<String> = codes.iter().map(|code| code.trim().to_ascii_lowercase()).collect();
    let disable = move |tx: &mut WriteTx<'_>| {
        // What a refused job has written stays, so all are looked for before any is disabled.
        for code in &codes {
            if invites::by_code(tx.connection, code)?.is_none() {
                let rule = format!("There is no invite code {code}; no code was disabled.");
                return Err(Refusal::invalid(rule).into());
            }
        }
        for code in &codes {
            invites::disable(tx.connection, code)?;
        }
        for account in &accounts {
            invites::disable_made_for(tx.connection, account)?;
        }
        Ok(())
    };
    server.store.writer.write(weight, disable).await?;
    tracing::info!("invitations are disabled");
    Ok(())
}
