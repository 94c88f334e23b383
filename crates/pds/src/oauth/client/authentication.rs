//! How a client shows that it is itself: a confidential one by an assertion that one of its
//! published keys signed (RFC 7523), a public one by its id alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::oauth::client::Client;
use crate::oauth::client::document::Method;
use crate::oauth::error::OAuthError;
use crate::oauth::jws::{Claims, Jws};
use crate::server::Server;
use crate::store::{WriteTx, oauth};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds an assertion is good for after it was made.
const LIFETIME: i64 = 60;
/// Seconds by which a client's clock may be wrong.
const SKEW: i64 = 30;
const MAX_JTI: usize = 256;
/// Bytes a remembered assertion writes, roughly.
const WEIGHT: usize = 128;

/// How a client authenticated. A session stays bound to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method")]
pub enum ClientAuth {
    #[serde(rename = "none")]
    Public,
    /// The thumbprint says more than the key's name, which another key may be given.
    #[serde(rename = "private_key_jwt")]
    PrivateKey { kid: String, thumbprint: String },
}

/// What a client sends along to authenticate.
#[derive(Clone, Default, Deserialize)]
pub struct Credentials {
    pub client_id: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
    client_secret: Option<String>,
}

impl ClientAuth {
    /// Authenticates `client`.
    pub async fn check(
        server: &Server,
        client: &Client,
        credentials: &Credentials,
    ) -> Result<Self, OAuthError> {
        if credentials.client_secret.is_some() {
            return Err(OAuthError::client("Client secrets are not used here."));
        }
        let assertion = match (&client.method, &credentials.client_assertion) {
            (Method::Public, None) => return Ok(Self::Public),
            (Method::Public, Some(_)) => {
                let why = "The client's metadata says that it does not authenticate, yet it does.";
                return Err(OAuthError::client(why));
            }
            (Method::PrivateKey { .. }, None) => {
                let why = "The client has to authenticate with a client_assertion.";
                return Err(OAuthError::client(why));
            }
            (Method::PrivateKey { .. }, Some(assertion)) => assertion,
        };
        if credentials.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) {
            return Err(refused(&format!("its type is not {ASSERTION_TYPE}")));
        }
        let (auth, claims) = verify(server, client, assertion).await?;
        let (jti, expires) = check_claims(server, client, &claims)?;
        remember(server, client, jti, expires).await?;
        Ok(auth)
    }

    /// Whether a session that began with `self` may go on with `other`.
    pub fn goes_on_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Public, Self::Public) => true,
            (
                Self::PrivateKey { thumbprint: one, .. },
                Self::PrivateKey { thumbprint: two, .. },
            ) => one == two,
            _ => false,
        }
    }

    pub fn is_confidential(&self) -> bool {
        matches!(self, Self::PrivateKey { .. })
    }
}

async fn verify(
    server: &Server,
    client: &Client,
    assertion: &str,
) -> Result<(ClientAuth, Claims), OAuthError> {
    let token = Jws::read(assertion).map_err(|why| refused(&why))?;
    let kid = token.header("kid").ok_or_else(|| refused("it names no key (kid)"))?.to_owned();
    if !matches!(&client.method, Method::PrivateKey { algorithm, .. } if *algorithm == token.algorithm)
    {
        return Err(refused("its algorithm is not the one of the client's metadata"));
    }
    let keys = server.oauth.registry.keys(client).await?;
    let key = keys.iter().find(|key| key.kid.as_deref() == Some(&kid));
    let key = key.ok_or_else(|| refused(&format!("the client has no key \"{kid}\" (any more)")))?;
    let claims = token.verified_by(key).ok_or_else(|| refused("its signature is wrong"))?;
    Ok((ClientAuth::PrivateKey { kid, thumbprint: key.thumbprint() }, claims))
}

/// The assertion's identifier, and until when it has to be remembered.
fn check_claims<'a>(
    server: &Server,
    client: &Client,
    claims: &'a Claims,
) -> Result<(&'a str, i64), OAuthError> {
    let id = client.id.to_string();
    if claims.text("iss") != Some(&id) || claims.text("sub") != Some(&id) {
        return Err(refused("iss and sub are not the client_id"));
    }
    let issuer = &server.oauth.issuer;
    let endpoint = |path: &str| format!("{issuer}/oauth/{path}");
    if !claims.is_for(&[issuer, &endpoint("token"), &endpoint("par")]) {
        return Err(refused(&format!("its audience is not {issuer}")));
    }
    let now = Timestamp::now().as_second();
    let issued = claims.time("iat").ok_or_else(|| refused("it has no iat"))?;
    if issued.saturating_sub(now) > SKEW || now.saturating_sub(issued) > LIFETIME + SKEW {
        return Err(refused("its iat is more than a minute away from the server's time"));
    }
    if claims.time("exp").is_some_and(|expires| expires.saturating_add(SKEW) <= now) {
        return Err(refused("it has expired"));
    }
    let jti = claims.text("jti").filter(|jti| (1..=MAX_JTI).contains(&jti.len()));
    Ok((jti.ok_or_else(|| refused("it has no jti"))?, issued + LIFETIME + 2 * SKEW))
}

/// On disk, so that an assertion that was caught is worth nothing after a restart either.
async fn remember(
    server: &Server,
    client: &Client,
    jti: &str,
    expires: i64,
) -> Result<(), OAuthError> {
    let key = oauth::hash(&[&client.id.to_string(), jti]);
    let until = Timestamp::from_second(expires).map_err(|_| refused("its iat is no time"))?;
    let insert = move |tx: &mut WriteTx<'_>| -> Result<bool, Error> {
        Ok(oauth::remember(tx.connection, &key, until)?)
    };
    match server.store.writer.write(WEIGHT, insert).await? {
        true => Ok(()),
        false => Err(refused("it has been used before")),
    }
}

fn refused(why: &str) -> OAuthError {
    OAuthError::client(format!("The client assertion is refused: {why}."))
}
