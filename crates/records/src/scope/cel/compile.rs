//! From a syntax tree to a [`Program`]: every part gets its type, or the expression is refused.

use hypercerts_lexicon::Datetime;

use super::super::ScopeError;
use super::super::program::{
    Arithmetic, Comparison, Condition, Given, List, MAX_LOOPS, Moment, Number, NumberField,
    Operands, Program, Quantity, Side, Source, Span, Text, TextField, TextPart, Texts, Whole,
};
use super::syntax::{Kind, Node, parse, unsupported};

/// Reads an expression. It may speak of one claim, or of an `existing` and a `new` one.
pub(in super::super) fn compile(expression: &str) -> Result<Program, ScopeError> {
    let tree = parse(expression)?;
    let mut compiler = Compiler::default();
    let condition = compiler.condition(&tree)?;
    Ok(Program {
        condition,
        of_two: compiler.claims == Some(Claims::Two),
        uses_place: compiler.uses_place,
        cost: compiler.cost,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Claims {
    One,
    Two,
}

#[derive(Default)]
struct Compiler {
    /// What the variables met so far speak of.
    claims: Option<Claims>,
    uses_place: [bool; 2],
    /// Variables of the loops around, outermost first.
    loops: Vec<(String, Shape)>,
    /// Parts met so far.
    cost: u32,
}

/// A part with its type.
enum Typed {
    Condition(Condition),
    Whole(Whole),
    Number(Number),
    Text(Text),
    Moment(Moment),
    Span(Span),
    Texts(Vec<Box<str>>),
    Numbers(Vec<f64>),
    Tags(Side),
    Time(Side),
    Claim(Side),
    List(List),
    Entry(Source, Shape),
}

/// What an entry of a list is.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Place,
    Person,
    Quantity,
    Material,
    Judgement,
    Text,
}

type Compiled<T> = Result<T, ScopeError>;

impl Compiler {
    fn condition(&mut self, node: &Node) -> Compiled<Condition> {
        match self.typed(node)? {
            Typed::Condition(condition) => Ok(condition),
            other => Err(wrong_type(
                node.at,
                format!("{} is neither true nor false; compare it with something", other.noun()),
            )),
        }
    }

    fn conditions(&mut self, nodes: &[Node]) -> Compiled<Vec<Condition>> {
        nodes.iter().map(|node| self.condition(node)).collect()
    }

    fn typed(&mut self, node: &Node) -> Compiled<Typed> {
        self.cost += 1;
        Ok(match &node.kind {
            Kind::Name(name) => self.variable(node.at, name)?,
            Kind::Text(text) => Typed::Text(Text::Constant(text.as_str().into())),
            Kind::Whole(whole) => Typed::Whole(Whole::Constant(*whole)),
            Kind::Number(number) => Typed::Number(Number::Constant(*number)),
            Kind::Truth(truth) => Typed::Condition(Condition::Constant(*truth)),
            Kind::List(nodes) => constants(node.at, nodes)?,
            Kind::Field(of, name) => {
                let of = self.typed(of)?;
                self.field(node.at, &of, name)?
            }
            Kind::Call { of: None, function, arguments } => {
                self.function(node.at, function, arguments)?
            }
            Kind::Call { of: Some(of), function, arguments } => {
                let of = self.typed(of)?;
                self.method(node.at, of, function, arguments)?
            }
            Kind::Not(inner) => Typed::Condition(Condition::Not(Box::new(self.condition(inner)?))),
            Kind::Negative(inner) => negative(node.at, self.typed(inner)?)?,
            Kind::All(nodes) => Typed::Condition(Condition::All(self.conditions(nodes)?)),
            Kind::Any(nodes) => Typed::Condition(Condition::Any(self.conditions(nodes)?)),
            Kind::If(nodes) => {
                let [condition, then, otherwise] = &**nodes;
                let parts = [condition, then, otherwise].map(|node| self.condition(node));
                let [condition, then, otherwise] = parts;
                Typed::Condition(Condition::If(Box::new([condition?, then?, otherwise?])))
            }
            Kind::Binary(operator, sides) => {
                let left = self.typed(&sides[0])?;
                let right = self.typed(&sides[1])?;
                binary(node.at, operator, left, right)?
            }
        })
    }

    fn variable(&mut self, at: usize, name: &str) -> Compiled<Typed> {
        let slot = self.loops.iter().rposition(|(variable, _)| variable == name);
        if let Some(slot) = slot {
            return Ok(Typed::Entry(Source::Slot(slot), self.loops[slot].1).settled());
        }
        match name {
            "existing" => self.speaks_of(Claims::Two).map(|()| Typed::Claim(Side::First)),
            "new" => self.speaks_of(Claims::Two).map(|()| Typed::Claim(Side::Second)),
            _ => {
                let found = self.part_of_claim(at, Side::First, name)?;
                self.speaks_of(Claims::One).map(|()| found)
            }
        }
    }

    fn speaks_of(&mut self, claims: Claims) -> Compiled<()> {
        let before = *self.claims.get_or_insert(claims);
        if before == claims { Ok(()) } else { Err(ScopeError::NeedsOneClaim) }
    }

    fn part_of_claim(&mut self, at: usize, side: Side, name: &str) -> Compiled<Typed> {
        Ok(match name {
            "scope" => Typed::Tags(side),
            "location" => {
                self.uses_place[side as usize] = true;
                Typed::Entry(Source::Place(side), Shape::Place)
            }
            "locations" => Typed::List(List::Places(side)),
            "time" => Typed::Time(side),
            "contributors" => Typed::List(List::Contributors(side)),
            "measurements" => Typed::List(List::Measurements(side)),
            "evidence" | "attachments" => Typed::List(List::Evidence(side)),
            "evaluations" => Typed::List(List::Evaluations(side)),
            _ => return Err(unsupported(at, format!("the variable “{name}”"))),
        })
    }

    fn field(&mut self, at: usize, of: &Typed, name: &str) -> Compiled<Typed> {
        match (of, name) {
            (Typed::Claim(side), _) => return self.part_of_claim(at, *side, name),
            (Typed::Time(side), "start") => return Ok(Typed::Moment(Moment::Start(*side))),
            (Typed::Time(side), "end") => return Ok(Typed::Moment(Moment::End(*side))),
            _ => {}
        }
        let Typed::Entry(source, shape) = of else {
            return Err(no_field(at, of.noun(), name));
        };
        shape.field(*source, name).ok_or_else(|| no_field(at, shape.noun(), name))
    }

    fn function(&mut self, at: usize, name: &str, arguments: &[Node]) -> Compiled<Typed> {
        match (name, arguments) {
            ("timestamp", [text]) => timestamp(text),
            ("duration", [text]) => duration(text),
            ("size", [of]) => {
                let of = self.typed(of)?;
                size(at, of)
            }
            ("double", [number]) => match self.typed(number)? {
                Typed::Whole(whole) => Ok(Typed::Number(Number::Whole(whole))),
                Typed::Number(number) => Ok(Typed::Number(number)),
                other => Err(wrong_type(at, format!("{} is no number", other.noun()))),
            },
            ("has", [field]) => self.given(field),
            _ => Err(no_function(at, name, arguments.len())),
        }
    }

    /// `has(location.country)`: the field holds something.
    fn given(&mut self, node: &Node) -> Compiled<Typed> {
        if !matches!(node.kind, Kind::Field(..)) {
            let message = "has(…) asks for a field, such as has(location.country)".to_owned();
            return Err(wrong_type(node.at, message));
        }
        let given = match self.typed(node)? {
            Typed::Text(text) => Given::Text(text),
            Typed::Number(number) => Given::Number(number),
            Typed::Moment(moment) => Given::Moment(moment),
            _ => return Ok(Typed::Condition(Condition::Constant(true))),
        };
        Ok(Typed::Condition(Condition::Given(given)))
    }

    fn method(&mut self, at: usize, of: Typed, name: &str, arguments: &[Node]) -> Compiled<Typed> {
        match (of, name, arguments) {
            (Typed::Tags(side), _, [argument]) => {
                let argument = self.typed(argument)?;
                tags(at, side, name, argument)
            }
            (Typed::List(list), "exists", [name, body]) => {
                self.each(at, Quantity::Any, list, name, body)
            }
            (Typed::List(list), "all", [name, body]) => {
                self.each(at, Quantity::All, list, name, body)
            }
            (Typed::List(list), "exists_one", [name, body]) => {
                self.each(at, Quantity::One, list, name, body)
            }
            (of, "size", []) => size(at, of),
            (Typed::Text(text), _, [argument]) => {
                let argument = self.typed(argument)?;
                text_part(at, text, name, argument)
            }
            _ => Err(no_function(at, name, arguments.len())),
        }
    }

    fn each(
        &mut self,
        at: usize,
        quantity: Quantity,
        list: List,
        name: &Node,
        body: &Node,
    ) -> Compiled<Typed> {
        let Kind::Name(name) = &name.kind else {
            return Err(wrong_type(name.at, "a name for each entry is needed here".to_owned()));
        };
        let slot = self.loops.len();
        if slot >= MAX_LOOPS {
            return Err(unsupported(at, format!("more than {MAX_LOOPS} loops in one another")));
        }
        let before = self.cost;
        self.loops.push((name.clone(), shape_of(list)));
        let body = self.condition(body);
        self.loops.pop();
        let cost = self.cost - before;
        let body = Box::new(body?);
        Ok(Typed::Condition(Condition::Each { quantity, list, slot, body, cost }))
    }
}

impl Typed {
    fn noun(&self) -> &'static str {
        match self {
            Self::Condition(_) => "a condition",
            Self::Whole(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Moment(_) => "a moment",
            Self::Span(_) => "a length of time",
            Self::Texts(_) => "a list of texts",
            Self::Numbers(_) => "a list of numbers",
            Self::Tags(_) => "the scope",
            Self::Time(_) => "the time of the work",
            Self::Claim(_) => "a claim",
            Self::List(_) => "a list",
            Self::Entry(_, shape) => shape.noun(),
        }
    }

    /// An entry that is nothing but a text is a text.
    fn settled(self) -> Self {
        match self {
            Self::Entry(source, Shape::Text) => Self::Text(Text::Field(source, TextField::Itself)),
            other => other,
        }
    }
}

impl Shape {
    fn noun(self) -> &'static str {
        match self {
            Self::Place => "a location",
            Self::Person => "a contributor",
            Self::Quantity => "a measurement",
            Self::Material => "a piece of evidence",
            Self::Judgement => "an evaluation",
            Self::Text => "a text",
        }
    }

    fn field(self, source: Source, name: &str) -> Option<Typed> {
        let text = |field| Some(Typed::Text(Text::Field(source, field)));
        let number = |field| Some(Typed::Number(Number::Field(source, field)));
        match (self, name) {
            (Self::Place, "country") => text(TextField::Country),
            (Self::Place, "region") => text(TextField::Region),
            (Self::Place, "continent") => text(TextField::Continent),
            (Self::Place | Self::Person, "name") => text(TextField::Name),
            (Self::Person, "did") => text(TextField::Did),
            (Self::Person, "role") => text(TextField::Role),
            (Self::Person, "weight") => number(NumberField::Weight),
            (Self::Quantity, "metric") => text(TextField::Metric),
            (Self::Quantity, "unit") => text(TextField::Unit),
            (Self::Quantity, "methodType") => text(TextField::MethodType),
            (Self::Quantity, "value") => number(NumberField::Value),
            (Self::Material, "title") => text(TextField::Title),
            (Self::Material, "contentType") => text(TextField::ContentType),
            (Self::Judgement, "score") => number(NumberField::Score),
            (Self::Judgement, "scoreMin") => number(NumberField::ScoreMin),
            (Self::Judgement, "scoreMax") => number(NumberField::ScoreMax),
            (Self::Judgement, "evaluators") => Some(Typed::List(List::Evaluators(source))),
            _ => None,
        }
    }
}

fn shape_of(list: List) -> Shape {
    match list {
        List::Places(_) => Shape::Place,
        List::Contributors(_) => Shape::Person,
        List::Measurements(_) => Shape::Quantity,
        List::Evidence(_) => Shape::Material,
        List::Evaluations(_) => Shape::Judgement,
        List::Evaluators(_) => Shape::Text,
    }
}

/// A list written into the expression: of texts, or of numbers.
fn constants(at: usize, nodes: &[Node]) -> Compiled<Typed> {
    let text = |node: &Node| match &node.kind {
        Kind::Text(text) => Some(Box::from(text.as_str())),
        _ => None,
    };
    if let Some(texts) = nodes.iter().map(text).collect() {
        return Ok(Typed::Texts(texts));
    }
    let numbers: Option<Vec<f64>> = nodes.iter().map(constant_number).collect();
    numbers.map(Typed::Numbers).ok_or_else(|| {
        wrong_type(at, "a list here holds either texts or numbers, written out".to_owned())
    })
}

fn constant_number(node: &Node) -> Option<f64> {
    match &node.kind {
        Kind::Whole(whole) => Some(*whole as f64),
        Kind::Number(number) => Some(*number),
        Kind::Negative(inner) => constant_number(inner).map(|number| -number),
        _ => None,
    }
}

fn tags(at: usize, side: Side, function: &str, argument: Typed) -> Compiled<Typed> {
    let condition = match (function, argument) {
        ("has", Typed::Text(Text::Constant(key))) => {
            Condition::Tagged(side, Quantity::All, [key].into())
        }
        ("hasAll", Typed::Texts(keys)) => Condition::Tagged(side, Quantity::All, keys.into()),
        ("hasAny" | "overlaps", Typed::Texts(keys)) => {
            Condition::Tagged(side, Quantity::Any, keys.into())
        }
        ("overlaps", Typed::Tags(other)) if other != side => Condition::ShareTag,
        ("overlaps", Typed::Tags(_)) => {
            let message =
                "a scope always overlaps itself; write existing.scope.overlaps(new.scope)";
            return Err(wrong_type(at, message.to_owned()));
        }
        ("has", _) => {
            return Err(wrong_type(
                at,
                "has asks for one key, such as scope.has('ecotourism')".to_owned(),
            ));
        }
        ("hasAll" | "hasAny" | "overlaps", _) => {
            let message = format!("{function} asks for a list of keys, such as ['ecotourism']");
            return Err(wrong_type(at, message));
        }
        _ => return Err(no_function(at, function, 1)),
    };
    Ok(Typed::Condition(condition))
}

fn text_part(at: usize, text: Text, function: &str, argument: Typed) -> Compiled<Typed> {
    let part = match function {
        "startsWith" => TextPart::Begins,
        "endsWith" => TextPart::Ends,
        "contains" => TextPart::Within,
        _ => return Err(no_function(at, function, 1)),
    };
    match argument {
        Typed::Text(argument) => {
            Ok(Typed::Condition(Condition::Part(part, Box::new([text, argument]))))
        }
        other => Err(wrong_type(at, format!("{function} asks for a text, not {}", other.noun()))),
    }
}

fn size(at: usize, of: Typed) -> Compiled<Typed> {
    match of {
        Typed::List(list) => Ok(Typed::Whole(Whole::Size(list))),
        Typed::Text(text) => Ok(Typed::Whole(Whole::Length(Box::new(text)))),
        other => Err(wrong_type(at, format!("{} has no size", other.noun()))),
    }
}

fn negative(at: usize, inner: Typed) -> Compiled<Typed> {
    match inner {
        Typed::Whole(whole) => Ok(Typed::Whole(Whole::Negative(Box::new(whole)))),
        Typed::Number(number) => Ok(Typed::Number(Number::Negative(Box::new(number)))),
        Typed::Span(span) => Ok(Typed::Span(Span::Negative(Box::new(span)))),
        other => Err(wrong_type(at, format!("{} has no negative", other.noun()))),
    }
}

fn binary(at: usize, operator: &'static str, left: Typed, right: Typed) -> Compiled<Typed> {
    match operator {
        "in" => membership(at, left, right),
        "+" => arithmetic(at, Arithmetic::Plus, left, right),
        "-" => arithmetic(at, Arithmetic::Minus, left, right),
        "*" => arithmetic(at, Arithmetic::Times, left, right),
        "/" => arithmetic(at, Arithmetic::Divided, left, right),
        "%" => arithmetic(at, Arithmetic::Remainder, left, right),
        "==" => comparison(at, Comparison::Equal, left, right),
        "!=" => comparison(at, Comparison::Unequal, left, right),
        "<" => comparison(at, Comparison::Less, left, right),
        "<=" => comparison(at, Comparison::AtMost, left, right),
        ">" => comparison(at, Comparison::More, left, right),
        _ => comparison(at, Comparison::AtLeast, left, right),
    }
}

fn membership(at: usize, left: Typed, right: Typed) -> Compiled<Typed> {
    let condition = match (left, right) {
        (Typed::Text(text), Typed::Texts(mut texts)) => {
            texts.sort_unstable();
            Condition::TextIn(text, Texts::Constant(texts.into()))
        }
        (Typed::Text(text), Typed::List(List::Evaluators(source))) => {
            Condition::TextIn(text, Texts::Evaluators(source))
        }
        (Typed::Text(Text::Constant(key)), Typed::Tags(side)) => {
            Condition::Tagged(side, Quantity::All, [key].into())
        }
        // An empty list is a list of whatever is looked for.
        (Typed::Whole(_) | Typed::Number(_), Typed::Texts(texts)) if texts.is_empty() => {
            Condition::Constant(false)
        }
        (Typed::Whole(whole), Typed::Numbers(numbers)) => {
            Condition::NumberIn(Number::Whole(whole), numbers.into())
        }
        (Typed::Number(number), Typed::Numbers(numbers)) => {
            Condition::NumberIn(number, numbers.into())
        }
        (left, right) => {
            let message = format!("{} cannot be looked for in {}", left.noun(), right.noun());
            return Err(wrong_type(at, message));
        }
    };
    Ok(Typed::Condition(condition))
}

fn comparison(at: usize, comparison: Comparison, left: Typed, right: Typed) -> Compiled<Typed> {
    let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
    let operands = match (left, right) {
        (Typed::Whole(left), Typed::Whole(right)) => Operands::Wholes([left, right]),
        (Typed::Whole(left), Typed::Number(right)) => {
            Operands::Numbers([Number::Whole(left), right])
        }
        (Typed::Number(left), Typed::Whole(right)) => {
            Operands::Numbers([left, Number::Whole(right)])
        }
        (Typed::Number(left), Typed::Number(right)) => Operands::Numbers([left, right]),
        (Typed::Text(left), Typed::Text(right)) => Operands::Texts([left, right]),
        (Typed::Moment(left), Typed::Moment(right)) => Operands::Moments([left, right]),
        (Typed::Span(left), Typed::Span(right)) => Operands::Spans([left, right]),
        (Typed::Condition(left), Typed::Condition(right)) if !ordered => {
            Operands::Conditions([left, right])
        }
        (left, right) => {
            let message =
                format!("{} cannot be compared with {} this way", left.noun(), right.noun());
            return Err(wrong_type(at, message));
        }
    };
    Ok(Typed::Condition(Condition::Compare(comparison, Box::new(operands))))
}

fn arithmetic(at: usize, operation: Arithmetic, left: Typed, right: Typed) -> Compiled<Typed> {
    Ok(match (operation, left, right) {
        (_, Typed::Whole(left), Typed::Whole(right)) => {
            Typed::Whole(Whole::Of(operation, Box::new([left, right])))
        }
        (Arithmetic::Plus, Typed::Moment(moment), Typed::Span(span))
        | (Arithmetic::Plus, Typed::Span(span), Typed::Moment(moment)) => {
            Typed::Moment(Moment::Moved(Box::new(moment), Box::new(span)))
        }
        (Arithmetic::Minus, Typed::Moment(moment), Typed::Span(span)) => {
            let back = Span::Negative(Box::new(span));
            Typed::Moment(Moment::Moved(Box::new(moment), Box::new(back)))
        }
        (Arithmetic::Minus, Typed::Moment(left), Typed::Moment(right)) => {
            Typed::Span(Span::Between(Box::new([left, right])))
        }
        (Arithmetic::Plus, Typed::Text(_), Typed::Text(_)) => {
            return Err(unsupported(at, "the joining of texts"));
        }
        (Arithmetic::Remainder, Typed::Number(_), _)
        | (Arithmetic::Remainder, _, Typed::Number(_)) => {
            return Err(wrong_type(at, "% is for whole numbers".to_owned()));
        }
        (_, left, right) => of_numbers(at, operation, left, right)?,
    })
}

fn of_numbers(at: usize, operation: Arithmetic, left: Typed, right: Typed) -> Compiled<Typed> {
    let number = |typed| match typed {
        Typed::Whole(whole) => Ok(Number::Whole(whole)),
        Typed::Number(number) => Ok(number),
        other => Err(wrong_type(at, format!("{} cannot be reckoned with this way", other.noun()))),
    };
    Ok(Typed::Number(Number::Of(operation, Box::new([number(left)?, number(right)?]))))
}

fn timestamp(node: &Node) -> Compiled<Typed> {
    let Kind::Text(text) = &node.kind else {
        return Err(unsupported(node.at, "timestamp(…) of something other than a text"));
    };
    let moment = Datetime::parse(text).map_err(|error| wrong_type(node.at, error.to_string()))?;
    Ok(Typed::Moment(Moment::Constant(moment.unix_micros())))
}

fn duration(node: &Node) -> Compiled<Typed> {
    let Kind::Text(text) = &node.kind else {
        return Err(unsupported(node.at, "duration(…) of something other than a text"));
    };
    let span = micros(text).ok_or_else(|| {
        let message = format!("{text:?} is no length of time; write it like 720h or 1h30m or 90s");
        wrong_type(node.at, message)
    })?;
    Ok(Typed::Span(Span::Constant(span)))
}

/// A length of time such as `1h30m`: whole numbers, each with its unit.
fn micros(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut sum: i64 = 0;
    loop {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        sum = sum.checked_add(count.checked_mul(unit(&rest[..end])?)?)?;
        rest = &rest[end..];
        if rest.is_empty() {
            return Some(if negative { -sum } else { sum });
        }
    }
}

fn unit(name: &str) -> Option<i64> {
    Some(match name {
        "h" => 3_600_000_000,
        "m" => 60_000_000,
        "s" => 1_000_000,
        "ms" => 1_000,
        "us" => 1,
        _ => return None,
    })
}

fn wrong_type(at: usize, message: String) -> ScopeError {
    ScopeError::Type { at, message }
}

fn no_field(at: usize, noun: &str, name: &str) -> ScopeError {
    unsupported(at, format!("“{name}” of {noun}"))
}

fn no_function(at: usize, name: &str, arguments: usize) -> ScopeError {
    let things = if arguments == 1 { "thing" } else { "things" };
    unsupported(at, format!("the function “{name}” with {arguments} {things} here"))
}
