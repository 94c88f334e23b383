//! The labels that handles and NSIDs are made of: those of Internet domain names.

use super::Checked;

/// Longest domain name, in bytes.
pub(super) const MAX_DOMAIN: usize = 253;

const MAX_LABEL: usize = 63;

/// 1 to 63 ASCII letters, digits and hyphens, with no hyphen at either end.
pub(super) fn check_label(label: &str) -> Checked {
    let bytes = label.as_bytes();
    match bytes {
        [] => return Err("two dots stand together, or one at an end"),
        [b'-', ..] | [.., b'-'] => return Err("a part begins or ends with a hyphen"),
        _ => {}
    }
    if bytes.len() > MAX_LABEL {
        return Err("a part is longer than 63 characters");
    }
    if !bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
        return Err("only ASCII letters, digits, hyphens and dots are allowed");
    }
    Ok(())
}

pub(super) fn starts_with_letter(label: &str) -> bool {
    label.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
}
