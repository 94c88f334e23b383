//! A Lexicon document, a zero byte, and a record for it: a stranger's schema may not break the validator.
#![no_main]

use hypercerts_fuzz::{parts, rkey};
use hypercerts_lexicon::{Catalogue, MAX_VIOLATIONS, Validity, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some([document, record]) = parts(data) else { return };
    let mut catalogue = Catalogue::new();
    let nsid = match catalogue.add_json(document) {
        Ok(nsid) => nsid,
        Err(error) => return drop(error.to_string()),
    };
    let _open = (catalogue.unresolved().count(), catalogue.record_types().count());
    let Ok(value) = json::parse(record.as_bytes()) else { return };
    for validity in [
        catalogue.validate_record(&nsid, &rkey(), &value),
        catalogue.validate_query_params(&nsid, &value),
        catalogue.validate_input(&nsid, &value),
        catalogue.validate_output(&nsid, &value),
        catalogue.validate_message(&nsid, &value),
    ] {
        let Validity::Invalid(violations) = validity else { continue };
        assert!(!violations.is_empty() && violations.len() <= MAX_VIOLATIONS);
        violations.iter().for_each(|violation| assert!(!violation.to_string().is_empty()));
    }
});
