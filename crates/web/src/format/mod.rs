//! How single values read on a page: dates, exact amounts, rich text, addresses.
//!
//! Everything here is a pure function of what a record says. Nothing is rounded, cut or repaired
//! unless the name of the function says so; a value that cannot be read is shown as it was written.

pub mod date;
pub mod link;
pub mod number;
pub mod text;

/// A noun with its count: `1 measurement`, `3 measurements`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", number::grouped(&number.to_string()), if number == 1 { one } else { many })
}

/// Names joined as a sentence would: `A`, `A and B`, `A, B and C`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(count(0, "piece", "pieces"), "0 pieces");
        assert_eq!(count(1, "piece", "pieces"), "1 piece");
        assert_eq!(count(12_400, "piece", "pieces"), "12\u{202f}400 pieces");
    }

    #[test]
    fn names_are_joined_as_a_sentence() {
        let names =
            |list: &[&str]| listed(&list.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["Amina"]), "Amina");
        assert_eq!(names(&["Amina", "Hassan", "Leila"]), "Amina, Hassan and Leila");
    }
}
