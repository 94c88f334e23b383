//! Expressions that want to hurt: each ends quickly, with an answer or an error, on a small stack.

use std::time::{Duration, Instant};

use hypercerts_records::Measurement;
use hypercerts_records::scope::{Context, Scope, ScopeError};
use proptest::prelude::*;

use crate::shelf::{now, scope};

/// What a service's worker thread may have left of its stack.
const STACK: usize = 512 * 1024;

fn on_a_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap()
}

fn measured(count: usize) -> Context {
    (0..count).fold(Context::new(), |context, number| {
        let value = number.to_string();
        context.measured(&Measurement::new("a", "b", value.as_str(), now()))
    })
}

#[test]
fn towers_and_chains_are_refused() {
    on_a_small_stack(|| {
        for expression in [
            format!("{}1{} == 1", "(".repeat(4_900), ")".repeat(4_900)),
            format!("{}true", "!".repeat(3_990)),
            format!("{}1 == 1", "-".repeat(3_990)),
            format!("{}1 == 2000", "1+".repeat(1_990)),
            format!("1 in {}1{}", "[".repeat(1_990), "]".repeat(1_990)),
            format!("{}true", "true ? true : ".repeat(900)),
            format!("location{} == ''", ".a".repeat(1_900)),
            format!("{}true{}", "size(".repeat(1_000), ")".repeat(1_000)),
            format!("true{}", " == true".repeat(1_000)),
            "&&".repeat(5_000),
        ] {
            assert!(Scope::parse(&expression).is_err(), "{}…", &expression[..40]);
        }
    });
}

#[test]
fn what_is_long_is_refused_before_it_is_read() {
    let expression = "a".repeat(10_001);
    let refused = ScopeError::TooLarge { what: "bytes", limit: 10_000 };
    assert_eq!(Scope::parse(&expression), Err(refused));
    let expression = "1,".repeat(4_000);
    let refused = ScopeError::TooLarge { what: "words and signs", limit: 4_000 };
    assert_eq!(Scope::parse(&expression), Err(refused));
}

#[test]
fn as_much_as_cel_asks_for_is_taken() {
    on_a_small_stack(|| {
        for expression in [
            format!("{}true", "true && ".repeat(600)),
            format!("{}true", "false || ".repeat(600)),
            format!("{}1 == 33", "1+".repeat(32)),
            format!("{}1{} == 1", "(".repeat(20), ")".repeat(20)),
            format!("{}true", "!".repeat(20)),
            format!("'a' in [{}'a']", "'b', ".repeat(1_500)),
        ] {
            assert_eq!(
                scope(&expression).matches(&Context::new()),
                Ok(true),
                "{}",
                &expression[..20]
            );
        }
    });
}

#[test]
fn loops_within_loops_are_stopped() {
    let context = measured(1_000);
    let started = Instant::now();
    let nested = "measurements.all(a, measurements.all(b, measurements.all(c, measurements.all(d, a.value + b.value + c.value + d.value >= 0))))";
    assert_eq!(scope(nested).matches(&context), Err(ScopeError::TooCostly { limit: 1_000_000 }));
    assert!(started.elapsed() < Duration::from_secs(5));

    let five = "measurements.all(a, measurements.all(b, measurements.all(c, measurements.all(d, measurements.all(e, true)))))";
    assert!(matches!(Scope::parse(five), Err(ScopeError::Unsupported { .. })));
}

#[test]
fn many_loops_beside_one_another_are_stopped() {
    let many = vec!["measurements.all(a, a.value >= 0)"; 200].join(" && ");
    let context = measured(10_000);
    assert_eq!(scope(&many).matches(&context), Err(ScopeError::TooCostly { limit: 1_000_000 }));
    assert_eq!(scope(&many).matches(&measured(100)), Ok(true));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = Scope::parse(&text);
        let _ = Scope::of_text(&text);
    }

    #[test]
    fn no_mixture_of_the_language_makes_anything_panic(parts in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60)) {
        if let Ok(scope) = Scope::parse(&parts.join(" ")) {
            let _ = scope.matches(&measured(3));
            let _ = scope.matches_two(&measured(3), &Context::new());
            let _ = scope.to_string();
            let _ = scope.overlap(&scope, &Default::default());
        }
    }
}

const WORDS: [&str; 44] = [
    "scope",
    ".has(",
    ".hasAll(",
    ".hasAny(",
    ".overlaps(",
    "'a'",
    "['a','b']",
    "location",
    ".country",
    "time",
    ".start",
    ".end",
    "measurements",
    ".exists(m,",
    ".all(m,",
    "m.value",
    "m.metric",
    "size(",
    "timestamp('2025-01-01T00:00:00Z')",
    "duration('1h')",
    "existing",
    "new",
    ".scope",
    "(",
    ")",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    ">=",
    "in",
    "+",
    "-",
    "*",
    "/",
    "%",
    "?",
    ":",
    "1",
    "0",
    "2.5",
    "true",
];
