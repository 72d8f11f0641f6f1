//! Text that has been through redaction: the only text that entries, titles and notes can hold.

use std::{fmt, ops::Deref, sync::Arc};

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// Redacted text. Only `text::redact` makes one (the architecture test sees to it), so neither the store, nor a pack,
/// nor a screen can be handed a secret by mistake. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String)]
pub struct Clean(Arc<str>);

impl Clean {
    /// Wraps text that `text::redact` has just redacted or that it wrote to our own store earlier.
    pub(crate) fn vouched(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Clean {
    fn default() -> Self {
        Self("".into())
    }
}

impl Deref for Clean {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Clean {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
