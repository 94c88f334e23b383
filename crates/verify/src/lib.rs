//! Checking records from the ground up, without believing any server.
//!
//! [`run`] checks one record over the network; [`bundle`] makes files of evidence that can be checked
//! without one.
//!
//! A [`Verifier`] walks from an AT-URI to a verdict: who the account is (from the did:plc log),
//! what its host says is there (a proof), and whether the one bears out the other (signature,
//! tree, hash, schema). Each step becomes a line of the [`Report`] that says what was checked and
//! what that means.
//!
//! What a verdict does *not* say: that the claim is true, or that no newer version exists which
//! the host holds back.

mod attestations;
pub mod bundle;
mod proof;
mod report;
mod walk;
mod words;

use hypercerts_identity::net::HttpClient;
use hypercerts_identity::{Resolver, ResolverConfig};
use hypercerts_lexicon::AtUri;
use hypercerts_repo::VerifiedRecord;
use url::Url;

pub use attestations::{Attestations, attestations};
pub use report::{Check, Outcome, Report, Step, Verdict};

/// Checks records. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Verifier {
    resolver: Resolver,
    http: HttpClient,
}

/// The report, and the record if a signed commit proves it.
#[derive(Debug)]
pub struct Checked {
    pub report: Report,
    /// There even if the record breaks its schema; the verdict tells.
    pub record: Option<VerifiedRecord>,
}

impl Verifier {
    /// Identities come from `resolver`; proofs are fetched with `http`.
    pub fn new(resolver: Resolver, http: HttpClient) -> Self {
        Self { resolver, http }
    }

    /// With the directory at `plc_url`. Handles that end in `.test`, which no domain name system
    /// knows, are looked up at `test_handles`.
    pub fn with_directory(
        http: HttpClient,
        plc_url: Url,
        test_handles: Url,
    ) -> Result<Self, hypercerts_identity::ResolveError> {
        let config =
            ResolverConfig::new(plc_url, http.clone()).with_handle_host(".test", test_handles);
        Ok(Self::new(Resolver::new(config)?, http))
    }

    /// Who is who, as this verifier sees it.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }
}

/// Checks the record at `uri`. `told` hears of each step as it is done.
pub async fn run(verifier: &Verifier, uri: &AtUri, told: impl FnMut(&Step) + Send) -> Checked {
    walk::walk(verifier, uri, told).await
}
