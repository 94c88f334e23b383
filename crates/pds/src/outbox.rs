//! Recent events in memory, for everyone who follows the stream.
//!
//! Readers pull: each keeps its own cursor and asks for what comes after it. Memory is therefore
//! the same however many read and however slowly. What is older than the ring is read from the
//! database by whoever needs it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

/// Bytes of frames kept in memory.
const RING_BYTES: usize = 8 << 20;
/// Frames kept in memory.
const RING_FRAMES: usize = 8192;
/// Frames handed out at once.
const CHUNK_FRAMES: usize = 256;

/// What a reader gets when it asks for the events after its cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The next events, oldest first.
    Frames(Vec<(i64, Bytes)>),
    /// It has seen everything.
    UpToDate,
    /// It is further back than the ring reaches; the database knows more.
    OlderThanRing,
}

/// The ring of recent events, and the signal that there are new ones.
pub struct Outbox {
    ring: Mutex<Ring>,
    newest: watch::Sender<i64>,
}

#[derive(Default)]
struct Ring {
    frames: VecDeque<(i64, Bytes)>,
    bytes: usize,
}

impl Outbox {
    pub fn new() -> Self {
        Self { ring: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Says where the stream stands when the server starts.
    pub fn start_at(&self, newest: i64) {
        self.newest.send_replace(newest);
    }

    /// The sequence number of the newest event that is on disk.
    pub fn newest(&self) -> i64 {
        *self.newest.borrow()
    }

    /// A receiver that changes whenever there are new events.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    /// Shows events that are on disk, in order.
    pub fn publish(&self, frames: Vec<(i64, Bytes)>) {
        let Some(newest) = frames.last().map(|(seq, _)| *seq) else { return };
        self.ring().extend(frames);
        self.newest.send_replace(newest);
    }

    /// Shows these events no more.
    pub fn forget(&self, numbers: &[i64]) {
        let mut ring = self.ring();
        ring.frames.retain(|(seq, _)| !numbers.contains(seq));
        ring.bytes = ring.frames.iter().map(|(_, frame)| frame.len()).sum();
    }

    /// The next events after `cursor`.
    pub fn after(&self, cursor: i64) -> Next {
        if cursor >= self.newest() {
            return Next::UpToDate;
        }
        let ring = self.ring();
        match ring.frames.front() {
            Some((oldest, _)) if *oldest <= cursor + 1 => {
                let start = ring.frames.partition_point(|(seq, _)| *seq <= cursor);
                Next::Frames(ring.frames.iter().skip(start).take(CHUNK_FRAMES).cloned().collect())
            }
            _ => Next::OlderThanRing,
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Nothing in here can panic half-way through a change.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn extend(&mut self, frames: Vec<(i64, Bytes)>) {
        self.bytes += frames.iter().map(|(_, frame)| frame.len()).sum::<usize>();
        self.frames.extend(frames);
        while self.bytes > RING_BYTES || self.frames.len() > RING_FRAMES {
            let Some((_, frame)) = self.frames.pop_front() else { break };
            self.bytes -= frame.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(numbers: impl IntoIterator<Item = i64>) -> Vec<(i64, Bytes)> {
        numbers.into_iter().map(|seq| (seq, Bytes::from_static(b"frame"))).collect()
    }

    #[test]
    fn a_reader_gets_what_it_has_not_seen() {
        let outbox = Outbox::new();
        outbox.start_at(10);
        assert_eq!(outbox.after(10), Next::UpToDate);
        assert_eq!(outbox.after(3), Next::OlderThanRing);

        outbox.publish(frames(11..=13));
        assert_eq!(outbox.after(11), Next::Frames(frames(12..=13)));
        assert_eq!(outbox.after(10), Next::Frames(frames(11..=13)));
        assert_eq!(outbox.after(9), Next::OlderThanRing);
        assert_eq!(outbox.after(13), Next::UpToDate);
    }

    #[test]
    fn the_ring_forgets_the_oldest_and_stays_bounded() {
        let outbox = Outbox::new();
        outbox.publish(frames(1..=2 * RING_FRAMES as i64));
        assert_eq!(outbox.after(0), Next::OlderThanRing);
        assert!(matches!(outbox.after(RING_FRAMES as i64), Next::Frames(_)));

        let large = Bytes::from(vec![0; RING_BYTES / 2 + 1]);
        outbox.publish(vec![(99_998, large.clone()), (99_999, large)]);
        assert_eq!(outbox.ring().frames.len(), 1);
    }
}
