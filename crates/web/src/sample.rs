//! Views as the index would give them, for tests: a small world of claims.

use hypercerts_index::view::{
    ActorBrief, Change, ContributorView, Direction, Group, Hypercert, Lock, Overlapping, Overlaps,
    RecordView, Reference, Related, RelatedCounts, ScopeView, Shared, Signed, Standing, Summary,
    Validity, Verification, Violation,
};
use hypercerts_lexicon::{
    AtUri, Cid, Datetime, Did, Handle, Nsid, RecordKey, Tid, Value, drisl, json,
};
use hypercerts_records::{Edition, nsid};
use serde_json::json as object;

pub const COLLECTIVE: &str = "Tana Coast Collective";
pub const FISHERS: &str = "Delta Fishers Union";
pub const ECOLOGIST: &str = "Dr Amina Yusuf";
pub const IMAGERY: &str = "Canopy Watch";
pub const FUND: &str = "Blue Shore Fund";

/// An account whose DID and handle follow from its name.
pub fn actor(name: &str) -> ActorBrief {
    let slug: String = name.to_lowercase().chars().filter(char::is_ascii_lowercase).collect();
    let did = format!("did:plc:{:a<24}", &slug[..slug.len().min(24)]);
    ActorBrief {
        did: Did::parse(&did).expect("a DID"),
        handle: Handle::parse(&format!("{slug}.test")).ok(),
        display_name: Some(name.to_owned()),
    }
}

/// A stored record; its key is the number of the record in its story.
pub fn stored(
    author: &ActorBrief,
    collection: &str,
    rkey: &str,
    fields: &serde_json::Value,
) -> RecordView {
    let value = value(fields);
    let cid = Cid::of_drisl(&drisl::encode(&value));
    let collection = Nsid::parse(collection).expect("an NSID");
    let rkey = RecordKey::parse(rkey).expect("a record key");
    let created_at = value.get("createdAt").and_then(Value::as_str);
    RecordView {
        uri: AtUri::record(&author.did, &collection, &rkey),
        cid,
        did: author.did.clone(),
        created_at: created_at.and_then(|text| Datetime::parse(text).ok()),
        indexed_at: datetime("2026-02-07T09:00:00Z"),
        validity: Validity::Valid,
        findings: Vec::new(),
        verification: verification(author, cid),
        attestations: Vec::new(),
        kind: collection.clone(),
        edition: Edition::Current,
        collection,
        rkey,
        value,
    }
}

fn verification(author: &ActorBrief, cid: Cid) -> Verification {
    Verification {
        signed: Signed {
            by: author.did.clone(),
            key: "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme".to_owned(),
            rev: Tid::parse("3lc5x2hq7zs2k").expect("a TID"),
            commit: cid,
        },
        checked_at: datetime("2026-02-07T09:00:00Z"),
        source: "http://127.0.0.1:2583/".to_owned(),
    }
}

fn datetime(text: &str) -> Datetime {
    Datetime::parse(text).expect("a datetime")
}

fn value(fields: &serde_json::Value) -> Value {
    json::from_json(fields).expect("a record")
}

/// A record that points at the claim with `field`.
pub fn pointing(
    name: &str,
    collection: &str,
    rkey: &str,
    field: &str,
    fields: &serde_json::Value,
) -> Related {
    let author = actor(name);
    let record = stored(&author, collection, rkey, fields);
    Related {
        uri: record.uri.clone(),
        own_repository: name == COLLECTIVE,
        standing: standing(name),
        record: Some(record),
        author,
        direction: Direction::PointsHere,
        via: vec![field.to_owned()],
        through: None,
        reference: Reference::Current,
        acknowledgements: Vec::new(),
    }
}

/// How the people of this world stand to its claims.
fn standing(name: &str) -> Standing {
    match name {
        COLLECTIVE => Standing::Claimant,
        FISHERS => Standing::Contributor,
        FUND => Standing::Funder,
        _ => Standing::Independent,
    }
}

