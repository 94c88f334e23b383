//! Values that are remembered for a while, in bounded memory, by whoever asks.

use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::generations::Generations;

/// Values by key. Clones of a value are handed out, so it is best small or shared.
///
/// A value is there as long as it should be, unless so much came in meanwhile that memory is full:
/// then those go first that nobody asked for.
pub struct Recent<K, V> {
    life: Duration,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    values: Generations<K, Mortal<V>>,
    /// When its values last aged.
    since: Instant,
}

#[derive(Clone)]
struct Mortal<V> {
    value: V,
    until: Instant,
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    /// Remembers at most `capacity` values, none of them longer than `life`.
    pub fn new(capacity: usize, life: Duration) -> Self {
        let values = Generations::new(capacity / 2, |_| 1);
        Self { life, kept: Mutex::new(Kept { values, since: Instant::now() }) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().find(key, Instant::now())
    }

    pub fn insert(&self, key: K, value: V) {
        let until = Instant::now() + self.life;
        self.lock().values.insert(key, Mortal { value, until });
    }

    pub fn remove(&self, key: &K) {
        self.lock().values.remove(key);
    }

    /// The value of `key`, or a new one.
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        self.get_or_insert_for(key, self.life, make)
    }

    /// The same; a new one is remembered for `life`, at most as long as any.
    pub fn get_or_insert_for(&self, key: K, life: Duration, make: impl FnOnce() -> V) -> V {
        let mut kept = self.lock();
        let now = Instant::now();
        if let Some(value) = kept.find(&key, now) {
            return value;
        }
        let value = make();
        let until = now + life.min(self.life);
        kept.values.insert(key, Mortal { value: value.clone(), until });
        value
    }

    fn lock(&self) -> MutexGuard<'_, Kept<K, V>> {
        // Whole after every call.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.since.elapsed() >= self.life {
            kept.values.age();
            kept.since = Instant::now();
        }
        kept
    }
}

impl<K: Hash + Eq> Recent<K, ()> {
    /// Notes `key`; whether this is the first time.
    pub fn is_new(&self, key: K) -> bool {
        let mut first = false;
        self.get_or_insert_with(key, || first = true);
        first
    }
}

impl<K: Hash + Eq, V: Clone> Kept<K, V> {
    fn find(&mut self, key: &K, now: Instant) -> Option<V> {
        let found = self.values.get(key);
        found.filter(|mortal| now < mortal.until).map(|mortal| mortal.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_value_is_there_until_its_time_is_over() {
        let recent = Recent::new(10, LONG);
        recent.insert("long", 1);
        assert_eq!(recent.get_or_insert_for("short", Duration::ZERO, || 2), 2);
        assert_eq!(recent.get(&"long"), Some(1));
        assert_eq!(recent.get(&"short"), None);
        assert_eq!(recent.get_or_insert_with("short", || 3), 3);
        assert_eq!(recent.get_or_insert_with("short", || 4), 3);
        recent.remove(&"long");
        assert_eq!(recent.get(&"long"), None);
    }

    #[test]
    fn what_was_seen_is_not_new() {
        let seen = Recent::new(10, LONG);
        assert!(seen.is_new(1) && seen.is_new(2));
        assert!(!seen.is_new(1));
        let forgetful = Recent::new(10, Duration::ZERO);
        assert!(forgetful.is_new(1) && forgetful.is_new(1));
    }
}
