//! The page at the heart: a claim with everything that is known about it.

use askama::Template;
use hypercerts_index::view::{Hypercert, Related};

use super::attestation::{AttestationNote, attestations};
use super::claim::{Claim, Scope, places_beyond};
use super::content::{Image, LongText};
use super::contributor::{Answer, Contributors, Name};
use super::evaluation::{self, EvaluationNote, ScoreView};
use super::evidence::{self, EvidenceEntry};
use super::finding::{self, FindingNote};
use super::funding::{Funding, PartyView};
use super::history::{self, Event};
use super::lock::{LockNote, locks};
use super::measurement::{self, MeasurementRow};
use super::people::{People, Person, groups};
use super::place::{self, PlaceView, Position};
use super::record::Provenance;
use super::seal::{self, Answer as Sealed};
use super::tie::{Misfit, fitting, fitting_total, partial};
use super::version::Version;
use super::{Here, Page};
use crate::chart::map::Map;
use crate::format::{count, link};

/// Places named among the facts; all of them stand under Where.
const PLACES_IN_FACTS: usize = 3;

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/hypercert.html")]
pub struct HypercertPage {
    claim: Claim,
    places: Vec<PlaceView>,
    more_places: Option<String>,
    seal: [Sealed; 4],
    findings: Vec<FindingNote>,
    attestations: Vec<AttestationNote>,
    locks: Vec<LockNote>,
    strip: Vec<Figure>,
    measurements: Vec<MeasurementRow>,
    evidence: Vec<EvidenceEntry>,
    evaluations: Vec<EvaluationNote>,
    independent_evaluations: u64,
    contributors: Contributors,
    funding: Funding,
    map: Option<Map>,
    tied: Vec<Tied>,
    misfits: Vec<Misfit>,
    events: Vec<Event>,
    provenance: Provenance,
    overlaps: String,
    partial: Partial,
}

/// One figure of the strip, with the section it leads to.
#[derive(Debug, PartialEq, Eq)]
struct Figure {
    anchor: &'static str,
    words: String,
    aside: Option<String>,
}

/// What is said of groups too large to be shown whole.
struct Partial {
    measurements: Option<String>,
    evidence: Option<String>,
    evaluations: Option<String>,
    contributors: Option<String>,
    funding: Option<String>,
}

/// A record of another kind that is tied to the claim.
struct Tied {
    kind: String,
    title: Option<String>,
    href: String,
    by: Person,
    version: Option<Version>,
}

impl HypercertPage {
    /// Puts the page together.
    pub fn of(hypercert: &Hypercert) -> Self {
        let people = People::of(hypercert);
        let contributors = Contributors::of(hypercert);
        let evaluations = evaluation::notes(&hypercert.evaluations, &people);
        let funding = Funding::of(&hypercert.receipts, &people);
        let places = place::places(&hypercert.locations);
        Self {
            claim: Claim::of(hypercert),
            more_places: places_beyond(&places, hypercert.locations.total, PLACES_IN_FACTS),
            seal: seal::seal(hypercert, &contributors, &evaluations),
            findings: finding::of_hypercert(hypercert),
            attestations: attestations(&hypercert.claim),
            locks: locks(hypercert),
            strip: strip(hypercert, &evaluations, &funding),
            measurements: measurement::rows(&hypercert.measurements, &people),
            evidence: evidence::entries(&hypercert.attachments),
            map: place::map(&places),
            tied: tied(hypercert),
            misfits: groups(hypercert).into_iter().flat_map(Misfit::all).collect(),
            independent_evaluations: hypercert.independent_evaluations,
            events: history::events(hypercert),
            provenance: Provenance::of(&hypercert.claim),
            overlaps: link::overlaps(&hypercert.claim.uri),
            partial: Partial::of(hypercert),
            places,
            evaluations,
            contributors,
            funding,
        }
    }

    fn named_places(&self) -> &[PlaceView] {
        &self.places[..self.places.len().min(PLACES_IN_FACTS)]
    }

    fn has_independent_evaluation(&self) -> bool {
        self.independent_evaluations > 0
    }
}

impl Page for HypercertPage {
    fn title(&self) -> String {
        self.claim.title.clone()
    }

    fn here(&self) -> Here {
        Here::Hypercerts
    }
}

impl Partial {
    fn of(hypercert: &Hypercert) -> Self {
        Self {
            measurements: partial(&hypercert.measurements),
            evidence: partial(&hypercert.attachments),
            evaluations: partial(&hypercert.evaluations),
            contributors: partial(&hypercert.contributors),
            funding: partial(&hypercert.receipts),
        }
    }
}

fn strip(hypercert: &Hypercert, notes: &[EvaluationNote], funding: &Funding) -> Vec<Figure> {
    let figure = |anchor, words| Figure { anchor, words, aside: None };
    let counted = |anchor, group, one, many, none: &str| match fitting_total(group) {
        0 => figure(anchor, none.to_owned()),
        number => figure(anchor, count(number, one, many)),
    };
    let aside = (!notes.is_empty()).then(|| match hypercert.independent_evaluations {
        0 => "(none independent)".to_owned(),
        some => format!("({some} independent)"),
    });
    let evaluations = counted(
        "evaluations",
        &hypercert.evaluations,
        "evaluation",
        "evaluations",
        "no evaluation",
    );
    let recorded = match funding.totals.is_empty() {
        true => "no funding recorded".to_owned(),
        false => format!("{} recorded", funding.words()),
    };
    vec![
        counted(
            "measurements",
            &hypercert.measurements,
            "measurement",
            "measurements",
            "no measurement",
        ),
        counted(
            "evidence",
            &hypercert.attachments,
            "piece of evidence",
            "pieces of evidence",
            "no evidence",
        ),
        Figure { aside, ..evaluations },
        figure("funding", recorded),
    ]
}

/// Collections, acknowledgements and records of other types, which have no section of their own.
fn tied(hypercert: &Hypercert) -> Vec<Tied> {
    let groups = [&hypercert.acknowledgements, &hypercert.collections, &hypercert.other];
    let items = groups.into_iter().flat_map(|group| &group.items);
    items.filter_map(tied_one).collect()
}

fn tied_one(related: &Related) -> Option<Tied> {
    let view = fitting(related)?;
    Some(Tied {
        kind: history::kind(view.kind.as_str()),
        title: history::caption(view),
        href: link::record(&view.uri),
        by: Person::from(&related.author),
        version: Version::of(related),
    })
}
