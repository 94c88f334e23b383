//! A compiled scope: conditions over a context, every part with its type.
//!
//! Nothing here can fail by its type, grow a text or build a list. The only loops go over the lists of the
//! context, and each round pays for its body from a budget, so a match ends after at most [`MAX_STEPS`].

use super::context::{Context, Entry, Place, UNPLACED};

/// Steps one match may take. A step is one part of an expression evaluated once, some ten nanoseconds.
pub(super) const MAX_STEPS: u32 = 1_000_000;
/// Loops within one another.
pub(super) const MAX_LOOPS: usize = 4;

/// Which of two claims; with one claim, always the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Second,
}

/// What is true or false.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Constant(bool),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    If(Box<[Condition; 3]>),
    /// The claim has all, or any, of these tags.
    Tagged(Side, Quantity, Box<[Box<str>]>),
    /// The two claims share a tag.
    ShareTag,
    Compare(Comparison, Box<Operands>),
    Part(TextPart, Box<[Text; 2]>),
    TextIn(Text, Texts),
    NumberIn(Number, Box<[f64]>),
    /// Something of the list meets the condition; `cost` is what one round costs.
    Each {
        quantity: Quantity,
        list: List,
        slot: usize,
        body: Box<Condition>,
        cost: u32,
    },
    /// The value was given at all.
    Given(Given),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Any,
    All,
    One,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operands {
    Conditions([Condition; 2]),
    Wholes([Whole; 2]),
    Numbers([Number; 2]),
    Texts([Text; 2]),
    Moments([Moment; 2]),
    Spans([Span; 2]),
}

/// How one text is part of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextPart {
    Begins,
    Ends,
    Within,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    Text(Text),
    Number(Number),
    Moment(Moment),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Whole {
    Constant(i64),
    Size(List),
    Length(Box<Text>),
    Negative(Box<Whole>),
    Of(Arithmetic, Box<[Whole; 2]>),
}

/// A number with a fraction; one that is missing or was no number is a NaN.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Constant(f64),
    Field(Source, NumberField),
    Whole(Whole),
    Negative(Box<Number>),
    Of(Arithmetic, Box<[Number; 2]>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text {
    Constant(Box<str>),
    Field(Source, TextField),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Texts {
    /// Sorted.
    Constant(Box<[Box<str>]>),
    /// The evaluators of an evaluation.
    Evaluators(Source),
}

/// Microseconds since 1970. An open start is `i64::MIN`, an open end `i64::MAX`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Moment {
    Constant(i64),
    Start(Side),
    End(Side),
    Moved(Box<Moment>, Box<Span>),
}

/// A length of time in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Span {
    Constant(i64),
    Between(Box<[Moment; 2]>),
    Negative(Box<Span>),
}

/// Where a field is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The place that `location` stands for.
    Place(Side),
    /// The variable of a loop.
    Slot(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextField {
    Country,
    Region,
    Continent,
    Name,
    Did,
    Role,
    Metric,
    Unit,
    MethodType,
    Title,
    ContentType,
    /// The text itself, where the list is one of texts.
    Itself,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberField {
    Weight,
    Value,
    Score,
    ScoreMin,
    ScoreMax,
}

/// A list of the context that can be gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Places(Side),
    Contributors(Side),
    Measurements(Side),
    Evidence(Side),
    Evaluations(Side),
    Evaluators(Source),
}

/// Why an evaluation did not come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    TooCostly,
    Overflow,
    DivisionByZero,
}

type Outcome<T> = Result<T, Halt>;

