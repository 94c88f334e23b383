//! Rich text: what an author wrote, with the links its facets mark.
//!
//! A facet names a range of UTF-8 bytes. One that does not fall on characters, runs past the end,
//! or overlaps an earlier one is passed over: the text itself is always shown whole.

use askama::Template;
use askama::filters::HtmlSafe;

use super::link::{self, Outside};
use hypercerts_records::{Facet, FacetFeature};

/// Most facets that are looked at in one text; the rest stay plain text.
const MAX_FACETS: usize = 1000;

/// Text cut into runs; set with `white-space: pre-line`, so that line breaks stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(path = "part/rich-text.html")]
pub struct RichText {
    runs: Vec<Run>,
}

impl HtmlSafe for RichText {}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    text: String,
    target: Option<Target>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    href: String,
    leaves: bool,
}

impl RichText {
    /// Text without any marks.
    pub fn plain(text: &str) -> Self {
        Self::new(text, &[])
    }

    /// Text with `app.bsky.richtext.facet` annotations.
    pub fn new(text: &str, facets: &[Facet]) -> Self {
        let mut marks: Vec<_> = facets.iter().take(MAX_FACETS).filter_map(mark).collect();
        marks.sort_by_key(|(start, ..)| *start);
        let mut runs = Vec::new();
        let mut done = 0;
        for (start, end, target) in marks {
            let (Some(before), Some(marked)) = (text.get(done..start), text.get(start..end)) else {
                continue;
            };
            push(&mut runs, before, None);
            push(&mut runs, marked, Some(target));
            done = end;
        }
        push(&mut runs, &text[done..], None);
        Self { runs }
    }

    /// How many characters it has.
    pub fn length(&self) -> usize {
        self.runs.iter().map(|run| run.text.chars().count()).sum()
    }

    /// Cuts at the first line break after `at` characters, for texts that are folded.
    pub fn fold(self, at: usize) -> (Self, Option<Self>) {
        let mut seen = 0;
        for (index, run) in self.runs.iter().enumerate() {
            if let Some(cut) = break_after(run, at.saturating_sub(seen)) {
                return self.cut(index, cut);
            }
            seen += run.text.chars().count();
        }
        (self, None)
    }

    fn cut(mut self, index: usize, cut: usize) -> (Self, Option<Self>) {
        let mut rest = self.runs.split_off(index);
        let tail = rest[0].text.split_off(cut);
        self.runs.push(Run { text: std::mem::replace(&mut rest[0].text, tail), target: None });
        (self, Some(Self { runs: rest }))
    }
}

fn push(runs: &mut Vec<Run>, text: &str, target: Option<Target>) {
    if !text.is_empty() {
        runs.push(Run { text: text.to_owned(), target });
    }
}

/// The byte after the first line break that follows `at` characters, with text still to come.
fn break_after(run: &Run, at: usize) -> Option<usize> {
    let start = run.text.char_indices().nth(at)?.0;
    let cut = start + run.text[start..].find('\n')? + 1;
    (run.target.is_none() && !run.text[cut..].trim().is_empty()).then_some(cut)
}

fn mark(facet: &Facet) -> Option<(usize, usize, Target)> {
    let start = usize::try_from(facet.index.byte_start).ok()?;
    let end = usize::try_from(facet.index.byte_end).ok()?;
    let target = facet.features.iter().find_map(target)?;
    (start < end).then_some((start, end, target))
}

fn target(feature: &FacetFeature) -> Option<Target> {
    match feature {
        FacetFeature::Link(to) => {
            let outside = Outside::of(to.uri.as_str());
            let leaves = outside.leaves();
            outside.href.map(|href| Target { href, leaves })
        }
        FacetFeature::Mention(who) => Some(Target { href: link::actor(&who.did), leaves: false }),
        FacetFeature::Tag(_) | FacetFeature::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hypercerts_lexicon::Uri;
    use hypercerts_records::{ByteSlice, FacetLink};

    fn facet(start: u64, end: u64, uri: &str) -> Facet {
        let link = FacetLink::new(Uri::parse(uri).expect("a URI"));
        let index = ByteSlice { byte_start: start, byte_end: end };
        Facet::new(index, vec![FacetFeature::Link(link)])
    }

    #[test]
    fn a_link_marks_bytes_not_characters() {
        let text = RichText::new("Müll: see numpy", &[facet(11, 16, "https://numpy.org")]);
        assert_eq!(
            text.to_string(),
            r#"Müll: see <a href="https://numpy.org" rel="noopener nofollow ugc">numpy</a>"#
        );
    }

    #[test]
    fn text_is_escaped_and_dangerous_links_stay_text() {
        let text = RichText::new("<b>x</b>", &[facet(0, 3, "javascript:alert(1)")]);
        assert_eq!(text.to_string(), "&#60;b&#62;x&#60;/b&#62;");
    }

    #[test]
    fn facets_that_do_not_fit_the_text_are_passed_over() {
        for (start, end) in [(1, 2), (0, 99), (5, 2), (0, u64::MAX), (u64::MAX, u64::MAX)] {
            let text = RichText::new("é plain", &[facet(start, end, "https://a.test")]);
            assert_eq!(text.to_string(), "é plain", "{start}..{end}");
        }
        let overlapping = [facet(0, 4, "https://a.test"), facet(2, 6, "https://b.test")];
        assert_eq!(RichText::new("abcdef", &overlapping).to_string().matches("<a ").count(), 1);
    }

    #[test]
    fn a_long_text_folds_at_a_line_and_loses_nothing() {
        let (head, rest) = RichText::plain("one two\nthree\nfour").fold(3);
        let rest = rest.expect("there is more");
        assert_eq!(
            (head.to_string().as_str(), rest.to_string().as_str()),
            ("one two\n", "three\nfour")
        );
        assert_eq!(RichText::plain("one line only").fold(3).1, None);
        assert_eq!(RichText::plain("the end\n").fold(3).1, None);
    }
}
