//! What tools take and give as JSON Schema: the one definition that OpenAPI has, each schema whole in itself.

use rmcp::model::JsonObject;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// What a tool takes. An argument that may be left out is not said to be `null` too, which some clients cannot read; it is
/// taken all the same.
pub fn of_arguments<T: ToSchema>() -> JsonObject {
    let mut schema = of_answer::<T>();
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        fields.values_mut().for_each(drop_null);
    }
    schema
}

/// What a tool gives.
pub fn of_answer<T: ToSchema>() -> JsonObject {
    let mut named: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut named);
    let named: Map<String, Value> = named.into_iter().map(|(name, schema)| (name, json(&schema))).collect();
    match whole(json(&T::schema()), &named) {
        Value::Object(mut schema) => {
            // Of the type, for who reads the code; the tool says what it is for.
            schema.remove("description");
            schema
        }
        other => unreachable!("a schema is an object, not {other}"),
    }
}

fn json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).expect("a schema is plain JSON")
}

/// Writes what is referred to in its place, since not every client follows references, joins the parts of one object
/// (`allOf`, of a flattened field), and drops what only OpenAPI has.
fn whole(schema: Value, named: &Map<String, Value>) -> Value {
    let mut object = match schema {
        Value::Object(object) => object,
        Value::Array(items) => return items.into_iter().map(|item| whole(item, named)).collect(),
        plain => return plain,
    };
    if let Some(Value::String(reference)) = object.remove("$ref") {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let mut referred = whole(named.get(name).cloned().unwrap_or_default(), named);
        if let Value::Object(referred) = &mut referred {
            // The field says what it is; the type behind it speaks to who reads the code.
            referred.remove("description");
            referred.extend(object.remove("description").map(|own| ("description".into(), on_one_line(own))));
        }
        return referred;
    }
    object.remove("example");
    object.remove("format");
    // Of a map by number: its names are text in JSON, which a number never is.
    object.remove("propertyNames");
    let (fields, parts) = (object.remove("properties"), object.remove("allOf"));
    let part = |(key, value): (String, Value)| match key.as_str() {
        "description" => (key, on_one_line(value)),
        _ => (key, whole(value, named)),
    };
    let mut object: Map<String, Value> = object.into_iter().map(part).collect();
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

fn on_one_line(text: Value) -> Value {
    match text {
        Value::String(text) => Value::String(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        other => other,
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

fn drop_null(field: &mut Value) {
    let Value::Object(schema) = field else { return };
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(mut ways)) = schema.remove("oneOf") {
        ways.retain(|way| way["type"] != "null");
        match (ways.pop(), ways.is_empty()) {
            (Some(Value::Object(only)), true) => schema.extend(only),
            (last, _) => {
                ways.extend(last);
                schema.insert("oneOf".into(), Value::Array(ways));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pretty_assertions::assert_eq;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;
    use crate::model::Level;

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Asked {
        /// A word of JSON Schema,
        /// on two lines.
        format: String,
        /// How much.
        level: Option<Level>,
        #[schema(minimum = 1)]
        rows: Option<u32>,
    }

    #[derive(Serialize, ToSchema)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        own: Option<Level>,
    }

    /// About the type.
    #[derive(Serialize, ToSchema)]
    struct Inner {
        one: u32,
        by_number: std::collections::BTreeMap<u8, u32>,
    }

    #[test]
    fn arguments_are_plain_and_strict() {
        let levels = json!(["full", "summary", "sentence", "keywords"]);
        let expected = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["format"],
            "properties": {
                "format": {"type": "string", "description": "A word of JSON Schema, on two lines."},
                "level": {"type": "string", "enum": levels, "description": "How much."},
                "rows": {"type": "integer", "minimum": 1},
            },
        });
        assert_eq!(Value::Object(of_arguments::<Asked>()), expected);
    }

    #[test]
    fn a_flattened_answer_is_one_object_that_may_hold_null() {
        let schema = Value::Object(of_answer::<Outer>());
        assert_eq!((&schema["type"], &schema["required"]), (&json!("object"), &json!(["one", "by_number"])));
        assert_eq!(schema["properties"]["one"]["type"], "integer");
        let map = schema["properties"]["by_number"].as_object().expect("an object");
        let keys: BTreeSet<&str> = map.keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["additionalProperties", "type"]));
        assert!(
            schema["properties"]["own"]["oneOf"].as_array().is_some_and(|ways| ways.contains(&json!({"type": "null"})))
        );
        assert!(!schema.to_string().contains("$ref") && !schema.to_string().contains("About"));
    }
}
