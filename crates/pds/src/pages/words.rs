//! What scopes mean, in words for people who never heard of them.

use hypercerts_lexicon::Nsid;
use hypercerts_records::nsid;
use hypercerts_schemas::Schemas;

use crate::oauth::error::OAuthError;
use crate::oauth::permission_set::{self, spell_out};
use crate::oauth::scope::{Audience, MediaRange, Name, Scope, Scopes};
use crate::permission::{Access, AccountPart, IdentityPart, WriteAction};
use crate::server::Server;

/// One thing that an app may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    pub title: String,
    pub detail: Option<String>,
    /// The names behind it, for those who want to know exactly.
    pub exactly: Vec<String>,
    /// Whether somebody should think twice.
    pub is_grave: bool,
}

impl Permission {
    fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), detail: None, exactly: Vec::new(), is_grave: false }
    }

    fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    fn exactly(self, exactly: impl IntoIterator<Item = String>) -> Self {
        Self { exactly: exactly.into_iter().collect(), ..self }
    }

    fn grave(self) -> Self {
        Self { is_grave: true, ..self }
    }
}

/// What the record types are called, several of them.
const RECORDS: [(&str, &str); 22] = [
    (nsid::ACTIVITY, "hypercert claims"),
    (nsid::CONTRIBUTION, "contributions"),
    (nsid::CONTRIBUTOR_INFORMATION, "contributor details"),
    (nsid::RIGHTS, "rights"),
    (nsid::COLLECTION, "collections"),
    (nsid::ACKNOWLEDGEMENT, "acknowledgements"),
    (nsid::ATTACHMENT, "evidence"),
    (nsid::EVALUATION, "evaluations"),
    (nsid::MEASUREMENT, "measurements"),
    (nsid::FEATURE, "features"),
    (nsid::RECEIPT, "funding receipts"),
    (nsid::VOCAB_TAG, "tags"),
    (nsid::WORKSCOPE_TAG, "work scopes"),
    (nsid::LOCATION, "places"),
    (nsid::PROFILE, "your profile"),
    (nsid::ORGANIZATION, "your organisation’s profile"),
    (nsid::BADGE_AWARD, "badge awards"),
    (nsid::BADGE_DEFINITION, "badges"),
    (nsid::BADGE_RESPONSE, "answers to badges"),
    (nsid::FOLLOW, "follows"),
    (nsid::EVM_LINK, "wallet links"),
    (nsid::BOARD, "boards"),
];

/// What a list of scopes allows, one sentence each; refuses what cannot be found out.
pub async fn of(server: &Server, scopes: &Scopes) -> Result<Vec<Permission>, OAuthError> {
    let mut permissions = Vec::new();
    for scope in scopes.iter() {
        match scope {
            Scope::Include { set, .. } => {
                let found = permission_set::find(&server.config.schemas, set).await?;
                let mut alone = Scopes::default();
                alone.add(scope.clone());
                let behind = spell_out(server, &alone).await?;
                let title = found.title.unwrap_or_else(|| format!("What {set} stands for"));
                let mut permission =
                    Permission::new(title).exactly(behind.iter().flat_map(exact_names));
                permission.detail = found.detail;
                permissions.push(permission);
            }
            plain => permissions.extend(in_words(plain)),
        }
    }
    // What could cost somebody the account must not be overlooked.
    permissions.sort_by_key(|permission| !permission.is_grave);
    Ok(permissions)
}

fn in_words(scope: &Scope) -> Option<Permission> {
    Some(match scope {
        Scope::Atproto => Permission::new("Know who you are")
            .with_detail("Your handle and your permanent identifier, which are public."),
        Scope::Generic => Permission::new("Act for you almost everywhere")
            .with_detail(
                "Write, change and delete any of your records, upload files, and use other \
                 services in your name. Not: your password, your e-mail address, your handle, or \
                 private messages.",
            )
            .grave(),
        Scope::Email => Permission::new("See your e-mail address"),
        Scope::Chat => Permission::new("Read and write your private messages").grave(),
        Scope::Repo { collections, actions } => repo(collections, actions),
        Scope::Rpc { methods, audience } => rpc(methods, audience),
        Scope::Blob(ranges) => Permission::new(format!("Upload {}", files(ranges))),
        Scope::Account { part, access } => account(*part, *access),
        Scope::Identity(IdentityPart::Handle) => Permission::new("Change your handle"),
        Scope::Identity(IdentityPart::Everything) => Permission::new("Change your identity")
            .with_detail(
                "Your handle, your keys, and which server your account lives on. Allow this only \
                 to an app that you use to move your account.",
            )
            .grave(),
        Scope::Include { .. } => return None,
    })
}

fn repo(collections: &[Name], actions: &[WriteAction]) -> Permission {
    let verbs: Vec<&str> = actions.iter().map(|action| verb(*action)).collect();
    let verbs = capital(&enumerated(&verbs));
    if collections.contains(&Name::Any) {
        return Permission::new(format!("{verbs} records of every kind")).grave();
    }
    let known: Vec<&str> = collections.iter().filter_map(record_words).collect();
    let unknown = collections.len() - known.len();
    let mut things: Vec<String> = known.into_iter().map(str::to_owned).collect();
    match unknown {
        0 => {}
        1 if things.is_empty() => things.push("records of one other kind".to_owned()),
        1 => things.push("one other kind of record".to_owned()),
        count => things.push(format!("{count} other kinds of records")),
    }
    let things: Vec<&str> = things.iter().map(String::as_str).collect();
    Permission::new(format!("{verbs} {}", enumerated(&things)))
        .exactly(collections.iter().map(|name| name.as_str().to_owned()))
}

