//! Values of the data model.

use std::fmt;

use super::cid::Cid;
use super::map::Map;

/// A value: what a field of a record can hold.
///
/// Integers are meant to lie within ±[`MAX_INTEGER`](super::MAX_INTEGER); the readers refuse others.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Deliberately nothing; not the same as an absent field.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number; the model has no fractions.
    Int(i64),
    /// Unicode text.
    Text(String),
    /// Any bytes.
    Bytes(Vec<u8>),
    /// The address of other data.
    Link(Cid),
    /// Values in an order.
    List(Vec<Value>),
    /// Values by name: an object.
    Map(Map),
}

impl Value {
    /// The truth value, if that is what it is.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The integer, if that is what it is.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// The text, if that is what it is.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }

    /// The bytes, if that is what it is.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(value) = self { Some(value) } else { None }
    }

    /// The address, if that is what it is.
    pub fn as_link(&self) -> Option<Cid> {
        if let Self::Link(value) = self { Some(*value) } else { None }
    }

    /// The values, if that is what it is.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(value) = self { Some(value) } else { None }
    }

    /// The entries, if that is what it is.
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(value) = self { Some(value) } else { None }
    }

    /// The value of a field, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The `$type` of a map.
    pub fn type_name(&self) -> Option<&str> {
        self.get("$type")?.as_str()
    }

    /// What kind of value this is, for messages: `a text`, `a list`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Link(_) => "a link",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }
}

/// Shown as its JSON.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::Bytes(value) => write!(f, "bytes({})", data_encoding::HEXLOWER.encode(value)),
            Self::Link(value) => value.fmt(f),
            Self::List(value) => value.fmt(f),
            Self::Map(value) => value.fmt(f),
        }
    }
}

macro_rules! value_from {
    ($($source:ty => $variant:ident),* $(,)?) => {
        $(impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

value_from! {
    bool => Bool,
    i64 => Int,
    i32 => Int,
    u32 => Int,
    &str => Text,
    String => Text,
    &String => Text,
    Vec<u8> => Bytes,
    &[u8] => Bytes,
    Cid => Link,
    Vec<Value> => List,
    Map => Map,
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self::List(values.into_iter().collect())
    }
}
