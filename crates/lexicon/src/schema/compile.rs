//! From documents to shapes.

use super::catalogue::Names;
use super::document;
use super::error::SchemaError;
use super::shape::{
    Blob, Definition, Field, Integer, KeyRule, Lengths, List, Method, Object, Record, Shape, Text,
    Union,
};
use crate::syntax::nsid::Nsid;
use crate::syntax::record_key::RecordKey;

/// Turns the definitions of one document into shapes, giving each name it mentions its place.
pub(super) struct Compiler<'a> {
    nsid: &'a Nsid,
    names: &'a mut Names,
}

type Compiled<T> = Result<T, String>;

impl<'a> Compiler<'a> {
    pub(super) fn new(nsid: &'a Nsid, names: &'a mut Names) -> Self {
        Self { nsid, names }
    }

    pub(super) fn definition(
        &mut self,
        name: &str,
        definition: document::Definition,
    ) -> Result<Definition, SchemaError> {
        self.try_definition(definition).map_err(|problem| SchemaError::Definition {
            nsid: self.nsid.clone(),
            definition: name.to_owned(),
            problem,
        })
    }

    fn try_definition(&mut self, definition: document::Definition) -> Compiled<Definition> {
        Ok(match definition {
            document::Definition::Record(record) => Definition::Record(self.record(record)?),
            document::Definition::Method(method) => {
                Definition::Method(Box::new(self.method(*method)?))
            }
            document::Definition::PermissionSet => Definition::PermissionSet,
            document::Definition::Token => Definition::Type(Shape::Token),
            document::Definition::Field(field) => Definition::Type(self.shape(field)?),
        })
    }

    fn record(&mut self, record: document::Record) -> Compiled<Record> {
        let document::Field::Object(object) = record.record else {
            return Err("its “record” must be of type “object”".to_owned());
        };
        Ok(Record { key: key_rule(&record.key)?, shape: Shape::Object(self.object(object)?) })
    }

    fn method(&mut self, method: document::Method) -> Compiled<Method> {
        Ok(Method {
            parameters: self.parameters(method.parameters)?,
            input: self.body(method.input)?,
            output: self.body(method.output)?,
            message: method.message.map(|message| self.body_shape(message.schema)).transpose()?,
        })
    }

    fn parameters(&mut self, parameters: Option<document::Parameters>) -> Compiled<Shape> {
        let Some(parameters) = parameters else { return Ok(Shape::Object(Object::new(vec![]))) };
        for (name, field) in &parameters.properties {
            if !is_parameter(field) {
                return Err(format!(
                    "the parameter “{name}” must be a boolean, an integer, a string or an array of those"
                ));
            }
        }
        let (required, properties) = (parameters.required, parameters.properties);
        self.object(document::Object { required, nullable: vec![], properties }).map(Shape::Object)
    }

    fn body(&mut self, body: Option<document::Body>) -> Compiled<Option<Shape>> {
        body.and_then(|body| body.schema).map(|schema| self.body_shape(schema)).transpose()
    }

    fn body_shape(&mut self, schema: document::Field) -> Compiled<Shape> {
        use document::Field::{Object, Ref, Union};
        match schema {
            Object(_) | Ref(_) | Union(_) => self.shape(schema),
            _ => Err("a body or message must be an object, a ref or a union".to_owned()),
        }
    }