/// What conditions are evaluated against, and what is left of the budget.
pub(super) struct Frame<'a> {
    contexts: [&'a Context; 2],
    places: [&'a Place; 2],
    slots: [Entry<'a>; MAX_LOOPS],
    budget: u32,
}

impl<'a> Frame<'a> {
    pub(super) fn new(contexts: [&'a Context; 2]) -> Self {
        Self {
            contexts,
            places: [&UNPLACED; 2],
            slots: [Entry::Text(""); MAX_LOOPS],
            budget: MAX_STEPS,
        }
    }

    /// Binds `location`.
    pub(super) fn stand_at(&mut self, places: [&'a Place; 2]) {
        self.places = places;
    }

    pub(super) fn spend(&mut self, steps: u32) -> Outcome<()> {
        self.budget = self.budget.checked_sub(steps).ok_or(Halt::TooCostly)?;
        Ok(())
    }

    fn context(&self, side: Side) -> &'a Context {
        self.contexts[side as usize]
    }

    fn source(&self, source: Source) -> Entry<'a> {
        match source {
            Source::Place(side) => Entry::Place(self.places[side as usize]),
            Source::Slot(slot) => self.slots[slot],
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, frame: &mut Frame<'_>) -> Outcome<bool> {
        match self {
            Self::Constant(value) => Ok(*value),
            Self::Not(inner) => inner.holds(frame).map(|held| !held),
            Self::All(parts) => decide(parts.iter(), false, |part| part.holds(frame)),
            Self::Any(parts) => decide(parts.iter(), true, |part| part.holds(frame)),
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(frame)? { then.holds(frame) } else { otherwise.holds(frame) }
            }
            Self::Tagged(side, quantity, keys) => Ok(tagged(frame.context(*side), *quantity, keys)),
            Self::ShareTag => Ok(frame.contexts[0].shares_tag(frame.contexts[1])),
            Self::Compare(comparison, operands) => operands.compare(*comparison, frame),
            Self::Part(part, texts) => Ok(part.holds(texts[0].value(frame), texts[1].value(frame))),
            Self::TextIn(text, texts) => Ok(texts.contain(text.value(frame), frame)),
            Self::NumberIn(number, numbers) => {
                let value = number.value(frame)?;
                Ok(numbers.contains(&value))
            }
            Self::Each { quantity, list, slot, body, cost } => {
                each(*quantity, *list, *slot, body, *cost, frame)
            }
            Self::Given(given) => given.holds(frame),
        }
    }
}

fn tagged(context: &Context, quantity: Quantity, keys: &[Box<str>]) -> bool {
    match quantity {
        Quantity::All => keys.iter().all(|key| context.has_tag(key)),
        _ => keys.iter().any(|key| context.has_tag(key)),
    }
}

/// The first `decisive` answer decides; only if there is none does a failure count. So it is in CEL, where
/// the order of the parts changes nothing.
fn decide<T>(
    parts: impl Iterator<Item = T>,
    decisive: bool,
    mut holds: impl FnMut(T) -> Outcome<bool>,
) -> Outcome<bool> {
    let mut answer = Ok(!decisive);
    for part in parts {
        match holds(part) {
            Ok(held) if held == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(Halt::TooCostly) => return Err(Halt::TooCostly),
            Err(halt) => answer = Err(halt),
        }
    }
    answer
}

fn each(
    quantity: Quantity,
    list: List,
    slot: usize,
    body: &Condition,
    cost: u32,
    frame: &mut Frame<'_>,
) -> Outcome<bool> {
    let rounds = 0..list.len(frame);
    let mut round = |index| {
        frame.spend(cost)?;
        frame.slots[slot] = list.entry(index, frame);
        body.holds(frame)
    };
    match quantity {
        Quantity::Any => decide(rounds, true, round),
        Quantity::All => decide(rounds, false, round),
        Quantity::One => {
            let mut met = 0;
            for index in rounds {
                met += usize::from(round(index)?);
            }
            Ok(met == 1)
        }
    }
}

impl List {
    fn len(self, frame: &Frame<'_>) -> usize {
        match self {
            Self::Places(side) => frame.context(side).places.len(),
            Self::Contributors(side) => frame.context(side).contributors.len(),
            Self::Measurements(side) => frame.context(side).measurements.len(),
            Self::Evidence(side) => frame.context(side).evidence.len(),
            Self::Evaluations(side) => frame.context(side).evaluations.len(),
            Self::Evaluators(source) => frame.source(source).evaluators().len(),
        }
    }

    /// `index` is below [`len`](Self::len).
    fn entry<'a>(self, index: usize, frame: &Frame<'a>) -> Entry<'a> {
        match self {
            Self::Places(side) => Entry::Place(&frame.context(side).places[index]),
            Self::Contributors(side) => Entry::Person(&frame.context(side).contributors[index]),
            Self::Measurements(side) => Entry::Quantity(&frame.context(side).measurements[index]),
            Self::Evidence(side) => Entry::Material(&frame.context(side).evidence[index]),
            Self::Evaluations(side) => Entry::Judgement(&frame.context(side).evaluations[index]),
            Self::Evaluators(source) => Entry::Text(&frame.source(source).evaluators()[index]),
        }
    }
}

impl Comparison {
    fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// The comparison with its sides exchanged.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl Operands {
    fn compare(&self, comparison: Comparison, frame: &mut Frame<'_>) -> Outcome<bool> {
        Ok(match self {
            Self::Conditions([left, right]) => {
                comparison.holds(&left.holds(frame)?, &right.holds(frame)?)
            }
            Self::Wholes([left, right]) => {
                comparison.holds(&left.value(frame)?, &right.value(frame)?)
            }
            Self::Numbers([left, right]) => {
                comparison.holds(&left.value(frame)?, &right.value(frame)?)
            }
            Self::Texts([left, right]) => comparison.holds(&left.value(frame), &right.value(frame)),
            Self::Moments([left, right]) => {
                comparison.holds(&left.value(frame), &right.value(frame))
            }
            Self::Spans([left, right]) => comparison.holds(&left.value(frame), &right.value(frame)),
        })
    }
}

impl TextPart {
    fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::Begins => text.starts_with(part),
            Self::Ends => text.ends_with(part),
            Self::Within => text.contains(part),
        }
    }
}

