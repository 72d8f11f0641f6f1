//! A session as Markdown, to read: every entry in full, with how it is held.

use crate::{
    model::{Entry, Fate, HeldBy, Level, Session},
    pack::price::who,
    text::sanitize,
};

pub fn of(session: &Session) -> String {
    let title = if session.title.trim().is_empty() { session.id.as_str() } else { session.title.trim() };
    let mut text = format!("# {}\n\n- session: `{}`\n", line(title), line(session.id.as_str()));
    let about = [("project", session.project.to_string()), ("models", session.models.join(", "))];
    for (name, value) in about.iter().filter(|(_, value)| !value.is_empty()) {
        text += &format!("- {name}: {}\n", line(value));
    }
    for problem in &session.problems {
        text += &format!("- note: {}\n", line(problem));
    }
    if !session.facts.is_empty() {
        text += "\n## Facts\n\n";
        for fact in &session.facts {
            let pinned = if fact.pinned { ", pinned" } else { "" };
            let removed = if fact.removed.is_some() { ", removed" } else { "" };
            text += &format!(
                "- **{}**: {} ({}, {}{pinned}{removed})\n",
                line(fact.key.trim()),
                line(fact.value.trim()),
                fact.kind,
                fact.trust
            );
        }
    }
    text += "\n## Entries\n";
    for entry in &session.entries {
        text += &format!("\n### {}\n\n{}", heading(session, entry), block(&entry.text));
        for (level, rewritten) in &entry.state.rewrites {
            text += &format!("\n{level}, written by hand:\n\n{}", block(rewritten));
        }
    }
    text
}

/// "#12 user · pinned · importance 0.80 by hand".
fn heading(session: &Session, entry: &Entry) -> String {
    let mut parts = vec![format!("#{} {}", entry.seq, who(entry))];
    let state = &entry.state;
    parts.extend(state.pinned.then(|| "pinned".to_owned()));
    parts.extend(match state.fate {
        Fate::Live => None,
        Fate::Evicted => Some("evicted".to_owned()),
        Fate::Archived => Some("archived".to_owned()),
        Fate::Superseded { by } => Some(format!("superseded by #{}", session.entry(by).map_or(0, |entry| entry.seq))),
    });
    let by = if state.held.by == HeldBy::Hand { " by hand" } else { "" };
    parts.extend((state.held.level != Level::Full).then(|| format!("held at {}{by}", state.held.level)));
    parts.extend(state.importance.map(|importance| format!("importance {:.2} by hand", importance.value())));
    parts.extend(entry.path.as_deref().map(line));
    parts.join(" · ")
}

/// A fenced block whose fence is longer than any within.
fn block(text: &str) -> String {
    let text = sanitize::inert(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

fn line(text: &str) -> String {
    sanitize::inert_line(text).into_owned()
}
