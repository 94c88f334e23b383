//! The lineages of places, profiles and badges.

use super::lineage::{Era, Lineage, Step};
use super::{Edition, mend, names};
use crate::nsid;

pub(super) static LOCATION: Lineage = Lineage {
    today: nsid::LOCATION,
    eras: &[Era {
        edition: Edition::Earlier("location-untyped"),
        words: "Written in an earlier edition of locations, with the place in another form.",
        collections: &[],
        steps: &[Step::Field("location", mend::place)],
        fill: &[],
    }],
};

pub(super) static PROFILE: Lineage = Lineage {
    today: nsid::PROFILE,
    eras: &[
        Era {
            edition: Edition::Earlier("profile"),
            words: "Written when profiles had a shorter name.",
            collections: &[names::PROFILE],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("profile-pictures"),
            words: "Written in an earlier edition of profiles, with pictures in another form.",
            collections: &[],
            steps: &[Step::Field("avatar", mend::picture), Step::Field("banner", mend::picture)],
            fill: &[],
        },
    ],
};

pub(super) static BADGE_AWARD: Lineage = Lineage {
    today: nsid::BADGE_AWARD,
    eras: &[Era {
        edition: Edition::Earlier("badge-award-did"),
        words: "Written in an earlier edition of badge awards, with a DID as a plain text.",
        collections: &[],
        steps: &[Step::Field("subject", mend::account_in_union)],
        fill: &[],
    }],
};

pub(super) static BADGE_DEFINITION: Lineage = Lineage {
    today: nsid::BADGE_DEFINITION,
    eras: &[Era {
        edition: Edition::Earlier("badge-issuer-did"),
        words: "Written in an earlier edition of badges, with DIDs as plain texts.",
        collections: &[],
        steps: &[Step::Items("allowedIssuers", mend::account)],
        fill: &[],
    }],
};
