//! DRISL written as JSON without values in between, for answers that only pass records on.

use std::io::Write;

use data_encoding::BASE64_NOPAD;

use super::decode::inner;
use super::reader::{Item, Reader};
use crate::data::MAX_DEPTH;
use crate::data::error::DataError;

/// Appends the JSON form of the value that fills all of `bytes`, the same text that serializing the
/// decoded value gives. Refuses what [`decode`](super::decode()) refuses; `out` then ends anywhere.
pub fn write_json(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut writer = Writer { reader: Reader::new(bytes), out };
    writer.value(MAX_DEPTH)?;
    writer.reader.end()
}

struct Writer<'r, 'o> {
    reader: Reader<'r>,
    out: &'o mut Vec<u8>,
}

impl Writer<'_, '_> {
    fn value(&mut self, depth: usize) -> Result<(), DataError> {
        match self.reader.item()? {
            Item::Null => self.put("null"),
            Item::Bool(true) => self.put("true"),
            Item::Bool(false) => self.put("false"),
            Item::Int(value) => self.print(format_args!("{value}")),
            Item::Text(text) => self.text(text),
            Item::Bytes(bytes) => {
                let base64 = BASE64_NOPAD.encode(bytes);
                self.print(format_args!(r#"{{"$bytes":"{base64}"}}"#));
            }
            Item::Link(cid) => self.print(format_args!(r#"{{"$link":"{cid}"}}"#)),
            Item::List(length) => self.list(length, inner(depth)?)?,
            Item::Map(length) => self.map(length, inner(depth)?)?,
        }
        Ok(())
    }

    fn list(&mut self, length: usize, depth: usize) -> Result<(), DataError> {
        self.put("[");
        for place in 0..length {
            self.put(if place == 0 { "" } else { "," });
            self.value(depth)?;
        }
        self.put("]");
        Ok(())
    }

    fn map(&mut self, length: usize, depth: usize) -> Result<(), DataError> {
        let mut last = None;
        self.put("{");
        for _ in 0..length {
            let key = self.reader.key(last)?;
            self.put(if last.is_none() { "" } else { "," });
            self.text(key);
            self.put(":");
            self.value(depth)?;
            last = Some(key);
        }
        self.put("}");
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.put("\"");
            self.put(text);
            self.put("\"");
        } else {
            serde_json::to_writer(&mut *self.out, text).expect("invariant: memory takes all text");
        }
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn print(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.out.write_fmt(arguments).expect("invariant: memory takes all text");
    }
}

/// Whether JSON shows the text as it is, as almost all is. Whole chunks at a time: no branch a byte.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| (byte >= 0x20) & (byte != b'"') & (byte != b'\\');
    let mut chunks = text.as_bytes().chunks(32);
    chunks.all(|chunk| chunk.iter().fold(true, |so_far, byte| so_far & plain(*byte)))
}
