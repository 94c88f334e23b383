//! JSON of a record with signatures, or of a link to a wallet: each gets a verdict.
#![no_main]

use hypercerts_fuzz::did;
use hypercerts_lexicon::json;
use hypercerts_records::attestation::{Evidence, check, content_cid, evm, wanted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = json::parse(data) else { return };
    let _needed = wanted(&value);
    for attestation in check(&value, &did(), &Evidence::default()) {
        assert!(!format!("{attestation:?}").is_empty());
    }
    let _content = content_cid(&value, &did());
    let _wallet = evm::check_link(&value, &did());
});
