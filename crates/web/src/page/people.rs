//! Who says so: accounts, and how each stands to the claim.
//!
//! A statement is attributed to whoever's repository holds it, whatever names stand in its fields.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_index::view::{ActorBrief, Group, Hypercert, Related, Standing};
use hypercerts_lexicon::Did;

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

/// How the holder of a record stands to the claim, said beside a name.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Claimant => "same repository as the claim",
        Standing::Contributor => "own repository, a contributor",
        Standing::Funder => "own repository, a funder",
        Standing::Independent => "own repository",
    }
}

/// Why an evaluation from there is not independent; `None` when it is.
pub fn dependence(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Claimant => Some("Not independent: it is from the claimant’s own repository"),
        Standing::Contributor => Some("Not independent: its author is a contributor of this claim"),
        Standing::Funder => Some("Not independent: its author funded this work"),
        Standing::Independent => None,
    }
}

/// The index's rule by which an evaluation is called independent, as the page states it.
pub const INDEPENDENCE: &str = "Independent means: from a repository that is not the claimant’s, \
     a contributor’s or a funder’s.";
