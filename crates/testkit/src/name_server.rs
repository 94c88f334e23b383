//! A name server that knows TXT records, and nothing else.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

/// A name server on this machine. It ends with the test's runtime.
#[derive(Clone)]
pub struct NameServer {
    address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
}

#[derive(Default)]
struct Zone {
    records: HashMap<String, Vec<String>>,
    /// How often each name was asked for.
    questions: HashMap<String, usize>,
}

impl NameServer {
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: socket.local_addr().unwrap(), zone: Arc::default() };
        let zone = server.zone.clone();
        tokio::spawn(async move {
            let mut packet = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut packet).await {
                let answer = answer(&packet[..length], &mut zone.lock().unwrap());
                let _ = socket.send_to(&answer, from).await;
            }
        });
        server
    }

    /// Where it is to be asked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives a name one TXT record, in place of those it had.
    pub fn set(&self, name: &str, text: &str) {
        self.zone.lock().unwrap().records.insert(name.to_owned(), vec![text.to_owned()]);
    }

    /// How often a name was asked for.
    pub fn questions(&self, name: &str) -> usize {
        self.zone.lock().unwrap().questions.get(name).copied().unwrap_or(0)
    }
}

/// The answer to a question, byte by byte (RFC 1035, section 4).
fn answer(question: &[u8], zone: &mut Zone) -> Vec<u8> {
    let name_end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 1;
    let (name, kind) = (name_of(&question[12..name_end]), &question[name_end..name_end + 2]);
    let records = match kind {
        [0, 16] => zone.records.get(&name).cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    *zone.questions.entry(name).or_default() += 1;
    let code = if records.is_empty() { 0x83 } else { 0x80 };
    let count = u8::try_from(records.len()).unwrap();
    let mut answer = [&question[..2], &[0x81, code, 0, 1, 0, count, 0, 0, 0, 0]].concat();
    answer.extend_from_slice(&question[12..name_end + 4]);
    for record in &records {
        let length = u8::try_from(record.len()).unwrap();
        answer.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length]);
        answer.extend_from_slice(record.as_bytes());
    }
    answer
}

/// Labels, each behind its length, as a dotted name.
fn name_of(mut labels: &[u8]) -> String {
    let mut name = Vec::new();
    while let Some((length, rest)) = labels.split_first().filter(|(length, _)| **length > 0) {
        let (label, next) = rest.split_at(usize::from(*length));
        name.push(String::from_utf8_lossy(label).to_lowercase());
        labels = next;
    }
    name.join(".")
}
