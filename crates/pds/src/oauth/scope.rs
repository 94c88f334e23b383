//! Scopes: what an app asks for and what a token allows.
//!
//! A scope list is words between spaces. A word is `resource[:value][?parameters]`; the value is
//! the resource's main parameter in short, so `repo:a` and `repo?collection=a` say the same, and a
//! word that says it both ways says nothing. A word of a kind that is not known here, or with a
//! parameter that is not, gives nothing and does no harm.
//!
//! What a *permission set* (`include:`) stands for is not known here: `permission_set` puts plain
//! permissions in its place before anything is allowed.

use std::collections::BTreeSet;
use std::fmt;

use hypercerts_lexicon::{Did, Nsid};

use crate::oauth::scope_word::Word;
use crate::permission::{Access, AccountPart, IdentityPart, Need, WriteAction, is_private_message};

/// Bytes of a list; longer ones are refused before they are read.
pub const MAX_BYTES: usize = 8 * 1024;

/// What a list of scopes says, in the order it says it, each thing once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Sign in; every list holds it.
    Atproto,
    /// As much as an app password.
    Generic,
    /// See the e-mail address.
    Email,
    /// Private messages, as with a privileged app password.
    Chat,
    Repo {
        collections: Vec<Name>,
        actions: Vec<WriteAction>,
    },
    Rpc {
        methods: Vec<Name>,
        audience: Audience,
    },
    Blob(Vec<MediaRange>),
    Account {
        part: AccountPart,
        access: Access,
    },
    Identity(IdentityPart),
    /// A permission set that somebody publishes, and the service its calls are meant for.
    Include {
        set: Nsid,
        audience: Option<String>,
    },
}

/// A name, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Any,
    Only(Nsid),
}

/// The service that is called, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Any,
    /// `did#service`
    Service(String),
}

/// `image/png`, `image/*` or `*/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange(String);

impl Scopes {
    /// Reads a list; what is not understood is left out.
    pub fn parse(text: &str) -> Self {
        let mut scopes = Self::default();
        text.split_ascii_whitespace().filter_map(Scope::parse).for_each(|scope| scopes.add(scope));
        scopes
    }

    pub fn add(&mut self, scope: Scope) {
        if !self.0.contains(&scope) {
            self.0.push(scope);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether a token with these scopes may do what is needed.
    pub fn allow(&self, need: &Need<'_>) -> bool {
        self.0.iter().any(|scope| scope.allows(need))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, scope) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            scope.fmt(f)?;
        }
        Ok(())
    }
}

impl Scope {
    /// One word; `None` if it is not understood.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "atproto" => return Some(Self::Atproto),
            "transition:generic" => return Some(Self::Generic),
            "transition:email" => return Some(Self::Email),
            "transition:chat.bsky" => return Some(Self::Chat),
            _ => {}
        }
        let word = Word::parse(text)?;
        match word.resource.as_str() {
            "repo" => repo(word),
            "rpc" => rpc(word),
            "blob" => blob(word),
            "account" => account(word),
            "identity" => identity(word),
            "include" => include(word),
            _ => None,
        }
    }

    fn allows(&self, need: &Need<'_>) -> bool {
        match (self, need) {
            (Self::Generic, Need::Write { .. } | Need::Upload { .. }) => true,
            (Self::Generic, Need::Call { method, .. }) => !is_private_message(method),
            (Self::Chat, Need::Call { method, .. }) => is_private_message(method),
            (Self::Email, Need::Account { part: AccountPart::Email, access: Access::Read }) => true,
            (Self::Repo { collections, actions }, Need::Write { collection, action }) => {
                actions.contains(action) && collections.iter().any(|name| name.covers(collection))
            }
            (Self::Blob(ranges), Need::Upload { mime_type }) => {
                ranges.iter().any(|range| range.covers(mime_type))
            }
            (
                Self::Rpc { methods, audience },
                Need::Call { method, audience: called } | Need::Govern { method, audience: called },
            ) => audience.covers(called) && methods.iter().any(|name| name.covers(method)),
            (Self::Account { part, access }, Need::Account { part: wanted, access: needed }) => {
                part == wanted && access >= needed
            }
            (Self::Identity(part), Need::Identity { part: wanted }) => part >= wanted,
            _ => false,
        }
    }
}

fn repo(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["collection", "action"])?;
    let collections = names(word.all("collection"))?;
    Some(Scope::Repo { collections, actions: actions(word.all("action"))? })
}

/// Every action if none is named.
pub fn actions<'a>(given: impl Iterator<Item = &'a str>) -> Option<Vec<WriteAction>> {
    let given: Vec<WriteAction> = given.map(WriteAction::named).collect::<Option<_>>()?;
    let named = |action: &WriteAction| given.is_empty() || given.contains(action);
    Some(WriteAction::ALL.into_iter().filter(named).collect())
}

