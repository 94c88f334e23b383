//! Facets: stretches of a text that mean something, told in bytes.

use super::found::Found;
use super::rule::FACET_OUTSIDE_TEXT;
use crate::parts::{ByteSlice, Description, Facet};

/// Checks the facets at `path` against the text they are about.
pub(super) fn check(facets: &[Facet], text: &str, path: &str, found: &mut Found) {
    for (place, facet) in facets.iter().enumerate() {
        if let Some(why) = departure(facet.index, text) {
            let message = format!(
                "This marks bytes {} to {} of the text, {why}. Count in bytes of UTF-8, up to {}.",
                facet.index.byte_start,
                facet.index.byte_end,
                text.len()
            );
            found.add(FACET_OUTSIDE_TEXT, format!("{path}[{place}].index"), message);
        }
    }
}

/// As [`check`], for a long text that holds its facets.
pub(super) fn check_description(description: Option<&Description>, found: &mut Found) {
    if let Some(Description::Text(text)) = description {
        check(&text.facets, &text.value, "description.facets", found);
    }
}

fn departure(slice: ByteSlice, text: &str) -> Option<&'static str> {
    let boundary = |byte: u64| usize::try_from(byte).is_ok_and(|byte| text.is_char_boundary(byte));
    if slice.byte_end > text.len() as u64 {
        Some("which ends before that")
    } else if slice.byte_start >= slice.byte_end {
        Some("which is nothing")
    } else if !boundary(slice.byte_start) || !boundary(slice.byte_end) {
        Some("which cuts a character in two")
    } else {
        None
    }
}
