//! What tags mean to one another.
//!
//! A tag answers to several *names*: its key, its aliases, and the keys and aliases of the tags that it
//! supersedes. Names of one tag form a *concept*. A concept has more general ones above it: to have a tag
//! is to have all of those too.
//!
//! Tags are records that anybody can write. Which of them form the vocabulary is the caller's choice; within
//! it no tag can take another's name: an alias that is some tag's key stands for that tag, and one that
//! several tags claim stands for none of them.

use std::collections::{HashMap, HashSet};

use hypercerts_lexicon::AtUri;

use crate::WorkscopeTag;

/// Concepts above one tag that are followed. No taxonomy in use is a tenth as deep.
const MAX_ANCESTORS: usize = 256;
/// Names one tag may answer to, ancestors' included.
const MAX_NAMES: usize = 4_096;

/// Tags, their names and their order. An empty one knows no tag: then each key is its own concept.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    concepts: HashMap<String, usize>,
    names: Vec<Vec<String>>,
    parents: Vec<Vec<usize>>,
}

impl Vocabulary {
    /// A vocabulary of tag records, each with its address. References to tags outside it have no effect.
    pub fn of<'t>(tags: impl IntoIterator<Item = (&'t AtUri, &'t WorkscopeTag)>) -> Self {
        let tags: Vec<_> = tags.into_iter().collect();
        let mut merging = Merging::default();
        for (_, tag) in &tags {
            merging.name(&tag.key);
        }
        let keys: HashMap<&str, &str> =
            tags.iter().map(|(uri, tag)| (uri.as_str(), tag.key.as_str())).collect();
        for (alias, key) in aliases(&tags) {
            merging.join(alias, key);
        }
        for (_, tag) in &tags {
            let successor = tag.superseded_by.as_ref();
            if let Some(key) = successor.and_then(|tag| keys.get(tag.uri().as_str())) {
                merging.join(&tag.key, key);
            }
        }
        let mut vocabulary = merging.concepts();
        for (_, tag) in &tags {
            let parent = tag.parent.as_ref().and_then(|tag| keys.get(tag.uri().as_str()));
            if let Some(parent) = parent {
                vocabulary.place_under(&tag.key, parent);
            }
        }
        vocabulary
    }

    /// All that having `key` means having: the names of its concept and of those above it.
    #[must_use]
    pub fn names<'a>(&'a self, key: &'a str) -> Vec<&'a str> {
        let Some(&concept) = self.concepts.get(key) else { return vec![key] };
        let above = self.upward(concept).into_iter();
        let names = above.flat_map(|concept| &self.names[concept]).map(String::as_str);
        // The key comes first, so that the limit cannot cut it off.
        std::iter::once(key).chain(names.filter(|name| *name != key)).take(MAX_NAMES).collect()
    }

    /// Whether having `tag` means having `other`.
    #[must_use]
    pub fn implies(&self, tag: &str, other: &str) -> bool {
        tag == other || self.names(tag).contains(&other)
    }

    /// One name for all names of a concept: the least of them.
    #[must_use]
    pub fn canonical<'a>(&'a self, key: &'a str) -> &'a str {
        let names = self.concepts.get(key).map(|concept| &self.names[*concept]);
        names.and_then(|names| names.iter().min()).map_or(key, String::as_str)
    }

    fn place_under(&mut self, key: &str, parent: &str) {
        let (concept, parent) = (self.concepts[key], self.concepts[parent]);
        if concept != parent && !self.parents[concept].contains(&parent) {
            self.parents[concept].push(parent);
        }
    }

    /// The concept and those above it, nearest first. Each is visited once, so circles do no harm.
    fn upward(&self, concept: usize) -> Vec<usize> {
        let mut seen = HashSet::from([concept]);
        let mut order = vec![concept];
        let mut next = 0;
        while let Some(&concept) = order.get(next) {
            next += 1;
            for &parent in &self.parents[concept] {
                if order.len() <= MAX_ANCESTORS && seen.insert(parent) {
                    order.push(parent);
                }
            }
        }
        order
    }
}

/// Each alias that stands for exactly one tag, with that tag's key.
fn aliases<'t>(tags: &[(&'t AtUri, &'t WorkscopeTag)]) -> Vec<(&'t str, &'t str)> {
    let keys: HashSet<&str> = tags.iter().map(|(_, tag)| tag.key.as_str()).collect();
    let mut owners: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (_, tag) in tags {
        for alias in tag.aliases.iter().filter(|alias| !keys.contains(alias.as_str())) {
            owners.entry(alias).or_default().insert(&tag.key);
        }
    }
    let single = owners.into_iter().filter(|(_, owners)| owners.len() == 1);
    single.flat_map(|(alias, owners)| owners.into_iter().map(move |key| (alias, key))).collect()
}

/// Names on their way to being grouped (a disjoint-set forest).
#[derive(Default)]
struct Merging<'t> {
    numbers: HashMap<&'t str, usize>,
    names: Vec<&'t str>,
    leaders: Vec<usize>,
}

impl<'t> Merging<'t> {
    fn name(&mut self, name: &'t str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len();
        self.numbers.insert(name, number);
        self.names.push(name);
        self.leaders.push(number);
        number
    }

    fn leader(&mut self, mut number: usize) -> usize {
        while self.leaders[number] != number {
            self.leaders[number] = self.leaders[self.leaders[number]];
            number = self.leaders[number];
        }
        number
    }

    fn join(&mut self, name: &'t str, other: &'t str) {
        let (name, other) = (self.name(name), self.name(other));
        let (name, other) = (self.leader(name), self.leader(other));
        self.leaders[name] = other;
    }

    fn concepts(mut self) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        let mut of_leader = HashMap::new();
        for number in 0..self.names.len() {
            let leader = self.leader(number);
            let concept = *of_leader.entry(leader).or_insert_with(|| {
                vocabulary.names.push(Vec::new());
                vocabulary.parents.push(Vec::new());
                vocabulary.names.len() - 1
            });
            let name = self.names[number];
            vocabulary.names[concept].push(name.to_owned());
            vocabulary.concepts.insert(name.to_owned(), concept);
        }
        vocabulary
    }
}
