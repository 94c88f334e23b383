//! One account: what it did, evaluated and funded, and how far it is followed.

use askama::Template;
use hypercerts_index::view::{About, AccountStatus, ActorView, Group, SyncState};
use hypercerts_records::{Organization, Profile, Record};

use super::Page;
use super::content::{Image, LongText};
use super::list::Entry;
use super::people::Person;
use super::tie::partial;
use crate::format::date::Moment;
use crate::format::link::{self, Outside};
use crate::format::{count, number};

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/actor.html")]
pub struct ActorPage {
    actor: Person,
    about: Option<String>,
    avatar: Option<Image>,
    pages: Vec<Outside>,
    kinds: String,
    long: Option<LongText>,
    inactive: Option<String>,
    behind: Option<String>,
    claims: Vec<Entry>,
    more_claims: Option<String>,
    evaluations: Vec<Deed>,
    more_evaluations: Option<String>,
    receipts: Vec<Deed>,
    more_receipts: Option<String>,
    collections: Vec<(String, String)>,
    pds: Option<String>,
    rev: Option<String>,
}

/// Something the account said about a claim.
struct Deed {
    date: Moment,
    what: String,
    href: String,
    claim: Option<(String, String)>,
}

impl ActorPage {
    /// Puts the page together.
    pub fn of(view: &ActorView) -> Self {
        let profile = profile(view);
        let organization = organization(view);
        let profile = profile.as_ref();
        let organization = organization.as_ref();
        let avatar = profile.and_then(|profile| profile.avatar.as_ref());
        Self {
            actor: Person::from(&view.actor),
            about: profile.and_then(|profile| profile.description.clone()),
            avatar: avatar.and_then(|picture| Image::of(picture, &view.actor.did)),
            pages: pages(profile, organization),
            kinds: organization.map(|org| org.organization_type.join(", ")).unwrap_or_default(),
            long: organization.and_then(|org| org.long_description.as_ref()).map(LongText::of),
            inactive: inactive(view.status),
            behind: behind(&view.sync),
            claims: view.claims.items.iter().map(Entry::from).collect(),
            more_claims: partial(&view.claims),
            evaluations: deeds(&view.evaluations),
            more_evaluations: partial(&view.evaluations),
            receipts: deeds(&view.receipts),
            more_receipts: partial(&view.receipts),
            collections: view.collections.iter().map(collection).collect(),
            pds: view.pds.clone(),
            rev: view.rev.as_ref().map(ToString::to_string),
        }
    }

    fn all_claims(&self) -> String {
        format!("/hypercerts?author={}", link::query(self.actor.did()))
    }
}

impl Page for ActorPage {
    fn title(&self) -> String {
        self.actor.words().to_owned()
    }
}

fn profile(view: &ActorView) -> Option<Profile> {
    let record = view.profile.as_ref()?;
    match Record::read(&record.collection, &record.value) {
        Ok(Record::Profile(profile)) => Some(profile),
        _ => None,
    }
}

fn organization(view: &ActorView) -> Option<Organization> {
    let record = view.organization.as_ref()?;
    match Record::read(&record.collection, &record.value) {
        Ok(Record::Organization(organization)) => Some(organization),
        _ => None,
    }
}

fn pages(profile: Option<&Profile>, organization: Option<&Organization>) -> Vec<Outside> {
    let website = profile.and_then(|profile| profile.website.as_ref());
    let urls = organization.map(|organization| organization.urls.as_slice()).unwrap_or_default();
    let all = website.into_iter().chain(urls.iter().map(|item| &item.url));
    all.map(|uri| Outside::of(uri.as_str())).collect()
}

fn inactive(status: AccountStatus) -> Option<String> {
    (status != AccountStatus::Active).then(|| {
        format!("Its server says that this account is {status}. Its records are not shown.")
    })
}

fn behind(sync: &SyncState) -> Option<String> {
    match sync {
        SyncState::Synchronized => None,
        SyncState::Pending { reason } => {
            Some(format!("Not followed yet, so nothing of it is shown: {reason}"))
        }
        SyncState::Desynchronized { reason } => {
            Some(format!("What is shown was verified, but may be out of date: {reason}"))
        }
    }
}

fn deeds(group: &Group<About>) -> Vec<Deed> {
    group.items.iter().map(deed).collect()
}

fn deed(about: &About) -> Deed {
    let view = &about.record;
    let claim = about.claim.as_ref();
    Deed {
        date: super::tie::written(view),
        what: words(about),
        href: link::record(&view.uri),
        claim: claim.map(|claim| (claim.title.clone(), link::hypercert(&claim.uri))),
    }
}

/// An evaluation by its summary, a receipt by its amount.
fn words(about: &About) -> String {
    match Record::read(&about.record.collection, &about.record.value) {
        Ok(Record::Evaluation(evaluation)) => evaluation.summary,
        Ok(Record::Receipt(receipt)) => {
            number::money(receipt.amount.as_str(), receipt.currency.trim())
        }
        _ => "A record that does not fit its schema".to_owned(),
    }
}

fn collection(of: &hypercerts_index::view::CollectionCount) -> (String, String) {
    let records = usize::try_from(of.records).unwrap_or(usize::MAX);
    (of.collection.to_string(), count(records, "record", "records"))
}
