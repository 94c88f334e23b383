//! What an app asks for, checked against what it declared.

use data_encoding::BASE64URL_NOPAD;
use hypercerts_lexicon::AtIdentifier;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::oauth::client::{Client, ClientAuth};
use crate::oauth::error::{Code, OAuthError};
use crate::oauth::scope::{self, Scope, Scopes};

/// Bytes of a text that is only handed back.
const MAX_STATE: usize = 2048;

/// The fields of a pushed request.
#[derive(Deserialize)]
pub struct Asked {
    response_type: Option<String>,
    response_mode: Option<ResponseMode>,
    redirect_uri: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    login_hint: Option<String>,
    prompt: Option<String>,
    dpop_jkt: Option<String>,
    request: Option<String>,
    request_uri: Option<String>,
}

/// A request that keeps all rules. Only [`Asked::check`] makes one of what an app sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client: String,
    pub auth: ClientAuth,
    /// The thumbprint of the key the tokens will be bound to, if the app says it beforehand.
    pub key: Option<String>,
    pub redirect_uri: String,
    pub response_mode: ResponseMode,
    pub scope: String,
    pub state: String,
    pub challenge: String,
    pub login_hint: Option<String>,
    pub prompt: Option<Prompt>,
}

/// How the answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    #[default]
    Query,
    Fragment,
    FormPost,
}

/// What an app wants the user to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    None,
    Login,
    Consent,
    SelectAccount,
    Create,
}

impl Asked {
    /// `key` is the thumbprint of the proof that came with the request.
    pub fn check(
        self,
        client: &Client,
        auth: ClientAuth,
        key: Option<String>,
    ) -> Result<AuthorizationRequest, OAuthError> {
        if self.request.is_some() || self.request_uri.is_some() {
            return Err(OAuthError::request("Request objects are not taken; send the parameters."));
        }
        match self.response_type.as_deref() {
            Some("code") => {}
            _ => {
                let why = "response_type has to be \"code\".";
                return Err(OAuthError::new(Code::UnsupportedResponseType, why));
            }
        }
        let challenge = challenge(self.code_challenge, self.code_challenge_method.as_deref())?;
        let scope = checked_scope(self.scope, client)?;
        Ok(AuthorizationRequest {
            client: client.id.to_string(),
            auth,
            key: agreed_key(key, self.dpop_jkt)?,
            redirect_uri: client.redirect_uri(self.redirect_uri)?,
            response_mode: self.response_mode.unwrap_or_default(),
            scope,
            state: state(self.state)?,
            challenge,
            login_hint: self.login_hint.map(checked_hint).transpose()?,
            prompt: self.prompt.as_deref().map(prompt).transpose()?,
        })
    }
}

fn challenge(given: Option<String>, method: Option<&str>) -> Result<String, OAuthError> {
    let missing = "code_challenge is missing; this server needs PKCE.";
    let challenge = given.ok_or_else(|| OAuthError::request(missing))?;
    if method != Some("S256") {
        return Err(OAuthError::request("code_challenge_method has to be \"S256\"."));
    }
    match BASE64URL_NOPAD.decode(challenge.as_bytes()) {
        Ok(hash) if hash.len() == 32 => Ok(challenge),
        _ => Err(OAuthError::request("code_challenge is not a SHA-256 hash in base64url.")),
    }
}

fn checked_scope(asked: Option<String>, client: &Client) -> Result<String, OAuthError> {
    let refused = |why: String| OAuthError::new(Code::InvalidScope, why);
    let asked =
        asked.ok_or_else(|| refused("scope is missing; \"atproto\" is the least.".into()))?;
    if asked.len() > scope::MAX_BYTES {
        return Err(refused(format!("scope is longer than {} bytes.", scope::MAX_BYTES)));
    }
    scope::within(&asked, &client.scope).map_err(|word| {
        refused(format!("The client's metadata does not declare the scope \"{word}\"."))
    })?;
    let scopes = Scopes::parse(&asked);
    match scopes.contains(&Scope::Atproto) {
        true => Ok(scopes.to_string()),
        false => Err(refused("scope has to hold \"atproto\".".to_owned())),
    }
}

fn agreed_key(proven: Option<String>, named: Option<String>) -> Result<Option<String>, OAuthError> {
    match (proven, named) {
        (Some(proven), Some(named)) if proven != named => {
            Err(OAuthError::proof("The proof is not by the key that dpop_jkt names."))
        }
        (_, Some(named)) if BASE64URL_NOPAD.decode(named.as_bytes()).map(|b| b.len()) != Ok(32) => {
            Err(OAuthError::request("dpop_jkt is not a thumbprint."))
        }
        (proven, named) => Ok(proven.or(named)),
    }
}

fn state(given: Option<String>) -> Result<String, OAuthError> {
    match given {
        Some(state) if (1..=MAX_STATE).contains(&state.len()) => Ok(state),
        _ => Err(OAuthError::request(format!("state has to be there, in 1 to {MAX_STATE} bytes."))),
    }
}

fn checked_hint(hint: String) -> Result<String, OAuthError> {
    match AtIdentifier::parse(&hint) {
        Ok(_) => Ok(hint),
        Err(why) => Err(OAuthError::request(format!("login_hint is no handle or DID: {why}."))),
    }
}

fn prompt(given: &str) -> Result<Prompt, OAuthError> {
    match given {
        "none" => Ok(Prompt::None),
        "login" => Ok(Prompt::Login),
        "consent" => Ok(Prompt::Consent),
        "select_account" => Ok(Prompt::SelectAccount),
        "create" => Ok(Prompt::Create),
        _ => Err(OAuthError::request(
            "prompt has to be one of none, login, consent, select_account, create.",
        )),
    }
}

impl AuthorizationRequest {
    /// What the app is answered with: where to, and how.
    pub fn answer(&self, issuer: &str, outcome: &Result<String, OAuthError>) -> Answer {
        let mut fields = vec![("iss", issuer.to_owned()), ("state", self.state.clone())];
        match outcome {
            Ok(code) => fields.push(("code", code.clone())),
            Err(error) => {
                fields.push(("error", error.code.name().to_owned()));
                fields.push(("error_description", error.description.clone()));
            }
        }
        match self.response_mode {
            ResponseMode::FormPost => Answer::Form { to: self.redirect_uri.clone(), fields },
            mode => Answer::Redirect(with_fields(&self.redirect_uri, mode, &fields)),
        }
    }
}

/// The way back to the app.
pub enum Answer {
    Redirect(String),
    Form { to: String, fields: Vec<(&'static str, String)> },
}

/// A redirect address was checked to be a URL when it was registered.
fn with_fields(uri: &str, mode: ResponseMode, fields: &[(&'static str, String)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(fields);
    let encoded = encoded.finish();
    if mode == ResponseMode::Fragment {
        return format!("{uri}#{encoded}");
    }
    let has_query = Url::parse(uri).is_ok_and(|url| url.query().is_some());
    format!("{uri}{}{encoded}", if has_query { "&" } else { "?" })
}
