//! Permission sets: lists of permissions that somebody publishes as a lexicon, so that an app can ask
//! for what belongs together in one word (`include:`), and people read one sentence.
//!
//! A set speaks for its own namespace only: what it lists of others' is passed over.

use std::collections::BTreeMap;
use std::time::Duration;

use hypercerts_lexicon::Nsid;
use hypercerts_schemas::Schemas;
use serde::Deserialize;

use crate::oauth::error::{Code, OAuthError};
use crate::oauth::scope::{Audience, Name, Scope, Scopes, actions};
use crate::server::Server;

/// How long a request waits for a set to be looked up; the lookup goes on.
const PATIENCE: Duration = Duration::from_secs(8);
/// Sets that one request may name.
const MAX_SETS: usize = 16;

/// A set, as its document says.
#[derive(Clone, Debug, Deserialize)]
pub struct PermissionSet {
    pub title: Option<String>,
    pub detail: Option<String>,
    #[serde(default)]
    permissions: Vec<Permission>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    resource: String,
    #[serde(default)]
    collection: Vec<String>,
    #[serde(default)]
    action: Vec<String>,
    #[serde(default)]
    lxm: Vec<String>,
    aud: Option<String>,
    #[serde(default)]
    inherit_aud: bool,
}

#[derive(Deserialize)]
struct Document {
    defs: BTreeMap<String, serde_json::Value>,
}

/// Plain permissions in the place of sets.
pub async fn spell_out(server: &Server, scopes: &Scopes) -> Result<Scopes, OAuthError> {
    let mut plain = Scopes::default();
    let mut sets = 0;
    for scope in scopes.iter() {
        let Scope::Include { set, audience } = scope else {
            plain.add(scope.clone());
            continue;
        };
        sets += 1;
        if sets > MAX_SETS {
            let why = format!("More than {MAX_SETS} permission sets are asked for.");
            return Err(OAuthError::new(Code::InvalidScope, why));
        }
        let found = find(&server.config.schemas, set).await?;
        found.permissions(set, audience.as_deref()).into_iter().for_each(|scope| plain.add(scope));
    }
    Ok(plain)
}

/// The set that `nsid` names.
pub async fn find(schemas: &Schemas, nsid: &Nsid) -> Result<PermissionSet, OAuthError> {
    let refused = |why: String| {
        let why = format!("The permission set {nsid} cannot be used: {why}.");
        OAuthError::new(Code::InvalidScope, why)
    };
    match tokio::time::timeout(PATIENCE, schemas.know(nsid)).await {
        Ok(Ok(())) => {}
        Ok(Err(why)) => return Err(refused(why.to_string())),
        Err(_) => return Err(refused("looking it up takes too long; try again".to_owned())),
    }
    let snapshot = schemas.snapshot();
    let text = snapshot.text(nsid).ok_or_else(|| refused("it is not published".to_owned()))?;
    read(text).ok_or_else(|| refused("its lexicon is not a permission set".to_owned()))
}

/// The set in a lexicon, if that is what it is.
pub fn read(text: &str) -> Option<PermissionSet> {
    let Document { mut defs } = serde_json::from_str(text).ok()?;
    let main = defs.remove("main").filter(|main| main["type"] == "permission-set")?;
    serde_json::from_value(main).ok()
}

impl PermissionSet {
    fn permissions(&self, set: &Nsid, audience: Option<&str>) -> Vec<Scope> {
        self.permissions.iter().filter_map(|one| one.scope(set, audience)).collect()
    }
}

impl Permission {
    fn scope(&self, set: &Nsid, audience: Option<&str>) -> Option<Scope> {
        match self.resource.as_str() {
            "repo" => {
                let collections = own(&self.collection, set)?;
                let actions = actions(self.action.iter().map(String::as_str))?;
                Some(Scope::Repo { collections, actions })
            }
            "rpc" => {
                let methods = own(&self.lxm, set)?;
                let audience = match (&self.aud, self.inherit_aud) {
                    (None, true) => audience?,
                    (Some(aud), false) => aud,
                    _ => return None,
                };
                Some(Scope::Rpc { methods, audience: Audience::parse(audience)? })
            }
            _ => None,
        }
    }
}

/// Those of the names that lie within the set's own namespace.
fn own(names: &[String], set: &Nsid) -> Option<Vec<Name>> {
    let namespace = set.as_str().strip_suffix(set.name())?;
    let names = names.iter().filter(|name| name.starts_with(namespace));
    let names: Vec<Name> =
        names.filter_map(|name| Nsid::parse(name).ok()).map(Name::Only).collect();
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = r#"{ "lexicon": 1, "id": "org.example.authWrite", "defs": { "main": {
        "type": "permission-set", "title": "Write", "permissions": [
            { "type": "permission", "resource": "repo", "action": ["create"],
              "collection": ["org.example.claim", "org.example.deep.note", "org.other.claim", "*"] },
            { "type": "permission", "resource": "rpc", "inheritAud": true, "lxm": ["org.example.search"] },
            { "type": "permission", "resource": "rpc", "aud": "*", "lxm": ["org.example.find"] },
            { "type": "permission", "resource": "blob", "accept": ["*/*"] },
            { "type": "permission", "resource": "account", "attr": "email" }
        ] } } }"#;

    fn spelled_out(audience: Option<&str>) -> String {
        let set = Nsid::parse("org.example.authWrite").unwrap();
        let mut scopes = Scopes::default();
        let permissions = read(SET).unwrap().permissions(&set, audience);
        permissions.into_iter().for_each(|scope| scopes.add(scope));
        scopes.to_string()
    }

    #[test]
    fn a_set_speaks_for_its_own_namespace_and_for_records_and_calls_only() {
        let records =
            "repo?collection=org.example.claim&collection=org.example.deep.note&action=create";
        assert_eq!(spelled_out(None), format!("{records} rpc:org.example.find?aud=*"));
        let service = "did:web:api.example.org#index";
        assert_eq!(
            spelled_out(Some(service)),
            format!(
                "{records} rpc:org.example.search?aud=did:web:api.example.org%23index \
                 rpc:org.example.find?aud=*"
            )
        );
    }

    #[test]
    fn a_schema_of_another_kind_is_no_set() {
        assert!(read(r#"{ "defs": { "main": { "type": "record" } } }"#).is_none());
        assert!(read(r#"{ "defs": {} }"#).is_none());
    }
}
