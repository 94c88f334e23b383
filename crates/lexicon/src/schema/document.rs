//! Lexicon documents as they are written: JSON forms, checked for what they must contain.
//!
//! Unknown keys are passed over, as the protocol asks; so are `description`, `default` and
//! `knownValues`, which say nothing about validity.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::error::SchemaError;
use crate::syntax::Syntax;
use crate::syntax::nsid::Nsid;

/// The one version of the language.
const VERSION: u64 = 1;

pub(super) struct Document {
    pub(super) id: Nsid,
    pub(super) definitions: Vec<(String, Definition)>,
}

/// A named definition.
pub(super) enum Definition {
    Record(Record),
    Method(Box<Method>),
    PermissionSet,
    Token,
    Field(Field),
}

/// A type that a field, an element or a body can have.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Field {
    Boolean(Boolean),
    Integer(Integer),
    String(Text),
    Bytes(Lengths),
    CidLink,
    Blob(Blob),
    Array(Array),
    Object(Object),
    Ref(Ref),
    Union(Union),
    Unknown,
}

#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) key: String,
    pub(super) record: Field,
}

/// A query, procedure or subscription.
#[derive(Deserialize)]
pub(super) struct Method {
    pub(super) parameters: Option<Parameters>,
    pub(super) input: Option<Body>,
    pub(super) output: Option<Body>,
    pub(super) message: Option<Message>,
}

#[derive(Deserialize)]
pub(super) struct Parameters {
    #[serde(rename = "type")]
    _type: ParametersType,
    #[serde(default)]
    pub(super) required: Vec<String>,
    pub(super) properties: BTreeMap<String, Field>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ParametersType {
    Params,
}

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(rename = "encoding")]
    _encoding: String,
    pub(super) schema: Option<Field>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) schema: Field,
}

#[derive(Deserialize)]
struct PermissionSet {
    #[serde(rename = "permissions")]
    _permissions: Vec<Permission>,
}

#[derive(Deserialize)]
struct Permission {
    #[serde(rename = "type")]
    _type: PermissionType,
    #[serde(rename = "resource")]
    _resource: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PermissionType {
    Permission,
}

#[derive(Deserialize)]
pub(super) struct Boolean {
    pub(super) r#const: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct Integer {
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
    pub(super) r#enum: Option<Vec<i64>>,
    pub(super) r#const: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Text {
    pub(super) format: Option<Syntax>,
    #[serde(flatten)]
    pub(super) lengths: Lengths,
    pub(super) min_graphemes: Option<usize>,
    pub(super) max_graphemes: Option<usize>,
    pub(super) r#enum: Option<Vec<String>>,
    pub(super) r#const: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lengths {
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob {
    pub(super) accept: Option<Vec<String>>,
    pub(super) max_size: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Array {
    pub(super) items: Box<Field>,
    #[serde(flatten)]
    pub(super) lengths: Lengths,
}

#[derive(Deserialize)]
pub(super) struct Object {
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(default)]
    pub(super) nullable: Vec<String>,
    pub(super) properties: BTreeMap<String, Field>,
}

#[derive(Deserialize)]
pub(super) struct Ref {
    pub(super) r#ref: String,
}

#[derive(Deserialize)]
pub(super) struct Union {
    pub(super) refs: Vec<String>,
    #[serde(default)]
    pub(super) closed: bool,
}

/// The outermost form, whose definitions are read one by one for the sake of the messages.
#[derive(Deserialize)]
struct Outer {
    lexicon: u64,
    id: Nsid,
    defs: BTreeMap<String, Json>,
}

impl Document {
    pub(super) fn parse(json: &str) -> Result<Self, SchemaError> {
        let outer: Outer =
            serde_json::from_str(json).map_err(|error| SchemaError::Document(error.to_string()))?;
        if outer.lexicon != VERSION {
            let problem = format!("its language version is {}, not {VERSION}", outer.lexicon);
            return Err(SchemaError::Document(problem));
        }
        let mut definitions = Vec::with_capacity(outer.defs.len());
        for (name, json) in outer.defs {
            match Definition::read(&name, json) {
                Ok(definition) => definitions.push((name, definition)),
                Err(problem) => {
                    let (nsid, definition) = (outer.id, name);
                    return Err(SchemaError::Definition { nsid, definition, problem });
                }
            }
        }
        Ok(Self { id: outer.id, definitions })
    }
}

impl Definition {
    fn read(name: &str, json: Json) -> Result<Self, String> {
        if !is_definition_name(name) {
            return Err("its name must be letters and digits, beginning with a letter".to_owned());
        }
        let kind = json["type"].as_str().ok_or("it has no “type”")?.to_owned();
        let definition = match kind.as_str() {
            "record" => Self::Record(read(json)?),
            "query" | "procedure" | "subscription" => Self::Method(read(json)?),
            "permission-set" => {
                let _well_formed: PermissionSet = read(json)?;
                Self::PermissionSet
            }
            "token" => Self::Token,
            "ref" | "union" | "unknown" => {
                return Err(format!("“{kind}” can be the type of a field, not of a definition"));
            }
            _ => return Ok(Self::Field(read(json)?)),
        };
        if name != "main" && !matches!(definition, Self::Token) {
            return Err(format!("“{kind}” can only be the definition “main”"));
        }
        Ok(definition)
    }
}

fn read<T: serde::de::DeserializeOwned>(json: Json) -> Result<T, String> {
    serde_json::from_value(json).map_err(|error| error.to_string())
}

fn is_definition_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
