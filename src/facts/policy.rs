//! What may be written as a fact: trimmed, checked, redacted, and given its time to live.

use std::fmt;

use crate::{
    model::{Actor, Clean, EntryId, Fact, FactId, FactKind, Scope, SessionId, Time, Trust, policy::Hand},
    text::{redact, words},
};

/// Characters that a key may have.
pub const MOST_KEY_CHARS: usize = 80;
const MINUTE: i64 = 60_000;

/// A fact as somebody wants to write it, before the policy has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub key: String,
    pub value: String,
    pub kind: FactKind,
    pub scope: Scope,
    pub trust: Trust,
    pub pinned: bool,
    /// Minutes until it expires, 0 = never; `None` = as its kind and scope say.
    pub ttl: Option<u32>,
    /// The entry that it was taken from.
    pub source: Option<EntryId>,
}

/// How facts are written wherever a draft says nothing else: the table `facts` of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactSettings {
    /// Minutes that facts of kind context hold; 0 = for ever.
    pub default_ttl_minutes: u32,
    /// Minutes that short-lived facts hold; 0 = for ever.
    pub short_lived_ttl_minutes: u32,
    /// Minutes that facts of a project hold instead of the default; 0 = no difference.
    pub project_ttl_minutes: u32,
    /// Minutes that facts of a session hold instead of the default; 0 = no difference.
    pub session_ttl_minutes: u32,
    /// Characters that a value may have after trimming.
    pub max_value_chars: u32,
}

impl Default for FactSettings {
    fn default() -> Self {
        Self {
            default_ttl_minutes: 180,
            short_lived_ttl_minutes: 30,
            project_ttl_minutes: 0,
            session_ttl_minutes: 0,
            max_value_chars: 280,
        }
    }
}

impl FactSettings {
    /// Minutes that a fact holds; 0 = for ever. Goals, constraints and verification commands hold until somebody says
    /// otherwise.
    pub fn ttl_minutes(&self, kind: FactKind, scope: Scope) -> u32 {
        let of_scope = match scope {
            Scope::Session => self.session_ttl_minutes,
            Scope::Project => self.project_ttl_minutes,
        };
        match kind {
            FactKind::Goal | FactKind::Constraint | FactKind::Verification => 0,
            FactKind::ShortLived => self.short_lived_ttl_minutes,
            FactKind::Context if of_scope > 0 => of_scope,
            FactKind::Context => self.default_ttl_minutes,
        }
    }
}

/// Why a draft is no fact. What was refused is not repeated: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactRefusal {
    NoKey,
    KeyOfSeveralLines,
    /// Characters that the key has.
    LongKey(usize),
    NoValue,
    /// More trust than the writer can vouch for, and the most of it.
    Trust {
        asked: Trust,
        most: Trust,
    },
    /// Characters that the value has, and those that it may have.
    LongValue {
        has: usize,
        most: usize,
    },
}

impl fmt::Display for FactRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = |count: usize| words::plural(count, "character", "characters");
        match *self {
            FactRefusal::NoKey => f.write_str("a fact needs a key: name what it is about"),
            FactRefusal::KeyOfSeveralLines => f.write_str("the key of a fact is one line: leave its line breaks out"),
            FactRefusal::LongKey(has) => {
                write!(f, "the key has {}, {MOST_KEY_CHARS} are allowed: give a shorter name", characters(has))
            }
            FactRefusal::Trust { asked, most } => {
                write!(f, "this writer's word does not count as that of {asked}: give {most} at the most, or no trust")
            }
            FactRefusal::NoValue => f.write_str("a fact needs a value: say what is known"),
            FactRefusal::LongValue { has, most } => write!(
                f,
                "the value has {}, {} are allowed and nothing is cut: say it shorter, or as several facts",
                characters(has),
                words::exact(most as u64)
            ),
        }
    }
}

impl std::error::Error for FactRefusal {}

impl Draft {
    /// Whether its writer can vouch for its trust: an agent as far as for what a tool said, a rule as far as for a policy.
    ///
    /// # Errors
    /// Where it asks for more.
    pub fn allow(&self, writer: &Actor) -> Result<(), FactRefusal> {
        let most = match writer.hand() {
            Hand::Person => Trust::User,
            Hand::Rule => Trust::Policy,
            Hand::Agent => Trust::Tool,
        };
        if self.trust <= most { Ok(()) } else { Err(FactRefusal::Trust { asked: self.trust, most }) }
    }

    /// The fact that `owner` writes at `at` as its `arrived`-th.
    ///
    /// # Errors
    /// A key that is empty, of several lines or of more than 80 characters; a value that is empty or longer than the
    /// settings allow. Both are measured in characters, after trimming and before redaction.
    pub fn fact(self, owner: &SessionId, at: Time, arrived: u32, settings: &FactSettings) -> Result<Fact, FactRefusal> {
        let (key, value) = (self.key.trim(), self.value.trim());
        let (key_chars, value_chars) = (key.chars().count(), value.chars().count());
        let most = settings.max_value_chars as usize;
        match () {
            () if key.is_empty() => return Err(FactRefusal::NoKey),
            () if key.contains(LINE_BREAKS) => return Err(FactRefusal::KeyOfSeveralLines),
            () if key_chars > MOST_KEY_CHARS => return Err(FactRefusal::LongKey(key_chars)),
            () if value.is_empty() => return Err(FactRefusal::NoValue),
            () if value_chars > most => return Err(FactRefusal::LongValue { has: value_chars, most }),
            () => {}
        }
        let minutes = self.ttl.unwrap_or_else(|| settings.ttl_minutes(self.kind, self.scope));
        let (key, value) = redacted(key, value);
        Ok(Fact {
            id: FactId::of(owner.as_str(), &key, &value, self.trust, at),
            key,
            value,
            kind: self.kind,
            scope: self.scope,
            trust: self.trust,
            pinned: self.pinned,
            at,
            arrived,
            expires: (minutes > 0).then(|| Time(at.0.saturating_add(i64::from(minutes) * MINUTE))),
            removed: None,
            source: self.source,
            cost: 0,
        })
    }
}

/// What ends a line for any reader.
const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// A name such as `api_key` makes a secret of the value beside it, so the two are also looked at together.
fn redacted(key: &str, value: &str) -> (Clean, Clean) {
    let (key, alone) = (redact::clean(key), redact::clean(value));
    let together = redact::clean(&format!("{key}: {alone}"));
    let value = together.strip_prefix(&format!("{key}: ")).map(redact::clean);
    (key, value.unwrap_or(alone))
}

#[cfg(test)]
mod tests;
