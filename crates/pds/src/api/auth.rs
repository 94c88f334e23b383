//! Who calls.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::{AtIdentifier, Did};
use hypercerts_xrpc::tokens::AccessScope;
use hypercerts_xrpc::{Bearer, XrpcError};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::account::status::inactive;
use crate::error::{Error, Refusal};
use crate::limits;
use crate::oauth::access;
use crate::oauth::scope::Scopes;
use crate::permission::Need;
use crate::server::Server;
use crate::store::accounts::{self, Account, Status};
use crate::store::sessions;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Somebody with a good access token, whatever it began with.
pub struct Caller {
    pub account: Arc<Account>,
    authority: Authority,
}

/// What a caller's token allows.
enum Authority {
    /// A session that began with a password.
    Session(AccessScope),
    /// An app that the owner connected.
    OAuth(Scopes),
}

impl Caller {
    /// Refuses what the caller's token does not allow.
    pub fn require(&self, need: &Need<'_>) -> Result<(), Refusal> {
        match &self.authority {
            Authority::Session(scope) => need.met_by_session(*scope),
            Authority::OAuth(scopes) => need.met_by_scopes(scopes),
        }
    }

    /// Whether it is an app that the owner connected.
    pub fn is_app(&self) -> bool {
        matches!(self.authority, Authority::OAuth(_))
    }

    /// Everybody writes to their own repository only.
    pub fn require_own_repo(&self, repo: &AtIdentifier) -> Result<(), Refusal> {
        let own = match repo {
            AtIdentifier::Did(did) => *did == self.account.did,
            AtIdentifier::Handle(handle) => *handle == self.account.handle,
        };
        if own { Ok(()) } else { Err(Refusal::NotYourRepo(repo.to_string())) }
    }

    /// Writing is for accounts that the world can see.
    pub fn require_active(&self) -> Result<(), Refusal> {
        if self.account.status.is_active() { Ok(()) } else { Err(inactive(&self.account)) }
    }
}

impl FromRequestParts<Arc<Server>> for Caller {
    type Rejection = XrpcError;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, XrpcError> {
        let (account, authority) = match access::token(parts) {
            Some(token) => {
                let (account, scopes) = access::authenticate(server, parts, token).await?;
                (account, Authority::OAuth(scopes))
            }
            None => session(server, parts).await?,
        };
        server.limits.charge_account(method(parts), &account.did)?;
        Ok(Self { account, authority })
    }
}

/// A session that began with a password.
async fn session(server: &Server, parts: &Parts) -> Result<(Arc<Account>, Authority), XrpcError> {
    let Bearer(token) = Bearer::from_headers(&parts.headers)?;
    let now = Timestamp::now();
    let claims = server.tokens.verify_access(&token, now)?;
    let (subject, session) = (claims.subject, claims.session);
    let read = move |connection: &Connection| {
        let account = accounts::by_did(connection, &subject)?.ok_or(Refusal::SessionEnded)?;
        let goes_on = sessions::is_open(connection, account.id, &session, now)?;
        Ok((account, goes_on))
    };
    let (account, goes_on) = server.store.readers.read(read).await?;
    // Says more than that the session has ended, as it did with the takedown.
    if account.status == Status::TakenDown && claims.scope != AccessScope::TakenDown {
        return Err(Refusal::AccountTakedown.into());
    }
    match goes_on {
        true => Ok((Arc::new(account), Authority::Session(claims.scope))),
        false => Err(Refusal::SessionEnded.into()),
    }
}

/// Whose repository a request is about, if it is served to the world or to whoever asks: owners see
/// their own whatever its status, so that they can take it away.
pub struct Viewer(Option<Arc<Account>>);

impl Viewer {
    pub async fn repo(&self, server: &Server, did: Did) -> Result<Arc<Account>, Error> {
        match &self.0 {
            Some(owner) if owner.did == did => Ok(Arc::clone(owner)),
            _ => server.accounts.repo(&AtIdentifier::Did(did)).await,
        }
    }
}

impl FromRequestParts<Arc<Server>> for Viewer {
    type Rejection = std::convert::Infallible;

    /// Whoever shows no token, or a bad one, sees what everybody sees.
    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        let caller = Caller::from_request_parts(parts, server).await;
        Ok(Self(caller.ok().map(|caller| caller.account)))
    }
}

/// The method that is asked for; empty for what is no method.
pub fn method(parts: &Parts) -> &str {
    parts.uri.path().strip_prefix("/xrpc/").unwrap_or_default()
}

