//! Maps with text keys, kept in the order in which they are encoded.

use std::cmp::Ordering;
use std::fmt;

use super::value::Value;

/// A map from text to [`Value`]. Its entries stand in the canonical order of DRISL (shorter keys
/// first, equally long ones by their bytes), so two equal maps encode to the same bytes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Map {
    entries: Vec<(Box<str>, Value)>,
}

impl Map {
    /// A map without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(key).ok().map(|place| &self.entries[place].1)
    }

    /// The value under `key`, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.find(key).ok().map(|place| &mut self.entries[place].1)
    }

    /// Whether there is a value under `key`, be it null.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Puts `value` under `key` and returns what was there.
    pub fn insert(&mut self, key: impl Into<Box<str>>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        match self.find(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.entries[place].1, value)),
            Err(place) => {
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    /// Takes out the value under `key`.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.find(key).ok().map(|place| self.entries.remove(place).1)
    }

    /// The entries in canonical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    /// The keys in canonical order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|(key, _)| &**key)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity) }
    }

    /// Sorts entries into a map. If a key occurs twice, it is handed back.
    pub(super) fn from_entries(mut entries: Vec<(Box<str>, Value)>) -> Result<Self, Box<str>> {
        entries.sort_by(|(left, _), (right, _)| canonical_order(left, right));
        match entries.windows(2).position(|pair| pair[0].0 == pair[1].0) {
            Some(place) => Err(entries.swap_remove(place).0),
            None => Ok(Self { entries }),
        }
    }

    /// Appends an entry whose key is greater than all others.
    pub(super) fn push_greatest(&mut self, key: &str, value: Value) {
        debug_assert!(self.last_key().is_none_or(|last| canonical_order(last, key).is_lt()));
        self.entries.push((key.into(), value));
    }

    pub(super) fn last_key(&self) -> Option<&str> {
        self.entries.last().map(|(key, _)| &**key)
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(other, _)| canonical_order(other, key))
    }
}

/// The order of keys in DRISL: by length in bytes, then bytewise.
pub(crate) fn canonical_order(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Of several values for one key the last stays.
impl<K: Into<Box<str>>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut entries: Vec<(Box<str>, Value)> =
            entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        entries.reverse();
        entries.sort_by(|(left, _), (right, _)| canonical_order(left, right));
        entries.dedup_by(|later, first| later.0 == first.0);
        Self { entries }
    }
}

impl IntoIterator for Map {
    type Item = (Box<str>, Value);
    type IntoIter = std::vec::IntoIter<(Box<str>, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// Builds a [`Map`]: `map! { "title" => "Mangroves", "hectares" => 50 }`. Values are anything that
/// converts into a [`Value`].
#[macro_export]
macro_rules! map {
    { $($key:expr => $value:expr),* $(,)? } => {{
        #[allow(unused_mut)]
        let mut map = $crate::Map::new();
        $(map.insert($key, $value);)*
        map
    }};
}
