//! Fixed windows: the first request of somebody opens one, and when it ends everything is free
//! again. What nobody has used for long takes no memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::Whom;
use super::headers::Standing;
use super::quota::{self, Quota};
use crate::error::Refusal;
use crate::recent::Recent;

/// Windows remembered; beyond, those not used for longest are forgotten.
const WINDOWS: usize = 200_000;

/// Counts, unless it is switched off.
pub struct Limits {
    windows: Option<Recent<(Quota, Whom), Arc<Window>>>,
}

struct Window {
    ends: Instant,
    used: AtomicU32,
}

impl Limits {
    pub fn new(enabled: bool) -> Self {
        Self { windows: enabled.then(|| Recent::new(WINDOWS, quota::LONGEST)) }
    }

    pub(super) fn is_on(&self) -> bool {
        self.windows.is_some()
    }

    /// Takes points from a quota, all of them or none.
    pub(super) fn charge(
        &self,
        quota: Quota,
        whom: &Whom,
        points: u32,
    ) -> Result<Option<Standing>, Refusal> {
        let Some(windows) = &self.windows else { return Ok(None) };
        let open =
            || Arc::new(Window { ends: Instant::now() + quota.window, used: AtomicU32::new(0) });
        let window = windows.get_or_insert_for((quota, whom.clone()), quota.window, open);
        let take = |used: u32| used.checked_add(points).filter(|sum| *sum <= quota.points);
        let taken = window.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        let used = taken.map_or_else(|used| used, |before| before + points);
        let reset = window.ends.saturating_duration_since(Instant::now());
        let standing = Standing { quota, remaining: quota.points - used, reset };
        match taken {
            Ok(_) => Ok(Some(standing)),
            Err(_) => {
                super::headers::note(Some(standing));
                Err(Refusal::TooManyRequests(reset))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::limits::quota::of_writes;

    fn whom(last: u8) -> Whom {
        Whom::Network(IpAddr::from([203, 0, 113, last]).into())
    }

    #[test]
    fn what_does_not_fit_is_refused_and_takes_nothing() {
        let limits = Limits::new(true);
        let [Some(quota), Some(other)] = of_writes() else { unreachable!() };
        let almost_all = quota.points - 2;
        let left = limits.charge(quota, &whom(1), almost_all).unwrap().unwrap();
        assert_eq!(left.remaining, 2);
        assert!(matches!(
            limits.charge(quota, &whom(1), 3),
            Err(Refusal::TooManyRequests(wait)) if wait <= quota.window && !wait.is_zero()
        ));
        assert_eq!(limits.charge(quota, &whom(1), 2).unwrap().unwrap().remaining, 0);
        assert!(limits.charge(quota, &whom(1), 1).is_err());
        assert!(limits.charge(quota, &whom(2), 1).is_ok());
        assert!(limits.charge(other, &whom(1), 1).is_ok());
    }

    #[test]
    fn a_huge_charge_does_not_wrap_around() {
        let limits = Limits::new(true);
        let quota = of_writes()[0].unwrap();
        limits.charge(quota, &whom(1), 1).unwrap();
        assert!(limits.charge(quota, &whom(1), u32::MAX).is_err());
    }
}
