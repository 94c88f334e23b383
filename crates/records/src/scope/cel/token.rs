//! An expression as a list of tokens.

use super::super::ScopeError;

/// What the schema of `org.hypercerts.workscope.cel` lets through.
const MAX_BYTES: usize = 10_000;
const MAX_TOKENS: usize = 4_000;
/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]",
    "{", "}", ".", ",", "?", ":",
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Whole(i64),
    Number(f64),
    Symbol(&'static str),
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    /// Counted in characters from 1.
    pub(super) at: usize,
}

/// The tokens of `expression`, with [`Token::End`] behind them.
pub(super) fn tokens(expression: &str) -> Result<Vec<Placed>, ScopeError> {
    if expression.len() > MAX_BYTES {
        return Err(ScopeError::TooLarge { what: "bytes", limit: MAX_BYTES });
    }
    let mut reader = Reader { rest: expression, at: 1 };
    let mut found = Vec::new();
    loop {
        reader.skip_blanks();
        let at = reader.at;
        let token = reader.token()?;
        let ended = token == Token::End;
        found.push(Placed { token, at });
        if ended {
            return Ok(found);
        }
        if found.len() >= MAX_TOKENS {
            return Err(ScopeError::TooLarge { what: "words and signs", limit: MAX_TOKENS });
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn skip_blanks(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest.starts_with("//") {
                return;
            }
            self.take_while(|letter| letter != '\n');
        }
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|letter| !fits(letter)).unwrap_or(self.rest.len());
        self.take(length)
    }

    /// The next `length` bytes, which end between two characters.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }

    fn token(&mut self) -> Result<Token, ScopeError> {
        match self.rest.chars().next() {
            None => Ok(Token::End),
            Some(quote @ ('\'' | '"')) => self.text(quote),
            Some(digit) if digit.is_ascii_digit() => self.number(),
            Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => {
                let name =
                    self.take_while(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                Ok(Token::Name(name.to_owned()))
            }
            Some(other) => self.symbol(other),
        }
    }

    fn symbol(&mut self, first: char) -> Result<Token, ScopeError> {
        let symbol = SYMBOLS.into_iter().find(|symbol| self.rest.starts_with(symbol));
        let symbol = symbol.ok_or_else(|| self.wrong(format!("{first:?} means nothing here")))?;
        self.take(symbol.len());
        Ok(Token::Symbol(symbol))
    }

    fn number(&mut self) -> Result<Token, ScopeError> {
        let start = self.rest;
        let at = self.at;
        self.take_while(|letter| letter.is_ascii_digit());
        let mut whole = true;
        if self.fraction_follows() {
            whole = false;
            self.take(1);
            self.take_while(|letter| letter.is_ascii_digit());
        }
        if self.rest.starts_with(['e', 'E']) {
            whole = false;
            self.take(1);
            if self.rest.starts_with(['+', '-']) {
                self.take(1);
            }
            self.take_while(|letter| letter.is_ascii_digit());
        }
        let text = &start[..start.len() - self.rest.len()];
        let joined =
            self.rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let read = match (joined, whole) {
            (true, _) => None,
            (false, true) => text.parse().ok().map(Token::Whole),
            (false, false) => {
                text.parse().ok().filter(|number: &f64| number.is_finite()).map(Token::Number)
            }
        };
        read.ok_or_else(|| ScopeError::Syntax {
            at,
            message: format!(
                "what begins with {text:?} is no number that fits; write it like 500 or 0.25"
            ),
        })
    }

    fn fraction_follows(&self) -> bool {
        let mut next = self.rest.chars();
        next.next() == Some('.') && next.next().is_some_and(|letter| letter.is_ascii_digit())
    }

    fn text(&mut self, quote: char) -> Result<Token, ScopeError> {
        let begin = self.at;
        self.take(1);
        let mut text = String::new();
        loop {
            match self.next_character() {
                Some(letter) if letter == quote => return Ok(Token::Text(text)),
                Some('\\') => text.push(self.escape()?),
                Some('\n') | None => {
                    let message = "a quotation mark opens here and is not closed".to_owned();
                    return Err(ScopeError::Syntax { at: begin, message });
                }
                Some(letter) => text.push(letter),
            }
        }
    }

    fn next_character(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.take(letter.len_utf8());
        Some(letter)
    }

    fn escape(&mut self) -> Result<char, ScopeError> {
        let at = self.at;
        match self.next_character() {
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some(letter @ ('\\' | '\'' | '"' | '`' | '?')) => Ok(letter),
            Some('u') => self.code_point(4),
            Some('U') => self.code_point(8),
            _ => {
                let message = r"only \n, \r, \t, \\, \', \u0000 may begin with \".to_owned();
                Err(ScopeError::Syntax { at, message })
            }
        }
    }

    fn code_point(&mut self, digits: usize) -> Result<char, ScopeError> {
        let code =
            self.rest.get(..digits).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let letter = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let letter =
            letter.ok_or_else(|| self.wrong(format!("\\u needs {digits} hexadecimal digits")))?;
        self.take(digits);
        Ok(letter)
    }

    fn wrong(&self, message: String) -> ScopeError {
        ScopeError::Syntax { at: self.at, message }
    }
}