    fn shape(&mut self, field: document::Field) -> Compiled<Shape> {
        use document::Field as Written;
        Ok(match field {
            Written::Boolean(rules) => Shape::Boolean { constant: rules.r#const },
            Written::Integer(rules) => Shape::Integer(integer(rules)),
            Written::String(rules) => Shape::Text(text(rules)),
            Written::Bytes(rules) => Shape::Bytes(lengths(&rules)),
            Written::CidLink => Shape::Link,
            Written::Blob(rules) => Shape::Blob(blob(rules)),
            Written::Array(rules) => Shape::List(List {
                lengths: lengths(&rules.lengths),
                items: Box::new(self.shape(*rules.items)?),
            }),
            Written::Object(rules) => Shape::Object(self.object(rules)?),
            Written::Ref(rules) => Shape::Ref(self.names.place(&self.full_name(&rules.r#ref)?)),
            Written::Union(rules) => Shape::Union(self.union(&rules)?),
            Written::Unknown => Shape::Unknown,
        })
    }

    fn object(&mut self, object: document::Object) -> Compiled<Object> {
        let document::Object { required, nullable, properties } = object;
        if let Some(name) = required.iter().find(|name| !properties.contains_key(*name)) {
            return Err(format!("“{name}” is required but not among the properties"));
        }
        let fields = properties.into_iter().map(|(name, field)| {
            Ok(Field {
                shape: self.shape(field).map_err(|problem| format!("in “{name}”: {problem}"))?,
                required: required.contains(&name),
                nullable: nullable.contains(&name),
                name: name.into(),
            })
        });
        fields.collect::<Compiled<Vec<Field>>>().map(Object::new)
    }

    fn union(&mut self, union: &document::Union) -> Compiled<Union> {
        if union.closed && union.refs.is_empty() {
            return Err("a closed union without members lets nothing through".to_owned());
        }
        let members = union.refs.iter().map(|reference| {
            let name = self.full_name(reference)?;
            let place = self.names.place(&name);
            Ok((name.into(), place))
        });
        Ok(Union { members: members.collect::<Compiled<_>>()?, closed: union.closed })
    }

    /// `#name`, `nsid`, `nsid#name` or `nsid#main` as the `$type` it stands for.
    fn full_name(&self, reference: &str) -> Compiled<String> {
        let (nsid, name) = reference.split_once('#').unwrap_or((reference, "main"));
        let nsid = if nsid.is_empty() {
            self.nsid.clone()
        } else {
            Nsid::parse(nsid).map_err(|error| format!("a reference cannot be followed: {error}"))?
        };
        if name.is_empty() || name.contains('#') {
            return Err(format!("the reference “{reference}” names no definition"));
        }
        Ok(full_name(&nsid, name))
    }
}

/// How data names a definition in `$type`.
pub(super) fn full_name(nsid: &Nsid, definition: &str) -> String {
    match definition {
        "main" => nsid.as_str().to_owned(),
        _ => format!("{nsid}#{definition}"),
    }
}

fn key_rule(key: &str) -> Compiled<KeyRule> {
    match key {
        "any" => Ok(KeyRule::Any),
        "tid" => Ok(KeyRule::Tid),
        "nsid" => Ok(KeyRule::Nsid),
        _ => match key.strip_prefix("literal:").map(RecordKey::parse) {
            Some(Ok(literal)) => Ok(KeyRule::Literal(literal.as_str().into())),
            _ => Err(format!("its key “{key}” must be any, tid, nsid or literal:…")),
        },
    }
}

fn is_parameter(field: &document::Field) -> bool {
    use document::Field::{Array, Boolean, Integer, String, Unknown};
    match field {
        Boolean(_) | Integer(_) | String(_) | Unknown => true,
        Array(array) => matches!(*array.items, Boolean(_) | Integer(_) | String(_) | Unknown),
        _ => false,
    }
}

fn integer(rules: document::Integer) -> Integer {
    let document::Integer { minimum, maximum, r#enum, r#const } = rules;
    let allowed = r#const.map(|only| vec![only]).or(r#enum).map(Into::into);
    Integer { minimum, maximum, allowed }
}

fn text(rules: document::Text) -> Text {
    let allowed = rules.r#const.map(|only| vec![only]).or(rules.r#enum);
    Text {
        format: rules.format,
        bytes: lengths(&rules.lengths),
        graphemes: Lengths { min: rules.min_graphemes, max: rules.max_graphemes },
        allowed: allowed.map(|texts| texts.into_iter().map(Into::into).collect()),
    }
}

fn lengths(rules: &document::Lengths) -> Lengths {
    Lengths { min: rules.min_length, max: rules.max_length }
}

fn blob(rules: document::Blob) -> Blob {
    Blob { accept: rules.accept.map(Into::into), max_size: rules.max_size }
}
