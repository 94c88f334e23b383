//! An expression as a tree.
//!
//! The grammar is CEL's, without maps and messages. Neither its depth of nesting nor the height of a chain
//! such as `1 + 1 + …` can grow beyond a limit, so whoever walks a tree may do so by recursion.

use super::super::ScopeError;
use super::token::{Placed, Token, tokens};

/// Operators in a chain; CEL asks for at least 32.
const MAX_HEIGHT: usize = 64;
/// Parts in parentheses, lists or calls within one another; CEL asks for at least 12.
const MAX_DEPTH: usize = 24;
/// Those that bind stronger come later.
const OPERATORS: [&[&str]; 3] =
    [&["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

/// A part of an expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: usize,
    height: usize,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Name(String),
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    List(Vec<Node>),
    Field(Box<Node>, String),
    Call {
        of: Option<Box<Node>>,
        function: String,
        arguments: Vec<Node>,
    },
    Not(Box<Node>),
    Negative(Box<Node>),
    /// Two or more, joined by `&&`.
    All(Vec<Node>),
    /// Two or more, joined by `||`.
    Any(Vec<Node>),
    /// Condition, then, else.
    If(Box<[Node; 3]>),
    /// One of `== != < <= > >= in + - * / %`.
    Binary(&'static str, Box<[Node; 2]>),
}

impl Kind {
    fn height(&self) -> usize {
        let of_all = |nodes: &[Node]| nodes.iter().map(|node| node.height).max().unwrap_or(0);
        match self {
            Self::Name(_) | Self::Text(_) | Self::Whole(_) | Self::Number(_) | Self::Truth(_) => 0,
            Self::List(nodes) | Self::All(nodes) | Self::Any(nodes) => of_all(nodes),
            Self::Field(node, _) | Self::Not(node) | Self::Negative(node) => node.height,
            Self::Call { of, arguments, .. } => {
                of_all(arguments).max(of.as_ref().map_or(0, |of| of.height))
            }
            Self::If(nodes) => of_all(&**nodes),
            Self::Binary(_, nodes) => of_all(&**nodes),
        }
    }
}

type Parsed = Result<Node, ScopeError>;

/// The tree of `expression`.
pub(super) fn parse(expression: &str) -> Parsed {
    let mut parser = Parser { tokens: tokens(expression)?.into_iter().peekable(), depth: 0 };
    let node = parser.expression()?;
    match parser.next() {
        Placed { token: Token::End, .. } => Ok(node),
        other => Err(unexpected(&other)),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Placed>>,
    depth: usize,
}

static END: Placed = Placed { token: Token::End, at: 0 };

impl Parser {
    fn next(&mut self) -> Placed {
        self.tokens.next().unwrap_or_else(|| END.clone())
    }

    fn peek(&mut self) -> &Placed {
        self.tokens.peek().unwrap_or(&END)
    }

    /// The symbol or word `wanted`, if it comes next.
    fn take(&mut self, wanted: &str) -> Option<usize> {
        let Placed { token, at } = self.peek();
        let (comes, at) = match token {
            Token::Symbol(symbol) => (*symbol == wanted, *at),
            Token::Name(name) => (wanted == "in" && name == wanted, *at),
            _ => (false, *at),
        };
        comes.then(|| {
            self.next();
            at
        })
    }

    fn expect(&mut self, wanted: &'static str) -> Result<(), ScopeError> {
        match self.take(wanted) {
            Some(_) => Ok(()),
            None => Err(self.missing(&format!("“{wanted}”"))),
        }
    }

    fn missing(&mut self, wanted: &str) -> ScopeError {
        let found = self.next();
        let message = format!("{wanted} is missing before {}", shown(&found.token));
        ScopeError::Syntax { at: found.at, message }
    }

    /// One level deeper; every call is matched by one of [`leave`](Self::leave), unless parsing ends.
    fn enter(&mut self) -> Result<(), ScopeError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(too_deep()) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn expression(&mut self) -> Parsed {
        self.enter()?;
        let condition = self.alternatives()?;
        let parsed = match self.take("?") {
            Some(at) => self.choice(at, condition),
            None => Ok(condition),
        };
        self.leave();
        parsed
    }

    fn choice(&mut self, at: usize, condition: Node) -> Parsed {
        let then = self.expression()?;
        self.expect(":")?;
        let otherwise = self.expression()?;
        node(at, Kind::If(Box::new([condition, then, otherwise])))
    }

    /// Parts joined by `||`, and within each, parts joined by `&&`.
    fn alternatives(&mut self) -> Parsed {
        let mut alternatives = Vec::new();
        loop {
            let mut parts = vec![self.operation(0)?];
            while self.take("&&").is_some() {
                parts.push(self.operation(0)?);
            }
            alternatives.push(one_of(parts, Kind::All)?);
            if self.take("||").is_none() {
                return one_of(alternatives, Kind::Any);
            }
        }
    }

    /// Operands and the operators between them that bind at least as strongly as those of `level`.
    fn operation(&mut self, level: usize) -> Parsed {
        let mut left = self.unary()?;
        while let Some((operator, binding, at)) = self.take_operator(level) {
            let right = self.operation(binding + 1)?;
            left = node(at, Kind::Binary(operator, Box::new([left, right])))?;
        }
        Ok(left)
    }

    fn take_operator(&mut self, level: usize) -> Option<(&'static str, usize, usize)> {
        let levels = OPERATORS.iter().enumerate().skip(level);
        let mut operators =
            levels.flat_map(|(level, signs)| signs.iter().map(move |sign| (level, *sign)));
        operators.find_map(|(level, sign)| self.take(sign).map(|at| (sign, level, at)))
    }

    fn unary(&mut self) -> Parsed {
        let kind: fn(Box<Node>) -> Kind = match self.peek().token {
            Token::Symbol("!") => Kind::Not,
            Token::Symbol("-") => Kind::Negative,
            _ => return self.member(),
        };
        let at = self.next().at;
        self.enter()?;
        let inner = self.unary()?;
        self.leave();
        node(at, kind(Box::new(inner)))
    }

    fn member(&mut self) -> Parsed {
        let mut left = self.primary()?;
        loop {
            if let Some(at) = self.take("[") {
                return Err(unsupported(at, "picking an entry by its number"));
            }
            if self.take(".").is_none() {
                return Ok(left);
            }
            let Placed { token, at } = self.next();
            let Token::Name(name) = token else { return Err(unexpected(&Placed { token, at })) };
            left = match self.arguments()? {
                Some(arguments) => {
                    let of = Some(Box::new(left));
                    node(at, Kind::Call { of, function: name, arguments })?
                }
                None => node(at, Kind::Field(Box::new(left), name))?,
            };
        }
    }

    /// What stands in the parentheses that come next, if they do.
    fn arguments(&mut self) -> Result<Option<Vec<Node>>, ScopeError> {
        match self.take("(") {
            Some(_) => self.list_until(")").map(Some),
            None => Ok(None),
        }
    }

    fn list_until(&mut self, end: &'static str) -> Result<Vec<Node>, ScopeError> {
        let mut nodes = Vec::new();
        while self.take(end).is_none() {
            if !nodes.is_empty() {
                if self.take(",").is_none() {
                    return Err(self.missing(&format!("“,” or “{end}”")));
                }
                // CEL lets a list end with a comma.
                if end == "]" && self.take(end).is_some() {
                    break;
                }
            }
            nodes.push(self.expression()?);
        }
        Ok(nodes)
    }

    fn primary(&mut self) -> Parsed {
        let placed = self.next();
        let at = placed.at;
        match placed.token {
            Token::Text(text) => node(at, Kind::Text(text)),
            Token::Whole(whole) => node(at, Kind::Whole(whole)),
            Token::Number(number) => node(at, Kind::Number(number)),
            Token::Name(name) => self.named(at, name),
            Token::Symbol("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Symbol("[") => {
                let entries = self.list_until("]")?;
                node(at, Kind::List(entries))
            }
            Token::Symbol("{") => Err(unsupported(at, "a map")),
            _ => Err(unexpected(&placed)),
        }
    }

    fn named(&mut self, at: usize, name: String) -> Parsed {
        match name.as_str() {
            "true" => return node(at, Kind::Truth(true)),
            "false" => return node(at, Kind::Truth(false)),
            "null" => return Err(unsupported(at, "null")),
            "in" => return Err(unexpected(&Placed { token: Token::Name(name), at })),
            _ => {}
        }
        match self.arguments()? {
            Some(arguments) => node(at, Kind::Call { of: None, function: name, arguments }),
            None if matches!(self.peek().token, Token::Symbol("{")) => {
                Err(unsupported(at, "a message"))
            }
            None => node(at, Kind::Name(name)),
        }
    }
}

fn node(at: usize, kind: Kind) -> Parsed {
    let height = kind.height() + 1;
    if height > MAX_HEIGHT {
        return Err(ScopeError::TooLarge { what: "operators in a chain", limit: MAX_HEIGHT });
    }
    Ok(Node { at, height, kind })
}

/// The only part there is, or all of them as one.
fn one_of(mut parts: Vec<Node>, kind: fn(Vec<Node>) -> Kind) -> Parsed {
    let at = parts[0].at;
    if parts.len() == 1 { Ok(parts.swap_remove(0)) } else { node(at, kind(parts)) }
}

fn too_deep() -> ScopeError {
    ScopeError::TooLarge { what: "parts within one another", limit: MAX_DEPTH }
}

pub(super) fn unsupported(at: usize, what: impl Into<String>) -> ScopeError {
    ScopeError::Unsupported { at, what: what.into() }
}

fn unexpected(found: &Placed) -> ScopeError {
    let message = format!("{} is not expected here", shown(&found.token));
    ScopeError::Syntax { at: found.at, message }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(name) => format!("“{name}”"),
        Token::Text(text) => format!("the text {text:?}"),
        Token::Whole(number) => number.to_string(),
        Token::Number(number) => number.to_string(),
        Token::Symbol(symbol) => format!("“{symbol}”"),
        Token::End => "the end of the expression".to_owned(),
    }
}
