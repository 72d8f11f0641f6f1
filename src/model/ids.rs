//! Names of things: sessions, entries, facts, actors, and moments.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use xxhash_rust::xxh3::xxh3_64;

use super::Trust;

/// `<agent>:<native id>`, for example `claude:4d5611e5-241a-462a-8d15-5122611a9569`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 200, example = "claude:4d5611e5")]
pub struct SessionId(pub Arc<str>);

impl SessionId {
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// An id that can be typed: 1 to 200 characters, no spaces, no control characters.
    pub fn typed(text: &str) -> Result<Self, String> {
        let fits = !text.is_empty() && text.len() <= 200;
        match fits && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            true => Ok(Self::new(text)),
            false => Err("give 1 to 200 characters without spaces".into()),
        }
    }

    /// The part before the colon: which agent wrote the session. Empty for an id that has none.
    pub fn agent(&self) -> &str {
        self.0.split_once(':').map_or("", |(agent, _)| agent)
    }

    /// The part after the colon: the agent's own name for the session.
    pub fn native(&self) -> &str {
        self.0.split_once(':').map_or(&self.0, |(_, native)| native)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// 64 bits of a hash of session id, native id (or byte offset) and part; written as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$", example = "1f0c9a7be2d45386")]
pub struct EntryId(pub u64);

impl EntryId {
    /// The id of a part of what the log itself calls `native`. The same in every reading of the log.
    pub fn of(session: &SessionId, native: &str, part: u32) -> Self {
        Self(xxh3_64(format!("{session}\0{native}\0{part}").as_bytes()))
    }
}

/// 64 bits of a hash of what was written, by whom trusted, and when: the same write has the same id in whatever order it
/// arrives. Written as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$", example = "1f0c9a7be2d45386")]
pub struct FactId(pub u64);

impl FactId {
    pub fn of(owner: &str, key: &str, value: &str, trust: Trust, at: Time) -> Self {
        Self(xxh3_64(format!("{owner}\0{key}\0{value}\0{trust}\0{}", at.0).as_bytes()))
    }
}

/// Writes a hash of 64 bits as 16 hex digits, and reads it back.
macro_rules! in_hex {
    ($id:ident, $named:literal) => {
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl FromStr for $id {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                // A sign, which the number itself may have, is no digit.
                let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let number = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
                number.map(Self).ok_or_else(|| format!("'{}' is no {}: 16 hex digits are", text.escape_debug(), $named))
            }
        }

        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

in_hex!(EntryId, "entry id");
in_hex!(FactId, "fact id");

/// Who made an edit: `person`, `agent:<name>` or `rule`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(String);

impl Actor {
    pub fn person() -> Self {
        Self("person".into())
    }

    pub fn rule() -> Self {
        Self("rule".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Actor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text.strip_prefix("agent:").is_some_and(|name| {
            !name.is_empty()
                && name.len() <= 64
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/@".contains(c))
        });
        if named || text == "person" || text == "rule" {
            return Ok(Self(text.into()));
        }
        Err(format!(
            "'{}' is no actor: use person, rule or agent:NAME (letters, digits, . _ - / @)",
            text.escape_debug()
        ))
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Milliseconds since 1970 UTC. Reading the clock is `workspace`'s business alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Time(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sixteen_hex_digits_and_nothing_else() {
        assert_eq!("00ff00ff00ff00ff".parse(), Ok(EntryId(0x00ff_00ff_00ff_00ff)));
        assert_eq!(FactId(0xff).to_string().parse(), Ok(FactId(0xff)));
        for bad in ["", "12", "+123456789abcdef", "zzzzzzzzzzzzzzzz", "00000000000000001", "四四四四五"] {
            assert!(bad.parse::<EntryId>().is_err() && bad.parse::<FactId>().is_err(), "{bad}");
        }
        let told = "a\u{1b}b".parse::<FactId>().expect_err("it is none");
        assert_eq!(told, "'a\\u{1b}b' is no fact id: 16 hex digits are");
    }
}
