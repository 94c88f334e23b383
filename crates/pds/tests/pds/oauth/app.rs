//! An app: it makes keys, proofs and assertions, pushes requests and fetches tokens. What it sends
//! can be bent in every way before it is sent.

use std::sync::Mutex;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use hypercerts_identity::net::{Request, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{Answer, FORWARDED_FOR, TestPds};

pub const REDIRECT: &str = "http://127.0.0.1/callback";

/// A key of an app.
pub struct Key(EcdsaKeyPair);

impl Key {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (BASE64URL_NOPAD.encode(&point[1..33]), BASE64URL_NOPAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

pub fn random() -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    BASE64URL_NOPAD.encode(&bytes)
}

pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

pub fn hash(text: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(text))
}

/// An app and what it holds.
pub struct App {
    pub client_id: String,
    pub redirect_uri: String,
    pub scope: String,
    /// What its tokens are bound to.
    pub key: Key,
    /// What it authenticates with, if it is confidential.
    pub secret: Option<(String, Key)>,
    pub verifier: String,
    pub nonce: Mutex<String>,
    /// Where it asks from, if not from this machine.
    pub address: Option<String>,
}

/// The two tokens of a session.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub whole: Value,
}

impl App {
    /// One that is being developed on this machine.
    pub fn local(scope: &str) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", REDIRECT)
            .append_pair("scope", scope)
            .finish();
        Self::new(format!("http://localhost?{query}"), REDIRECT, scope)
    }

    pub fn new(client_id: String, redirect_uri: &str, scope: &str) -> Self {
        Self {
            client_id,
            redirect_uri: redirect_uri.to_owned(),
            scope: scope.to_owned(),
            key: Key::new(),
            secret: None,
            verifier: random(),
            nonce: Mutex::default(),
            address: None,
        }
    }

    /// The claims of a proof as they should be.
    pub fn proof_claims(&self, method: &str, url: &Url, access: Option<&str>) -> Value {
        let mut htu = url.clone();
        htu.set_query(None);
        let mut claims = json!({
            "jti": random(), "htm": method, "htu": htu.as_str(), "iat": now(), "nonce": *self.nonce.lock().unwrap(),
        });
        if let Some(access) = access {
            claims["ath"] = json!(hash(access));
        }
        claims
    }

    pub fn proof(&self, claims: &Value) -> String {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk() });
        self.key.sign(&header, claims)
    }

    /// The claims of an assertion as they should be.
    pub fn assertion_claims(&self, pds: &TestPds) -> Value {
        json!({
            "iss": self.client_id, "sub": self.client_id, "aud": issuer(pds), "jti": random(),
            "iat": now(), "exp": now() + 60,
        })
    }

    pub fn assertion(&self, claims: &Value) -> String {
        let (kid, key) = self.secret.as_ref().unwrap();
        key.sign(&json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }), claims)
    }

    /// What the app sends beside the fields of the request itself.
    fn credentials(&self, pds: &TestPds) -> Vec<(String, String)> {
        let mut fields = vec![("client_id".to_owned(), self.client_id.clone())];
        if self.secret.is_some() {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            fields.push(("client_assertion_type".to_owned(), kind.to_owned()));
            let assertion = self.assertion(&self.assertion_claims(pds));
            fields.push(("client_assertion".to_owned(), assertion));
        }
        fields
    }

    /// Posts a form with a proof, and again with the nonce it was told to use.
    pub async fn post(&self, pds: &TestPds, path: &str, fields: &[(&str, &str)]) -> Answer {
        let url = pds.base.join(path).unwrap();
        for _ in 0..2 {
            let mut all = self.credentials(pds);
            for (name, value) in fields {
                all.retain(|(other, _)| other != name);
                all.push(((*name).to_owned(), (*value).to_owned()));
            }
            let proof = self.proof(&self.proof_claims("POST", &url, None));
            let answer = self.send(pds, &url, &all, Some(&proof)).await;
            if !answer.text().contains("use_dpop_nonce") {
                return answer;
            }
        }
        panic!("the nonce that was given is not good")
    }

    /// Posts exactly this.
    pub async fn send(
        &self,
        pds: &TestPds,
        url: &Url,
        fields: &[(String, String)],
        proof: Option<&str>,
    ) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request =
            Request::post(url.clone()).body("application/x-www-form-urlencoded", body);
        if let Some(proof) = proof {
            request = request.header("dpop".parse().unwrap(), proof);
        }
        if let Some(address) = &self.address {
            request = request.header(FORWARDED_FOR.parse().unwrap(), address);
        }
        let answer = pds.send(request).await;
        *self.nonce.lock().unwrap() = answer.header("dpop-nonce").to_owned();
        answer
    }

    /// Pushes a request with these fields in the place of the usual ones; an empty one is left out.
    pub async fn push(&self, pds: &TestPds, instead: &[(&str, &str)]) -> Answer {
        let challenge = hash(&self.verifier);
        let usual = [
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", "some state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mut fields: Vec<(&str, &str)> = usual.to_vec();
        for (name, value) in instead {
            fields.retain(|(other, _)| other != name);
            fields.push((name, value));
        }
        fields.retain(|(_, value)| !value.is_empty());
        self.post(pds, "/oauth/par", &fields).await
    }

    /// The address that the app sends its user to.
    pub async fn page(&self, pds: &TestPds, instead: &[(&str, &str)]) -> Url {
        let pushed = self.push(pds, instead).await;
        assert_eq!(pushed.status(), 201, "{}", pushed.text());
        let pushed: Value = serde_json::from_str(pushed.text()).unwrap();
        let mut url = pds.base.join("/oauth/authorize").unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("request_uri", pushed["request_uri"].as_str().unwrap());
        url
    }

    pub async fn exchange(&self, pds: &TestPds, code: &str, instead: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", self.verifier.as_str()),
        ];
        for (name, value) in instead {
            fields.retain(|(other, _)| other != name);
            fields.push((name, value));
        }
        self.post(pds, "/oauth/token", &fields).await
    }

    pub async fn refresh(&self, pds: &TestPds, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post(pds, "/oauth/token", &fields).await
    }

    /// Calls a method with the access token and a proof, and again with the nonce it was told.
    pub async fn call(&self, pds: &TestPds, access: &str, request: Request, url: &Url) -> Answer {
        let method = if request_is_post(&request) { "POST" } else { "GET" };
        for _ in 0..2 {
            let proof = self.proof(&self.proof_claims(method, url, Some(access)));
            let answer = self.call_with(pds, access, request.clone(), &proof).await;
            if !answer.text().contains("use_dpop_nonce") {
                return answer;
            }
        }
        panic!("the nonce that was given is not good")
    }

    pub async fn call_with(
        &self,
        pds: &TestPds,
        access: &str,
        request: Request,
        proof: &str,
    ) -> Answer {
        let request = request
            .header(header::AUTHORIZATION, &format!("DPoP {access}"))
            .header("dpop".parse().unwrap(), proof);
        let answer = pds.send(request).await;
        *self.nonce.lock().unwrap() = answer.header("dpop-nonce").to_owned();
        answer
    }

    pub async fn get(&self, pds: &TestPds, access: &str, method: &str) -> Answer {
        let url = pds.method(method, &[]);
        self.call(pds, access, Request::get(url.clone()), &url).await
    }

    pub async fn procedure(
        &self,
        pds: &TestPds,
        access: &str,
        method: &str,
        body: &Value,
    ) -> Answer {
        let url = pds.method(method, &[]);
        self.call(pds, access, Request::post(url.clone()).json(body), &url).await
    }
}

fn request_is_post(request: &Request) -> bool {
    format!("{request:?}").contains("method: POST")
}

pub fn issuer(pds: &TestPds) -> String {
    pds.base.origin().ascii_serialization()
}

/// The tokens in an answer that must hold some.
#[track_caller]
pub fn tokens(answer: &Answer) -> Tokens {
    let whole = answer.json();
    let text = |name: &str| whole[name].as_str().unwrap().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token"), whole: whole.clone() }
}

/// An OAuth error.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, error: &str) {
    let body: Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!((answer.status(), body["error"].as_str()), (status, Some(error)), "{body}");
    assert!(body["error_description"].as_str().is_some_and(|text| text.len() > 10), "{body}");
}
