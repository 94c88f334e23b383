//! Walking data and shapes side by side.

use std::fmt::{self, Write as _};

use super::catalogue::Catalogue;
use super::graphemes;
use super::shape::{
    Blob, Definition, Integer, KeyRule, Lengths, List, Object, Place, Record, Shape, Text, Union,
};
use super::violation::{Rule, Unit, Validity, Violation};
use crate::data::MAX_DEPTH;
use crate::data::blob::{BlobParts, is_legacy};
use crate::data::map::{Map, canonical_order};
use crate::data::value::Value;
use crate::syntax::nsid::Nsid;
use crate::syntax::record_key::RecordKey;
use crate::syntax::{Syntax, shorten};

/// Violations that are reported of one record; further ones are not looked for.
pub const MAX_VIOLATIONS: usize = 64;

/// Longest text of [`Violation::found`], in bytes.
const MAX_FOUND: usize = 80;

/// One validation: what it looks things up in and what it found so far.
pub(super) struct Validator<'a> {
    catalogue: &'a Catalogue,
    violations: Vec<Violation>,
}

/// Where in the data the validator is: a list on the stack, made into text only for a violation.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn depth(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Field(parent, _) | Self::Item(parent, _) => 1 + parent.depth(),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

impl<'a> Validator<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, violations: Vec::new() }
    }

    pub(super) fn verdict(self) -> Validity {
        if self.violations.is_empty() {
            Validity::Valid
        } else {
            Validity::Invalid(self.violations)
        }
    }

    pub(super) fn record(
        &mut self,
        rules: &Record,
        collection: &Nsid,
        rkey: &RecordKey,
        value: &Value,
    ) {
        if let Some(expected) = rules.key.refusal(rkey.as_str()) {
            self.report(&Path::Root, Rule::RecordKey { expected }, format!("{:?}", rkey.as_str()));
        }
        if let Value::Map(map) = value {
            self.record_type(collection, map);
        }
        self.whole(&rules.shape, value);
    }

    pub(super) fn not_a_record(&mut self, collection: &Nsid) {
        self.report(&Path::Root, Rule::NotARecordType, collection.to_string());
    }

    pub(super) fn whole(&mut self, shape: &Shape, value: &Value) {
        self.value(&Path::Root, shape, value);
    }

    fn record_type(&mut self, collection: &Nsid, map: &Map) {
        let path = Path::Field(&Path::Root, "$type");
        let expected = || collection.to_string();
        match map.get("$type") {
            None => self.report(&path, Rule::Required, "nothing".to_owned()),
            Some(Value::Text(name)) if name == collection.as_str() => {}
            Some(other) => {
                self.report(&path, Rule::RecordType { expected: expected() }, show(other));
            }
        }
    }

    fn value(&mut self, path: &Path<'_>, shape: &Shape, value: &Value) {
        if self.violations.len() >= MAX_VIOLATIONS {
            return;
        }
        match (shape, value) {
            (Shape::Boolean { constant }, Value::Bool(value)) => {
                self.boolean(path, *constant, *value);
            }
            (Shape::Integer(rules), Value::Int(value)) => self.integer(path, rules, *value),
            (Shape::Text(rules), Value::Text(value)) => self.text(path, rules, value),
            (Shape::Bytes(rules), Value::Bytes(value)) => {
                self.length(path, *rules, value.len(), Unit::Bytes);
            }
            (Shape::Link, Value::Link(_)) => {}
            (Shape::Blob(rules), value) => self.blob(path, rules, value),
            (Shape::List(_) | Shape::Object(_), Value::List(_) | Value::Map(_))
                if path.depth() >= MAX_DEPTH =>
            {
                self.report(path, Rule::TooDeep { limit: MAX_DEPTH as u64 }, show(value));
            }
            (Shape::List(rules), Value::List(values)) => self.list(path, rules, values),
            (Shape::Object(rules), Value::Map(map)) => self.fields(path, rules, map),
            (Shape::Ref(place), value) => self.reference(path, *place, value),
            (Shape::Union(rules), value) => self.union(path, rules, value),
            (Shape::Unknown, Value::Map(map)) if !is_blob(map) => {}
            (_, value) => self.wrong_type(path, shape.kind(), value),
        }
    }

    fn boolean(&mut self, path: &Path<'_>, constant: Option<bool>, value: bool) {
        if let Some(constant) = constant.filter(|constant| *constant != value) {
            let allowed = vec![constant.to_string()];
            self.report(path, Rule::Enum { allowed }, value.to_string());
        }
    }

    fn integer(&mut self, path: &Path<'_>, rules: &Integer, value: i64) {
        if let Some(allowed) = rules.allowed.as_ref().filter(|allowed| !allowed.contains(&value)) {
            let allowed = allowed.iter().map(i64::to_string).collect();
            self.report(path, Rule::Enum { allowed }, value.to_string());
        }
        if let Some(limit) = rules.minimum.filter(|minimum| value < *minimum) {
            self.report(path, Rule::Minimum { limit }, value.to_string());
        }
        if let Some(limit) = rules.maximum.filter(|maximum| value > *maximum) {
            self.report(path, Rule::Maximum { limit }, value.to_string());
        }
    }

    fn text(&mut self, path: &Path<'_>, rules: &Text, text: &str) {
        if let Some(allowed) = &rules.allowed
            && !allowed.iter().any(|one| **one == *text)
        {
            let allowed = allowed.iter().map(|one| one.to_string()).collect();
            self.report(path, Rule::Enum { allowed }, show_text(text));
        }
        if self.length(path, rules.bytes, text.len(), Unit::Bytes) {
            self.graphemes(path, rules.graphemes, text);
        }
        if let Some(format) = rules.format {
            self.format(path, format, text);
        }
    }

    /// Counts only if the number of bytes, which is never the smaller one, leaves a doubt.
    fn graphemes(&mut self, path: &Path<'_>, rules: Lengths, text: &str) {
        let surely_enough = rules.min.is_none_or(|min| min == 0);
        let surely_short = rules.max.is_none_or(|max| text.len() <= max);
        if !(surely_enough && surely_short) {
            self.length(path, rules, graphemes::count(text), Unit::Graphemes);
        }
    }

    fn format(&mut self, path: &Path<'_>, format: Syntax, text: &str) {
        if let Err(reason) = format.problem_of(text) {
            let reason = reason.to_owned();
            self.report(path, Rule::Format { format, reason }, show_text(text));
        }
    }

    /// Whether the length is within its limits.
    fn length(&mut self, path: &Path<'_>, rules: Lengths, actual: usize, unit: Unit) -> bool {
        let actual_number = actual as u64;
        if let Some(min) = rules.min.filter(|min| actual < *min) {
            let rule = Rule::MinLength { limit: min as u64, actual: actual_number, unit };
            self.report(path, rule, unit.of(actual_number));
            return false;
        }
        if let Some(max) = rules.max.filter(|max| actual > *max) {
            let rule = Rule::MaxLength { limit: max as u64, actual: actual_number, unit };
            self.report(path, rule, unit.of(actual_number));
            return false;
        }
        true
    }

    /// The older form without a size is let through: it is found in data written years ago.
    fn blob(&mut self, path: &Path<'_>, rules: &Blob, value: &Value) {
        let Some(blob) = value.as_map().and_then(BlobParts::of) else {
            if !value.as_map().is_some_and(is_legacy) {
                self.wrong_type(path, Shape::BLOB, value);
            }
            return;
        };
        if let Some(limit) = rules.max_size.filter(|limit| blob.size > *limit) {
            let actual = blob.size;
            self.report(path, Rule::BlobSize { limit, actual }, format!("{actual} bytes"));
        }
        if let Some(accept) = &rules.accept
            && !accept.iter().any(|pattern| accepts(pattern, blob.mime_type))
        {
            let rule = Rule::BlobType { accept: accept.to_vec() };
            self.report(path, rule, show_text(blob.mime_type));
        }
    }

    fn list(&mut self, path: &Path<'_>, rules: &List, values: &[Value]) {
        if !self.length(path, rules.lengths, values.len(), Unit::Items) {
            return;
        }
        for (index, value) in values.iter().enumerate() {
            self.value(&Path::Item(path, index), &rules.items, value);
        }
    }

    /// Both sides are in canonical order, so one walk along them finds every pair.
    fn fields(&mut self, path: &Path<'_>, rules: &Object, map: &Map) {
        let mut entries = map.iter().peekable();
        for field in rules.fields() {
            while entries.next_if(|(key, _)| canonical_order(key, &field.name).is_lt()).is_some() {}
            let path = Path::Field(path, &field.name);
            match entries.next_if(|(key, _)| **key == *field.name) {
                Some((_, Value::Null)) if field.nullable => {}
                Some((_, Value::Null)) => self.report(&path, Rule::NotNullable, "null".to_owned()),
                Some((_, value)) => self.value(&path, &field.shape, value),
                None if field.required => self.report(&path, Rule::Required, "nothing".to_owned()),
                None => {}
            }
        }
    }

    fn union(&mut self, path: &Path<'_>, rules: &Union, value: &Value) {
        let name = value.type_name().filter(|name| is_type_name(name));
        let Some(name) = name else {
            return self.report(path, Rule::UnionType, show(value));
        };
        match rules.member(name) {
            Some(place) => self.reference(path, place, value),
            None if rules.closed => {
                let allowed = rules.members.iter().map(|(name, _)| name.to_string()).collect();
                self.report(path, Rule::UnknownUnionMember { allowed }, show_text(name));
            }
            None => {}
        }
    }

    fn reference(&mut self, path: &Path<'_>, place: Place, value: &Value) {
        match self.catalogue.definition(place) {
            Some(Definition::Type(shape) | Definition::Record(Record { shape, .. })) => {
                self.value(path, shape, value);
            }
            _ => {
                let reference = self.catalogue.name(place).to_owned();
                self.report(path, Rule::Unresolved { reference }, show(value));
            }
        }
    }

    fn wrong_type(&mut self, path: &Path<'_>, expected: &str, value: &Value) {
        self.report(path, Rule::WrongType { expected: expected.to_owned() }, show(value));
    }

    fn report(&mut self, path: &Path<'_>, rule: Rule, found: String) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation { path: path.to_string(), rule, found });
        }
    }
}

