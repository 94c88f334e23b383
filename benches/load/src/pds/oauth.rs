//! Apps that refresh their sessions: each time a proof, a used token and two new ones.

use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_identity::net::Request;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Target;
use crate::Outcome;
use crate::accounts::PASSWORD;
use crate::process::root;
use crate::report::{Figure, Measurement};

const SESSIONS: usize = 8;

/// A session of an app, as `sessions.mjs` prints it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppSession {
    client_id: String,
    jwk: Jwk,
    /// PKCS #8.
    secret: String,
    nonce: String,
    refresh_token: String,
}

/// Refreshes some sessions side by side, each one after the other.
pub async fn refreshing(target: &Target, count: usize) -> Outcome<Option<Figure>> {
    let Some(sessions) = sign_in(target).await? else { return Ok(None) };
    let each = count / SESSIONS;
    let measurement = Measurement::begin("OAuth refresh, 8 sessions side by side", target.usage());
    let times: Vec<Vec<Duration>> = stream::iter(sessions)
        .map(|session| session.refresh_often(target, each))
        .buffer_unordered(SESSIONS)
        .try_collect()
        .await?;
    Ok(Some(measurement.end_with(each * SESSIONS, "req", target.usage(), times.concat())))
}

/// Node walks through the sign-in pages.
async fn sign_in(target: &Target) -> Outcome<Option<Vec<AppSession>>> {
    let person = target.one("app-user").await?;
    let mut node = Command::new("node");
    node.arg(root().join("benches/load/sessions.mjs")).arg(target.client.base().as_str()).args([
        person.did().as_str(),
        "app-user0.test",
        PASSWORD,
        &SESSIONS.to_string(),
    ]);
    let Ok(output) = node.output() else {
        println!("{:<52} needs Node in PATH", "OAuth refresh");
        return Ok(None);
    };
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    let sessions: Result<_, _> = lines.lines().map(serde_json::from_str).collect();
    Ok(Some(sessions?))
}

impl AppSession {
    async fn refresh_often(mut self, target: &Target, count: usize) -> Outcome<Vec<Duration>> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let begun = Instant::now();
            self.refresh(target).await?;
            times.push(begun.elapsed());
        }
        Ok(times)
    }

    async fn refresh(&mut self, target: &Target) -> Outcome<()> {
        let url = target.client.base().join("/oauth/token")?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", &self.refresh_token)
            .append_pair("client_id", &self.client_id)
            .finish();
        let request = Request::post(url.clone())
            .header("dpop".parse()?, &self.proof(url.as_str())?)
            .body("application/x-www-form-urlencoded", form);
        let answer = target.client.http().send(request).await?;
        if let Some(nonce) = answer.headers().get("dpop-nonce") {
            nonce.to_str()?.clone_into(&mut self.nonce);
        }
        let said: Value = answer.json()?;
        match (&said["refresh_token"], &said["error"]) {
            (Value::String(token), _) => token.clone_into(&mut self.refresh_token),
            // Nonces change every few minutes; the next round uses the new one.
            (_, Value::String(error)) if error == "use_dpop_nonce" => (),
            _ => return Err(format!("{} {said}", answer.status()).into()),
        }
        Ok(())
    }

    fn proof(&self, url: &str) -> Outcome<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(self.jwk.clone());
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let claims = json!({
            "jti": HEXLOWER.encode(&random),
            "htm": "POST",
            "htu": url,
            "iat": SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
            "nonce": self.nonce,
        });
        let key = EncodingKey::from_ec_der(&BASE64URL_NOPAD.decode(self.secret.as_bytes())?);
        Ok(jsonwebtoken::encode(&header, &claims, &key)?)
    }
}
