//! A fact as a few lines of text to fill in, and back.
//!
//! ```text
//! key: verify
//! value: cargo test -p pricing
//! kind: verification
//! scope: session
//! holds: as its kind says
//! ```

use crate::{
    facts::Draft,
    model::{EntryId, Fact, FactKind, Scope, Trust},
    text::sanitize,
};

/// What may stand behind the names, for the foot of the editor.
pub const CHOICES: &str = "kind: goal, constraint, verification, context, short-lived · scope: session, project · holds: 30 min, 2 h, for ever";
const BY_KIND: &str = "as its kind says";
const FIELDS: [&str; 6] = ["key", "value", "kind", "scope", "holds", "pinned"];

/// An empty form, with a value to start from.
pub fn blank(value: &str) -> String {
    form("", value, FactKind::default(), Scope::default(), "")
}

/// The form of a fact that is to be written anew.
pub fn of(fact: &Fact) -> String {
    let minutes = fact.expires.map(|expires| (expires.0.saturating_sub(fact.at.0) / 60_000).max(1));
    let holds = match minutes {
        // Such hold for ever by their kind.
        None if matches!(fact.kind, FactKind::Goal | FactKind::Constraint | FactKind::Verification) => BY_KIND.into(),
        None => "for ever".to_owned(),
        Some(minutes) => format!("{minutes} min"),
    };
    let pinned = if fact.pinned { "\npinned: yes" } else { "" };
    form(&sanitize::inert(&fact.key), &sanitize::inert(&fact.value), fact.kind, fact.scope, &holds) + pinned
}

fn form(key: &str, value: &str, kind: FactKind, scope: Scope, holds: &str) -> String {
    let holds = if holds.is_empty() { BY_KIND } else { holds };
    format!("key: {key}\nvalue: {value}\nkind: {kind}\nscope: {scope}\nholds: {holds}")
}

/// What was filled in, by a person. The names after the value are looked for from the end, so that a value may have
/// lines of any kind.
///
/// # Errors
/// What to write instead.
pub fn read(text: &str, source: Option<EntryId>) -> Result<Draft, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let (mut kind, mut scope, mut ttl, mut pinned) = (FactKind::default(), Scope::default(), None, false);
    while let Some((name, value)) = lines.last().and_then(|line| after_value(line)) {
        let lower = value.to_lowercase();
        match name {
            "kind" => {
                kind = lower
                    .parse()
                    .map_err(|_| "kind: write goal, constraint, verification, context or short-lived".to_owned())?;
            }
            "scope" => scope = lower.parse().map_err(|_| "scope: write session or project".to_owned())?,
            "pinned" => pinned = matches!(lower.as_str(), "yes" | "true"),
            "holds" => ttl = minutes(&lower)?,
            _ => {}
        }
        lines.pop();
    }
    let rest = lines.join("\n");
    let rest = rest.trim_start().strip_prefix("key:").ok_or("the first line is the key: write “key: ” and a name")?;
    let (key, value) = match rest.split_once("\nvalue:") {
        Some((key, value)) => (key, value),
        None => return Err("the line after the key is the value: write “value: ” and what is known".into()),
    };
    Ok(Draft {
        key: key.trim().to_owned(),
        value: value.trim().to_owned(),
        kind,
        scope,
        trust: Trust::User,
        pinned,
        ttl,
        source,
    })
}

/// The line of the next name after this line; the first after the last.
pub fn next_field(lines: &[String], line: usize) -> usize {
    let is_field =
        |line: &String| FIELDS.iter().any(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    let after = (line + 1..lines.len()).find(|&at| is_field(&lines[at]));
    after.unwrap_or(0)
}

/// A name that stands after the value, with what is written behind it; an empty line counts as one.
fn after_value(line: &str) -> Option<(&'static str, &str)> {
    if line.trim().is_empty() {
        return Some(("", ""));
    }
    let (name, value) = line.split_once(':')?;
    let name = FIELDS[2..].iter().find(|field| name.trim().eq_ignore_ascii_case(field))?;
    Some((name, value.trim()))
}

/// Minutes that a fact holds, 0 = for ever; `None` = as its kind and scope say.
fn minutes(text: &str) -> Result<Option<u32>, String> {
    if text.is_empty() || text == BY_KIND {
        return Ok(None);
    }
    if text == "for ever" || text == "forever" {
        return Ok(Some(0));
    }
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim() {
        "" | "min" | "minute" | "minutes" => Some(1),
        "h" | "hour" | "hours" => Some(60),
        "d" | "day" | "days" => Some(1_440),
        _ => None,
    };
    let number = digits.trim().parse::<u32>().ok();
    let wrong = || "holds: write 30 min, 2 h, 7 days, for ever, or as its kind says".to_owned();
    Ok(Some(number.zip(unit).and_then(|(number, unit)| number.checked_mul(unit)).ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_written() {
        let draft = read(&blank("cargo test"), Some(EntryId(7))).unwrap();
        assert_eq!((draft.key.as_str(), draft.value.as_str(), draft.ttl), ("", "cargo test", None));
        assert_eq!((draft.kind, draft.scope, draft.trust), (FactKind::Context, Scope::Session, Trust::User));
        assert_eq!(draft.source, Some(EntryId(7)));
    }

    #[test]
    fn a_value_may_have_lines_of_any_kind() {
        let text = "key: rule\nvalue: first\nkind: of odd\n\nscope it\nkind: Goal\nScope: project\nholds: 2 h\n\n";
        let draft = read(text, None).unwrap();
        assert_eq!(draft.value, "first\nkind: of odd\n\nscope it");
        assert_eq!((draft.kind, draft.scope, draft.ttl), (FactKind::Goal, Scope::Project, Some(120)));
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        let said = |text: &str| read(text, None).unwrap_err();
        assert!(said("key: a\nvalue: b\nkind: odd").starts_with("kind: write goal"));
        assert!(said("key: a\nvalue: b\nholds: a while").starts_with("holds: write 30 min"));
        assert!(said("key: a\nvalue: b\nholds: 99999999 days").starts_with("holds: write 30 min"));
        assert!(said("verify").starts_with("the first line is the key"));
        assert!(said("key: a").starts_with("the line after the key"));
        assert_eq!(
            ["", "0", "45", "for ever", "3 h"].map(|text| minutes(text).unwrap()),
            [None, Some(0), Some(45), Some(0), Some(180)]
        );
    }
}
