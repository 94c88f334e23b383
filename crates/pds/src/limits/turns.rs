//! How much of one kind may be under way at the same time: for one account or one network, and in
//! all.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::error::Error;

/// Counts what is under way, by whom it is for.
#[derive(Clone)]
pub struct Turns<K> {
    shared: Arc<Shared<K>>,
    of_one: usize,
    of_all: usize,
}

struct Shared<K> {
    under_way: Mutex<UnderWay<K>>,
    /// Tells those who wait that one is over.
    over: Notify,
}

struct UnderWay<K> {
    of_all: usize,
    of_one: HashMap<K, usize>,
}

/// One that is under way, until it is dropped.
pub struct Turn<K: Hash + Eq> {
    shared: Arc<Shared<K>>,
    /// `None` for whoever is bounded with everybody only.
    whose: Option<K>,
}

impl<K: Hash + Eq + Clone> Turns<K> {
    pub fn new(of_one: usize, of_all: usize) -> Self {
        let under_way = Mutex::new(UnderWay { of_all: 0, of_one: HashMap::new() });
        Self { shared: Arc::new(Shared { under_way, over: Notify::new() }), of_one, of_all }
    }

    /// Begins one more, unless too many are under way.
    pub fn begin(&self, whose: Option<&K>) -> Result<Turn<K>, Error> {
        let mut under_way = self.shared.lock();
        let of_one = whose.and_then(|whose| under_way.of_one.get(whose)).copied();
        let of_one = of_one.unwrap_or_default();
        if of_one >= self.of_one || under_way.of_all >= self.of_all {
            return Err(Error::Busy);
        }
        under_way.of_all += 1;
        if let Some(whose) = whose {
            under_way.of_one.insert(whose.clone(), of_one + 1);
        }
        Ok(Turn { shared: Arc::clone(&self.shared), whose: whose.cloned() })
    }

    /// Begins one more as soon as not too many are under way, if that is within `patience`.
    pub async fn begin_within(
        &self,
        whose: Option<&K>,
        patience: Duration,
    ) -> Result<Turn<K>, Error> {
        let wait = async {
            loop {
                // Before looking, so that nothing that ends meanwhile is missed.
                let over = self.shared.over.notified();
                if let Ok(turn) = self.begin(whose) {
                    return turn;
                }
                over.await;
            }
        };
        tokio::time::timeout(patience, wait).await.map_err(|_| Error::Busy)
    }
}

impl<K> Shared<K> {
    fn lock(&self) -> MutexGuard<'_, UnderWay<K>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Drop for Turn<K> {
    fn drop(&mut self) {
        let mut under_way = self.shared.lock();
        under_way.of_all -= 1;
        if let Some(whose) = self.whose.take() {
            match under_way.of_one.get_mut(&whose) {
                Some(more) if *more > 1 => *more -= 1,
                _ => drop(under_way.of_one.remove(&whose)),
            }
        }
        drop(under_way);
        self.shared.over.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_free_again_when_it_is_over() {
        let turns = Turns::new(2, 3);
        let (alice, bob) = (Some(&"alice"), Some(&"bob"));
        let first = turns.begin(alice).unwrap();
        let _second = turns.begin(alice).unwrap();
        assert!(turns.begin(alice).is_err(), "two of one");
        let third = turns.begin(bob).unwrap();
        assert!(turns.begin(bob).is_err() && turns.begin(None).is_err(), "three of all");
        drop(first);
        let _fourth = turns.begin(bob).unwrap();
        drop(third);
        let fifth = turns.begin(alice).unwrap();
        assert_eq!(turns.shared.lock().of_one.len(), 2);
        drop(fifth);
        let _sixth = turns.begin(None).unwrap();
        assert_eq!(turns.shared.lock().of_all, 3);
    }

    #[tokio::test]
    async fn whoever_waits_gets_the_next_turn_or_gives_up() {
        let turns = Turns::new(1, 2);
        let first = turns.begin(Some(&1)).unwrap();
        assert!(turns.begin_within(Some(&1), Duration::ZERO).await.is_err());
        let end_it = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        let (turn, ()) =
            tokio::join!(turns.begin_within(Some(&1), Duration::from_secs(60)), end_it);
        assert!(turn.is_ok() && turns.begin(Some(&1)).is_err());
    }
}
