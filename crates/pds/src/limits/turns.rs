//! How much of one kind may be under way at the same time: for one account, and in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hypercerts_lexicon::Did;

use crate::error::Error;

/// Counts what is under way.
#[derive(Clone)]
pub struct Turns {
    under_way: Arc<Mutex<UnderWay>>,
    of_one: usize,
    of_all: usize,
}

#[derive(Default)]
struct UnderWay {
    of_all: usize,
    of_one: HashMap<Did, usize>,
}

/// One that is under way, until it is dropped.
pub struct Turn {
    turns: Turns,
    did: Did,
}

impl Turns {
    pub fn new(of_one: usize, of_all: usize) -> Self {
        Self { under_way: Arc::default(), of_one, of_all }
    }

    /// Begins one more, unless too many are under way: nobody waits in line.
    pub fn begin(&self, did: &Did) -> Result<Turn, Error> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = under_way.of_one.get(did).copied().unwrap_or_default();
        if of_one >= self.of_one || under_way.of_all >= self.of_all {
            return Err(Error::Busy);
        }
        under_way.of_all += 1;
        under_way.of_one.insert(did.clone(), of_one + 1);
        Ok(Turn { turns: self.clone(), did: did.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.turns.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.of_all -= 1;
        match under_way.of_one.get(&self.did) {
            Some(&more) if more > 1 => under_way.of_one.insert(self.did.clone(), more - 1),
            _ => under_way.of_one.remove(&self.did),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_free_again_when_it_is_over() {
        let turns = Turns::new(2, 3);
        let (alice, bob) =
            (Did::parse("did:web:a.test").unwrap(), Did::parse("did:web:b.test").unwrap());
        let first = turns.begin(&alice).unwrap();
        let _second = turns.begin(&alice).unwrap();
        assert!(turns.begin(&alice).is_err(), "two of one");
        let third = turns.begin(&bob).unwrap();
        assert!(turns.begin(&bob).is_err(), "three of all");
        drop(first);
        let _fourth = turns.begin(&bob).unwrap();
        drop(third);
        let _fifth = turns.begin(&alice).unwrap();
        assert_eq!(turns.under_way.lock().unwrap().of_one.len(), 2);
    }
}
