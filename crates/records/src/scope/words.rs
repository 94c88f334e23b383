//! Conditions in words, and the tags that they name.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use hypercerts_lexicon::Datetime;

use super::program::{
    Arithmetic, Comparison, Condition, Given, List, Moment, Number, NumberField, Operands,
    Quantity, Side, Source, Span, Text, TextField, TextPart, Texts, Whole,
};

impl Condition {
    /// The tags that are asked for: those under an even number of negations.
    pub(super) fn affirmed_tags(&self) -> Vec<String> {
        self.tags_named(true)
    }

    /// The tags that are ruled out: those under an odd number of negations.
    pub(super) fn denied_tags(&self) -> Vec<String> {
        self.tags_named(false)
    }

    fn tags_named(&self, wanted: bool) -> Vec<String> {
        let mut found = BTreeSet::new();
        self.collect_tags(wanted, &mut found);
        found.into_iter().map(str::to_owned).collect()
    }

    fn collect_tags<'a>(&'a self, wanted: bool, found: &mut BTreeSet<&'a str>) {
        match self {
            Self::Tagged(Side::First, _, keys) if wanted => {
                found.extend(keys.iter().map(AsRef::as_ref));
            }
            Self::Not(inner) => inner.collect_tags(!wanted, found),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_tags(wanted, found));
            }
            Self::If(parts) => parts[1..].iter().for_each(|part| part.collect_tags(wanted, found)),
            Self::Each { body, .. } => body.collect_tags(wanted, found),
            _ => {}
        }
    }

    /// Whether the words need parentheses beside others.
    fn is_compound(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.len() > 1,
            Self::Tagged(_, _, keys) => keys.len() > 1,
            Self::If(_) => true,
            _ => false,
        }
    }
}

/// `parts` with `word` between them; those made of several in parentheses.
fn joined(f: &mut Formatter<'_>, parts: &[Condition], word: &str, empty: &str) -> fmt::Result {
    if parts.is_empty() {
        return f.write_str(empty);
    }
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            write!(f, " {word} ")?;
        }
        match parts.len() > 1 && part.is_compound() {
            true => write!(f, "({part})")?,
            false => write!(f, "{part}")?,
        }
    }
    Ok(())
}

fn listed<T: Display>(f: &mut Formatter<'_>, items: &[T], word: &str) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            write!(f, " {word} ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(true) => f.write_str("anything"),
            Self::Constant(false) => f.write_str("nothing"),
            Self::Not(inner) if inner.is_compound() => write!(f, "not ({inner})"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::All(parts) => joined(f, parts, "and", "anything"),
            Self::Any(parts) => joined(f, parts, "or", "nothing"),
            Self::If(parts) => {
                write!(f, "if ({}) then ({}), otherwise ({})", parts[0], parts[1], parts[2])
            }
            Self::Tagged(_, Quantity::All, keys) if keys.is_empty() => f.write_str("anything"),
            Self::Tagged(_, _, keys) if keys.is_empty() => f.write_str("nothing"),
            Self::Tagged(side, quantity, keys) => {
                let word = if *quantity == Quantity::All { "and" } else { "or" };
                let keys: Vec<_> = keys.iter().map(|key| key.replace(['_', '-'], " ")).collect();
                listed(f, &keys, word)?;
                if *side == Side::Second { f.write_str(" in the new claim") } else { Ok(()) }
            }
            Self::ShareTag => f.write_str("both claims share a tag"),
            Self::Compare(comparison, operands) => operands.write(f, *comparison),
            Self::Part(part, texts) => write!(f, "{} {} {}", texts[0], part.words(), texts[1]),
            Self::TextIn(text, texts) => write!(f, "{text} is {texts}"),
            Self::NumberIn(number, numbers) => {
                write!(f, "{number} is ")?;
                listed(f, numbers, "or")
            }
            Self::Each { quantity, list, body, .. } => {
                write!(f, "{} of {list} with ({body})", quantity.words())
            }
            Self::Given(given) => write!(f, "{given} is given"),
        }
    }
}

impl Quantity {
    fn words(self) -> &'static str {
        match self {
            Self::Any => "at least one",
            Self::All => "each",
            Self::One => "exactly one",
        }
    }
}

impl TextPart {
    fn words(self) -> &'static str {
        match self {
            Self::Begins => "begins with",
            Self::Ends => "ends with",
            Self::Within => "contains",
        }
    }
}

