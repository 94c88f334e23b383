//! An expression, and a second one after a zero byte: matched within bounds, and compared.
#![no_main]

use hypercerts_fuzz::parts;
use hypercerts_records::scope::{Context, Scope, Vocabulary};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some([first, second]) = parts(data) else { return };
    let context = Context::new();
    let scope = match Scope::parse(first) {
        Ok(scope) => scope,
        Err(error) => return drop(error.to_string()),
    };
    assert_eq!(scope.matches(&context).ok(), scope.matches(&context).ok());
    let _two = scope.matches_two(&context, &context);
    let _tags = scope.tags().count();
    let other = Scope::parse(second).unwrap_or_else(|_| Scope::of_text(second));
    let (there, back) = (
        scope.overlap(&other, &Vocabulary::default()),
        other.overlap(&scope, &Vocabulary::default()),
    );
    assert_eq!(there.overlaps_surely(), back.overlaps_surely(), "{there:?} {back:?}");
});
