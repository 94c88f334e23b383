//! The Hypercerts record types: their schemas, their typed forms, and the links between them.
//!
//! - [`nsid`] names every type once.
//! - [`catalogue`] holds the schemas of `lexicons/`, compiled in, ready to validate with.
//! - [`Record`] is a record of today's edition as Rust types. Reading is lenient: fields that a schema does
//!   not name are kept, members of open unions that it does not know are kept as [`Value`]s. Every record that
//!   is valid by its schema can be read.
//! - [`links`] finds every reference to another record, whatever the type.
//! - [`diff`](diff()) tells what changed between two versions, field by field.
//! - [`attestation`] makes and checks what others sign about a record.
//! - [`Decimal`] reads the numbers that records keep as text, exactly.
//!
//! Nothing here does I/O or knows the time. Who wrote a record and whether its signature holds is for
//! `hypercerts-repo`; whether a reference leads anywhere is for the index.

mod account;
pub mod attestation;
mod badge;
mod board;
mod build;
mod catalogue;
mod certified;
mod claim;
mod collection;
mod context;
mod decimal;
mod diff;
mod edition;
pub mod finding;
mod funding;
mod heritage;
mod link;
mod lock;
pub mod nsid;
mod object;
mod parts;
pub mod place;
mod record;
pub mod scope;
mod vocabulary;
mod work_scope;

pub use account::{
    Eip712Message, Eip712Proof, Entity, EntityFollow, EvmLink, EvmProof, Follow, RecordSubject,
    SignatureProof,
};
pub use badge::{BadgeAward, BadgeDefinition, BadgeResponse, BadgeSubject};
pub use board::{
    Board, BoardConfig, BoardContributor, ContributorConfig, DisplayProfile, Video, VideoBlob,
};
pub use build::{ClaimDraft, ClaimRecords, Invalid, ValidRecord};
pub use catalogue::{DOCUMENT_CLAIM, LEXICONS, catalogue, document_catalogue};
pub use certified::{Location, Organization, Place, PlaceText, Profile, UrlItem};
pub use claim::{
    Claim, Contribution, ContributionDetails, Contributor, ContributorIdentity,
    ContributorInformation, ContributorRole, NamedContributor, Rights,
};
pub use collection::{Collection, Feature, Item};
pub use context::{
    Acknowledgement, AcknowledgementContext, Attachment, CheckedScore, Evaluation, Measurement,
    Score, ScoreError,
};
pub use decimal::{Decimal, DecimalError, DecimalText};
pub use diff::{Change, diff};
pub use edition::{Edition, Judgement, Normalised, Reading, judge, judge_new, normalise};
pub use funding::{Party, PartyText, Receipt};
pub use heritage::{Evidence, EvidencePage};
pub use hypercerts_lexicon::Value;
pub use link::{Link, StrongRef, links};
pub use lock::ClaimLock;
pub use object::Extra;
pub use parts::{
    Account, ByteSlice, Content, Description, DescriptionText, Facet, FacetFeature, FacetLink,
    FacetMention, FacetTag, FileBlob, ImageBlob, InlineSignature, Picture, Signature, UriObject,
};
pub use record::{ReadError, Record};
pub use vocabulary::{VocabTag, WorkscopeTag};
pub use work_scope::{
    Cel, Ops, ScopeAtom, ScopeLogic, ScopePart, ScopeParts, ScopeTerm, ScopeTerms, WorkScope,
    WorkScopeExpr, WorkScopeString,
};
