//! The Hypercerts record types: made, checked, read in every edition, and the links between them.
//!
//! - [`nsid`] names every type once.
//! - [`catalogue`] holds the schemas of `lexicons/`, compiled in, ready to validate with; [`judge`] checks a
//!   record by the rules of the edition it is written in.
//! - [`Record`] is a record as Rust types, in today's terms whatever its [`Edition`]. Reading is lenient: fields
//!   that a schema does not name are kept, members of open unions that it does not know are kept as [`Value`]s.
//!   Every record that is valid by its schema can be read.
//! - [`ValidRecord`] is a record that is ready to be written; there is no other way to one than to be checked.
//! - [`links`] finds every reference to another record, whatever the type.
//! - [`diff`](diff()) tells what changed between two versions, field by field.
//! - [`finding`] says what a valid record says that makes no sense.
//! - [`attestation`] makes and checks the signatures inside records.
//! - [`Decimal`] reads the numbers that records keep as text, exactly.
//!
//! # Making records
//!
//! Every record type has `new` for what is required, a method for each other field, and `build`, which checks:
//!
//! ```
//! use hypercerts_records::lexicon::Datetime;
//! use hypercerts_records::{Claim, Contributor};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Datetime::parse("2026-01-12T07:00:00Z")?;
//! let claim = Claim::new("Mangroves for the southern flats", "Twelve hectares planted.", now)
//!     .work_scope("mangrove restoration")
//!     .start_date(Datetime::parse("2025-03-01T00:00:00Z")?)
//!     .end_date(Datetime::parse("2026-01-10T00:00:00Z")?)
//!     .contributors([
//!         Contributor::new("Mangrove Cooperative").contribution_weight("3"),
//!         Contributor::new("Creekside Nursery Group").contribution_weight("1.5"),
//!     ])
//!     .build()?;
//! assert_eq!(claim.collection().as_str(), "org.hypercerts.claim.activity");
//! println!("{} will be stored under {}", claim.value().get("title").unwrap().as_str().unwrap(), claim.cid());
//! # Ok(())
//! # }
//! ```
//!
//! What breaks a rule, of its schema or beyond it, is not built, and the error says where and why:
//!
//! ```
//! use hypercerts_records::lexicon::Datetime;
//! use hypercerts_records::{Evaluation, Score};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Datetime::parse("2026-01-12T07:00:00Z")?;
//! let error = Evaluation::new(Vec::new(), "Eight of ten alive.", now)
//!     .score(Score::new("0", "5", "8"))
//!     .build()
//!     .unwrap_err();
//! assert_eq!(error.paths().collect::<Vec<_>>(), ["score.value"]);
//! println!("{error}");
//! # Ok(())
//! # }
//! ```
//!
//! # Reading records
//!
//! A record is read together with the name of the collection it lies in. Whoever wrote it in an earlier edition
//! is read as well as anybody else:
//!
//! ```
//! use hypercerts_records::lexicon::{Nsid, json};
//! use hypercerts_records::{Edition, Reading, Record, WorkScope};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let written = json::parse(br#"{
//!     "$type": "org.hypercerts.claim",
//!     "title": "Mangroves for the southern flats",
//!     "shortDescription": "Twelve hectares planted.",
//!     "workScope": "mangrove restoration",
//!     "workTimeFrameFrom": "2023-03-01T00:00:00Z",
//!     "workTimeFrameTo": "2024-02-29T23:59:59Z",
//!     "createdAt": "2024-06-03T08:00:00Z"
//! }"#)?;
//! let reading = Reading::of(&Nsid::parse("org.hypercerts.claim")?, &written)?;
//! assert_eq!(reading.edition, Edition::Earlier("claim"));
//!
//! let Record::Claim(claim) = reading.record else { panic!("a claim is expected") };
//! assert_eq!(claim.start_date.unwrap().as_str(), "2023-03-01T00:00:00Z");
//! assert!(matches!(claim.work_scope, Some(WorkScope::Text(_))));
//! # Ok(())
//! # }
//! ```
//!
//! # Checking records
//!
//! ```
//! use hypercerts_records::lexicon::{Nsid, RecordKey, Validity, map};
//! use hypercerts_records::{catalogue, judge, nsid};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let record = map! { "$type" => nsid::RIGHTS, "rightsName" => "Retirement only" }.into();
//! let key = RecordKey::parse("3mbrqzo2k2s2b")?;
//! let judgement = judge(catalogue(), &Nsid::parse(nsid::RIGHTS)?, &key, &record);
//! let Validity::Invalid(violations) = judgement.validity else { panic!("fields are missing") };
//! for violation in violations {
//!     println!("{violation}"); // “rightsType” is required and missing: add it. …
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Claims with their rights
//!
//! A claim refers to the rights it is under by their CID. [`ClaimDraft`] takes both together and hands out the
//! records in the order in which they are written:
//!
//! ```
//! use hypercerts_records::ClaimDraft;
//! use hypercerts_records::lexicon::{Did, Tid, json};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let draft = ClaimDraft::read(&json::parse(br#"{
//!     "title": "Mangroves for the southern flats",
//!     "shortDescription": "Twelve hectares planted.",
//!     "rights": {
//!         "rightsName": "Retirement only",
//!         "rightsType": "RETIRE",
//!         "rightsDescription": "Shares may be retired and nothing else."
//!     },
//!     "createdAt": "2026-01-12T07:00:00Z"
//! }"#)?)?;
//! let records = draft.at(&Did::parse("did:web:forest.example")?, Tid::parse("3mbrqzo2k2s2b")?)?;
//! let rights = records.rights.expect("the claim has its rights in place");
//! assert_eq!(rights.collection().as_str(), "org.hypercerts.claim.rights");
//! let reference = records.claim.value().get("rights").unwrap();
//! assert_eq!(reference.get("cid").unwrap().as_str(), Some(&*rights.cid().to_string()));
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here does I/O or knows the time. Who wrote a record and whether the repository's signature holds is
//! for `hypercerts-repo`; whether a reference leads anywhere is for the index.

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
    Eip712Message, Eip712Proof, Entity, EntityFollow, EvmLink, EvmProof, Follow, Like,
    RecordSubject, Repost, SignatureProof,
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
/// The vocabulary of the protocol, for those who use this crate alone.
pub use hypercerts_lexicon as lexicon;
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
