//! Evaluations: what somebody judges, on which scale, and whether they are independent.

use hypercerts_index::view::{Group, Related, Standing};
use hypercerts_records::{Evaluation, Record, Score};

use super::content::Source;
use super::people::{self, People, Person};
use super::tie::{Byline, Tie, ties};
use crate::format::number;

/// One evaluation.
#[derive(Clone, Debug)]
pub struct EvaluationNote {
    pub standing: Standing,
    pub summary: String,
    pub score: Option<ScoreView>,
    pub sources: Vec<Source>,
    /// How many measurements it rests on.
    pub measurements: usize,
    /// Accounts it names as evaluators, besides the one whose repository holds it.
    pub named: Vec<Person>,
    pub author: Person,
    pub byline: Byline,
}

/// A score with its scale.
#[derive(Clone, Debug, PartialEq)]
pub enum ScoreView {
    /// The mark lies on its scale; `position` runs from 0 to 1.
    OnScale { value: String, min: String, max: String, position: f64 },
    /// Shown as written, with the reason why it means nothing.
    Meaningless { written: String, reason: String },
}

impl EvaluationNote {
    /// Whether nobody with a part in the claim wrote it.
    pub fn is_independent(&self) -> bool {
        self.standing.is_independent()
    }

    /// Why it is not independent; `None` when it is.
    pub fn dependence(&self) -> Option<&'static str> {
        people::dependence(self.standing)
    }

    /// The accounts of the evaluations that count as independent, or not, each once.
    pub fn authors(notes: &[Self], independent: bool) -> Vec<&Person> {
        let mut authors: Vec<&Person> = Vec::new();
        for note in notes.iter().filter(|note| note.is_independent() == independent) {
            if !authors.contains(&&note.author) {
                authors.push(&note.author);
            }
        }
        authors
    }
}

/// The notes of a group, in its order.
pub fn notes(group: &Group<Related>, people: &People) -> Vec<EvaluationNote> {
    let pick = |record| match record {
        Record::Evaluation(evaluation) => Some(evaluation),
        _ => None,
    };
    ties(group, pick).iter().map(|tie| note(tie, people)).collect()
}

fn note(tie: &Tie<'_, Evaluation>, people: &People) -> EvaluationNote {
    let record = &tie.record;
    let others = record.evaluators.iter().filter(|account| account.did != tie.view.did);
    EvaluationNote {
        standing: tie.related.standing,
        summary: record.summary.clone(),
        score: record.score.as_ref().map(score),
        sources: record.content.iter().map(|item| Source::of(item, &tie.view.did)).collect(),
        measurements: record.measurements.len(),
        named: others.map(|account| people.person(&account.did)).collect(),
        author: Person::from(&tie.related.author),
        byline: Byline::new("By", tie),
    }
}

fn score(score: &Score) -> ScoreView {
    let checked = match score.checked() {
        Ok(checked) => checked,
        Err(error) => {
            let written = format!("{} ({} to {})", score.value, score.min, score.max);
            return ScoreView::Meaningless { written, reason: error.to_string() };
        }
    };
    let [min, max, value] =
        [checked.min(), checked.max(), checked.value()].map(number::approximate);
    let position = if max > min { (value - min) / (max - min) } else { 0.0 };
    let grouped = |written: &str| number::grouped(written);
    ScoreView::OnScale {
        value: grouped(score.value.as_str()),
        min: grouped(score.min.as_str()),
        max: grouped(score.max.as_str()),
        position: position.clamp(0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(value: &str, min: &str, max: &str) -> ScoreView {
        score(&Score::new(min, max, value))
    }

    #[test]
    fn a_score_is_never_shown_without_its_scale() {
        let ScoreView::OnScale { value, min, max, position } = scored("4.2", "0", "5") else {
            panic!("4.2 lies between 0 and 5");
        };
        assert_eq!((value.as_str(), min.as_str(), max.as_str()), ("4.2", "0", "5"));
        assert!((position - 0.84).abs() < 1e-9);
    }

    #[test]
    fn a_score_beyond_its_scale_is_shown_with_the_reason() {
        for (value, min, max) in [("6", "0", "5"), ("1", "5", "0"), ("good", "0", "5")] {
            assert!(matches!(scored(value, min, max), ScoreView::Meaningless { .. }), "{value}");
        }
        assert!(matches!(scored("5", "5", "5"), ScoreView::OnScale { .. }));
    }
}
