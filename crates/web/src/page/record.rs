//! Any record as it is: the JSON, the reasons it may not fit, and every link both ways.

use askama::Template;
use hypercerts_index::view::{Group, RecordPicture, RecordView, Reference, Related, Validity};

use super::attestation::{AttestationNote, attestations};
use super::finding::{self, FindingNote};
use super::history::{caption, kind};
use super::people::Person;
use super::seal::{self, Answer};
use super::tie::{Reason, partial, reasons};
use super::{Here, Page};
use crate::format::date::Moment;
use crate::format::link;
use hypercerts_records::nsid;

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/record.html")]
pub struct RecordPage {
    kind: String,
    collection: String,
    title: Option<String>,
    author: Person,
    /// The page that shows the record for what it is, when there is one.
    shown_at: Option<String>,
    seal: [Answer; 2],
    unknown_type: bool,
    reasons: Vec<Reason>,
    findings: Vec<FindingNote>,
    attestations: Vec<AttestationNote>,
    links: Links,
    backlinks: Links,
    json: String,
    provenance: Provenance,
}

/// Where a record lies, and on which evidence it is believed.
#[derive(Clone, Debug)]
pub struct Provenance {
    pub uri: String,
    pub cid: String,
    pub did: String,
    pub rev: String,
    pub commit: String,
    pub key: String,
    pub checked: Moment,
    pub source: String,
    /// What is particular about the edition that the record is written in.
    pub edition: &'static str,
    pub href: String,
}

/// Links one way.
struct Links {
    items: Vec<LinkRow>,
    partial: Option<String>,
}

struct LinkRow {
    uri: String,
    href: String,
    kind: String,
    title: Option<String>,
    by: Person,
    via: String,
    state: &'static str,
}

impl Provenance {
    /// Reads the record's evidence.
    pub fn of(view: &RecordView) -> Self {
        let verification = &view.verification;
        Self {
            uri: view.uri.to_string(),
            cid: view.cid.to_string(),
            did: view.did.to_string(),
            rev: verification.signed.rev.to_string(),
            commit: verification.signed.commit.to_string(),
            key: verification.signed.key.clone(),
            checked: Moment::minute(verification.checked_at.as_str()),
            source: verification.source.clone(),
            edition: view.edition.in_words(),
            href: link::record(&view.uri),
        }
    }
}

impl RecordPage {
    /// Puts the page together.
    pub fn of(picture: &RecordPicture) -> Self {
        let view = &picture.record;
        let author = Person::from(&picture.author);
        let shown_at = match view.kind.as_str() {
            nsid::ACTIVITY => Some(link::hypercert(&view.uri)),
            nsid::PROFILE | nsid::ORGANIZATION => Some(link::actor(&view.did)),
            _ => None,
        };
        Self {
            kind: kind(view.kind.as_str()),
            collection: view.collection.to_string(),
            title: caption(view),
            shown_at,
            seal: [seal::signed(view, &author), seal::intact(view)],
            unknown_type: view.validity == Validity::UnknownType,
            reasons: reasons(&view.validity),
            findings: finding::of_record(view),
            attestations: attestations(view),
            links: Links::of(&picture.links),
            backlinks: Links::of(&picture.backlinks),
            json: json(view),
            provenance: Provenance::of(view),
            author,
        }
    }
}

impl Page for RecordPage {
    fn title(&self) -> String {
        self.title.clone().unwrap_or_else(|| self.kind.clone())
    }

    fn here(&self) -> Here {
        Here::Elsewhere
    }
}

impl Links {
    fn of(group: &Group<Related>) -> Self {
        Self { items: group.items.iter().map(LinkRow::of).collect(), partial: partial(group) }
    }
}

impl LinkRow {
    fn of(related: &Related) -> Self {
        let collection = related.uri.collection();
        Self {
            uri: related.uri.to_string(),
            href: link::record(&related.uri),
            kind: collection.map_or_else(|| "Record".to_owned(), |nsid| kind(nsid.as_str())),
            title: related.record.as_ref().and_then(caption),
            by: Person::from(&related.author),
            via: related.via.join(", "),
            state: state(&related.reference),
        }
    }
}

fn state(reference: &Reference) -> &'static str {
    match reference {
        Reference::Current => "the current version",
        Reference::Stale { .. } => "an earlier version",
        Reference::NeverSeen { .. } => "a version not seen here",
        Reference::Missing { .. } => "not held here",
        Reference::Unpinned => "no version named",
    }
}

/// The record in the AT Protocol's JSON form, set for reading.
fn json(view: &RecordView) -> String {
    serde_json::to_string_pretty(&view.value).unwrap_or_else(|error| error.to_string())
}
