//! The bounds. Figures are those the public network's servers use, so that well-behaved clients
//! meet the same ones here.

use std::time::Duration;

use hypercerts_xrpc::nsid::{group, identity, repo, server};

use crate::pages::SIGN_IN_CODE;

const MINUTES: u64 = 60;
const HOUR: u64 = 60 * MINUTES;
const DAY: u64 = 24 * HOUR;

/// No window is longer.
pub const LONGEST: Duration = Duration::from_secs(DAY);

/// So many points in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    /// Tells bounds with the same figures apart.
    name: &'static str,
    pub points: u32,
    pub window: Duration,
}

const fn quota(name: &'static str, points: u32, seconds: u64) -> Quota {
    Quota { name, points, window: Duration::from_secs(seconds) }
}

/// How much one account may write: see [`crate::permission::WriteAction::points`].
pub fn of_writes() -> [Option<Quota>; 2] {
    [Some(quota("writes", 5_000, HOUR)), Some(quota("writes-day", 35_000, DAY))]
}

/// How often one account may have this server call another service.
pub fn of_proxied() -> Quota {
    quota("proxied", 3_000, 5 * MINUTES)
}

/// Mail that whoever knows where it goes can have sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    PasswordReset,
    SignInCode,
}

/// How much of such mail one reader gets because of one network, and because of all of them.
pub fn of_mail(mail: Mail) -> [Quota; 2] {
    match mail {
        Mail::PasswordReset => [quota("resets-of-one", 5, HOUR), quota("resets-of-all", 20, HOUR)],
        Mail::SignInCode => [quota("codes-of-one", 5, HOUR), quota("codes-of-all", 20, HOUR)],
    }
}

/// What holds for one address, whoever asks from it: everything together, and some methods besides.
pub fn by_address(method: &str) -> [Option<Quota>; 3] {
    let (short, long) = match method {
        server::CREATE_ACCOUNT | group::REGISTER => {
            (Some(quota("createAccount", 100, 5 * MINUTES)), None)
        }
        server::CREATE_SESSION => (
            Some(quota("createSession", 300, 5 * MINUTES)),
            Some(quota("createSession-day", 3_000, DAY)),
        ),
        server::RESERVE_SIGNING_KEY => (
            Some(quota("reserveSigningKey", 10, 5 * MINUTES)),
            Some(quota("reserveSigningKey-day", 50, DAY)),
        ),
        server::RESET_PASSWORD => (Some(quota("resetPassword", 50, 5 * MINUTES)), None),
        server::REQUEST_PASSWORD_RESET => (Some(quota("requestPasswordReset", 15, HOUR)), None),
        // Each asks other servers anew, whatever is remembered.
        identity::REFRESH_IDENTITY => (Some(quota("refreshIdentity", 100, 5 * MINUTES)), None),
        // For some it is the everyday way in, and an office has one address.
        SIGN_IN_CODE => (Some(quota("signInCode", 60, HOUR)), None),
        server::DELETE_ACCOUNT => (Some(quota("deleteAccount", 50, 5 * MINUTES)), None),
        _ => (None, None),
    };
    [Some(quota("requests", 3_000, 5 * MINUTES)), short, long]
}

/// What holds for one account, from wherever it is used.
pub fn by_account(method: &str) -> [Option<Quota>; 2] {
    let mails = [Some(quota("mails", 15, HOUR)), Some(quota("mails-day", 60, DAY))];
    match method {
        group::REGISTER => [Some(quota("registerGroup", 50, DAY)), None],
        repo::UPLOAD_BLOB | group::UPLOAD_BLOB => [Some(quota("uploadBlob", 1_000, DAY)), None],
        repo::IMPORT_REPO => [Some(quota("importRepo", 20, HOUR)), None],
        identity::UPDATE_HANDLE => {
            [Some(quota("updateHandle", 10, 5 * MINUTES)), Some(quota("updateHandle-day", 50, DAY))]
        }
        identity::REQUEST_PLC_OPERATION_SIGNATURE
        | server::REQUEST_EMAIL_CONFIRMATION
        | server::REQUEST_EMAIL_UPDATE
        | server::REQUEST_ACCOUNT_DELETE => mails,
        _ => [None, None],
    }
}
