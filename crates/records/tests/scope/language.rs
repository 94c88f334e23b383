//! What the language of expressions has, and how it speaks of what it has not.

use hypercerts_lexicon::Did;
use hypercerts_records::scope::{Context, Person, Place, Scope, ScopeError};
use hypercerts_records::{Account, Attachment, Evaluation, Measurement, Score};

use crate::shelf::{day, now, scope, work};

const AUDITOR: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";

/// A claim about which much is known.
fn rich() -> Context {
    let measurement = |metric: &str, value: &str| Measurement::new(metric, "pieces", value, now());
    let auditor = Account::new(Did::parse(AUDITOR).unwrap());
    let mut evaluation = Evaluation::new(vec![auditor], "Good", now());
    evaluation.score = Some(Score::new("0", "10", "8.5"));
    let mut photo = Attachment::new("A photo", now());
    photo.content_type = Some("evidence".to_owned());
    work(&["mangrove_restoration", "ecotourism"])
        .at(Place::in_country("KE").named("Tsunza"))
        .at(Place::in_country("TZ"))
        .during(Some(&day("2024-01-01T00:00:00Z")), Some(&day("2024-12-31T00:00:00Z")))
        .by(Person { role: "planter".to_owned(), weight: 2.0, ..Person::identified(AUDITOR) })
        .by(Person::identified("Wanjiru"))
        .measured(&measurement("trees", "600"))
        .measured(&measurement("seeds", "15.5"))
        .shown_by(&photo)
        .evaluated(&evaluation)
}

#[test]
fn true_of_a_claim_about_which_much_is_known() {
    for expression in [
        "true",
        "scope.has('ecotourism') && !scope.has('logging')",
        "'ecotourism' in scope",
        "scope.overlaps(['logging', 'ecotourism'])",
        "scope.hasAll([]) && !scope.hasAny([])",
        "scope.has('logging') ? false : scope.has('ecotourism')",
        "location.region == 'Eastern Africa' && location.continent == 'Africa'",
        "location.name.startsWith('Tsu') && location.name.contains('nz') && location.name.endsWith('a')",
        "location.country == 'TZ'",
        "location.country != 'KE'",
        "locations.all(l, l.country in ['KE', 'TZ'])",
        "size(locations) == 2 && locations.size() == 2",
        "has(location.name) && has(time.end)",
        "time.start >= timestamp('2024-01-01T00:00:00Z')",
        "time.end - time.start > duration('8000h')",
        "time.start + duration('24h') < time.end",
        "contributors.exists(c, c.did == 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' && c.role == 'planter')",
        "contributors.exists(c, c.name == 'Wanjiru' && !has(c.did) && !has(c.weight))",
        "contributors.exists_one(c, c.weight > 1)",
        "measurements.exists(m, m.metric == 'trees' && m.unit == 'pieces' && m.value >= 500)",
        "measurements.exists(m, double(m.value) == 15.5)",
        "measurements.exists(m, m.value * 2 - 1 > 1000.0 / 2)",
        "measurements.exists(m, m.value in [15.5, 16])",
        "evidence.exists(e, e.contentType == 'evidence') && attachments.all(e, e.title != '')",
        "evaluations.exists(e, e.score >= 8 && (e.score - e.scoreMin) / (e.scoreMax - e.scoreMin) > 0.8)",
        "evaluations.exists(e, 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' in e.evaluators)",
        "evaluations.exists(e, e.evaluators.exists(d, d.startsWith('did:plc:')))",
        "7 / 2 == 3 && 7 % 2 == 1 && -7 / 2 == -3 && 2 + 3 * 4 == 14",
        "1 / 0 == 1 || true",
        "(scope.has('ecotourism') == true) != false",
        "size('müde') == 4",
        "'a' < 'b' && \"it's\" == 'it\\'s' && '\\u00fc' == 'ü'",
    ] {
        assert_eq!(scope(expression).matches(&rich()), Ok(true), "{expression}");
    }
}

#[test]
fn nothing_is_true_of_what_was_not_said() {
    for expression in [
        "location.country == 'KE'",
        "has(location.country)",
        "has(time.start) || has(time.end)",
        "measurements.exists(m, m.value >= 0)",
        "time.start >= timestamp('0001-01-01T00:00:00Z')",
        "time.end <= timestamp('9999-12-31T00:00:00Z')",
    ] {
        assert_eq!(scope(expression).matches(&Context::new()), Ok(false), "{expression}");
    }
}

#[test]
fn all_conditions_on_a_place_are_about_the_same_one() {
    let both = scope("location.country == 'KE' && location.country == 'TZ'");
    assert_eq!(both.matches(&rich()), Ok(false));
    let two =
        scope("locations.exists(l, l.country == 'KE') && locations.exists(l, l.country == 'TZ')");
    assert_eq!(two.matches(&rich()), Ok(true));
}

