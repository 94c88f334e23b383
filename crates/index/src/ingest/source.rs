//! Following one source: connect, read, hand on, and come back after whatever went wrong.
//!
//! Nothing is believed here. Messages that cannot be read are noted; everything else goes to the keeper,
//! within the source's own budget of waiting bytes, so that a flood from one source fills nobody else's.

use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::net::HttpClient;
use hypercerts_xrpc::client::{Subscription, SubscriptionError};
use hypercerts_xrpc::frames::{Event, Frame, Info};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use super::input::{Arrival, Inbox, Input, Origin, event_bytes};
use super::listing;
use super::live::Live;
use crate::config::Limits;
use crate::store::refusals::Refusal;
use crate::time;
use crate::view::{RefusalKind, SourceState};

/// After so many unreadable messages in one connection it is given up.
const UNREADABLE: u32 = 100;

/// One source and what is needed to follow it.
pub(super) struct Follower {
    pub origin: Arc<Origin>,
    pub url: Url,
    /// The last event that was handed on; the next connection asks for what comes after it.
    pub cursor: i64,
    pub listed: bool,
    pub http: HttpClient,
    pub inbox: Inbox,
    pub live: Arc<Live>,
    pub limits: Limits,
}

/// Why a connection ended.
enum End {
    /// Another attempt may help.
    Failed(String),
    /// The cursor means nothing to this host any more.
    FutureCursor,
    /// The index is stopping.
    Stopping,
}

impl Follower {
    /// Follows the source until the index stops.
    pub(super) async fn follow(mut self) {
        let budget = Arc::new(Semaphore::new(self.limits.queued_bytes_per_source));
        let mut pause = Pause::new(&self.limits);
        let mut listings = JoinSet::new();
        if !self.listed {
            listings.spawn(listing::list_accounts(self.lister()));
        }
        loop {
            self.show(SourceState::Connecting, None);
            let before = self.cursor;
            let end = self.connection(&budget, &mut listings).await;
            if self.cursor > before {
                pause.reset();
            }
            let reason = match end {
                End::Stopping => return,
                End::Failed(reason) => reason,
                End::FutureCursor => match self.rewind().await {
                    Some(reason) => reason,
                    None => return,
                },
            };
            tracing::warn!(source = %self.origin.url, %reason, "the connection to a source ended");
            self.show(SourceState::Waiting, Some(reason));
            tokio::time::sleep(pause.next()).await;
        }
    }

    async fn connection(&mut self, budget: &Arc<Semaphore>, listings: &mut JoinSet<()>) -> End {
        let mut stream = match Subscription::open(&self.http, &self.url, Some(self.cursor)).await {
            Ok(stream) => stream,
            Err(error) => return End::Failed(error.to_string()),
        };
        self.show(SourceState::Following, None);
        let mut unreadable = 0;
        loop {
            let sent = match stream.next().await {
                Ok(Some(frame)) => self.take(frame, budget, listings).await,
                Ok(None) => return End::Failed(String::from("the host closed the stream")),
                Err(SubscriptionError::Ended(why)) if why.name == "FutureCursor" => {
                    return End::FutureCursor;
                }
                Err(SubscriptionError::Malformed(why)) => {
                    unreadable += 1;
                    if unreadable > UNREADABLE {
                        return End::Failed(format!(
                            "too many unreadable messages; the last: {why}"
                        ));
                    }
                    self.refuse(why.to_string()).await
                }
                Err(error) => return End::Failed(error.to_string()),
            };
            if sent.is_none() {
                return End::Stopping;
            }
        }
    }

    /// Hands a message on; `None` when nobody takes it any more.
    async fn take(
        &mut self,
        frame: Frame,
        budget: &Arc<Semaphore>,
        listings: &mut JoinSet<()>,
    ) -> Option<()> {
        match frame {
            Frame::Event { seq, event } => self.arrive(seq, event, budget).await,
            Frame::Unknown { seq: Some(seq), .. } => {
                self.cursor = self.cursor.max(seq);
                self.send(Input::Skipped { source: self.origin.id, seq }).await
            }
            Frame::Info(info) if info.name == Info::outdated_cursor().name => {
                self.send(Input::Gap { source: self.origin.id }).await?;
                listings.spawn(listing::list_accounts(self.lister()));
                Some(())
            }
            Frame::Unknown { seq: None, .. } | Frame::Info(_) | Frame::Error(_) => Some(()),
        }
    }

    async fn arrive(&mut self, seq: i64, event: Event, budget: &Arc<Semaphore>) -> Option<()> {
        // An event larger than the whole budget takes all of it.
        let bytes = event_bytes(&event).min(self.limits.queued_bytes_per_source);
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = budget.clone().acquire_many_owned(permits).await.ok()?;
        self.cursor = self.cursor.max(seq);
        let arrival = Arrival { source: self.origin.clone(), seq, at: time::now(), event };
        self.send(Input::Event(Arc::new(arrival), permit)).await
    }

    async fn refuse(&self, reason: String) -> Option<()> {
        let source = self.origin.url.clone();
        let kind = RefusalKind::Malformed;
        self.send(Input::Refused(Refusal { source, did: None, seq: None, rev: None, kind, reason }))
            .await
    }

    /// Begins again at the oldest event: what is known already is passed over.
    async fn rewind(&mut self) -> Option<String> {
        self.cursor = 0;
        self.send(Input::Rewind { source: self.origin.id }).await?;
        Some(String::from("the host does not know the cursor; reading its stream from the start"))
    }

    async fn send(&self, input: Input) -> Option<()> {
        self.inbox.send(input).await.ok()
    }

    fn lister(&self) -> listing::Lister {
        listing::Lister {
            origin: self.origin.clone(),
            url: self.url.clone(),
            http: self.http.clone(),
            inbox: self.inbox.clone(),
            pause: Pause::new(&self.limits),
        }
    }

    /// Tells the state; the last error stays told until a connection stands again.
    fn show(&self, state: SourceState, error: Option<String>) {
        self.live.update(&self.origin.url, |live| {
            live.state = Some(state);
            if error.is_some() || state == SourceState::Following {
                live.last_error = error;
            }
        });
    }
}

/// Pauses that double from the first to the longest.
pub(super) struct Pause {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    pub(super) fn new(limits: &Limits) -> Self {
        // Whatever is wrong with a host, looking every minute is cheap.
        let longest = limits.retry_longest.min(Duration::from_secs(60));
        Self { first: limits.retry_first, longest, next: limits.retry_first }
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause
    }

    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}
