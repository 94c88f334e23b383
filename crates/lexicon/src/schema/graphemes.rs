//! How many characters a reader sees.

use unicode_segmentation::UnicodeSegmentation;

/// The number of extended grapheme clusters (Unicode Annex 29). In ASCII those are the bytes, but
/// for a line end of two bytes.
pub(super) fn count(text: &str) -> usize {
    if text.is_ascii() {
        text.len() - text.matches("\r\n").count()
    } else {
        text.graphemes(true).count()
    }
}
