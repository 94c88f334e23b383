//! The claim and the records that belong to it.

use hypercerts_lexicon::Datetime;

use crate::decimal::DecimalText;
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::{Content, Description, Facet, Picture};
use crate::work_scope::WorkScope;

record! {
    /// A claim: what was done, by whom, when, where, and under which rights.
    Claim = nsid::ACTIVITY {
        required {
            /// At most 256 bytes.
            title: String,
            /// At most 3,000 bytes and 300 characters.
            short_description: String,
        }
        optional {
            description: Description,
            image: Picture,
            /// Absent: all work of these people, at this time, in these places.
            work_scope: WorkScope,
            /// Absent: the beginning is open.
            start_date: Datetime,
            /// Absent: the end is open.
            end_date: Datetime,
            /// A [`Rights`] record.
            rights: StrongRef,
        }
        lists {
            short_description_facets: Facet,
            contributors: Contributor,
            /// [`Location`](crate::Location) records, at most 1,000.
            locations: StrongRef,
        }
    }
}

object! {
    /// One entry of a claim's contributors.
    Contributor {
        required { contributor_identity: ContributorIdentity, }
        optional {
            /// Above zero; only its ratio to the others' counts.
            contribution_weight: DecimalText,
            contribution_details: ContributionDetails,
        }
        lists {}
    }
}

union! {
    /// Who contributed.
    ContributorIdentity {
        Named(NamedContributor) = shape::CONTRIBUTOR_IDENTITY,
        /// A [`ContributorInformation`] record.
        Record(StrongRef) = shape::STRONG_REF,
    }
}

object! {
    /// A contributor named in place.
    NamedContributor {
        required {
            /// A DID, a name or an address.
            identity: String,
        }
        optional {}
        lists {}
    }
}

union! {
    /// What somebody contributed.
    ContributionDetails {
        Role(ContributorRole) = shape::CONTRIBUTOR_ROLE,
        /// A [`Contribution`] record.
        Record(StrongRef) = shape::STRONG_REF,
    }
}

object! {
    /// A role named in place.
    ContributorRole { required { role: String, } optional {} lists {} }
}

record! {
    /// What one contributor did.
    Contribution = nsid::CONTRIBUTION {
        required {}
        optional {
            role: String,
            contribution_description: String,
            start_date: Datetime,
            end_date: Datetime,
        }
        lists {}
    }
}

record! {
    /// Who a contributor is.
    ContributorInformation = nsid::CONTRIBUTOR_INFORMATION {
        required {}
        optional {
            /// A DID or the address of a page.
            identifier: String,
            display_name: String,
            image: Picture,
        }
        lists {}
    }
}

record! {
    /// What the owners of a hypercert may do.
    Rights = nsid::RIGHTS {
        required {
            rights_name: String,
            /// A code of at most 10 bytes.
            rights_type: String,
            rights_description: String,
        }
        optional { attachment: Content, }
        lists {}
    }
}
