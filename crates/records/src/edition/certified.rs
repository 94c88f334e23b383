//! The lineages of places, profiles and badges.

use super::lineage::{Era, Lineage, Step};
use super::mend;
use crate::nsid::{self, earlier};

pub(super) static LOCATION: Lineage = Lineage {
    today: nsid::LOCATION,
    eras: &[Era::earlier(
        "location-untyped",
        "Written in an earlier edition of locations, with the place in another form.",
    )
    .told_by(&[Step::Field("location", mend::place)])],
};

pub(super) static PROFILE: Lineage = Lineage {
    today: nsid::PROFILE,
    eras: &[
        Era::earlier("profile", "Written when profiles had a shorter name.")
            .kept_in(&[earlier::PROFILE]),
        Era::earlier(
            "profile-pictures",
            "Written in an earlier edition of profiles, with pictures in another form.",
        )
        .told_by(&[Step::Field("avatar", mend::picture), Step::Field("banner", mend::picture)]),
    ],
};

pub(super) static BADGE_AWARD: Lineage = Lineage {
    today: nsid::BADGE_AWARD,
    eras: &[Era::earlier(
        "badge-award-did",
        "Written in an earlier edition of badge awards, with a DID as a plain text.",
    )
    .told_by(&[Step::Field("subject", mend::account_in_union)])],
};

pub(super) static BADGE_DEFINITION: Lineage = Lineage {
    today: nsid::BADGE_DEFINITION,
    eras: &[Era::earlier(
        "badge-issuer-did",
        "Written in an earlier edition of badges, with DIDs as plain texts.",
    )
    .told_by(&[Step::Items("allowedIssuers", mend::account)])],
};
