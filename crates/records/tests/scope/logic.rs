//! Random formulas over six tags: matching and overlap agree with trying everything.

use std::collections::BTreeSet;

use hypercerts_records::scope::overlap::{Overlap, Witness};
use hypercerts_records::scope::{Context, Scope, Vocabulary};
use proptest::prelude::*;

use crate::shelf::{scope, taxonomy};

const TAGS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const COUNTRIES: [&str; 3] = ["KE", "TZ", "PH"];

#[derive(Clone, Debug)]
enum Formula {
    Has(usize),
    HasAll(Vec<usize>),
    HasAny(Vec<usize>),
    In(usize),
    Not(Box<Formula>),
    Both(Box<Formula>, Box<Formula>),
    Either(Box<Formula>, Box<Formula>),
}

impl Formula {
    fn text(&self) -> String {
        let list = |tags: &[usize]| {
            let quoted: Vec<_> = tags.iter().map(|tag| format!("'{}'", TAGS[*tag])).collect();
            quoted.join(", ")
        };
        match self {
            Self::Has(tag) => format!("scope.has('{}')", TAGS[*tag]),
            Self::HasAll(tags) => format!("scope.hasAll([{}])", list(tags)),
            Self::HasAny(tags) => format!("scope.hasAny([{}])", list(tags)),
            Self::In(country) => format!("location.country == '{}'", COUNTRIES[*country]),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::Both(left, right) => format!("({}) && ({})", left.text(), right.text()),
            Self::Either(left, right) => format!("({}) || ({})", left.text(), right.text()),
        }
    }

    fn holds(&self, work: &Work) -> bool {
        match self {
            Self::Has(tag) => work.tags.contains(tag),
            Self::HasAll(tags) => tags.iter().all(|tag| work.tags.contains(tag)),
            Self::HasAny(tags) => tags.iter().any(|tag| work.tags.contains(tag)),
            Self::In(country) => work.country == Some(*country),
            Self::Not(inner) => !inner.holds(work),
            Self::Both(left, right) => left.holds(work) && right.holds(work),
            Self::Either(left, right) => left.holds(work) || right.holds(work),
        }
    }
}

struct Work {
    tags: BTreeSet<usize>,
    country: Option<usize>,
}

/// Parents of the tags; a tag's parent is one before it, so that there are no circles.
type Parents = [Option<usize>; 6];

fn above(parents: &Parents, tag: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([tag]);
    let mut next = parents[tag];
    while let Some(parent) = next {
        all.insert(parent);
        next = parents[parent];
    }
    all
}

/// Every work there can be: each set of tags with all that they bring, in each country or none.
fn all_work(parents: &Parents) -> impl Iterator<Item = Work> + '_ {
    let sets = (0..1usize << TAGS.len()).map(|bits| {
        let had = (0..TAGS.len()).filter(move |tag| bits & (1 << tag) != 0);
        had.flat_map(|tag| above(parents, tag)).collect::<BTreeSet<_>>()
    });
    sets.flat_map(|tags| {
        [None, Some(0), Some(1), Some(2)].map(|country| Work { tags: tags.clone(), country })
    })
}

fn words(parents: &Parents) -> Vocabulary {
    let parent = |tag: usize| parents[tag].map_or("", |parent| TAGS[parent]);
    let pairs: Vec<_> = TAGS.iter().enumerate().map(|(n, tag)| (*tag, parent(n))).collect();
    taxonomy(&pairs)
}

fn context(work: &Work, words: &Vocabulary) -> Context {
    let context = Context::new().tagged(words, work.tags.iter().map(|tag| TAGS[*tag]));
    match work.country {
        Some(country) => {
            context.at(hypercerts_records::scope::Place::in_country(COUNTRIES[country]))
        }
        None => context,
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    let tags = || prop::collection::vec(0..TAGS.len(), 0..4);
    let leaf = prop_oneof![
        (0..TAGS.len()).prop_map(Formula::Has),
        tags().prop_map(Formula::HasAll),
        tags().prop_map(Formula::HasAny),
        (0..COUNTRIES.len()).prop_map(Formula::In),
    ];
    leaf.prop_recursive(4, 20, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Formula::Not(Box::new(inner))),
            (inner.clone(), inner.clone())
                .prop_map(|(left, right)| Formula::Both(Box::new(left), Box::new(right))),
            (inner.clone(), inner)
                .prop_map(|(left, right)| Formula::Either(Box::new(left), Box::new(right))),
        ]
    })
}

fn parents() -> impl Strategy<Value = Parents> {
    (
        Just(None),
        prop::option::of(0..1usize),
        prop::option::of(0..2usize),
        prop::option::of(0..3usize),
        prop::option::of(0..4usize),
        prop::option::of(0..5usize),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f])
}

fn meets(scope: &Scope, context: &Context) -> bool {
    scope.matches(context).unwrap()
}

proptest! {
    #[test]
    fn matching_agrees_with_trying(formula in formula(), parents in parents()) {
        let (scope, words) = (scope(&formula.text()), words(&parents));
        for work in all_work(&parents) {
            let context = context(&work, &words);
            prop_assert_eq!(meets(&scope, &context), formula.holds(&work), "{}", formula.text());
        }
    }

    #[test]
    fn overlap_agrees_with_trying(one in formula(), other in formula(), parents in parents()) {
        let words = words(&parents);
        let (ours, theirs) = (scope(&one.text()), scope(&other.text()));
        let common = all_work(&parents).any(|work| one.holds(&work) && other.holds(&work));
        match ours.overlap(&theirs, &words) {
            Overlap::Overlaps { witness: Witness::Work(example) } => {
                let context = example.context(&words);
                prop_assert!(meets(&ours, &context) && meets(&theirs, &context), "{}", example);
            }
            // A country that neither names is beyond what was tried, so only this way round.
            Overlap::Disjoint { witness: Witness::Conflict { conditions } } => {
                prop_assert!(!common, "{} / {}", one.text(), other.text());
                prop_assert!(!conditions.is_empty());
            }
            answer => prop_assert!(false, "{:?}", answer),
        }
        prop_assert_eq!(
            ours.overlap(&theirs, &words).is_disjoint(),
            theirs.overlap(&ours, &words).is_disjoint()
        );
    }
}
