//! What the sources are doing right now: kept in memory, told with the stored status.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::view::SourceState;

/// The state of one source since the index started.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceLive {
    pub state: Option<SourceState>,
    pub lag: Option<Duration>,
    /// In microseconds since 1970.
    pub last_event_at: Option<i64>,
    pub events: u64,
    pub last_error: Option<String>,
}

/// The states of all sources, by URL.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<String, SourceLive>>);

impl Live {
    pub(crate) fn snapshot(&self) -> HashMap<String, SourceLive> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn update(&self, url: &str, change: impl FnOnce(&mut SourceLive)) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(sources.entry(url.to_owned()).or_default());
    }
}
