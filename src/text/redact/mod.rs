//! Takes secrets out of text. The only place that makes `Clean` text.
//!
//! What counts as a secret: tokens of a well-known shape ([`shapes`]), private key blocks and credentials in URLs
//! ([`blocks`]), and values beside a name such as `password` or `api_key` that do not look like code or a placeholder
//! ([`named`]). Each is replaced by `[redacted:KIND]`.

mod blocks;
mod named;
mod shapes;

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Deserializer};

use crate::model::Clean;

/// Replacing one secret can uncover another beside it; texts that need more rounds than this do not occur.
const MOST_ROUNDS: usize = 8;

/// Redacts secrets. Idempotent; takes linear time.
pub fn clean(text: &str) -> Clean {
    clean_counted(text).0
}

/// Redacts secrets, and counts them.
pub fn clean_counted(text: &str) -> (Clean, u32) {
    let mut redacted = Cow::Borrowed(text);
    let mut count = 0;
    for _ in 0..MOST_ROUNDS {
        let findings = find(&redacted);
        if findings.is_empty() {
            break;
        }
        count += u32::try_from(findings.len()).unwrap_or(u32::MAX);
        redacted = Cow::Owned(replace(&redacted, &findings));
    }
    (Clean::vouched(redacted), count)
}

/// Wraps text that was redacted before it was written to our own store.
pub(crate) fn stored(text: String) -> Clean {
    Clean::vouched(text)
}

impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(clean(&String::deserialize(deserializer)?))
    }
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    range: Range<usize>,
    /// What the replacement names: `[redacted:aws-key]`.
    kind: &'static str,
}

/// All secrets, in order, none overlapping. Where two overlap the one that starts first stays, then the longer, then the
/// better known shape.
fn find(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    blocks::find(text, &mut findings);
    shapes::find(text, &mut findings);
    named::find(text, &mut findings);
    findings.sort_by(|one, two| one.range.start.cmp(&two.range.start).then(two.range.end.cmp(&one.range.end)));
    let mut end = 0;
    findings.retain(|finding| {
        let apart = finding.range.start >= end;
        end = if apart { finding.range.end } else { end };
        apart
    });
    findings
}

fn replace(text: &str, findings: &[Finding]) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for Finding { range, kind } in findings {
        redacted.push_str(&text[from..range.start]);
        redacted.push_str("[redacted:");
        redacted.push_str(kind);
        redacted.push(']');
        from = range.end;
    }
    redacted.push_str(&text[from..]);
    redacted
}

#[cfg(test)]
mod tests;
