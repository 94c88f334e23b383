//! Values that are remembered for a while, in bounded memory.
//!
//! Two generations: what is new goes into the younger one, and when that is full or has lived as long
//! as any of its values may, it becomes the elder and the former elder goes. So a value is there as long
//! as it should be, unless more came in meanwhile than memory is set aside for: then those go first that
//! nobody asked for.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Values by key. Clones of a value are handed out, so it is best small or shared.
pub struct Recent<K, V> {
    capacity: usize,
    life: Duration,
    generations: Mutex<Generations<K, V>>,
}

struct Generations<K, V> {
    young: HashMap<K, Kept<V>>,
    old: HashMap<K, Kept<V>>,
    since: Instant,
}

struct Kept<V> {
    value: V,
    until: Instant,
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    /// Remembers at most `capacity` values, none of them longer than `life`.
    pub fn new(capacity: usize, life: Duration) -> Self {
        let generations =
            Generations { young: HashMap::new(), old: HashMap::new(), since: Instant::now() };
        Self { capacity, life, generations: Mutex::new(generations) }
    }

    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.lock().find(key, Instant::now())
    }

    pub fn insert(&self, key: K, value: V) {
        self.lock().put(key, value, Instant::now() + self.life);
    }

    pub fn remove<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let mut generations = self.lock();
        generations.young.remove(key);
        generations.old.remove(key);
    }

    /// The value of `key`, or a new one.
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        self.get_or_insert_for(key, self.life, make)
    }

    /// The same; a new one is remembered for `life`, at most as long as any.
    pub fn get_or_insert_for(&self, key: K, life: Duration, make: impl FnOnce() -> V) -> V {
        let mut generations = self.lock();
        let now = Instant::now();
        if let Some(value) = generations.find(&key, now) {
            return value;
        }
        let value = make();
        generations.put(key, value.clone(), now + life.min(self.life));
        value
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = generations.young.len() > self.capacity / 2;
        if is_full || generations.since.elapsed() >= self.life {
            generations.age();
        }
        generations
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

impl<K: Hash + Eq, V: Clone> Generations<K, V> {
    fn age(&mut self) {
        self.old = std::mem::take(&mut self.young);
        self.since = Instant::now();
    }

    /// What somebody asks for moves to the young.
    fn find<Q>(&mut self, key: &Q, now: Instant) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some((key, kept)) = self.old.remove_entry(key) {
            self.young.entry(key).or_insert(kept);
        }
        self.young.get(key).filter(|kept| now < kept.until).map(|kept| kept.value.clone())
    }

    fn put(&mut self, key: K, value: V, until: Instant) {
        self.old.remove(&key);
        self.young.insert(key, Kept { value, until });
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
        assert_eq!(recent.get("long"), Some(1));
        assert_eq!(recent.get("short"), None);
        assert_eq!(recent.get_or_insert_with("short", || 3), 3);
        assert_eq!(recent.get_or_insert_with("short", || 4), 3);
        recent.remove("long");
        assert_eq!(recent.get("long"), None);
    }

    #[test]
    fn what_was_seen_is_not_new() {
        let seen = Recent::new(10, LONG);
        assert!(seen.is_new(1) && seen.is_new(2));
        assert!(!seen.is_new(1));
        let forgetful = Recent::new(10, Duration::ZERO);
        assert!(forgetful.is_new(1) && forgetful.is_new(1));
    }

    #[test]
    fn memory_is_bounded_and_who_is_asked_for_stays() {
        let recent = Recent::new(100, LONG);
        recent.insert(0, ());
        for number in 1..1_000 {
            recent.insert(number, ());
            assert_eq!(recent.get(&0), Some(()), "at {number}");
        }
        let generations = recent.lock();
        assert!(generations.young.len() + generations.old.len() <= 102);
        assert!(!generations.young.contains_key(&900) && !generations.old.contains_key(&900));
        drop(generations);
        assert_eq!(recent.get(&999), Some(()));
    }
}
