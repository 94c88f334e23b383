//! The names of the record types and of the shapes inside them. No other module spells one out.

/// What the names of all record types around hypercerts begin with, those without a lexicon here included.
pub const NAMESPACES: [&str; 4] =
    ["org.hypercerts.", "app.certified.", "org.hyperboards.", "rs.hypercerts."];

/// A claim: the record at the heart of a hypercert.
pub const ACTIVITY: &str = "org.hypercerts.claim.activity";
pub const CONTRIBUTION: &str = "org.hypercerts.claim.contribution";
pub const CONTRIBUTOR_INFORMATION: &str = "org.hypercerts.claim.contributorInformation";
pub const RIGHTS: &str = "org.hypercerts.claim.rights";
pub const COLLECTION: &str = "org.hypercerts.collection";
pub const ACKNOWLEDGEMENT: &str = "org.hypercerts.context.acknowledgement";
pub const ATTACHMENT: &str = "org.hypercerts.context.attachment";
pub const EVALUATION: &str = "org.hypercerts.context.evaluation";
pub const MEASUREMENT: &str = "org.hypercerts.context.measurement";
pub const FEATURE: &str = "org.hypercerts.entity.feature";
pub const RECEIPT: &str = "org.hypercerts.funding.receipt";
pub const VOCAB_TAG: &str = "org.hypercerts.vocab.tag";
pub const WORKSCOPE_TAG: &str = "org.hypercerts.workscope.tag";

pub const LOCATION: &str = "app.certified.location";
pub const PROFILE: &str = "app.certified.actor.profile";
pub const ORGANIZATION: &str = "app.certified.actor.organization";
pub const BADGE_AWARD: &str = "app.certified.badge.award";
pub const BADGE_DEFINITION: &str = "app.certified.badge.definition";
pub const BADGE_RESPONSE: &str = "app.certified.badge.response";
pub const LIKE: &str = "app.certified.feed.like";
pub const REPOST: &str = "app.certified.feed.repost";
pub const FOLLOW: &str = "app.certified.graph.follow";
pub const ENTITY_FOLLOW: &str = "app.certified.graph.entityFollow";
pub const EVM_LINK: &str = "app.certified.link.evm";
pub const SIGNATURE_PROOF: &str = "app.certified.signature.proof";
pub const BOARD: &str = "org.hyperboards.board";
pub const DISPLAY_PROFILE: &str = "org.hyperboards.displayProfile";

/// A claim frozen at one version.
pub const CLAIM_LOCK: &str = "rs.hypercerts.claim.lock";

/// Records of the document edition: see [`Edition::Document`](crate::Edition::Document).
pub const WORK_SCOPE_EXPR: &str = "org.hypercerts.helper.workScopeExpr";
pub const OPS: &str = "org.hypercerts.helper.ops";
pub const HELPER_TAG: &str = "org.hypercerts.helper.workScopeTag";
pub const CONTRIBUTION_DETAILS: &str = "org.hypercerts.claim.contributionDetails";

/// Collections of types that have another name today.
pub(crate) mod earlier {
    pub(crate) const CLAIM_RECORD: &str = "org.hypercerts.claim.record";
    pub(crate) const CLAIM: &str = "org.hypercerts.claim";
    pub(crate) const CLAIM_IMPACT: &str = "org.hypercerts.claim.impact";
    pub(crate) const CONTRIBUTOR: &str = "org.hypercerts.claim.contributor";
    pub(crate) const EVIDENCE: &str = "org.hypercerts.claim.evidence";
    pub(crate) const CLAIM_ATTACHMENT: &str = "org.hypercerts.claim.attachment";
    pub(crate) const CLAIM_EVALUATION: &str = "org.hypercerts.claim.evaluation";
    pub(crate) const CLAIM_MEASUREMENT: &str = "org.hypercerts.claim.measurement";
    pub(crate) const CLAIM_COLLECTION: &str = "org.hypercerts.claim.collection";
    pub(crate) const CLAIM_PROJECT: &str = "org.hypercerts.claim.project";
    pub(crate) const ACKNOWLEDGEMENT: &str = "org.hypercerts.acknowledgement";
    pub(crate) const ONTOLOGY_TAG: &str = "org.hypercerts.ontology.workScopeTag";
    pub(crate) const PROFILE: &str = "app.certified.profile";
}

