//! The syntax of one scope: `resource[:value][?name=value&…]`, values percent-encoded.

use std::fmt;

use url::form_urlencoded;

/// Parameters of one word.
const MAX_PARAMETERS: usize = 128;

/// One word of a list of scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub resource: String,
    /// The value after the colon.
    value: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Word {
    pub fn parse(text: &str) -> Option<Self> {
        let (head, query) = match text.split_once('?') {
            Some((head, query)) => (head, query),
            None => (text, ""),
        };
        let (resource, value) = match head.split_once(':') {
            Some((resource, value)) => (resource, Some(decoded(value)?)),
            None => (head, None),
        };
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .take(MAX_PARAMETERS + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let plain = !resource.is_empty() && resource.bytes().all(|b| b.is_ascii_lowercase());
        (plain && parameters.len() <= MAX_PARAMETERS).then(|| Self {
            resource: resource.to_owned(),
            value,
            parameters,
        })
    }

    /// A word whose main parameter, called `name`, stands after the colon if it has one value.
    pub fn new<'a>(resource: &str, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values: Vec<&str> = values.into_iter().collect();
        let value = (values.len() == 1).then(|| values.remove(0).to_owned());
        let word = Self { resource: resource.to_owned(), value, parameters: Vec::new() };
        word.with(name, values)
    }

    #[must_use]
    pub fn with<'a>(mut self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values.into_iter().map(|value| (name.to_owned(), value.to_owned()));
        self.parameters.extend(values);
        self
    }

    /// With what stands after the colon as the parameter it is short for, the first of `names`.
    /// `None` if there are others than these, or if the first is given in both ways.
    pub fn spelled_out(mut self, names: &[&str]) -> Option<Self> {
        let known = self.parameters.iter().all(|(name, _)| names.contains(&name.as_str()));
        let main = names.first().copied().unwrap_or_default();
        if let Some(value) = self.value.take() {
            if self.all(main).next().is_some() {
                return None;
            }
            self.parameters.push((main.to_owned(), value));
        }
        known.then_some(self)
    }

    /// The values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.parameters.iter().filter(move |(given, _)| given == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is given once.
    pub fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let mut values = self.all(name);
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }
}

/// Undoes percent-encoding; a plus stays a plus, unlike after the question mark.
fn decoded(text: &str) -> Option<String> {
    let kept = text.replace('+', "%2B");
    let pair = format!("v={}", kept.replace('&', "%26"));
    let (_, value) = form_urlencoded::parse(pair.as_bytes()).next()?;
    Some(value.into_owned())
}

/// What may stand in a word as it is, besides letters and digits.
const PLAIN: &[u8] = b"-._~:/@!$'()*,;";

fn encoded(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            true => write!(f, "{}", char::from(byte))?,
            false => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource)?;
        if let Some(value) = &self.value {
            f.write_str(":")?;
            encoded(f, value)?;
        }
        for (n, (name, value)) in self.parameters.iter().enumerate() {
            f.write_str(if n == 0 { "?" } else { "&" })?;
            write!(f, "{name}=")?;
            encoded(f, value)?;
        }
        Ok(())
    }
}
