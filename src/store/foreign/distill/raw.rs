//! Values of distill's columns, byte for byte: SQLite's columns hold any type, and distill cuts texts within characters.

use std::borrow::Cow;

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

/// A value of any column, exactly as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    Null,
    Integer(i64),
    Real(f64),
    /// Bytes that need not be UTF-8.
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl Raw {
    pub fn of_text(text: &str) -> Raw {
        Raw::Text(text.as_bytes().to_vec())
    }

    /// As text; what is not UTF-8 in it is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Raw::Text(bytes) | Raw::Blob(bytes) => String::from_utf8_lossy(bytes),
            Raw::Integer(value) => value.to_string().into(),
            Raw::Real(value) => value.to_string().into(),
            Raw::Null => "".into(),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Raw::Text(bytes) | Raw::Blob(bytes) => bytes,
            _ => &[],
        }
    }

    pub fn integer(&self) -> i64 {
        match self {
            Raw::Integer(value) => *value,
            other => other.real() as i64,
        }
    }

    pub fn real(&self) -> f64 {
        match self {
            Raw::Integer(value) => *value as f64,
            Raw::Real(value) => *value,
            _ => 0.0,
        }
    }
}

impl FromSql for Raw {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Raw::Null,
            ValueRef::Integer(value) => Raw::Integer(value),
            ValueRef::Real(value) => Raw::Real(value),
            ValueRef::Text(bytes) => Raw::Text(bytes.to_vec()),
            ValueRef::Blob(bytes) => Raw::Blob(bytes.to_vec()),
        })
    }
}

impl ToSql for Raw {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Raw::Null => ValueRef::Null,
            Raw::Integer(value) => ValueRef::Integer(*value),
            Raw::Real(value) => ValueRef::Real(*value),
            Raw::Text(bytes) => ValueRef::Text(bytes),
            Raw::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
