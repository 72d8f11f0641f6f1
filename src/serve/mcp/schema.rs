//! What tools take and give as JSON Schema: the one definition that OpenAPI has, each schema whole in itself.

use rmcp::model::JsonObject;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// The schema of a type, with what it refers to written in its place: not every client follows references.
pub fn of<T: ToSchema>() -> JsonObject {
    let mut named: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut named);
    let named: Map<String, Value> = named.into_iter().map(|(name, schema)| (name, json(&schema))).collect();
    match whole(json(&T::schema()), &named) {
        Value::Object(schema) => schema,
        other => unreachable!("a schema is an object, not {other}"),
    }
}

fn json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).expect("a schema is plain JSON")
}

/// Writes referred schemas out, joins parts of one object (`allOf`, of a flattened field), and drops what only OpenAPI has.
fn whole(schema: Value, named: &Map<String, Value>) -> Value {
    match schema {
        Value::Object(mut object) => {
            if let Some(Value::String(reference)) = object.remove("$ref") {
                let name = reference.rsplit('/').next().unwrap_or_default();
                let mut referred = whole(named.get(name).cloned().unwrap_or_default(), named);
                if let (Value::Object(referred), Some(own)) = (&mut referred, object.remove("description")) {
                    referred.insert("description".into(), own);
                }
                return referred;
            }
            object.remove("example");
            object.remove("format");
            let parts = object.remove("allOf");
            let fields = object.remove("properties");
            let mut object: Map<String, Value> =
                object.into_iter().map(|(key, value)| (key, whole(value, named))).collect();
            if let Some(Value::Object(fields)) = fields {
                // Their names are the type's own, and may be words of JSON Schema.
                let fields = fields.into_iter().map(|(name, field)| (name, whole(field, named))).collect();
                object.insert("properties".into(), Value::Object(fields));
            }
            if let Some(Value::Array(parts)) = parts {
                parts.into_iter().for_each(|part| join(&mut object, whole(part, named)));
            }
            Value::Object(object)
        }
        Value::Array(items) => items.into_iter().map(|item| whole(item, named)).collect(),
        plain => plain,
    }
}

/// Adds the fields of one part of an object.
fn join(object: &mut Map<String, Value>, part: Value) {
    let Value::Object(part) = part else { return };
    for (key, value) in part {
        match (object.get_mut(&key), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
            (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                object.insert(key, value);
            }
        }
    }
}