/// The address a request comes from, if whoever serves the router says: the connection's, or if
/// that is a proxy of ours the one it names.
pub struct Peer(pub Option<IpAddr>);

impl Peer {
    pub fn of(request: &Parts, trusted_proxies: &[IpAddr]) -> Self {
        let connected = request.extensions.get::<ConnectInfo<SocketAddr>>();
        let mut address = connected.map(|ConnectInfo(address)| address.ip().to_canonical());
        // Every proxy appends whom it was asked by, so the list is believed from its end, as far
        // as those who wrote it are trusted.
        let mut forwarded = forwarded_for(&request.headers);
        let said = !forwarded.is_empty();
        while let Some(proxy) = address
            && trusted_proxies.contains(&proxy)
            && let Some(behind) = forwarded.pop()
        {
            address = Some(behind);
        }
        if !said && request.headers.contains_key(FORWARDED_FOR) {
            warn_of_proxy(address, trusted_proxies);
        }
        Self(address)
    }
}

/// Says, once, that a proxy of ours names whom it asks for in a way that is not understood: then
/// everybody is one, or nobody is bounded.
fn warn_of_proxy(address: Option<IpAddr>, trusted_proxies: &[IpAddr]) {
    static SAID: Once = Once::new();
    if let Some(proxy) = address.filter(|address| trusted_proxies.contains(address)) {
        SAID.call_once(|| {
            tracing::warn!(%proxy, "the proxy's X-Forwarded-For does not end in an address, so rate limits do not hold");
        });
    }
}

fn forwarded_for(headers: &HeaderMap) -> Vec<IpAddr> {
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(','));
    // What is no address ends the list: nothing before it can be believed.
    let mut addresses: Vec<IpAddr> = names.rev().map_while(|name| address(name.trim())).collect();
    addresses.reverse();
    addresses
}

/// Some proxies write the port too, and brackets around addresses of IPv6.
fn address(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let with_port = || name.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

impl FromRequestParts<Arc<Server>> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts, &server.config.trusted_proxies))
    }
}

/// Middleware: counts every request against the bounds of its address, and says on the answer how
/// much is left of whatever it was counted against.
pub async fn count(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let refuse = |refusal| XrpcError::from(refusal).into_response();
    counted(&server, method, refuse, request, next).await
}

/// The same for what is asked for by another name than a method's.
pub async fn counted(
    server: &Server,
    method: fn(&Parts) -> &str,
    refuse: fn(Refusal) -> Response,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Peer(address) = Peer::of(&parts, &server.config.trusted_proxies);
    let request = async {
        match server.limits.charge_address(method(&parts)) {
            Ok(()) => next.run(Request::from_parts(parts, body)).await,
            Err(refusal) => refuse(refusal),
        }
    };
    limits::announce(limits::asked_by(server.limits.network(address), request)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(connected: &str, forwarded: &[&str]) -> Option<IpAddr> {
        let mut request = Request::new(axum::body::Body::empty());
        let connected: SocketAddr = connected.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(connected));
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.7".parse().unwrap()];
        Peer::of(&request.into_parts().0, &trusted).0
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert_eq!(peer("203.0.113.5:1", &["198.51.100.1"]), ip("203.0.113.5"));
        assert_eq!(peer("127.0.0.1:1", &["198.51.100.1"]), ip("198.51.100.1"));
        assert_eq!(peer("127.0.0.1:1", &["6.6.6.6, 198.51.100.1"]), ip("198.51.100.1"));
        assert_eq!(peer("127.0.0.1:1", &["198.51.100.1", "10.0.0.7"]), ip("198.51.100.1"));
        assert_eq!(peer("127.0.0.1:1", &["198.51.100.1, unknown"]), ip("127.0.0.1"));
        assert_eq!(peer("127.0.0.1:1", &["198.51.100.1:5555"]), ip("198.51.100.1"));
        assert_eq!(peer("127.0.0.1:1", &["[2001:db8::1]:5555"]), ip("2001:db8::1"));
        assert_eq!(peer("127.0.0.1:1", &["[2001:db8::1]"]), ip("2001:db8::1"));
        assert_eq!(
            peer("127.0.0.1:1", &["6.6.6.6, 198.51.100.1:1, 10.0.0.7:2"]),
            ip("198.51.100.1")
        );
        assert_eq!(peer("[::ffff:203.0.113.5]:1", &[]), ip("203.0.113.5"));
        assert_eq!(peer("127.0.0.1:1", &[]), ip("127.0.0.1"));
    }
}
