//! Randomness from the operating system, and the few texts made of it.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, Encoding, Specification};
use std::sync::LazyLock;

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing secret could be made then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("invariant: the operating system provides randomness");
    bytes
}

/// An unguessable identifier, for example of a refresh token: 26 characters, 128 bits.
pub fn identifier() -> String {
    BASE32_NOPAD.encode(&bytes::<16>()).to_ascii_lowercase()
}

/// A secret of 256 bits that begins with what it is, so that one that leaked is recognised.
pub fn token(kind: &str) -> String {
    format!("{kind}-{}", BASE64URL_NOPAD.encode(&bytes::<32>()))
}

/// A code that is typed from a mail: eight characters that are not mistaken for others, 40 bits,
/// such as `K7QW-2D9F`.
pub fn mail_code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
    let code: String = bytes::<8>().into_iter().map(letter).collect();
    [&code[..4], &code[4..]].join("-")
}

/// An app password: four groups of four characters, 80 bits, such as `k3wq-7zde-4hyb-p2ma`.
pub fn app_password() -> String {
    static ALPHABET: LazyLock<Encoding> = LazyLock::new(|| {
        let mut spec = Specification::new();
        spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
        spec.encoding().expect("invariant: 32 distinct symbols")
    });
    let text = ALPHABET.encode(&bytes::<10>());
    [&text[0..4], &text[4..8], &text[8..12], &text[12..16]].join("-")
}

/// A code that people copy from a mail: two groups of five characters, 50 bits, such as
/// `K3WQ7-ZDE4H`.
pub fn mailed_code() -> String {
    let text = BASE32_NOPAD.encode(&bytes::<7>());
    [&text[0..5], &text[5..10]].join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn app_passwords_have_the_shape_clients_expect() {
        let password = super::app_password();
        assert_eq!(password.len(), 19);
        assert!(password.split('-').all(|group| group.len() == 4));
        assert_ne!(password, super::app_password());
    }
}
