//! Tells what the human wrote from what the program put into user messages.

use super::{
    content::{self, Told},
    message,
};
use crate::ingest::json::Json;

/// A user message, divided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Divided {
    /// What the human wrote.
    pub human: Told,
    /// What the program added: referenced files, environment, hooks.
    pub injected: Told,
    pub nature: Nature,
}

/// What the message as a whole is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nature {
    #[default]
    Said,
    /// A command for the program, such as `/memory show`: the model was not asked.
    Command,
    /// The state of the work so far, which stands for all that was dropped.
    Snapshot,
}

/// Begins the files that a prompt refers to by `@path`, and ends them.
const FILES_BEGIN: &str = "--- Content from referenced files ---";
const FILES_END: &str = "--- End of content ---";

/// Begins of texts that the program writes.
const INJECTED: [&str; 7] = [
    "<session_context>",
    "<hook_context>",
    "<system-reminder>",
    "<system_reminder>",
    "<environment_context>",
    "This is the Gemini CLI. We are setting up the context for our chat.",
    "I ran the following shell command:",
];

/// Divides a user message's content. `display` is what the human typed, where the log tells it apart.
pub fn divide(content: &Json, display: Option<&Json>) -> Divided {
    let mut divided = match display.map(typed).filter(|typed| !typed.is_empty()) {
        Some(typed) => by_display(content, &typed),
        None => by_marks(content),
    };
    if divided.human.text.trim_start().starts_with("<state_snapshot>") {
        divided.nature = Nature::Snapshot;
    } else if is_command(&divided.human.text) {
        divided.nature = Nature::Command;
    }
    divided
}

/// Whether a record is a message that stands for all that was dropped.
pub fn is_snapshot(record: &Json) -> bool {
    message::kind(record) == "user" && divide(message::content(record), None).nature == Nature::Snapshot
}

fn typed(display: &Json) -> String {
    content::parts(display).iter().filter_map(content::text).collect()
}

fn by_display(content: &Json, typed: &str) -> Divided {
    let mut divided = Divided::default();
    divided.human.push(typed);
    for part in content::parts(content) {
        match (content::media(part), content::text(part)) {
            (Some(media), _) => divided.human.push_media(&media),
            (None, Some(text)) if text.trim() != typed.trim() => divided.injected.push(text),
            _ => {}
        }
    }
    divided
}

fn by_marks(content: &Json) -> Divided {
    let mut divided = Divided::default();
    let mut in_files = false;
    for part in content::parts(content) {
        if let Some(media) = content::media(part) {
            let told = if in_files { &mut divided.injected } else { &mut divided.human };
            told.push_media(&media);
            continue;
        }
        let Some(mut text) = content::text(part) else { continue };
        if !in_files && INJECTED.iter().any(|begin| text.trim_start().starts_with(begin)) {
            divided.injected.push_line(text);
            continue;
        }
        loop {
            let (mark, told) =
                if in_files { (FILES_END, &mut divided.injected) } else { (FILES_BEGIN, &mut divided.human) };
            let Some(at) = line_of(text, mark) else {
                told.push(text);
                break;
            };
            // The marks belong to the files, not to what the human wrote.
            let cut = if in_files { at + mark.len() } else { at };
            told.push(&text[..cut]);
            if !in_files {
                divided.injected.push_line(mark);
            }
            text = &text[at + mark.len()..];
            in_files = !in_files;
        }
    }
    divided
}

/// Where a mark stands on a line of its own.
fn line_of(text: &str, mark: &str) -> Option<usize> {
    text.match_indices(mark).map(|(at, _)| at).find(|&at| {
        let (before, after) = (&text[..at], &text[at + mark.len()..]);
        (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with(['\n', '\r']))
    })
}

/// `/name` or `/name arguments`; a path is none.
fn is_command(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('/') else { return false };
    let name = rest.split_whitespace().next().unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_:".contains(c))
        && rest.starts_with(name)
}
