//! What somebody does or tries to do in a group, as the rules judge it and the log tells it.

use hypercerts_lexicon::Did;
use hypercerts_repo::RepoPath;
use serde_json::{Map, Value, json};

use crate::error::Refusal;
use crate::group::refused::{Denied, GroupRefusal};
use crate::group::role::{Deed, Role};
use crate::store::groups::audit::{self, NewEntry};
use crate::store::{AccountId, StoreError, WriteTx};

/// A deed and what it is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub deed: Deed,
    record: Option<RepoPath>,
    target: Option<Did>,
    detail: Map<String, Value>,
}

impl Act {
    pub fn new(deed: Deed) -> Self {
        Self { deed, record: None, target: None, detail: Map::new() }
    }

    /// Done to a record.
    pub fn on(deed: Deed, record: &RepoPath) -> Self {
        let (collection, rkey) = record.parts();
        let act = Self::new(deed).with("collection", json!(collection)).with("rkey", json!(rkey));
        Self { record: Some(record.clone()), ..act }
    }

    /// Done to a person.
    pub fn to(deed: Deed, member: &Did) -> Self {
        let act = Self::new(deed).with("memberDid", json!(member));
        Self { target: Some(member.clone()), ..act }
    }

    /// The same, with something else worth telling.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.detail.insert(name.to_owned(), value);
        self
    }

    /// Refuses what takes a higher role.
    pub fn require(&self, role: Role) -> Result<(), Refusal> {
        let needed = self.deed.needs();
        if role >= needed {
            return Ok(());
        }
        let why = format!(
            "This takes the role {}, and yours is {}; ask an {} of the group.",
            needed.name(),
            role.name(),
            needed.name()
        );
        Err(self.denied(why).into())
    }

    /// The refusal of this, for whatever reason.
    pub fn denied(&self, why: impl Into<String>) -> GroupRefusal {
        GroupRefusal::Forbidden(Box::new(Denied { act: self.clone(), why: why.into() }))
    }

    /// Notes that it was done, in the transaction that does it.
    pub fn note(&self, tx: &WriteTx<'_>, group: AccountId, actor: &Did) -> Result<(), StoreError> {
        self.append(tx, group, actor, &self.detail, true)
    }

    /// Notes that it was refused, and why.
    pub fn note_denied(
        &self,
        tx: &WriteTx<'_>,
        group: AccountId,
        actor: &Did,
        why: &str,
    ) -> Result<(), StoreError> {
        let mut detail = self.detail.clone();
        detail.insert("reason".to_owned(), json!(why));
        self.append(tx, group, actor, &detail, false)
    }

    fn append(
        &self,
        tx: &WriteTx<'_>,
        group: AccountId,
        actor: &Did,
        detail: &Map<String, Value>,
        permitted: bool,
    ) -> Result<(), StoreError> {
        let entry = NewEntry {
            actor,
            action: self.deed.name(),
            target: self.target.as_ref(),
            record: self.record.as_ref().map(RepoPath::parts),
            permitted,
            detail: Value::Object(detail.clone()).to_string(),
        };
        Ok(audit::append(tx.connection, group, &entry, tx.now)?)
    }
}
