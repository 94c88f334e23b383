//! Wallets that other programs linked with accounts, from `fixtures/attestations/links.json`.

use hypercerts_lexicon::Did;
use hypercerts_records::attestation::evm::{AddressError, EvmAddress, check_link};

use crate::{fixture, text, value};

#[test]
fn every_link_gets_the_verdict_it_deserves() {
    let vectors = fixture("links.json");
    let holder = Did::parse(text(&vectors["holder"])).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let told = serde_json::to_value(check_link(&value(&case["record"]), &holder)).unwrap();
        for (field, expected) in case["expected"].as_object().unwrap() {
            assert_eq!(&told[field], expected, "{}: {told:#}", case["name"]);
        }
        assert!(text(&told["message"]).ends_with('.'), "{told:#}");
    }
}

#[test]
fn a_verdict_names_the_wallet_and_the_account() {
    let vectors = fixture("links.json");
    let holder = Did::parse(text(&vectors["holder"])).unwrap();
    let verdict = check_link(&value(&vectors["cases"][0]["record"]), &holder);
    let address = verdict.address.unwrap().to_string();
    assert_eq!(address, text(&vectors["cases"][0]["record"]["address"]));
    assert_eq!(
        verdict.message,
        format!(
            "Whoever held the key of the wallet {address} once agreed to link it with {holder}. \
             Whether they still hold it, the signature cannot tell."
        )
    );
}

/// The examples of EIP-55.
#[test]
fn checksums_are_in_the_case_of_the_letters() {
    for text in [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ] {
        let address = EvmAddress::parse(text).unwrap();
        assert_eq!(EvmAddress::parse(&text.to_lowercase()), Ok(address));
        assert_eq!(EvmAddress::parse(&address.to_string()), Ok(address));
    }
    let (right, wrong) = (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    );
    let address = EvmAddress::parse(right).unwrap();
    assert_eq!(EvmAddress::parse(wrong), Err(AddressError::Checksum(address)));
    for wrong in ["", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xgg", &right[..41]] {
        assert_eq!(EvmAddress::parse(wrong), Err(AddressError::Form));
    }
}
