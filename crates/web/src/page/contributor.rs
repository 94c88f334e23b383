//! Contributors: who took part, with which weight, and whether they have said so themselves.

use hypercerts_index::view::{ContributorView, Hypercert, Related};
use hypercerts_lexicon::Did;
use hypercerts_records::{Acknowledgement, Decimal, Record};

use super::people::Person;
use super::tie::{fitting, written};
use crate::chart::treemap::{Share, Treemap};
use crate::format::date::Moment;
use crate::format::link::{self, Outside};
use crate::format::number;

/// One row of the table.
#[derive(Clone, Debug)]
pub struct ContributorRow {
    pub name: Name,
    pub role: Option<String>,
    pub weight: Option<String>,
    pub share: Option<String>,
    pub answer: Answer,
    /// The records that the claim's entry refers to, where it refers to any.
    pub records: Vec<(&'static str, String)>,
}

/// How a contributor is identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Account(Person),
    /// A name, or the address of a page.
    Words {
        shown: String,
        link: Outside,
    },
    /// The entry refers to a record that is not held here.
    Unknown,
}

impl Name {
    /// The name in a sentence or a drawing.
    pub fn words(&self) -> &str {
        match self {
            Self::Account(person) => person.words(),
            Self::Words { shown, .. } => shown,
            Self::Unknown => "not held here",
        }
    }
}

/// What a contributor says of being named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The claim is theirs: it speaks for them.
    Own,
    Acknowledged(Moment),
    Declined(Moment),
    Silent,
    /// Named in words only, so nobody can answer.
    Impossible,
}

/// The table with its drawing.
#[derive(Clone, Debug)]
pub struct Contributors {
    pub rows: Vec<ContributorRow>,
    /// How the shares were computed, or why they were not.
    pub weighing: &'static str,
    pub wide: Option<Treemap>,
    pub narrow: Option<Treemap>,
}

impl Contributors {
    /// Reads the claim's contributors in its own order.
    pub fn of(hypercert: &Hypercert) -> Self {
        let entries = &hypercert.contributors.items;
        let (shares, weighing) = shares(entries);
        let rows: Vec<_> = entries
            .iter()
            .enumerate()
            .map(|(place, entry)| ContributorRow {
                name: name(entry),
                role: entry.role.clone(),
                weight: entry.weight.as_deref().map(number::grouped),
                share: shares.get(place).map(|share| percent(*share)),
                answer: answer(entry, hypercert),
                records: records(entry),
            })
            .collect();
        let drawn: Vec<_> = rows
            .iter()
            .zip(&shares)
            .map(|(row, size)| Share {
                name: row.name.words().to_owned(),
                words: percent(*size),
                size: *size,
            })
            .collect();
        let draw = |class, width, height| {
            (drawn.len() > 1).then(|| Treemap::new(&drawn, class, width, height))
        };
        Self {
            wide: draw("wide", 960.0, 150.0),
            narrow: draw("narrow", 340.0, 240.0),
            rows,
            weighing,
        }
    }

    /// The rows whose contributors could answer, the claimant aside.
    pub fn asked(&self) -> impl Iterator<Item = &ContributorRow> {
        self.rows.iter().filter(|row| !matches!(row.answer, Answer::Own | Answer::Impossible))
    }
}

/// Parts of one for each entry; none when the weights do not allow it, with the reason.
fn shares(entries: &[ContributorView]) -> (Vec<f64>, &'static str) {
    if entries.iter().all(|entry| entry.weight.is_none()) {
        return (Vec::new(), "The claim gives no weights.");
    }
    let weight = |entry: &ContributorView| {
        let weight = Decimal::parse(entry.weight.as_deref()?).ok()?;
        weight.is_positive().then(|| number::approximate(&weight))
    };
    let weights: Option<Vec<f64>> = entries.iter().map(weight).collect();
    let Some(weights) = weights else {
        return (Vec::new(), "Not every weight is a positive number, so no shares are computed.");
    };
    let total: f64 = weights.iter().sum();
    let shares = weights.iter().map(|weight| weight / total).collect();
    (
        shares,
        "The weights are the claimant’s. A share is a weight divided by the sum of them all, to a tenth of a percent.",
    )
}

fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

fn name(entry: &ContributorView) -> Name {
    if let Some(actor) = &entry.actor {
        return Name::Account(Person::from(actor));
    }
    match (&entry.display_name, &entry.identity) {
        (Some(name), identity) => Name::Words {
            shown: name.clone(),
            link: Outside::of(identity.as_deref().unwrap_or_default()),
        },
        (None, Some(identity)) => {
            let link = Outside::of(identity);
            Name::Words { shown: link.shown.clone(), link }
        }
        (None, None) => Name::Unknown,
    }
}

fn records(entry: &ContributorView) -> Vec<(&'static str, String)> {
    let named = [("Who", &entry.information), ("What", &entry.contribution)];
    let held = named.into_iter().filter_map(|(word, related)| Some((word, related.as_ref()?)));
    held.map(|(word, related)| (word, link::record(&related.uri))).collect()
}

fn answer(entry: &ContributorView, hypercert: &Hypercert) -> Answer {
    let Some(actor) = &entry.actor else {
        return Answer::Impossible;
    };
    if actor.did == hypercert.author.did {
        return Answer::Own;
    }
    let own = [&entry.information, &entry.contribution];
    let own = own.into_iter().flatten().flat_map(|related| &related.acknowledgements);
    let claim = hypercert.acknowledgements.items.iter().filter(|related| has_subject(related));
    claim.chain(own).find_map(|related| answered(related, &actor.did)).unwrap_or(Answer::Silent)
}

/// Whether an acknowledgement is of the claim, not merely made in its context.
pub fn has_subject(acknowledgement: &Related) -> bool {
    acknowledgement.via.iter().any(|field| field == "subject")
}

fn answered(related: &Related, contributor: &Did) -> Option<Answer> {
    if related.author.did != *contributor {
        return None;
    }
    let (acknowledgement, date) = acknowledgement(related)?;
    Some(if acknowledgement.acknowledged {
        Answer::Acknowledged(date)
    } else {
        Answer::Declined(date)
    })
}

/// An acknowledgement that fits its schema, and when it was written.
pub fn acknowledgement(related: &Related) -> Option<(Acknowledgement, Moment)> {
    let view = fitting(related)?;
    match Record::read(&view.collection, &view.value) {
        Ok(Record::Acknowledgement(record)) => Some((record, written(view))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(weights: &[Option<&str>]) -> Vec<String> {
        let entry = |weight: &Option<&str>| ContributorView {
            identity: None,
            display_name: None,
            actor: None,
            weight: weight.map(str::to_owned),
            role: None,
            information: None,
            contribution: None,
        };
        let entries: Vec<_> = weights.iter().map(entry).collect();
        shares(&entries).0.into_iter().map(percent).collect()
    }

    #[test]
    fn weights_are_divided_by_their_sum() {
        assert_eq!(
            weighed(&[Some("5"), Some("3"), Some("1.5"), Some("0.5")]),
            ["50%", "30%", "15%", "5%"]
        );
        assert_eq!(weighed(&[Some("1"), Some("1"), Some("1")]), ["33.3%"; 3]);
    }

    #[test]
    fn nothing_is_divided_when_a_weight_is_missing_or_not_positive() {
        for weights in
            [[Some("1"), None], [Some("1"), Some("0")], [Some("1"), Some("-2")], [None, None]]
        {
            assert!(weighed(&weights).is_empty(), "{weights:?}");
        }
    }
}
