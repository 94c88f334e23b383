//! Places, and what accounts say about themselves.

use hypercerts_lexicon::{Datetime, Uri};

use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::{Description, FileBlob, Picture, UriObject};

record! {
    /// A place.
    Location = nsid::LOCATION {
        required {
            /// The version of the Location Protocol.
            lp_version: String,
            /// The coordinate system; without meaning if `location_type` is `country-code`.
            srs: Uri,
            /// How `location` is written, such as `geojson-point`.
            location_type: String,
            location: Place,
        }
        optional {
            name: String,
            description: String,
        }
        lists {}
    }
}

union! {
    /// Where a place is.
    Place {
        Uri(UriObject) = shape::URI,
        File(FileBlob) = shape::SMALL_BLOB,
        Text(PlaceText) = shape::LOCATION_STRING,
    }
}

object! {
    /// A place written in place, in the way that the record's `location_type` names.
    PlaceText { required { string: String, } optional {} lists {} }
}

record! {
    /// How an account presents itself.
    Profile = nsid::PROFILE {
        required {}
        optional {
            display_name: String,
            description: String,
            pronouns: String,
            website: Uri,
            avatar: Picture,
            banner: Picture,
        }
        lists {}
    }
}

record! {
    /// What an organization adds to its profile.
    Organization = nsid::ORGANIZATION {
        required {}
        optional {
            /// A [`Location`] record.
            location: StrongRef,
            /// Only the date counts.
            founded_date: Datetime,
            long_description: Description,
            /// `unlisted` asks not to be shown in lists.
            visibility: String,
        }
        lists {
            /// At most 10.
            organization_type: String,
            urls: UrlItem,
        }
    }
}

object! {
    /// A page of an organization.
    UrlItem { required { url: Uri, } optional { label: String, } lists {} }
}
