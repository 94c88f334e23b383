//! What was looked up, kept for a while: one lookup at a time for a key, failures kept briefly.

use std::hash::Hash;
use std::time::{Duration, Instant};

use moka::Expiry;

use super::ResolveError;

type Outcome<V> = Result<V, ResolveError>;

/// How long and how much is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep {
    pub ttl: Duration,
    pub negative_ttl: Duration,
    pub capacity: u64,
}

pub(super) struct Cache<K, V> {
    entries: moka::future::Cache<K, Outcome<V>>,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Values that are not `settled` are kept as briefly as failures.
    pub fn new(keep: Keep, settled: fn(&V) -> bool) -> Self {
        let entries = moka::future::Cache::builder()
            .max_capacity(keep.capacity)
            .expire_after(Lifetime { keep, settled })
            .build();
        Self { entries }
    }

    /// What is kept, or what `lookup` finds. All who ask meanwhile wait for the same lookup.
    pub async fn get<F: Future<Output = Outcome<V>>>(
        &self,
        key: &K,
        lookup: impl FnOnce() -> F,
    ) -> Outcome<V> {
        match self.entries.get(key).await {
            Some(kept) => kept,
            // A lookup is a large state machine, not to be carried around by all who only find what is kept.
            None => self.entries.get_with_by_ref(key, Box::pin(lookup())).await,
        }
    }

    /// Replaces what is kept.
    pub async fn put(&self, key: &K, found: Outcome<V>) {
        self.entries.insert(key.clone(), found).await;
    }
}

/// The time an entry has, counted from when it was written.
struct Lifetime<V> {
    keep: Keep,
    settled: fn(&V) -> bool,
}

impl<V> Lifetime<V> {
    fn of(&self, outcome: &Outcome<V>) -> Option<Duration> {
        match outcome {
            Ok(value) if (self.settled)(value) => Some(self.keep.ttl),
            _ => Some(self.keep.negative_ttl),
        }
    }
}

impl<K, V> Expiry<K, Outcome<V>> for Lifetime<V> {
    fn expire_after_create(&self, _: &K, outcome: &Outcome<V>, _: Instant) -> Option<Duration> {
        self.of(outcome)
    }

    fn expire_after_update(
        &self,
        _: &K,
        outcome: &Outcome<V>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.of(outcome)
    }
}
