//! Our evaluation beside that of the `cel` crate: the same expressions, the same answers.
//!
//! The differential test speaks of one place and of measured values with fractions, as there both
//! have the same view of the data. `scope` is a list of keys there, which `in` can ask.

use cel::{Context as Reference, Program};
use hypercerts_records::Measurement;
use hypercerts_records::scope::{Context, Place};
use proptest::prelude::*;
use serde_json::json;

use crate::shelf::{now, scope, work};

const VALUES: [f64; 3] = [0.5, 20.0, 600.0];

fn ours(tags: &[&str], country: &str) -> Context {
    let context = work(tags).at(Place::in_country(country).named("Tsunza"));
    VALUES.iter().enumerate().fold(context, |context, (number, value)| {
        let metric = format!("m{number}");
        let value = value.to_string();
        context.measured(&Measurement::new(metric, "pieces", value.as_str(), now()))
    })
}

fn reference(tags: &[&str], country: &str) -> Reference<'static, 'static> {
    let mut context = Reference::default();
    let measurements: Vec<_> = VALUES
        .iter()
        .enumerate()
        .map(|(number, value)| json!({ "metric": format!("m{number}"), "value": value }))
        .collect();
    context.add_variable("scope", tags.to_vec()).unwrap();
    context.add_variable("location", json!({ "country": country, "name": "Tsunza" })).unwrap();
    context.add_variable("measurements", measurements).unwrap();
    context
}

fn whole() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof![(0..4i64).prop_map(|n| n.to_string()), Just("size(measurements)".to_owned())];
    leaf.prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/", "%"]), inner)
            .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))
    })
}

fn comparison() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="])
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["a", "b", "c"]).prop_map(|tag| format!("'{tag}' in scope")),
        prop::sample::select(vec!["KE", "TZ"]).prop_map(|c| format!("location.country == '{c}'")),
        Just("location.country in ['UG', 'KE']".to_owned()),
        prop::sample::select(vec!["startsWith", "endsWith", "contains"])
            .prop_map(|f| format!("location.name.{f}('Ts')")),
        (prop::sample::select(vec!["exists", "all", "exists_one"]), comparison(), 0..40i32)
            .prop_map(|(f, sign, n)| format!("measurements.{f}(m, m.value {sign} {n}.5)")),
        (whole(), comparison(), whole()).prop_map(|(l, sign, r)| format!("{l} {sign} {r}")),
        any::<bool>().prop_map(|value| value.to_string()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("({l}) && ({r})")),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("({l}) || ({r})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(c, l, r)| format!("(({c}) ? ({l}) : ({r}))")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_give_the_same_answer(
        expression in condition(),
        tags in prop::sample::subsequence(vec!["a", "b", "c"], 0..=3),
        country in prop::sample::select(vec!["KE", "TZ", "PH"]),
    ) {
        let expected = Program::compile(&expression).unwrap().execute(&reference(&tags, country));
        match (scope(&expression).matches(&ours(&tags, country)), expected) {
            (Ok(answer), Ok(expected)) => prop_assert_eq!(cel::Value::Bool(answer), expected),
            (Err(_), Err(_)) => {}
            (answer, expected) => prop_assert!(false, "{}: {:?}, not {:?}", expression, answer, expected),
        }
    }
}
