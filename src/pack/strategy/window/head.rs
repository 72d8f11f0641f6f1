//! Entries serialised as a model would be given them to sum up.
//!
//! ```text
//! [User #12] text
//!
//! [Assistant #13] text
//!   -> ToolCall: Bash(cargo test)
//!
//! [Tool #14] output
//! ```
//!
//! M31A cuts inputs at 500 bytes, tool outputs and system texts at 2,000. Here too, at characters and saying how much was
//! cut; but an earlier summary, which there is a system text, is never cut.

use crate::{
    model::{Entry, Kind, Role, Session},
    text::sanitize,
};

const INPUT: usize = 500;
const OUTPUT: usize = 2_000;

/// The entries, by index, in order; boundaries and what holds no text are left out.
pub fn serialise(session: &Session, entries: &[usize]) -> String {
    let mut text = String::new();
    let carried = entries.iter().map(|&index| &session.entries[index]);
    for entry in carried.filter(|entry| !matches!(entry.kind, Kind::Boundary | Kind::Opaque)) {
        match entry.kind {
            Kind::Call => {
                let tool = sanitize::inert_line(entry.tool.as_deref().unwrap_or("tool")).into_owned();
                let input = cut(sanitize::inert_line(&entry.text).trim(), INPUT);
                // A call belongs to the message before it.
                text.truncate(text.trim_end().len());
                text.push_str(&format!("\n  -> ToolCall #{}: {tool}({input})\n\n", entry.seq));
            }
            _ => text.push_str(&format!("[{} #{}] {}\n\n", who(entry), entry.seq, shown(entry))),
        }
    }
    text.trim_start().to_owned()
}

fn shown(entry: &Entry) -> String {
    let text = sanitize::inert(&entry.text);
    match entry.kind {
        Kind::Result | Kind::Injected => cut(text.trim_end(), OUTPUT),
        _ => text.trim_end().to_owned(),
    }
}

fn who(entry: &Entry) -> &'static str {
    match entry.role {
        _ if entry.kind == Kind::Result => "Tool",
        Role::User => "User",
        Role::Assistant => "Assistant",
        Role::Tool => "Tool",
        Role::System => "System",
    }
}

fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes);
    format!("{}… ({} more bytes)", &text[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{model::SessionId, pack::strategy::tests::entry};

    #[test]
    fn a_head_is_serialised_with_its_calls_under_the_message() {
        let mut session = Session::new(SessionId::new("claude:head"));
        let mut call = entry(2, Kind::Call, "cargo test");
        call.tool = Some("Bash".into());
        let mut result = entry(3, Kind::Result, "ok");
        result.role = Role::Tool;
        session.entries = vec![entry(1, Kind::Message, "I run the tests."), call, result];
        assert_eq!(
            serialise(&session, &[0, 1, 2]),
            "[Assistant #1] I run the tests.\n  -> ToolCall #2: Bash(cargo test)\n\n[Tool #3] ok\n\n"
        );
    }

    #[test]
    fn an_earlier_summary_is_never_cut_and_outputs_say_what_is() {
        let mut session = Session::new(SessionId::new("claude:head"));
        let long = "漢字".repeat(2_000);
        let mut summary = entry(1, Kind::Summary, &long);
        summary.role = Role::System;
        session.entries = vec![summary, entry(2, Kind::Result, &long)];
        let text = serialise(&session, &[0, 1]);
        assert!(text.contains(&long), "the summary is whole");
        assert!(text.ends_with("… (10002 more bytes)\n\n"), "{}", &text[text.len() - 60..]);
    }
}