#[test]
fn reckoning_that_fails_is_an_error() {
    let fails = |expression: &str| scope(expression).matches(&rich()).unwrap_err();
    assert_eq!(fails("1 / (size(locations) - 2) == 1"), ScopeError::DivisionByZero);
    assert_eq!(fails("9223372036854775807 + 1 > 0"), ScopeError::Overflow);
    assert_eq!(fails("9223372036854775807 * size(locations) > 0"), ScopeError::Overflow);
    assert_eq!(fails("-(-9223372036854775807 - 1) > 0"), ScopeError::Overflow);
}

#[test]
fn what_scopes_do_not_have_is_named() {
    for (expression, named) in [
        ("location.postcode == '1'", "“postcode” of a location"),
        ("weather == 'wet'", "the variable “weather”"),
        ("scope.matches('a.*')", "the function “matches”"),
        ("measurements.map(m, m.value).size() > 1", "the function “map”"),
        ("measurements.filter(m, m.value > 1.0).size() > 1", "the function “filter”"),
        ("measurements[0].value > 1", "picking an entry by its number"),
        ("{'a': 1}.size() == 1", "a map"),
        ("Thing{a: 1} == 1", "a message"),
        ("null == null", "null"),
        ("'a' + 'b' == 'ab'", "the joining of texts"),
        ("location.country.matches('K.')", "the function “matches”"),
    ] {
        match Scope::parse(expression) {
            Err(error @ ScopeError::Unsupported { .. }) => {
                let message = error.to_string();
                assert!(message.contains(named), "{expression}: {message}");
                assert!(message.contains("which work scopes do not have"), "{message}");
            }
            other => panic!("{expression}: {other:?}"),
        }
    }
}

#[test]
fn parts_that_do_not_go_together_are_refused() {
    for (expression, message) in [
        ("location.country == 5", "a text cannot be compared with a whole number"),
        ("location.country", "a text is neither true nor false"),
        ("scope.has(['a'])", "has asks for one key"),
        ("scope.hasAll('a')", "hasAll asks for a list of keys"),
        ("time.start + 5 > time.end", "a moment cannot be reckoned with"),
        ("'a' in [1, 2]", "cannot be looked for in a list of numbers"),
        ("['a', 1].size() == 2", "a list here holds either texts or numbers"),
        ("measurements.exists(5, true)", "a name for each entry"),
        ("1 && true", "a whole number is neither true nor false"),
        ("timestamp('yesterday') < time.end", "2025-01-31T23:59:59Z"),
        ("duration('long') > duration('1h')", "no length of time"),
        ("measurements.exists(m, m.value % 2 == 1)", "% is for whole numbers"),
        ("has(scope)", "asks for a field"),
        ("scope.overlaps(scope)", "always overlaps itself"),
    ] {
        match Scope::parse(expression) {
            Err(error @ ScopeError::Type { .. }) => {
                assert!(error.to_string().contains(message), "{expression}: {error}");
            }
            other => panic!("{expression}: {other:?}"),
        }
    }
}

#[test]
fn errors_of_writing_say_where() {
    for (expression, at) in [
        ("", 1),
        ("scope.has('a'", 14),
        ("scope.has('a')) ", 15),
        ("scope.has('ä') &", 16),
        ("scope.has('a) && true", 11),
        ("1 ~ 2", 3),
        ("5abc == 5", 1),
        ("'\\q' == ''", 3),
        ("true &&", 8),
        ("99999999999999999999 > 1", 1),
    ] {
        match Scope::parse(expression) {
            Err(ScopeError::Syntax { at: found, .. }) => assert_eq!(found, at, "{expression}"),
            other => panic!("{expression}: {other:?}"),
        }
    }
}

#[test]
fn one_claim_or_two_but_not_both() {
    assert_eq!(
        Scope::parse("existing.scope.has('a') && scope.has('a')"),
        Err(ScopeError::NeedsOneClaim)
    );
    let one = scope("scope.has('a')");
    assert_eq!(one.matches_two(&rich(), &rich()), Err(ScopeError::NeedsOneClaim));
}

#[test]
fn a_scope_can_be_read_aloud() {
    for (expression, words) in [
        (
            "scope.hasAll(['mangrove_restoration', 'environmental_education']) && scope.hasAny(['fishpond_management', 'ecotourism']) && location.country == 'KE'",
            "(mangrove restoration and environmental education) and (fishpond management or ecotourism) and the country is “KE”",
        ),
        (
            "scope.has('agroforestry') && measurements.exists(m, m.metric == 'trees_planted' && m.value >= 500)",
            "agroforestry and at least one of the measurements with (the metric is “trees_planted” and the value is at least 500)",
        ),
        (
            "!scope.has('logging') && time.end >= timestamp('2025-01-01T00:00:00Z')",
            "not logging and the end is not before 2025-01-01",
        ),
        ("location.country in ['TZ', 'KE']", "the country is KE or TZ"),
    ] {
        assert_eq!(scope(expression).to_string(), words);
    }
}