fn names<'a>(given: impl Iterator<Item = &'a str>) -> Option<Vec<Name>> {
    let names: Vec<Name> = given.map(Name::parse).collect::<Option<_>>()?;
    (!names.is_empty()).then_some(names)
}

fn rpc(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["lxm", "aud"])?;
    let methods = names(word.all("lxm"))?;
    let audience = Audience::parse(word.one("aud")?)?;
    // Every method of every service would be the whole account.
    let everything = audience == Audience::Any && methods.contains(&Name::Any);
    (!everything).then_some(Scope::Rpc { methods, audience })
}

fn blob(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["accept"])?;
    let ranges: Vec<MediaRange> =
        word.all("accept").map(MediaRange::parse).collect::<Option<_>>()?;
    (!ranges.is_empty()).then_some(Scope::Blob(ranges))
}

fn account(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["attr", "action"])?;
    let part = AccountPart::named(word.one("attr")?)?;
    let given: Vec<Access> = word.all("action").map(Access::named).collect::<Option<_>>()?;
    let access = given.into_iter().max().unwrap_or(Access::Read);
    Some(Scope::Account { part, access })
}

fn identity(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["attr"])?;
    match word.one("attr")? {
        "handle" => Some(Scope::Identity(IdentityPart::Handle)),
        "*" => Some(Scope::Identity(IdentityPart::Everything)),
        _ => None,
    }
}

fn include(word: Word) -> Option<Scope> {
    let word = word.spelled_out(&["nsid", "aud"])?;
    let set = Nsid::parse(word.one("nsid")?).ok()?;
    let audience = match word.all("aud").next() {
        Some(_) => Some(service(word.one("aud")?)?),
        None => None,
    };
    Some(Scope::Include { set, audience })
}

impl Name {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Any),
            _ => Nsid::parse(text).ok().map(Self::Only),
        }
    }

    fn covers(&self, nsid: &Nsid) -> bool {
        match self {
            Self::Any => true,
            Self::Only(only) => only == nsid,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::Only(nsid) => nsid.as_str(),
        }
    }
}

/// `did#service`, both parts there.
fn service(text: &str) -> Option<String> {
    let (did, name) = text.split_once('#')?;
    let plain = !name.is_empty()
        && name.len() <= 256
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    (Did::parse(did).is_ok() && plain).then(|| text.to_owned())
}

impl Audience {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Any),
            _ => service(text).map(Self::Service),
        }
    }

    fn covers(&self, called: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Service(service) => service == called,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::Service(service) => service,
        }
    }
}

impl MediaRange {
    fn parse(text: &str) -> Option<Self> {
        let (kind, sub) = text.split_once('/')?;
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        let fits = match (kind, sub) {
            ("*", "*") => true,
            (kind, "*") => plain(kind),
            (kind, sub) => plain(kind) && plain(sub),
        };
        (fits && text.len() <= 128).then(|| Self(text.to_ascii_lowercase()))
    }

    fn covers(&self, mime_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some("*/") => true,
            Some(kind) => mime_type.starts_with(kind),
            None => self.0 == mime_type,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Atproto => return f.write_str("atproto"),
            Self::Generic => return f.write_str("transition:generic"),
            Self::Email => return f.write_str("transition:email"),
            Self::Chat => return f.write_str("transition:chat.bsky"),
            Self::Repo { collections, actions } => {
                let word = Word::new("repo", "collection", collections.iter().map(Name::as_str));
                match actions.len() == WriteAction::ALL.len() {
                    true => word,
                    false => word.with("action", actions.iter().map(|action| action.name())),
                }
            }
            Self::Rpc { methods, audience } => {
                Word::new("rpc", "lxm", methods.iter().map(Name::as_str))
                    .with("aud", [audience.as_str()])
            }
            Self::Blob(ranges) => Word::new("blob", "accept", ranges.iter().map(|range| &*range.0)),
            Self::Account { part, access } => {
                let word = Word::new("account", "attr", [part.name()]);
                match access {
                    Access::Read => word,
                    Access::Manage => word.with("action", [access.name()]),
                }
            }
            Self::Identity(IdentityPart::Handle) => Word::new("identity", "attr", ["handle"]),
            Self::Identity(IdentityPart::Everything) => Word::new("identity", "attr", ["*"]),
            Self::Include { set, audience } => {
                Word::new("include", "nsid", [set.as_str()]).with("aud", audience.as_deref())
            }
        };
        word.fmt(f)
    }
}

/// Whether every word of `asked` stands in `declared`, word by word.
pub fn within(asked: &str, declared: &str) -> Result<(), String> {
    let declared: BTreeSet<&str> = declared.split_ascii_whitespace().collect();
    match asked.split_ascii_whitespace().find(|word| !declared.contains(word)) {
        None => Ok(()),
        Some(word) => Err(word.to_owned()),
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