impl KeyRule {
    /// What the key should have been, if it is not that.
    fn refusal(&self, rkey: &str) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Tid => Syntax::Tid.problem_of(rkey).err().map(|_| "a TID".to_owned()),
            Self::Nsid => Syntax::Nsid.problem_of(rkey).err().map(|_| "an NSID".to_owned()),
            Self::Literal(only) => (**only != *rkey).then(|| format!("“{only}”")),
        }
    }
}

impl Shape {
    const BLOB: &str = "a blob (an object with “$type”, “ref”, “mimeType” and “size”)";

    /// What data of this shape is, with its article.
    fn kind(&self) -> &'static str {
        match self {
            Self::Boolean { .. } => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Link => "a link",
            Self::Blob(_) => Self::BLOB,
            Self::List(_) => "a list",
            Self::Object(_) | Self::Ref(_) | Self::Union(_) => "an object",
            Self::Unknown => "an object that is not a blob",
            Self::Token => "absent, because a token has no data",
        }
    }
}

fn is_blob(map: &Map) -> bool {
    map.get("$type").and_then(Value::as_str) == Some("blob")
}

/// Nothing is known of types outside the catalogue, but a name must be one; a blob is no member of
/// a union.
fn is_type_name(name: &str) -> bool {
    !matches!(name, "" | "blob") && !name.starts_with('#') && name.matches('#').count() <= 1
}

/// Whether a MIME type fits `image/png`, `image/*` or `*/*`. Parameters after a semicolon and the
/// case of letters do not matter.
fn accepts(pattern: &str, mime_type: &str) -> bool {
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    match pattern.strip_suffix('*') {
        Some("*/") => true,
        Some(family) if family.ends_with('/') => {
            essence.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family))
        }
        _ => essence.eq_ignore_ascii_case(pattern),
    }
}

fn show_text(text: &str) -> String {
    format!("{:?}", shorten(text, MAX_FOUND))
}

fn show(value: &Value) -> String {
    let mut shown = String::from(value.kind());
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Bool(value) => write!(shown, " ({value})"),
        Value::Int(value) => write!(shown, " ({value})"),
        Value::Text(text) => write!(shown, " ({})", show_text(text)),
        Value::List(values) => write!(shown, " of {}", values.len()),
        Value::Map(_) => match value.type_name() {
            Some(name) => write!(shown, " of type {}", show_text(name)),
            None => write!(shown, " without “$type”"),
        },
        Value::Null | Value::Bytes(_) | Value::Link(_) => Ok(()),
    };
    shown
}
