//! JSON of unknown shape, with its keys in the order of the log.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

use super::lines::mend;

/// A JSON value whose objects keep their order, so that a call's input reads as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl Json {
    /// A JSON text, with the damage that writers leave made good; `None` of any other.
    pub fn parse(text: &[u8]) -> Option<Json> {
        serde_json::from_slice(text).or_else(|_| serde_json::from_str(&mend(text))).ok()
    }

    /// The value under a key of an object; `None` elsewhere.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Map(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The string under a key of an object.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The number under a key of an object.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Json::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// Whether `true` is under a key of an object.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key) == Some(&Json::Bool(true))
    }

    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    pub fn fields(&self) -> &[(String, Json)] {
        match self {
            Json::Map(fields) => fields,
            _ => &[],
        }
    }

    /// Readable lines `key: value`, strings verbatim, deeper parts indented by two spaces; no trailing newline.
    pub fn outline(&self) -> String {
        let mut text = String::new();
        self.write_outline(0, &mut text);
        text.truncate(text.trim_end().len());
        text
    }

    fn write_outline(&self, indent: usize, out: &mut String) {
        match self {
            Json::Null => {}
            Json::Bool(_) | Json::Number(_) | Json::Text(_) => write_line(indent, &self.scalar(), out),
            Json::List(items) => {
                for item in items {
                    match item {
                        Json::List(_) | Json::Map(_) => {
                            let mut inner = String::new();
                            item.write_outline(indent + 1, &mut inner);
                            // The first line of the item carries its dash in place of the indent.
                            write_line(indent, &format!("- {}", inner.trim()), out);
                        }
                        _ => write_line(indent, &format!("- {}", item.scalar()), out),
                    }
                }
            }
            Json::Map(fields) => {
                for (key, value) in fields {
                    match value {
                        Json::Null => {}
                        Json::List(items) if items.is_empty() => {}
                        Json::Map(fields) if fields.is_empty() => {}
                        Json::List(_) | Json::Map(_) => {
                            write_line(indent, &format!("{key}:"), out);
                            value.write_outline(indent + 1, out);
                        }
                        Json::Text(text) if text.contains('\n') => write_line(indent, &format!("{key}:\n{text}"), out),
                        _ => write_line(indent, &format!("{key}: {}", value.scalar()), out),
                    }
                }
            }
        }
    }

    fn scalar(&self) -> String {
        match self {
            Json::Text(text) => text.clone(),
            Json::Bool(value) => value.to_string(),
            Json::Number(number) => number.to_string(),
            Json::Null | Json::List(_) | Json::Map(_) => String::new(),
        }
    }
}

fn write_line(indent: usize, line: &str, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", indent));
    out.push_str(line);
    out.push('\n');
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct JsonVisitor;
        impl<'de> Visitor<'de> for JsonVisitor {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Number(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.into()))
            }

            fn visit_string<E>(self, text: String) -> Result<Json, E> {
                Ok(Json::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Json::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Json::Map(fields))
            }
        }
        deserializer.deserialize_any(JsonVisitor)
    }
}
