//! A collection, and JSON of a record: read in any edition, judged, looked through, compared.
#![no_main]

use hypercerts_fuzz::{collection, rkey};
use hypercerts_lexicon::{Nsid, json};
use hypercerts_records::{Reading, catalogue, diff, finding, judge, links, normalise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [byte, record @ ..] = data else { return };
    let (collection, Ok(value)) = (collection(*byte), json::parse(record)) else { return };
    let judgement = judge(catalogue(), &collection, &rkey(), &value);
    let reading = Reading::of(&collection, &value);
    if judgement.validity.is_valid() {
        assert!(reading.is_ok(), "{collection}: valid, and {:?}", reading.err());
    }
    assert!(diff(&value, &value).is_empty());
    let today = normalise(&collection, &value);
    if let Some(Ok(nsid)) = today.nsid().map(Nsid::parse) {
        let again = normalise(&nsid, today.value());
        // One of today's collections held records of two types: a record may be of the one by the collection
        // it lay in, and by its fields of the other.
        if again.nsid() == today.nsid() {
            assert_eq!(again.value(), today.value());
        }
    }
    let Ok(reading) = reading else { return };
    let _seen = (links(&value).len(), finding::of_record(&reading.record).len());
});
