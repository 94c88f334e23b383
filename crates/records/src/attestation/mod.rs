//! Attestations: what others say about a record with their own keys, checked.
//!
//! The commit of a repository already tells who *wrote* a record. An *attestation* tells who else
//! stands behind its content. A record lists its attestations in `signatures`, each an *entry* of
//! one of two kinds:
//!
//! - *inline*: a signature in the record itself, with the name of the key that made it ([`KeyId`]);
//! - *remote*: a reference to a *proof*, an `app.certified.signature.proof` record in the attester's
//!   repository, whose own commit is the signature.
//!
//! Both speak of the same *content CID* ([`content_cid`]): the address of the record without its
//! `signatures`, bound to the repository that holds it. So entries come and go without disturbing
//! each other, and none can be carried over to a changed record or to another repository.
//!
//! ```
//! use hypercerts_lexicon::{Did, map};
//! use hypercerts_records::attestation::{self, Evidence, KeyId, Outcome};
//! use hypercerts_repo::{Curve, SecretKey};
//!
//! let record = map! { "$type" => "org.hypercerts.claim.activity", "title" => "Oak wood" }.into();
//! let holder = Did::parse("did:web:forester.example")?;
//! let key = SecretKey::from_bytes(Curve::K256, &[7; 32])?;
//!
//! let entry = attestation::sign(&record, &holder, &key, &KeyId::of_did_key(&key.public()))?;
//! let signed = attestation::add(&record, entry)?;
//!
//! let verdicts = attestation::check(&signed, &holder, &Evidence::default());
//! assert_eq!(verdicts[0].outcome, Outcome::Holds);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A wallet's consent to be linked with an account is an attestation of its own kind; see [`evm`].
//!
//! Nothing here fetches: [`wanted`] says which keys and proofs the entries of a record name, and
//! whoever can fetch hands them in as [`Evidence`]. That a proof lies in the repository its address
//! names is for the caller to have verified. Whom to believe is for people to decide.

mod check;
mod content;
mod entry;
mod evidence;
pub mod evm;
mod key_id;
mod sign;
mod verdict;

pub use check::{check, wanted};
pub use content::{ContentError, Recipe, content_cid};
pub use entry::MAX_ENTRIES;
pub use evidence::{Evidence, Missing, Wanted};
pub use key_id::{KeyId, KeyIdError};
pub use sign::{AddError, SignError, add, prove, refer, sign};
pub use verdict::{Attestation, Kind, Outcome, Reason};
