//! `RateLimit-*` on every answer that was counted: those of the bound that is nearest.

use std::cell::Cell;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use super::quota::Quota;

/// What is left of a quota.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub quota: Quota,
    pub remaining: u32,
    pub reset: Duration,
}

tokio::task_local! {
    /// The nearest bound that the request under way was counted against.
    static NEAREST: Cell<Option<Standing>>;
}

/// Remembers a standing for the answer of the request under way, if it is the nearest so far.
pub(super) fn note(standing: Option<Standing>) {
    // Charges outside a request have no answer to say it in.
    let _ = NEAREST.try_with(|nearest| {
        let nearer = |other: Standing| standing.is_some_and(|this| this.share() < other.share());
        if nearest.get().is_none_or(nearer) {
            nearest.set(standing);
        }
    });
}

/// Runs a request and adds to its answer what it was counted against.
pub async fn announce(request: impl Future<Output = Response>) -> Response {
    let counted = async {
        let response = request.await;
        (response, NEAREST.with(Cell::get))
    };
    let (mut response, standing) = NEAREST.scope(Cell::new(None), counted).await;
    if let Some(standing) = standing {
        response.headers_mut().extend(standing.headers());
    }
    response
}

impl Standing {
    fn share(self) -> f64 {
        f64::from(self.remaining) / f64::from(self.quota.points)
    }

    /// `RateLimit-Reset` is the Unix time at which everything is free again, as the reference
    /// server has it.
    fn headers(self) -> [(HeaderName, HeaderValue); 4] {
        let Quota { points, window, .. } = self.quota;
        let free_again = jiff::Timestamp::now().as_second().saturating_add_unsigned(
            self.reset.as_secs() + u64::from(self.reset.subsec_nanos() > 0),
        );
        let policy = HeaderValue::from_str(&format!("{points};w={}", window.as_secs()));
        [
            (HeaderName::from_static("ratelimit-limit"), points.into()),
            (HeaderName::from_static("ratelimit-remaining"), self.remaining.into()),
            (HeaderName::from_static("ratelimit-reset"), free_again.into()),
            (
                HeaderName::from_static("ratelimit-policy"),
                policy.expect("invariant: digits and punctuation"),
            ),
        ]
    }
}
