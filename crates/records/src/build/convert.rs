//! What the parts of records are made from where nothing else can be meant.

use hypercerts_lexicon::{Did, Uri};

use crate::account::{Entity, RecordSubject};
use crate::badge::BadgeSubject;
use crate::board::{BoardContributor, Video};
use crate::certified::{Place, PlaceText};
use crate::claim::{
    ContributionDetails, Contributor, ContributorIdentity, ContributorRole, NamedContributor,
};
use crate::collection::Item;
use crate::context::AcknowledgementContext;
use crate::funding::{Party, PartyText};
use crate::link::StrongRef;
use crate::parts::{Account, Content, Description, DescriptionText, Picture, UriObject};
use crate::work_scope::{Cel, WorkScope, WorkScopeString};

macro_rules! conversions {
    ($($from:ty => $($into:ident::$member:ident($make:path)),+;)*) => {
        $($(impl From<$from> for $into {
            fn from(source: $from) -> Self {
                Self::$member($make(source))
            }
        })+)*
    };
}

conversions! {
    &str => Description::Text(DescriptionText::new),
        WorkScope::Text(WorkScopeString::new),
        ContributorIdentity::Named(NamedContributor::new),
        ContributionDetails::Role(ContributorRole::new),
        Party::Text(PartyText::new),
        Place::Text(PlaceText::new);
    String => Description::Text(DescriptionText::new),
        WorkScope::Text(WorkScopeString::new),
        ContributorIdentity::Named(NamedContributor::new),
        ContributionDetails::Role(ContributorRole::new),
        Party::Text(PartyText::new),
        Place::Text(PlaceText::new);
    StrongRef => Description::Record(std::convert::identity),
        WorkScope::Record(std::convert::identity),
        ContributorIdentity::Record(std::convert::identity),
        ContributionDetails::Record(std::convert::identity),
        Party::Record(std::convert::identity),
        AcknowledgementContext::Record(std::convert::identity),
        BadgeSubject::Record(std::convert::identity),
        BoardContributor::Record(std::convert::identity);
    Did => Party::Account(Account::new),
        BadgeSubject::Account(Account::new);
    Uri => Picture::Uri(UriObject::new),
        Content::Uri(UriObject::new),
        Video::Uri(UriObject::new),
        Place::Uri(UriObject::new),
        AcknowledgementContext::Uri(UriObject::new);
    Cel => WorkScope::Cel(std::convert::identity);
    RecordSubject => Entity::Record(std::convert::identity);
}

impl From<Did> for Account {
    fn from(did: Did) -> Self {
        Self::new(did)
    }
}

impl From<&str> for Contributor {
    fn from(identity: &str) -> Self {
        Self::new(identity)
    }
}

impl From<StrongRef> for Contributor {
    fn from(information: StrongRef) -> Self {
        Self::new(information)
    }
}

impl From<StrongRef> for Item {
    fn from(member: StrongRef) -> Self {
        Self::new(member)
    }
}
