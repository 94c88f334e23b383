//! What the stories of the operator share: a server that knows one, and a hand to ask with.

use data_encoding::BASE64;
use hypercerts_identity::net::Request;
use hypercerts_identity::net::header::AUTHORIZATION;
use hypercerts_pds::{AdminPassword, PdsConfig};
use hypercerts_xrpc::nsid::admin;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestPds};

pub const ADMIN_PASSWORD: &str = "the operator's own";

/// Lets the operator in.
pub fn with_operator(config: &mut PdsConfig) {
    config.admin_password = Some(AdminPassword::new(ADMIN_PASSWORD).unwrap());
    config.shows_outbox = true;
}

pub fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{name}:{password}").as_bytes()))
}

impl TestPds {
    pub async fn ask_as_operator(&self, method: &str, params: &[(&str, &str)]) -> Answer {
        let request = Request::get(self.method(method, params));
        self.send(request.header(AUTHORIZATION, &basic("admin", ADMIN_PASSWORD))).await
    }

    pub async fn tell_as_operator(&self, method: &str, body: &Value) -> Answer {
        let request = Request::post(self.method(method, &[])).json(body);
        self.send(request.header(AUTHORIZATION, &basic("admin", ADMIN_PASSWORD))).await
    }

    /// Takes a subject down with a word for why, or lifts that.
    pub async fn take_down(&self, subject: &Value, applied: bool) -> Answer {
        let takedown = json!({ "applied": applied, "ref": applied.then_some("case-7") });
        let body = json!({ "subject": subject, "takedown": takedown });
        self.tell_as_operator(admin::UPDATE_SUBJECT_STATUS, &body).await
    }
}

/// A whole account, as a subject.
pub fn whole(who: &Account) -> Value {
    json!({ "$type": admin::REPO_REF, "did": who.did })
}