impl Operands {
    fn write(&self, f: &mut Formatter<'_>, comparison: Comparison) -> fmt::Result {
        let words = comparison.words();
        match self {
            Self::Conditions([left, right]) => write!(f, "({left}) {words} ({right})"),
            Self::Wholes([left, right]) => write!(f, "{left} {words} {right}"),
            Self::Numbers([left, right]) => write!(f, "{left} {words} {right}"),
            Self::Texts([left, right]) => write!(f, "{left} {words} {right}"),
            Self::Moments([left, right]) => write!(f, "{left} {} {right}", comparison.of_time()),
            Self::Spans([left, right]) => write!(f, "{left} {words} {right}"),
        }
    }
}

impl Comparison {
    fn words(self) -> &'static str {
        match self {
            Self::Equal => "is",
            Self::Unequal => "is not",
            Self::Less => "is below",
            Self::AtMost => "is at most",
            Self::More => "is above",
            Self::AtLeast => "is at least",
        }
    }

    fn of_time(self) -> &'static str {
        match self {
            Self::Less => "is before",
            Self::AtMost => "is not after",
            Self::More => "is after",
            Self::AtLeast => "is not before",
            other => other.words(),
        }
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Moment(moment) => moment.fmt(f),
        }
    }
}

impl Display for List {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Places(_) => "the places",
            Self::Contributors(_) => "the contributors",
            Self::Measurements(_) => "the measurements",
            Self::Evidence(_) => "the evidence",
            Self::Evaluations(_) => "the evaluations",
            Self::Evaluators(_) => "the evaluators",
        })
    }
}

impl Arithmetic {
    fn sign(self) -> char {
        match self {
            Self::Plus => '+',
            Self::Minus => '−',
            Self::Times => '×',
            Self::Divided => '÷',
            Self::Remainder => '%',
        }
    }
}

impl Display for Whole {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => value.fmt(f),
            Self::Size(list) => write!(f, "the number of {list}"),
            Self::Length(text) => write!(f, "the length of {text}"),
            Self::Negative(inner) => write!(f, "−({inner})"),
            Self::Of(operation, sides) => {
                write!(f, "({} {} {})", sides[0], operation.sign(), sides[1])
            }
        }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => value.fmt(f),
            Self::Field(_, field) => f.write_str(match field {
                NumberField::Weight => "the weight",
                NumberField::Value => "the value",
                NumberField::Score => "the score",
                NumberField::ScoreMin => "the lowest possible score",
                NumberField::ScoreMax => "the highest possible score",
            }),
            Self::Whole(whole) => whole.fmt(f),
            Self::Negative(inner) => write!(f, "−({inner})"),
            Self::Of(operation, sides) => {
                write!(f, "({} {} {})", sides[0], operation.sign(), sides[1])
            }
        }
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (source, field) = match self {
            Self::Constant(text) => return write!(f, "“{text}”"),
            Self::Field(source, field) => (source, field),
        };
        f.write_str(match field {
            TextField::Country => "the country",
            TextField::Region => "the region",
            TextField::Continent => "the continent",
            TextField::Name => "the name",
            TextField::Did => "the DID",
            TextField::Role => "the role",
            TextField::Metric => "the metric",
            TextField::Unit => "the unit",
            TextField::MethodType => "the kind of method",
            TextField::Title => "the title",
            TextField::ContentType => "the kind of content",
            TextField::Itself => "it",
        })?;
        match source {
            Source::Place(Side::Second) => f.write_str(" of the new claim"),
            _ => Ok(()),
        }
    }
}

impl Display for Texts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(texts) if texts.is_empty() => f.write_str("nothing"),
            Self::Constant(texts) => listed(f, texts, "or"),
            Self::Evaluators(_) => f.write_str("one of the evaluators"),
        }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(moment) => {
                let text = Datetime::from_unix_micros(*moment).to_string();
                f.write_str(text.strip_suffix("T00:00:00.000Z").unwrap_or(&text))
            }
            Self::Start(Side::First) => f.write_str("the start"),
            Self::End(Side::First) => f.write_str("the end"),
            Self::Start(Side::Second) => f.write_str("the start of the new claim"),
            Self::End(Side::Second) => f.write_str("the end of the new claim"),
            Self::Moved(moment, span) => write!(f, "{moment} moved by {span}"),
        }
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(micros) => write!(f, "{} hours", *micros as f64 / 3.6e9),
            Self::Between(moments) => write!(f, "the time from {} to {}", moments[1], moments[0]),
            Self::Negative(span) => write!(f, "−({span})"),
        }
    }
}
