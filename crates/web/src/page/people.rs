//! Who says so: accounts, and how each stands to the claim.
//!
//! A statement is attributed to whoever's repository holds it, whatever names stand in its fields.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_index::view::{ActorBrief, Group, Hypercert, Related};
use hypercerts_lexicon::Did;
use hypercerts_records::{Party, Record};

use crate::format::link;

/// An account as a link: its display name, else its handle, else its DID.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "part/person.html")]
pub struct Person {
    did: String,
    handle: Option<String>,
    display_name: Option<String>,
    href: String,
}

impl HtmlSafe for Person {}

impl From<&ActorBrief> for Person {
    fn from(actor: &ActorBrief) -> Self {
        let display_name = actor.display_name.clone().filter(|name| !name.trim().is_empty());
        Self {
            did: actor.did.to_string(),
            handle: actor.handle.as_ref().map(|handle| format!("@{handle}")),
            display_name,
            href: link::actor(&actor.did),
        }
    }
}

impl Person {
    /// What the account is called in a sentence.
    pub fn words(&self) -> &str {
        self.display_name.as_deref().or(self.handle.as_deref()).unwrap_or(&self.did)
    }

    /// The handle, where it is not the name already.
    pub fn second_name(&self) -> Option<&str> {
        self.display_name.as_ref().and(self.handle.as_deref())
    }

    /// The DID, which never changes.
    pub fn did(&self) -> &str {
        &self.did
    }
}

/// The accounts that a hypercert's records come from, to name those that are only given as DIDs.
#[derive(Clone, Debug, Default)]
pub struct People(BTreeMap<Did, ActorBrief>);

impl People {
    /// Everyone met in the hypercert.
    pub fn of(hypercert: &Hypercert) -> Self {
        let authors = groups(hypercert).into_iter().flat_map(|group| &group.items);
        let authors = authors.map(|related| &related.author);
        let contributors = hypercert.contributors.items.iter();
        let contributors = contributors.filter_map(|contributor| contributor.actor.as_ref());
        let all = authors.chain(contributors).chain([&hypercert.author]);
        Self(all.map(|actor| (actor.did.clone(), actor.clone())).collect())
    }

    /// The account of a DID, with its names if they are known here.
    pub fn person(&self, did: &Did) -> Person {
        let unknown = || ActorBrief { did: did.clone(), handle: None, display_name: None };
        Person::from(&self.0.get(did).cloned().unwrap_or_else(unknown))
    }
}

/// Every group of related records, in the order of the page.
pub fn groups(hypercert: &Hypercert) -> [&Group<Related>; 9] {
    [
        &hypercert.measurements,
        &hypercert.attachments,
        &hypercert.evaluations,
        &hypercert.receipts,
        &hypercert.acknowledgements,
        &hypercert.rights,
        &hypercert.locations,
        &hypercert.collections,
        &hypercert.other,
    ]
}

/// How the holder of a repository stands to the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Claimant,
    Contributor,
    Funder,
    Independent,
}

impl Standing {
    /// Said beside a name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Claimant => "same repository as the claim",
            Self::Contributor => "own repository, a contributor",
            Self::Funder => "own repository, a funder",
            Self::Independent => "own repository",
        }
    }

    /// Why an evaluation from here is not independent; `None` when it is.
    pub fn dependence(self) -> Option<&'static str> {
        match self {
            Self::Claimant => Some("Not independent: it is from the claimant’s own repository"),
            Self::Contributor => Some("Not independent: its author is a contributor of this claim"),
            Self::Funder => Some("Not independent: its author funded this work"),
            Self::Independent => None,
        }
    }
}

/// The rule by which an evaluation is called independent, as the page states it.
pub const INDEPENDENCE: &str = "Independent means: from a repository that is not the claimant’s, \
     a contributor’s or a funder’s.";

/// Those who have a part in the claim, so that their evaluation of it is not independent.
#[derive(Clone, Debug)]
pub struct Circle {
    claimant: Did,
    contributors: BTreeSet<Did>,
    funders: BTreeSet<Did>,
}

impl Circle {
    /// Reads the circle from the claim and its receipts.
    ///
    /// A receipt makes its payer a funder only if the payer or the claimant holds it: otherwise
    /// any stranger could take away an evaluator's independence by naming them as payer.
    pub fn of(hypercert: &Hypercert) -> Self {
        let claimant = hypercert.author.did.clone();
        let named = hypercert.contributors.items.iter();
        let named = named.filter_map(|contributor| Some(contributor.actor.as_ref()?.did.clone()));
        let contributions = hypercert.contributors.items.iter();
        let contributions =
            contributions.filter_map(|entry| Some(entry.information.as_ref()?.author.did.clone()));
        let funders = hypercert.receipts.items.iter().filter_map(|receipt| {
            let payer = payer(receipt)?;
            let holder = &receipt.author.did;
            (*holder == payer || *holder == claimant).then_some(payer)
        });
        Self {
            contributors: named.chain(contributions).collect(),
            funders: funders.collect(),
            claimant,
        }
    }

    /// How an account stands to the claim.
    pub fn standing(&self, did: &Did) -> Standing {
        match did {
            _ if *did == self.claimant => Standing::Claimant,
            _ if self.contributors.contains(did) => Standing::Contributor,
            _ if self.funders.contains(did) => Standing::Funder,
            _ => Standing::Independent,
        }
    }
}

/// The account a receipt names as payer.
fn payer(receipt: &Related) -> Option<Did> {
    let view = receipt.record.as_ref()?;
    match Record::read(&view.collection, &view.value) {
        Ok(Record::Receipt(receipt)) => account(receipt.from.as_ref()?),
        _ => None,
    }
}

/// The account that pays or is paid: a record stands for whoever holds it.
pub fn account(party: &Party) -> Option<Did> {
    match party {
        Party::Account(account) => Some(account.did.clone()),
        Party::Record(record) => record.uri().did(),
        Party::Text(_) | Party::Unknown(_) => None,
    }
}
