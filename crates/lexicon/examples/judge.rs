//! Judges records that come as lines, so that another implementation's verdicts can be laid beside ours.
//!
//! Standard input has one of these in each line, its parts parted by tabs:
//!
//! - `lexicon`, then a Lexicon document as JSON; known from here on, and not answered.
//! - `record`, then its collection, its record key, and the record as JSON.
//!
//! For each record there is one line of JSON: `{"verdict": "valid"}`, `{"verdict": "invalid",
//! "violations": […]}`, `{"verdict": "unknown"}` for a collection without a document, or
//! `{"verdict": "noData", "message": …}` for JSON that is no value of the data model.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};

use hypercerts_lexicon::{Catalogue, Nsid, RecordKey, Validity, json};
use serde_json::{Value as Json, json as object};

fn main() -> Result<(), Box<dyn Error>> {
    let mut catalogue = Catalogue::new();
    let mut answers = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        match line.splitn(4, '\t').collect::<Vec<_>>().as_slice() {
            ["lexicon", document] => drop(catalogue.add_json(document)?),
            ["record", collection, rkey, record] => {
                let (collection, rkey) = (Nsid::parse(collection)?, RecordKey::parse(rkey)?);
                writeln!(answers, "{}", verdict(&catalogue, &collection, &rkey, record))?;
            }
            _ => return Err(format!("neither a lexicon nor a record: {line}").into()),
        }
    }
    Ok(answers.flush()?)
}

fn verdict(catalogue: &Catalogue, collection: &Nsid, rkey: &RecordKey, record: &str) -> Json {
    let record = match json::parse(record.as_bytes()) {
        Ok(record) => record,
        Err(error) => return object!({ "verdict": "noData", "message": error.to_string() }),
    };
    match catalogue.validate_record(collection, rkey, &record) {
        Validity::Valid => object!({ "verdict": "valid" }),
        Validity::Invalid(found) => object!({ "verdict": "invalid", "violations": found }),
        Validity::UnknownType => object!({ "verdict": "unknown" }),
    }
}
