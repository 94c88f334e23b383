//! A small cache that forgets what was not used for long, in constant time and bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

/// Two generations: what is used moves to the young one; when that is full it becomes the old one
/// and the old one is forgotten. So an entry in use survives, and at most twice `limit` is held.
pub struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    weight: usize,
    limit: usize,
    weigh: fn(&V) -> usize,
}

impl<K: Eq + Hash, V> Generations<K, V> {
    /// `limit` is in the unit of `weigh`, for each generation.
    pub fn new(limit: usize, weigh: fn(&V) -> usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, limit, weigh }
    }

    pub fn get(&mut self, key: &K) -> Option<&V> {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.young.get(key)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    pub fn insert(&mut self, key: K, value: V) {
        let weight = (self.weigh)(&value);
        if self.weight + weight > self.limit && !self.young.is_empty() {
            self.age();
        }
        self.old.remove(&key);
        let replaced = self.young.insert(key, value);
        self.weight = self.weight + weight - replaced.map_or(0, |value| (self.weigh)(&value));
    }

    /// Forgets what nobody used since the last time.
    pub fn age(&mut self) {
        self.old = mem::take(&mut self.young);
        self.weight = 0;
    }

    pub fn remove(&mut self, key: &K) {
        self.old.remove(key);
        if let Some(value) = self.young.remove(key) {
            self.weight -= (self.weigh)(&value);
        }
    }

    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten_in_bounded_memory() {
        let mut cache = Generations::new(10, |_| 1);
        for key in 0..1000 {
            cache.insert(key, key);
            assert_eq!(cache.get(&0), Some(&0), "used every time, after {key}");
        }
        assert_eq!(cache.get(&5), None);
        assert!(cache.young.len() + cache.old.len() <= 20);
        cache.remove(&0);
        assert_eq!(cache.get(&0), None);
    }
}
