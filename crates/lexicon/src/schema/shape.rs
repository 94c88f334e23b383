//! Compiled types: what validation walks along.

use crate::data::map::canonical_order;
use crate::syntax::Syntax;

/// The place of a definition in the catalogue. A name has its place from its first mention on,
/// whether or not its document has been added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) usize);

pub(super) enum Definition {
    Record(Record),
    Method(Box<Method>),
    PermissionSet,
    Type(Shape),
}

pub(super) struct Record {
    pub(super) key: KeyRule,
    /// Always of an object.
    pub(super) shape: Shape,
}

/// Which record keys a record type takes.
pub(super) enum KeyRule {
    Any,
    Tid,
    Nsid,
    Literal(Box<str>),
}

pub(super) struct Method {
    pub(super) parameters: Shape,
    pub(super) input: Option<Shape>,
    pub(super) output: Option<Shape>,
    pub(super) message: Option<Shape>,
}

pub(super) enum Shape {
    Boolean { constant: Option<bool> },
    Integer(Integer),
    Text(Text),
    Bytes(Lengths),
    Link,
    Blob(Blob),
    List(List),
    Object(Object),
    Ref(Place),
    Union(Union),
    Unknown,
    Token,
}

pub(super) struct Integer {
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
    pub(super) allowed: Option<Box<[i64]>>,
}

pub(super) struct Text {
    pub(super) format: Option<Syntax>,
    pub(super) bytes: Lengths,
    pub(super) graphemes: Lengths,
    pub(super) allowed: Option<Box<[Box<str>]>>,
}

/// Least and greatest length, both allowed.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
}

pub(super) struct Blob {
    /// MIME types or patterns such as `image/*`; any type if absent.
    pub(super) accept: Option<Box<[String]>>,
    pub(super) max_size: Option<u64>,
}

pub(super) struct List {
    pub(super) items: Box<Shape>,
    pub(super) lengths: Lengths,
}

/// Declared fields in the canonical order of keys, so that they and a map are walked side by side.
pub(super) struct Object {
    fields: Box<[Field]>,
}

pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) nullable: bool,
}

pub(super) struct Union {
    /// What a `$type` must be for each member, and where its definition stands.
    pub(super) members: Box<[(Box<str>, Place)]>,
    pub(super) closed: bool,
}

impl Object {
    pub(super) fn new(mut fields: Vec<Field>) -> Self {
        fields.sort_by(|left, right| canonical_order(&left.name, &right.name));
        Self { fields: fields.into() }
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }
}

impl Union {
    /// The member that `$type` names, as `nsid`, `nsid#name` or, in older data, `nsid#main`.
    pub(super) fn member(&self, type_name: &str) -> Option<Place> {
        let name = type_name.strip_suffix("#main").unwrap_or(type_name);
        self.members.iter().find(|(member, _)| **member == *name).map(|(_, place)| *place)
    }
}