fn record_words(name: &Name) -> Option<&'static str> {
    RECORDS.iter().find(|(nsid, _)| *nsid == name.as_str()).map(|(_, words)| *words)
}

fn verb(action: WriteAction) -> &'static str {
    match action {
        WriteAction::Create => "write",
        WriteAction::Update => "change",
        WriteAction::Delete => "delete",
    }
}

fn rpc(methods: &[Name], audience: &Audience) -> Permission {
    let service = match audience {
        Audience::Any => "any service".to_owned(),
        Audience::Service(service) => service_words(service),
    };
    let exactly = methods.iter().map(|name| name.as_str().to_owned());
    match methods {
        [Name::Any] => {
            Permission::new(format!("Use {service} in your name, for everything")).grave()
        }
        _ => Permission::new(format!("Use {service} in your name")).exactly(exactly),
    }
}

/// The host of a service, or its DID.
fn service_words(service: &str) -> String {
    let did = service.split_once('#').map_or(service, |(did, _)| did);
    did.strip_prefix("did:web:").unwrap_or(did).replace("%3A", ":")
}

fn files(ranges: &[MediaRange]) -> String {
    let words: Vec<&str> = ranges.iter().map(|range| file_words(range.as_str())).collect();
    enumerated(&words)
}

fn file_words(range: &str) -> &str {
    match range {
        "*/*" => "files of any kind",
        "image/*" => "pictures",
        "video/*" => "videos",
        "audio/*" => "sound recordings",
        "text/*" => "text files",
        "application/pdf" => "PDF documents",
        other => other,
    }
}

fn account(part: AccountPart, access: Access) -> Permission {
    match (part, access) {
        (AccountPart::Email, Access::Read) => Permission::new("See your e-mail address"),
        (AccountPart::Email, Access::Manage) => {
            Permission::new("See and change your e-mail address").grave()
        }
        (AccountPart::Repo, Access::Read) => Permission::new("See what your repository holds"),
        (AccountPart::Repo, Access::Manage) => {
            Permission::new("Replace your whole repository by an imported one").grave()
        }
        (AccountPart::Status, Access::Read) => {
            Permission::new("See whether your account is active")
        }
        (AccountPart::Status, Access::Manage) => Permission::new("Deactivate your account").grave(),
    }
}

/// The names behind a permission of a set.
fn exact_names(scope: &Scope) -> Vec<String> {
    match scope {
        Scope::Repo { collections: names, .. } | Scope::Rpc { methods: names, .. } => {
            names.iter().map(|name| name.as_str().to_owned()).collect()
        }
        other => vec![other.to_string()],
    }
}

/// `a, b and c`
fn enumerated(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The titles of what a session may do, for lists. Sets that are not known at the moment are named.
pub fn briefly(schemas: &Schemas, scope: &str) -> Vec<String> {
    let scopes = Scopes::parse(scope);
    let title = |scope: &Scope| match scope {
        Scope::Include { set, .. } => Some(set_title(schemas, set)),
        Scope::Atproto => None,
        plain => in_words(plain).map(|permission| permission.title),
    };
    scopes.iter().filter_map(title).collect()
}

fn set_title(schemas: &Schemas, set: &Nsid) -> String {
    let known = schemas.snapshot().text(set).and_then(permission_set::read);
    let title = known.and_then(|set| set.title);
    title.unwrap_or_else(|| format!("What {set} stands for"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(scope: &str) -> String {
        in_words(&Scope::parse(scope).unwrap()).unwrap().title
    }

    #[test]
    fn a_forester_understands_what_an_app_may_do() {
        let claims = format!("repo:{}", nsid::ACTIVITY);
        assert_eq!(title(&claims), "Write, change and delete hypercert claims");
        let two = format!(
            "repo?collection={}&collection={}&action=create",
            nsid::EVALUATION,
            nsid::MEASUREMENT
        );
        assert_eq!(title(&two), "Write evaluations and measurements");
        assert_eq!(
            title("repo:org.example.tree?action=delete"),
            "Delete records of one other kind"
        );
        assert_eq!(title("repo:*"), "Write, change and delete records of every kind");
        assert_eq!(
            title("blob?accept=image/*&accept=application/pdf"),
            "Upload pictures and PDF documents"
        );
        assert_eq!(
            title("rpc:org.example.search?aud=did:web:api.example.org%23index"),
            "Use api.example.org in your name"
        );
    }

    #[test]
    fn what_could_cost_somebody_their_account_is_marked() {
        let grave = |scope: &str| in_words(&Scope::parse(scope).unwrap()).unwrap().is_grave;
        assert!(grave("identity:*") && grave("account:status?action=manage") && grave("repo:*"));
        assert!(!grave("account:email") && !grave("atproto"));
    }
}
