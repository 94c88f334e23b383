//! Codes that an owner gets by mail and enters to show that the address is theirs.
//!
//! A code is ten characters, 50 bits, good for 15 minutes and for one thing; a new one for the same
//! thing replaces it. Only its hash is kept.

use std::sync::Arc;

use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use crate::account::status;
use crate::error::{Error, Refusal};
use crate::mail::{self, letters};
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::mailed_tokens::{self, MailedToken};
use crate::store::{AccountId, WriteTx};

const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// Bytes a code and its mail write, roughly.
const WEIGHT: usize = 4096;

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    ConfirmEmail,
    UpdateEmail,
    ResetPassword,
    DeleteAccount,
    PlcOperation,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm-email",
            Self::UpdateEmail => "update-email",
            Self::ResetPassword => "reset-password",
            Self::DeleteAccount => "delete-account",
            Self::PlcOperation => "plc-operation",
        }
    }
}

/// Mails a code to the owner of `account`.
///
/// # Errors
/// A refusal if the account has no address to mail to.
pub async fn mail(server: &Arc<Server>, account: &Account, purpose: Purpose) -> Result<(), Error> {
    let (worker, id) = (Arc::clone(server), account.id);
    let post = move |tx: &mut WriteTx<'_>| {
        let account = status::present(tx, id)?;
        let missing = || {
            Refusal::invalid(
                "The account has no e-mail address to send a code to; give it one on the account's \
                 page, or with `hypercerts account email ADDRESS`.",
            )
        };
        let email = account.email.as_deref().ok_or_else(missing)?;
        post(tx, &worker, &account, email, purpose)
    };
    server.store.writer.write(WEIGHT, post).await?;
    server.mail_posted.notify_one();
    Ok(())
}

/// The same within a transaction. Whoever calls it wakes the mailer.
pub fn post(
    tx: &WriteTx<'_>,
    server: &Server,
    account: &Account,
    email: &str,
    purpose: Purpose,
) -> Result<(), Error> {
    let code = crate::random::mailed_code();
    let token = MailedToken {
        account: account.id,
        purpose: purpose.name(),
        hash: hash(&code),
        expires_at: tx.now + LIFETIME,
    };
    mailed_tokens::upsert(tx.connection, &token)?;
    let host = server.config.public_url.origin().ascii_serialization();
    let letter = letters::code(email, &account.handle, &host, purpose, &code);
    Ok(mail::post(tx, &letter)?)
}

/// Uses a code up. Call inside the transaction that does what it allows, before anything is written.
pub fn redeem(
    tx: &WriteTx<'_>,
    account: AccountId,
    purpose: Purpose,
    code: &str,
) -> Result<(), Error> {
    let found = mailed_tokens::find(tx.connection, purpose.name(), &hash(code))?;
    check(tx, found.filter(|token| token.account == account)).map(drop)
}

/// Uses a code up that says itself whose it is.
pub fn redeem_whosever(tx: &WriteTx<'_>, purpose: Purpose, code: &str) -> Result<AccountId, Error> {
    check(tx, mailed_tokens::find(tx.connection, purpose.name(), &hash(code))?)
}

fn check(tx: &WriteTx<'_>, found: Option<MailedToken>) -> Result<AccountId, Error> {
    let token = found.ok_or(Refusal::WrongCode)?;
    if token.expires_at < tx.now {
        return Err(Refusal::ExpiredCode.into());
    }
    mailed_tokens::delete(tx.connection, token.account, token.purpose)?;
    Ok(token.account)
}

/// People type capitals or not, and blanks around.
fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.trim().to_ascii_uppercase().as_bytes()).into()
}
