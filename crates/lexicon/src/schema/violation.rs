//! What is wrong with data, said so that its author can mend it.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::syntax::Syntax;

/// The outcome of validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// No rule is broken.
    Valid,
    /// At least one rule is broken.
    Invalid(Vec<Violation>),
    /// No schema is known, so nothing can be said.
    UnknownType,
}

impl Validity {
    /// Whether a schema is known and no rule of it is broken.
    pub fn is_valid(&self) -> bool {
        *self == Self::Valid
    }
}

/// One broken rule.
///
/// As JSON it also carries its sentence: `{"path", "rule", "found", "message"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The value within the data, such as `contributors[2].contributionWeight`; empty for all of it.
    pub path: String,
    /// What was asked of it.
    pub rule: Rule,
    /// What stood there, shortened.
    pub found: String,
}

/// The rules a schema can lay down. Lengths and sizes in the data are `actual`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "camelCase")]
pub enum Rule {
    /// A required field is missing.
    Required,
    /// A value of another type; `expected` with its article, such as `an integer`.
    WrongType { expected: String },
    /// `null` in a field that may be absent but not null.
    NotNullable,
    /// The record's `$type` is not its collection.
    RecordType { expected: String },
    /// A union's value must be an object whose `$type` says which member it is.
    UnionType,
    /// A `$type` outside a closed union.
    UnknownUnionMember { allowed: Vec<String> },
    /// The schema refers to a definition that is not in the catalogue or describes no data.
    Unresolved { reference: String },
    /// Too short.
    MinLength { limit: u64, actual: u64, unit: Unit },
    /// Too long.
    MaxLength { limit: u64, actual: u64, unit: Unit },
    /// Too small a number.
    Minimum { limit: i64 },
    /// Too great a number.
    Maximum { limit: i64 },
    /// Another value than the listed ones (one, for a constant).
    Enum { allowed: Vec<String> },
    /// Text that does not have the form its field asks for; `reason` ends a sentence.
    Format { format: Syntax, reason: String },
    /// A reference to too large a file.
    BlobSize { limit: u64, actual: u64 },
    /// A reference to a file of another type than those accepted.
    BlobType { accept: Vec<String> },
    /// The record key is not of the kind the record type asks for.
    RecordKey { expected: String },
    /// The collection is the name of something else than a record type.
    NotARecordType,
    /// Nested deeper than data is read.
    TooDeep { limit: u64 },
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Bytes of UTF-8, or of bytes.
    Bytes,
    /// Characters as a reader sees them.
    Graphemes,
    /// Elements of a list.
    Items,
}

impl Unit {
    /// A number of these, as text.
    pub(super) fn of(self, number: u64) -> String {
        let (one, many) = match self {
            Self::Bytes => ("byte", "bytes"),
            Self::Graphemes => ("character", "characters"),
            Self::Items => ("item", "items"),
        };
        format!("{number} {}", if number == 1 { one } else { many })
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Rule::RecordKey { expected } = &self.rule {
            return write!(f, "The record key must be {expected}, not {}.", self.found);
        }
        match self.path.as_str() {
            "" => f.write_str("The record "),
            path => write!(f, "“{path}” "),
        }?;
        self.rule.say(f, &self.found)
    }
}

impl Rule {
    /// The rest of a sentence that begins with what it is about.
    fn say(&self, f: &mut fmt::Formatter<'_>, found: &str) -> fmt::Result {
        match self {
            Self::Required => f.write_str("is required and missing: add it."),
            Self::WrongType { expected } => write!(f, "must be {expected}, but is {found}."),
            Self::NotNullable => f.write_str("must not be null: give it a value or leave it out."),
            Self::RecordType { expected } => {
                write!(f, "must name its collection, “{expected}”, not {found}.")
            }
            Self::UnionType => {
                write!(f, "must be an object whose “$type” says which kind it is, but is {found}.")
            }
            Self::UnknownUnionMember { allowed } => {
                write!(f, "must be of type {}, not {found}.", one_of(allowed))
            }
            Self::Unresolved { reference } => write!(
                f,
                "cannot be checked: its schema refers to “{reference}”, which is not known as a \
                 type of data. Add that lexicon, or use another type."
            ),
            Self::Format { format, reason } => {
                write!(f, "must be {format}, and {found} is not: {reason}.")
            }
            Self::Enum { allowed } => write!(f, "must be {}, not {found}.", one_of(allowed)),
            Self::NotARecordType => f.write_str(
                "lies in a collection whose name is not that of a record type: use one that is.",
            ),
            _ => self.say_limit(f, found),
        }
    }

    fn say_limit(&self, f: &mut fmt::Formatter<'_>, found: &str) -> fmt::Result {
        match self {
            Self::MinLength { limit, actual, unit } => {
                let missing = unit.of(limit.saturating_sub(*actual));
                write!(f, "has {}, but needs at least {limit}: add {missing}.", unit.of(*actual))
            }
            Self::MaxLength { limit, actual, unit } => {
                let excess = unit.of(actual.saturating_sub(*limit));
                write!(
                    f,
                    "has {}, but may have {limit} at most: remove {excess}.",
                    unit.of(*actual)
                )
            }
            Self::Minimum { limit } => write!(f, "must be at least {limit}, but is {found}."),
            Self::Maximum { limit } => write!(f, "must be at most {limit}, but is {found}."),
            Self::BlobSize { limit, actual } => write!(
                f,
                "refers to a file of {actual} bytes, but {limit} are allowed: use a smaller file."
            ),
            Self::BlobType { accept } => {
                write!(f, "refers to a file of type {found}, but must be {}.", one_of(accept))
            }
            Self::TooDeep { limit } => {
                write!(f, "lies deeper than {limit} levels of lists and objects: flatten it.")
            }
            _ => write!(f, "breaks a rule: found {found}."),
        }
    }
}

/// `“a”`, `“a” or “b”`, `one of “a”, “b”, “c”`.
fn one_of(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("“{value}”")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first, second] => format!("{first} or {second}"),
        _ => format!("one of {}", quoted.join(", ")),
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct WithMessage<'a> {
            path: &'a str,
            rule: &'a Rule,
            found: &'a str,
            message: String,
        }
        let Self { path, rule, found } = self;
        WithMessage { path, rule, found, message: self.to_string() }.serialize(serializer)
    }
}