/// The same, about a version of the claim that was replaced.
pub fn about_earlier(related: Related) -> Related {
    let (referenced, current) = (Cid::of_drisl(b"then"), Cid::of_drisl(b"now"));
    Related { reference: Reference::Stale { referenced, current, changes: None }, ..related }
}

/// The same, about a version whose claim then changed one field.
pub fn about_earlier_title(related: Related, before: &str, after: &str) -> Related {
    let (referenced, current) = (Cid::of_drisl(b"then"), Cid::of_drisl(b"now"));
    let change = Change {
        path: "title".to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    let reference = Reference::Stale { referenced, current, changes: Some(vec![change]) };
    Related { reference, ..related }
}

/// A lock of the claim by whoever wrote `by`.
pub fn lock(by: &str, rkey: &str) -> Lock {
    let fields = object!({
        "$type": nsid::CLAIM_LOCK, "note": "As it stood when we decided.",
        "subject": {"uri": "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.hypercerts.claim.activity/1", "cid": Cid::of_drisl(b"now").to_string()},
        "createdAt": "2026-02-05T10:00:00Z",
    });
    let lock = pointing(by, nsid::CLAIM_LOCK, rkey, "subject", &fields);
    Lock { lock, bundle: Some(Cid::of_drisl(b"bundle")), later: Group::default() }
}

/// The same, breaking its schema.
pub fn unfit(mut related: Related, path: &str, message: &str) -> Related {
    if let Some(record) = &mut related.record {
        let violation = Violation { path: path.to_owned(), message: message.to_owned() };
        record.validity = Validity::Invalid { violations: vec![violation] };
    }
    related
}

pub fn measurement(by: &str, rkey: &str, metric: &str, amount: &str, unit: &str) -> Related {
    let fields = object!({
        "$type": nsid::MEASUREMENT, "metric": metric, "value": amount, "unit": unit,
        "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-12-31T23:59:59Z",
        "methodType": "satellite-imagery", "methodURI": "https://example.org/methods/canopy",
        "createdAt": "2026-01-04T08:00:00Z",
    });
    pointing(by, nsid::MEASUREMENT, rkey, "subjects[0]", &fields)
}

pub fn evidence(by: &str, rkey: &str, title: &str) -> Related {
    let fields = object!({
        "$type": nsid::ATTACHMENT, "title": title, "contentType": "evidence",
        "shortDescription": "Twelve cloud-free scenes with the classified canopy mask, 10 m a pixel.",
        "content": [{"$type": "org.hypercerts.defs#uri", "uri": "https://dataspace.example.org/tana/2025"}],
        "createdAt": "2026-01-04T09:00:00Z",
    });
    pointing(by, nsid::ATTACHMENT, rkey, "subjects[0]", &fields)
}

pub fn evaluation(by: &str, rkey: &str, summary: &str) -> Related {
    let fields = object!({
        "$type": nsid::EVALUATION, "summary": summary,
        "evaluators": [{"did": actor(by).did.as_str()}],
        "score": {"min": "0", "max": "5", "value": "4.2"},
        "createdAt": "2026-02-06T12:00:00Z",
    });
    pointing(by, nsid::EVALUATION, rkey, "subject", &fields)
}

pub fn receipt(by: &str, rkey: &str, payer: &str, amount: &str, currency: &str) -> Related {
    let fields = object!({
        "$type": nsid::RECEIPT, "amount": amount, "currency": currency,
        "from": {"$type": "app.certified.defs#did", "did": actor(payer).did.as_str()},
        "to": {"$type": "app.certified.defs#did", "did": actor(COLLECTIVE).did.as_str()},
        "occurredAt": "2025-03-14T10:00:00Z", "createdAt": "2025-03-15T10:00:00Z",
    });
    pointing(by, nsid::RECEIPT, rkey, "for", &fields)
}

pub fn acknowledgement(by: &str, rkey: &str, agreed: bool) -> Related {
    let fields = object!({
        "$type": nsid::ACKNOWLEDGEMENT, "acknowledged": agreed,
        "subject": {"uri": "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.hypercerts.claim.activity/1", "cid": Cid::of_drisl(b"now").to_string()},
        "createdAt": "2026-02-03T10:00:00Z",
    });
    pointing(by, nsid::ACKNOWLEDGEMENT, rkey, "subject", &fields)
}

pub fn contributor(
    name: &str,
    weight: Option<&str>,
    role: &str,
    has_account: bool,
) -> ContributorView {
    let account = actor(name);
    ContributorView {
        identity: Some(if has_account { account.did.to_string() } else { name.to_owned() }),
        display_name: None,
        actor: has_account.then_some(account),
        weight: weight.map(str::to_owned),
        role: Some(role.to_owned()),
        information: None,
        contribution: None,
    }
}

fn place(rkey: &str, name: &str, coordinates: &str) -> Related {
    let fields = object!({
        "$type": nsid::LOCATION, "lpVersion": "1.0", "srs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "locationType": "coordinate-decimal", "name": name,
        "location": {"$type": "app.certified.location#string", "string": coordinates},
        "createdAt": "2025-12-01T10:00:00Z",
    });
    let related = pointing(COLLECTIVE, nsid::LOCATION, rkey, "locations[0]", &fields);
    Related { direction: Direction::PointedAt, ..related }
}

fn rights(rkey: &str) -> Related {
    let fields = object!({
        "$type": nsid::RIGHTS, "rightsName": "Display with credit", "rightsType": "CC-BY-4.0",
        "rightsDescription": "Anyone may show this work and its results, naming who did it.",
        "createdAt": "2025-12-01T10:00:00Z",
    });
    let related = pointing(COLLECTIVE, nsid::RIGHTS, rkey, "rights", &fields);
    Related { direction: Direction::PointedAt, ..related }
}

/// A claim with nothing tied to it.
pub fn bare(fields: &serde_json::Value) -> Hypercert {
    let author = actor(COLLECTIVE);
    Hypercert {
        claim: stored(&author, nsid::ACTIVITY, "3lc5x2hq7zs2k", fields),
        author,
        attachments: Group::default(),
        measurements: Group::default(),
        evaluations: Group::default(),
        contributors: Group::default(),
        rights: Group::default(),
        locations: Group::default(),
        collections: Group::default(),
        receipts: Group::default(),
        acknowledgements: Group::default(),
        locks: Group::default(),
        other: Group::default(),
        scope: ScopeView::Unconstrained,
        independent_evaluations: 0,
    }
}

/// The software claim: it has no place.
pub fn numpy() -> Hypercert {
    bare(&object!({
        "$type": nsid::ACTIVITY, "title": "NumPy maintenance, 2025",
        "shortDescription": "Maintained and improved the NumPy library throughout 2025.",
        "workScope": {"$type": "org.hypercerts.claim.activity#workScopeString", "scope": "library-maintenance"},
        "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-12-31T23:59:59Z",
        "createdAt": "2026-01-10T10:00:00Z",
    }))
}

/// The forest: a place and a time, and no scope.
pub fn forest() -> Hypercert {
    let claim = bare(&object!({
        "$type": nsid::ACTIVITY, "title": "Stewardship of the Arabuko forest, 2020 to 2025",
        "shortDescription": "The forest was kept standing and its edge communities were paid for guarding it.",
        "startDate": "2020-01-01T00:00:00Z", "endDate": "2025-12-31T23:59:59Z",
        "createdAt": "2026-01-11T10:00:00Z",
    }));
    Hypercert {
        locations: Group::complete(vec![place("3lforest", "Arabuko forest", "-3.3, 39.9")]),
        ..claim
    }
}

/// The coast: everything a hypercert can have.
pub fn mangroves() -> Hypercert {
    let claim = bare(&object!({
        "$type": nsid::ACTIVITY, "title": "Coastal mangrove restoration, 2025",
        "shortDescription": "Fifty hectares of degraded mangrove along the Tana delta restored over twelve months, with the communities that fish there.",
        "description": {"$type": "org.hypercerts.defs#descriptionString", "value": "We replanted Rhizophora mucronata and Avicennia marina on abandoned salt pans and reopened three tidal channels, so that most of the area recovers by itself. Seedlings came from four village nurseries run by fishing cooperatives.\n\nSurvival is measured each quarter on twelve fixed plots; canopy is measured from satellite images by a group that is not part of the project."},
        "workScope": {"$type": "org.hypercerts.claim.activity#workScopeString", "scope": "mangrove-restoration"},
        "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-12-31T23:59:59Z",
        "createdAt": "2026-01-02T10:00:00Z",
    }));
    Hypercert {
        independent_evaluations: 1,
        measurements: Group::complete(vec![
            measurement(IMAGERY, "3m1", "Canopy cover", "61.4", "percent"),
            measurement(COLLECTIVE, "3m2", "Area restored", "50", "hectares"),
            measurement(COLLECTIVE, "3m3", "Seedlings alive", "131250", "seedlings"),
        ]),
        attachments: Group::complete(vec![
            evidence(IMAGERY, "3a1", "Satellite canopy series, January to December 2025"),
            evidence(COLLECTIVE, "3a2", "Annual report to the county"),
            evidence(COLLECTIVE, "3a3", "Planting log of four nurseries"),
            evidence(FISHERS, "3a4", "Minutes of eight community meetings"),
            evidence(IMAGERY, "3a5", "How the canopy mask was made"),
        ]),
        evaluations: Group::complete(vec![
            evaluation(
                ECOLOGIST,
                "3e1",
                "High-quality restoration with strong community engagement. The reopened channels matter more than the planting: two of three plots recover by themselves.",
            ),
            about_earlier(evaluation(
                FISHERS,
                "3e2",
                "Catches near the reopened channels were good this season.",
            )),
        ]),
        contributors: Group::complete(vec![
            contributor(COLLECTIVE, Some("5"), "Planning, channels, planting", true),
            contributor(FISHERS, Some("3"), "Nurseries and guarding", true),
            contributor("Hassan Omar", Some("1.5"), "Hydrology", true),
            contributor("https://github.com/tidegauge", Some("0.5"), "Tide data", false),
        ]),
        rights: Group::complete(vec![rights("3r1")]),
        locations: Group::complete(vec![place(
            "3l1",
            "Tana delta, northern bank",
            "-2.5312, 40.5247",
        )]),
        receipts: Group::complete(vec![
            receipt(FUND, "3f1", FUND, "10000", "EUR"),
            receipt(COLLECTIVE, "3f2", FUND, "2400", "EUR"),
        ]),
        acknowledgements: Group::complete(vec![acknowledgement(FISHERS, "3k1", true)]),
        ..claim
    }
}

/// Another claim beside the mangroves, of which nothing shows that it speaks of other work.
pub fn overlaps(surely: bool) -> Overlaps {
    let other = numpy().claim;
    let claim = Summary {
        uri: other.uri.clone(),
        cid: other.cid,
        author: actor(FISHERS),
        title: "Mangroves planted by the union".to_owned(),
        short_description: None,
        work_scope: None,
        start_date: None,
        end_date: None,
        created_at: None,
        indexed_at: other.indexed_at,
        edition: Edition::Current,
        validity: Validity::Valid,
        verification: other.verification,
        counts: RelatedCounts::default(),
    };
    let shared = |witness: &str| Shared::Overlaps { witness: witness.to_owned() };
    let doubt = |why: &str| Shared::CannotTell { why: why.to_owned() };
    let place = match surely {
        true => shared("both are in the Tana delta"),
        false => doubt("one place is only told in words"),
    };
    let overlapping = Overlapping {
        claim,
        surely,
        who: shared("both name Delta Fishers Union"),
        what: shared("mangrove restoration"),
        when: shared("both cover the year 2025"),
        place,
        rights: shared("neither says"),
    };
    Overlaps { uri: mangroves().claim.uri, items: vec![overlapping], compared: 3, complete: true }
}