/// Collections whose records are read as those of a type of today, though it has another name today.
pub const EARLIER: [&str; 15] = [
    earlier::CLAIM_RECORD,
    earlier::CLAIM,
    earlier::CLAIM_IMPACT,
    earlier::CONTRIBUTOR,
    CONTRIBUTION_DETAILS,
    earlier::EVIDENCE,
    earlier::CLAIM_ATTACHMENT,
    earlier::CLAIM_EVALUATION,
    earlier::CLAIM_MEASUREMENT,
    earlier::CLAIM_COLLECTION,
    earlier::CLAIM_PROJECT,
    earlier::ACKNOWLEDGEMENT,
    HELPER_TAG,
    earlier::ONTOLOGY_TAG,
    earlier::PROFILE,
];

pub use crate::edition::current;

/// Methods of the index.
pub const GET_HYPERCERT: &str = "rs.hypercerts.index.getHypercert";
pub const LIST_HYPERCERTS: &str = "rs.hypercerts.index.listHypercerts";
pub const GET_RECORD: &str = "rs.hypercerts.index.getRecord";
pub const GET_OVERLAPS: &str = "rs.hypercerts.index.getOverlaps";
pub const GET_STATUS: &str = "rs.hypercerts.index.getStatus";

/// Shapes that are no records, by the name that their `$type` carries.
pub mod shape {
    pub const STRONG_REF: &str = "com.atproto.repo.strongRef";
    pub const LEAFLET_DOCUMENT: &str = "pub.leaflet.pages.linearDocument";
    pub const CEL: &str = "org.hypercerts.workscope.cel";
    /// What [`CEL`] was called before.
    pub const EARLIER_CEL: [&str; 2] =
        ["org.hypercerts.helper.celExpression", "org.hypercerts.ontology.celExpression"];

    /// Lists of terms, as claims had them in place.
    pub const SCOPE_TERMS: &str = "org.hypercerts.claim.activity#workScope";
    /// Trees of terms, as claims had them in place.
    pub const SCOPE_ALL: &str = "org.hypercerts.defs#workScopeAll";
    pub const SCOPE_ANY: &str = "org.hypercerts.defs#workScopeAny";
    pub const SCOPE_NOT: &str = "org.hypercerts.defs#workScopeNot";
    pub const SCOPE_ATOM: &str = "org.hypercerts.defs#workScopeAtom";

    pub const WORK_SCOPE_STRING: &str = "org.hypercerts.claim.activity#workScopeString";
    pub const CONTRIBUTOR_IDENTITY: &str = "org.hypercerts.claim.activity#contributorIdentity";
    pub const CONTRIBUTOR_ROLE: &str = "org.hypercerts.claim.activity#contributorRole";
    pub const RECEIPT_TEXT: &str = "org.hypercerts.funding.receipt#text";

    pub const DESCRIPTION_STRING: &str = "org.hypercerts.defs#descriptionString";
    pub const URI: &str = "org.hypercerts.defs#uri";
    pub const SMALL_BLOB: &str = "org.hypercerts.defs#smallBlob";
    pub const LARGE_BLOB: &str = "org.hypercerts.defs#largeBlob";
    /// What three of these were called before.
    pub const EARLIER_URI: &str = "app.certified.defs#uri";
    pub const EARLIER_SMALL_BLOB: &str = "app.certified.defs#smallBlob";
    pub const EARLIER_LARGE_BLOB: &str = "app.certified.defs#largeBlob";
    pub const SMALL_IMAGE: &str = "org.hypercerts.defs#smallImage";
    pub const LARGE_IMAGE: &str = "org.hypercerts.defs#largeImage";
    pub const SMALL_VIDEO: &str = "org.hypercerts.defs#smallVideo";

    pub const ACCOUNT: &str = "app.certified.defs#did";
    pub const RECORD_SUBJECT: &str = "app.certified.defs#recordSubject";
    pub const EIP712_PROOF: &str = "app.certified.link.evm#eip712Proof";
    pub const LOCATION_STRING: &str = "app.certified.location#string";
    pub const INLINE_SIGNATURE: &str = "app.certified.signature.defs#inline";

    pub const FACET_MENTION: &str = "app.bsky.richtext.facet#mention";
    pub const FACET_LINK: &str = "app.bsky.richtext.facet#link";
    pub const FACET_TAG: &str = "app.bsky.richtext.facet#tag";
}
