//! The state of the network as this index sees it: what it follows, holds and refused.

use askama::Template;
use hypercerts_index::view::{
    DesynchronizedAccount, RefusalKind, RefusalView, SourceKind, SourceState, SourceStatus, Status,
};

use super::{Here, Page};
use crate::format::date::Moment;
use crate::format::{count, link, number};

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/status.html")]
pub struct StatusPage {
    summary: String,
    sources: Vec<SourceRow>,
    counts: Vec<(&'static str, String)>,
    collections: Vec<(String, String)>,
    behind: Vec<BehindRow>,
    refusals: Vec<RefusalRow>,
    all_refusals: String,
}

struct SourceRow {
    url: String,
    kind: &'static str,
    state: &'static str,
    class: &'static str,
    cursor: String,
    lag: String,
    last: Option<Moment>,
    events: String,
    error: Option<String>,
}

struct BehindRow {
    did: String,
    href: String,
    reason: String,
    attempts: String,
    next: Option<Moment>,
}

struct RefusalRow {
    at: Moment,
    kind: &'static str,
    source: String,
    account: Option<(String, String)>,
    reason: String,
}

impl StatusPage {
    /// Puts the page together.
    pub fn of(status: &Status) -> Self {
        let counts = &status.counts;
        let grouped = |number: u64| number::grouped(&number.to_string());
        Self {
            summary: summary(status),
            sources: status.sources.iter().map(source).collect(),
            counts: vec![
                ("Accounts", grouped(counts.accounts)),
                ("Up to date", grouped(counts.synchronized)),
                ("Behind, being repaired", grouped(counts.desynchronized)),
                ("Waiting for their identity", grouped(counts.pending)),
                ("Records", grouped(counts.records)),
                ("Fit their schema", grouped(counts.valid)),
                ("Do not fit, kept with reasons", grouped(counts.invalid)),
                ("Of a type without a schema here", grouped(counts.unknown_type)),
                ("Met, of types not kept here", grouped(counts.not_kept)),
            ],
            collections: counts
                .collections
                .iter()
                .map(|of| (of.collection.to_string(), grouped(of.records)))
                .collect(),
            behind: status.accounts_desynchronized.iter().map(behind).collect(),
            refusals: status.refusals.iter().map(refusal).collect(),
            all_refusals: grouped(counts.refusals),
        }
    }
}

impl Page for StatusPage {
    fn title(&self) -> String {
        "Network status".to_owned()
    }

    fn here(&self) -> Here {
        Here::Status
    }
}

fn summary(status: &Status) -> String {
    let following = status.sources.iter().filter(|source| source.state == SourceState::Following);
    let behind = usize::try_from(status.counts.desynchronized).unwrap_or(usize::MAX);
    let behind = match behind {
        0 => "No account is known to be behind.".to_owned(),
        1 => "1 account is behind and being repaired.".to_owned(),
        some => format!("{} are behind and being repaired.", count(some, "account", "accounts")),
    };
    format!(
        "Following {} of {}. {behind}",
        following.count(),
        count(status.sources.len(), "source", "sources")
    )
}

fn source(source: &SourceStatus) -> SourceRow {
    let (state, class) = match source.state {
        SourceState::Following => ("following", "is-yes"),
        SourceState::Connecting => ("connecting", "is-open"),
        SourceState::Waiting => ("failed, trying again", "is-no"),
        SourceState::Idle => ("not followed now", "muted"),
    };
    let known = |text: Option<String>| text.unwrap_or_else(|| "none yet".to_owned());
    SourceRow {
        url: source.url.clone(),
        kind: match source.kind {
            SourceKind::Pds => "data server",
            SourceKind::Relay => "relay",
        },
        state,
        class,
        cursor: known(source.cursor.map(|cursor| number::grouped(&cursor.to_string()))),
        lag: known(
            source.lag_seconds.map(|lag| format!("{} s", number::grouped(&lag.to_string()))),
        ),
        last: source.last_event_at.as_ref().map(|at| Moment::minute(at.as_str())),
        events: number::grouped(&source.events.to_string()),
        error: source.last_error.clone(),
    }
}

fn behind(account: &DesynchronizedAccount) -> BehindRow {
    let attempts = usize::try_from(account.attempts).unwrap_or(usize::MAX);
    BehindRow {
        did: account.did.to_string(),
        href: link::actor(&account.did),
        reason: account.reason.clone(),
        attempts: count(attempts, "attempt", "attempts"),
        next: account.next_attempt_at.as_ref().map(|at| Moment::minute(at.as_str())),
    }
}

fn refusal(refusal: &RefusalView) -> RefusalRow {
    RefusalRow {
        at: Moment::minute(refusal.at.as_str()),
        kind: kind(refusal.kind),
        source: refusal.source.clone(),
        account: refusal.did.as_ref().map(|did| (did.to_string(), link::actor(did))),
        reason: refusal.reason.clone(),
    }
}

fn kind(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Malformed => "Malformed",
        RefusalKind::Signature => "Signature",
        RefusalKind::BrokenChain => "Broken chain",
        RefusalKind::FutureRevision => "Dated in the future",
        RefusalKind::WrongHost => "Wrong host",
        RefusalKind::Identity => "Identity",
        RefusalKind::Repository => "Repository",
        RefusalKind::Limit => "Over a limit",
    }
}