impl Given {
    fn holds(&self, frame: &Frame<'_>) -> Outcome<bool> {
        match self {
            Self::Text(text) => Ok(!text.value(frame).is_empty()),
            Self::Number(number) => Ok(!number.value(frame)?.is_nan()),
            Self::Moment(moment) => Ok(!is_open(moment.value(frame))),
        }
    }
}

impl Whole {
    fn value(&self, frame: &Frame<'_>) -> Outcome<i64> {
        match self {
            Self::Constant(value) => Ok(*value),
            Self::Size(list) => Ok(list.len(frame) as i64),
            Self::Length(text) => Ok(text.value(frame).chars().count() as i64),
            Self::Negative(inner) => inner.value(frame)?.checked_neg().ok_or(Halt::Overflow),
            Self::Of(operation, sides) => {
                operation.of_wholes(sides[0].value(frame)?, sides[1].value(frame)?)
            }
        }
    }
}

impl Arithmetic {
    fn of_wholes(self, left: i64, right: i64) -> Outcome<i64> {
        if right == 0 && matches!(self, Self::Divided | Self::Remainder) {
            return Err(Halt::DivisionByZero);
        }
        let result = match self {
            Self::Plus => left.checked_add(right),
            Self::Minus => left.checked_sub(right),
            Self::Times => left.checked_mul(right),
            Self::Divided => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        };
        result.ok_or(Halt::Overflow)
    }

    fn of_numbers(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Plus => left + right,
            Self::Minus => left - right,
            Self::Times => left * right,
            Self::Divided => left / right,
            Self::Remainder => left % right,
        }
    }
}

impl Number {
    fn value(&self, frame: &Frame<'_>) -> Outcome<f64> {
        match self {
            Self::Constant(value) => Ok(*value),
            Self::Field(source, field) => Ok(frame.source(*source).number(*field)),
            Self::Whole(whole) => whole.value(frame).map(|value| value as f64),
            Self::Negative(inner) => inner.value(frame).map(|value| -value),
            Self::Of(operation, sides) => {
                Ok(operation.of_numbers(sides[0].value(frame)?, sides[1].value(frame)?))
            }
        }
    }
}

impl Text {
    fn value<'a>(&'a self, frame: &Frame<'a>) -> &'a str {
        match self {
            Self::Constant(text) => text,
            Self::Field(source, field) => frame.source(*source).text(*field),
        }
    }
}

impl Texts {
    fn contain(&self, wanted: &str, frame: &Frame<'_>) -> bool {
        match self {
            Self::Constant(texts) => {
                texts.binary_search_by(|text| text.as_ref().cmp(wanted)).is_ok()
            }
            Self::Evaluators(source) => {
                frame.source(*source).evaluators().iter().any(|text| text == wanted)
            }
        }
    }
}

impl Moment {
    fn value(&self, frame: &Frame<'_>) -> i64 {
        match self {
            Self::Constant(moment) => *moment,
            Self::Start(side) => frame.context(*side).start,
            Self::End(side) => frame.context(*side).end,
            Self::Moved(moment, span) => match moment.value(frame) {
                open if is_open(open) => open,
                moment => moment.saturating_add(span.value(frame)),
            },
        }
    }
}

fn is_open(moment: i64) -> bool {
    moment == i64::MIN || moment == i64::MAX
}

impl Span {
    fn value(&self, frame: &Frame<'_>) -> i64 {
        match self {
            Self::Constant(span) => *span,
            Self::Between(moments) => {
                moments[0].value(frame).saturating_sub(moments[1].value(frame))
            }
            Self::Negative(span) => span.value(frame).saturating_neg(),
        }
    }
}

/// A condition that can be matched.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    pub(super) condition: Condition,
    /// It compares two claims.
    pub(super) of_two: bool,
    /// It speaks of `location`, of either claim.
    pub(super) uses_place: [bool; 2],
    /// Steps one evaluation takes, without the rounds of its loops.
    pub(super) cost: u32,
}

impl Program {
    /// Whether the condition holds.
    ///
    /// `location` is one place. A claim with several meets the condition if one of them does; of two claims,
    /// if one pair does.
    pub(super) fn holds(&self, contexts: [&Context; 2]) -> Outcome<bool> {
        let mut frame = Frame::new(contexts);
        let [first, second] = [0, 1].map(|side| places(contexts[side], self.uses_place[side]));
        let pairs = first.iter().flat_map(|place| second.iter().map(move |other| [place, other]));
        decide(pairs, true, |places| {
            frame.spend(self.cost)?;
            frame.stand_at(places);
            self.condition.holds(&mut frame)
        })
    }
}

/// The places that `location` stands for, one after the other; one nowhere if there is none.
fn places(context: &Context, used: bool) -> &[Place] {
    if used && !context.places.is_empty() {
        &context.places
    } else {
        std::slice::from_ref(&UNPLACED)
    }
}
