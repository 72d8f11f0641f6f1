//! Attachments: what the program adds to the conversation on its own, as readable text.

use crate::ingest::json::Json;

/// What an attachment row is to the session.
#[derive(Debug, PartialEq)]
pub enum Attachment {
    /// Typed by the human while the agent worked.
    Prompt(String),
    /// Text that the model was given, and the file it comes from.
    Injected { text: String, path: Option<String> },
    /// Nothing that the model was given.
    Silent,
}

/// Types that carry settings of the program, not text for the model.
const SILENT: [&str; 4] =
    ["command_permissions", "hook_cancelled", "hook_error_during_execution", "hook_system_message"];

pub fn read(attachment: &Json) -> Attachment {
    let kind = attachment.text("type").unwrap_or_default();
    let injected = |text: String| Attachment::Injected { text, path: None };
    let read = match kind {
        "queued_command" => queued(attachment),
        "file" => in_file(attachment, "filename", "", file_content(attachment)),
        "edited_text_file" => {
            in_file(attachment, "filename", " was changed", attachment.text("snippet").unwrap_or_default().into())
        }
        "nested_memory" => {
            let content = attachment.get("content").and_then(|content| content.text("content")).unwrap_or_default();
            in_file(attachment, "path", "", content.into())
        }
        "compact_file_reference" => in_file(attachment, "filename", " was read before the compaction", String::new()),
        "hook_success" | "hook_additional_context" | "skill_listing" => {
            injected(attachment.get("content").map(strings).unwrap_or_default())
        }
        "task_reminder" | "todo_reminder" | "todo" => injected(
            attachment.get("content").filter(|list| !list.items().is_empty()).map(Json::outline).unwrap_or_default(),
        ),
        "deferred_tools_delta" | "agent_listing_delta" | "mcp_instructions_delta" => injected(delta(attachment)),
        _ if SILENT.contains(&kind) => Attachment::Silent,
        // A type of a later version: everything it holds.
        _ => injected(attachment.outline()),
    };
    match read {
        Attachment::Injected { text, .. } | Attachment::Prompt(text) if text.trim().is_empty() => Attachment::Silent,
        read => read,
    }
}

/// A prompt of the human or a notification of the program, queued while the agent worked.
fn queued(attachment: &Json) -> Attachment {
    let text = attachment.get("prompt").map(strings).unwrap_or_default();
    let by_human = attachment.get("origin").and_then(|origin| origin.text("kind")).is_none_or(|kind| kind == "human");
    let mode = attachment.text("commandMode").unwrap_or("prompt");
    if by_human && mode == "prompt" { Attachment::Prompt(text) } else { Attachment::Injected { text, path: None } }
}

/// "PATH: note", then the text.
fn in_file(attachment: &Json, field: &str, note: &str, text: String) -> Attachment {
    let Some(path) = attachment.text(field) else { return Attachment::Injected { text, path: None } };
    let text = if text.is_empty() { format!("{path}{note}") } else { format!("{path}{note}:\n{text}") };
    Attachment::Injected { text, path: Some(path.into()) }
}

/// The text of a `file` attachment; of an image or PDF, what it is.
fn file_content(attachment: &Json) -> String {
    let Some(content) = attachment.get("content") else { return String::new() };
    match content.get("file").and_then(|file| file.text("content")) {
        Some(text) => text.into(),
        None => format!("[{}]", content.text("type").unwrap_or("no text")),
    }
}

/// Tools, agents or servers that appeared and went.
fn delta(attachment: &Json) -> String {
    let list =
        |keys: [&str; 2]| keys.iter().filter_map(|key| attachment.get(key)).map(strings).find(|text| !text.is_empty());
    let added = list(["addedBlocks", "addedLines"]).or_else(|| list(["addedNames", "addedTypes"]));
    let parts = [
        ("now available", added),
        ("available again", list(["readdedNames", ""])),
        ("gone", list(["removedNames", "removedTypes"])),
    ];
    let parts = parts.into_iter().filter_map(|(name, text)| Some(format!("{name}:\n{}", text?)));
    parts.collect::<Vec<_>>().join("\n")
}

/// The strings of a value (a string, a list of them, text blocks), a line each.
fn strings(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::List(items) => items.iter().map(strings).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n"),
        Json::Map(_) => value.text("text").unwrap_or_default().into(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn read_json(text: &str) -> Attachment {
        read(&serde_json::from_str(text).expect("a literal of this test"))
    }

    #[test]
    fn a_queued_prompt_is_a_prompt_and_a_queued_notification_is_not() {
        let prompt = read_json(
            r#"{"type":"queued_command","prompt":"and add a test","commandMode":"prompt","origin":{"kind":"human"}}"#,
        );
        assert_eq!(prompt, Attachment::Prompt("and add a test".into()));
        let notice = read_json(r#"{"type":"queued_command","prompt":"done","commandMode":"task-notification"}"#);
        assert_eq!(notice, Attachment::Injected { text: "done".into(), path: None });
    }

    #[test]
    fn a_file_is_named_and_shown() {
        let file = r#"{"type":"file","filename":"/a.rs","content":{"type":"text","file":{"content":"fn a() {}"}}}"#;
        assert_eq!(
            read_json(file),
            Attachment::Injected { text: "/a.rs:\nfn a() {}".into(), path: Some("/a.rs".into()) }
        );
    }

    #[test]
    fn what_holds_no_text_is_silent() {
        assert_eq!(read_json(r#"{"type":"task_reminder","content":[],"itemCount":0}"#), Attachment::Silent);
        assert_eq!(read_json(r#"{"type":"command_permissions","allowedTools":["Bash"]}"#), Attachment::Silent);
    }

    #[test]
    fn an_unknown_type_keeps_all_its_text() {
        let text = "type: weather\nforecast: rain".into();
        assert_eq!(read_json(r#"{"type":"weather","forecast":"rain"}"#), Attachment::Injected { text, path: None });
    }
}
