//! Somebody who acts in a group.

use std::sync::Arc;

use hypercerts_lexicon::{AtIdentifier, Did};
use rusqlite::Connection;

use crate::account::status::inactive;
use crate::error::{Error, Refusal};
use crate::group::act::Act;
use crate::group::refused::{Denied, GroupRefusal};
use crate::group::role::Role;
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::groups::{self, members};
use crate::store::{AccountId, WriteTx};

/// Bytes a line of the log takes, roughly.
const WEIGHT: usize = 512;

/// A member and the group they act in.
#[derive(Clone, Debug)]
pub struct Acting {
    pub group: Arc<Account>,
    pub actor: Did,
}

impl Acting {
    /// Finds the group, and refuses whoever is no member of it. What the role allows is checked
    /// when it is acted upon.
    pub async fn begin(server: &Server, actor: Did, repo: &AtIdentifier) -> Result<Self, Error> {
        let unknown = Refusal::from(GroupRefusal::UnknownGroup(repo.to_string()));
        let Some(group) = server.accounts.find(repo).await? else { return Err(unknown.into()) };
        let acting = Self { group, actor };
        let found = acting.clone();
        let read = move |connection: &Connection| match groups::is_group(connection, found.id())? {
            true => found.role(connection).map(drop),
            false => Err(unknown.into()),
        };
        server.store.readers.read(read).await?;
        match acting.group.status.is_active() {
            true => Ok(acting),
            false => Err(inactive(&acting.group).into()),
        }
    }

    pub fn id(&self) -> AccountId {
        self.group.id
    }

    /// The member's role at this moment.
    pub fn role(&self, connection: &Connection) -> Result<Role, Error> {
        let role = members::role(connection, self.id(), &self.actor)?;
        Ok(role.ok_or(Refusal::from(GroupRefusal::NotYourGroup))?)
    }

    /// Refuses an act that the member's role does not allow at this moment.
    pub fn require(&self, connection: &Connection, act: &Act) -> Result<Role, Error> {
        let role = self.role(connection)?;
        act.require(role)?;
        Ok(role)
    }

    /// Reads what the member may see.
    pub async fn read<T, F>(&self, server: &Server, act: Act, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, AccountId) -> Result<T, Error> + Send + 'static,
    {
        let acting = self.clone();
        let allowed = move |connection: &Connection| {
            acting.require(connection, &act)?;
            read(connection, acting.id())
        };
        self.tell(server, server.store.readers.read(allowed).await).await
    }

    /// Changes something. `change` checks the role first, in the transaction that it writes in.
    ///
    /// `points` are counted against the member and against the group, as for writes of anybody.
    pub async fn change<T, F>(
        &self,
        server: &Server,
        (weight, points): (usize, u32),
        mut change: F,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>, &Self) -> Result<T, Error> + Send + 'static,
    {
        server.limits.charge_writes(&self.actor, points)?;
        server.limits.charge_writes(&self.group.did, points)?;
        let acting = self.clone();
        let work = move |tx: &mut WriteTx<'_>| change(tx, &acting);
        self.tell(server, server.store.writer.write(weight, work).await).await
    }

    /// Has the log tell of a refusal before whoever was refused hears of it. It costs them as much
    /// as a small write, so that nobody fills the log.
    async fn tell<T>(&self, server: &Server, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Refused(Refusal::Group(refusal))) = &outcome
            && let Some(denied) = refusal.denied()
        {
            server.limits.charge_writes(&self.actor, 1)?;
            let (acting, Denied { act, why }) = (self.clone(), denied.clone());
            let note = move |tx: &mut WriteTx<'_>| {
                Ok(act.note_denied(tx, acting.id(), &acting.actor, &why)?)
            };
            server.store.writer.write(WEIGHT, note).await?;
        }
        outcome
    }
}
