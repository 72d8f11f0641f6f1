//! A message's parts → entries.

use std::sync::Arc;

use super::reader::{FIRST_PART, Reader};
use crate::{
    ingest::{
        draft::{Draft, Standing},
        exchange::Outcome,
        json::Json,
        media,
        tally::Tally,
    },
    model::{Kind, Mark, Role},
};

/// The entries of a message; what the human wrote is one prompt.
pub fn drafts(
    reader: &mut Reader,
    tally: &mut Tally,
    id: &Arc<str>,
    line: u32,
    role: &str,
    content: &Json,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut said: Option<usize> = None;
    let (kind, who) = match role {
        "user" => (Kind::Prompt, Role::User),
        "assistant" => (Kind::Message, Role::Assistant),
        _ => (Kind::Injected, Role::System),
    };
    for (index, part) in content.items().iter().enumerate() {
        let key = (id.clone(), FIRST_PART + u32::try_from(index).unwrap_or(u32::MAX - FIRST_PART));
        let draft = |kind, role, text: String| Draft::new(key.clone(), line, 0, kind, role, text);
        match part.text("type").unwrap_or_default() {
            "text" | "image" => {
                let mut more = draft(kind, who, String::new());
                put(part, &mut more);
                more.reply = Some(id.clone());
                match said {
                    _ if more.text.trim().is_empty() => {}
                    Some(place) if kind == Kind::Prompt => {
                        drafts[place].text.push_str(&format!("\n\n{}", more.text));
                        drafts[place].marks = drafts[place].marks.iter().chain(more.marks.iter()).collect();
                        drafts[place].images += more.images;
                    }
                    _ => {
                        said = Some(drafts.len());
                        drafts.push(more);
                    }
                }
            }
            "thinking" | "reasoning" => {
                let text = part.text("thinking").or(part.text("text")).unwrap_or_default();
                drafts.push(draft(Kind::Thought, Role::Assistant, text.into()));
            }
            "redactedThinking" => {
                let bytes = part.text("data").unwrap_or_default().len() as u64;
                let words = media::cipher_line("thought", media::decoded(bytes));
                drafts.push(draft(Kind::Opaque, Role::Assistant, words));
            }
            "toolRequest" | "frontendToolRequest" => {
                let request = draft(Kind::Call, Role::Assistant, String::new());
                drafts.push(call(reader, part, request, || format!("{id}.{index}")));
            }
            "toolResponse" => {
                let response = draft(Kind::Result, Role::Tool, String::new());
                drafts.push(result(reader, part, response));
            }
            "systemNotification" => {
                drafts.push(notice(part.text("msg"), draft(Kind::Injected, Role::System, String::new())))
            }
            "conversationCompacted" | "summarizationRequested" | "contextLengthExceeded" => {
                drafts.push(notice(part.text("msg"), draft(Kind::Injected, Role::System, String::new())));
            }
            // Questions to the human about a call, which stands in the log itself.
            "toolConfirmationRequest" | "actionRequired" => {}
            other => tally.count_unknown(&format!("part/{other}")),
        }
    }
    drafts
}

/// What the program tells the human only.
fn notice(said: Option<&str>, draft: Draft) -> Draft {
    Draft { text: said.unwrap_or_default().into(), standing: Standing::Never, ..draft }
}

/// `toolCall` is `{status, value: {name, arguments}}`, an error, or the call itself.
fn call(reader: &mut Reader, part: &Json, draft: Draft, instead: impl FnOnce() -> String) -> Draft {
    let told = part.get("toolCall").unwrap_or(&Json::Null);
    let value = told.get("value").unwrap_or(told);
    let native = part.text("id").or(value.text("id")).unwrap_or_default();
    let input = match (told.text("error"), value.get("arguments")) {
        (Some(error), _) => &Json::Text(error.into()),
        (None, arguments) => arguments.unwrap_or(&Json::Null),
    };
    let called = reader.exchanges.call(native, instead, value.text("name").unwrap_or("invalid"), input);
    let marks = if told.text("error").is_some() { called.marks.with(Mark::Error) } else { called.marks };
    Draft {
        tool: Some(called.tool),
        call_id: Some(called.call_id),
        path: called.path,
        text: called.text,
        ..draft.marked(marks)
    }
}

/// `toolResult` is `{status, value: {content, isError}}`, in older rows `{status, value: [content]}`, an error, or the
/// content itself.
fn result(reader: &mut Reader, part: &Json, mut draft: Draft) -> Draft {
    let told = part.get("toolResult").unwrap_or(&Json::Null);
    let value = told.get("value").unwrap_or(told);
    let failed = told.text("status") == Some("error") || value.is_true("isError");
    reader.failed += u64::from(failed);
    let native = part.text("id").or(part.text("toolCallId")).unwrap_or_default();
    let returned = reader.exchanges.result(native, if failed { Outcome::Failed } else { Outcome::Done });
    let items = value.get("content").unwrap_or(value).items();
    items.iter().for_each(|item| put(item, &mut draft));
    if let Some(error) = told.text("error") {
        draft.text.push_str(error);
    }
    Draft { tool: returned.tool, call_id: returned.call_id, path: returned.path, ..draft.marked(returned.marks) }
}

/// Adds a piece of content: its text, or its type and size.
fn put(item: &Json, draft: &mut Draft) {
    let resource = item.get("resource").unwrap_or(&Json::Null);
    let text = item.text("text").or(resource.text("text"));
    let data = item.text("data").or(resource.text("blob"));
    let media_type = item.text("mimeType").or(resource.text("mimeType"));
    let line = match (text, data) {
        (Some(text), _) => text.to_owned(),
        (None, Some(data)) => {
            let is_image =
                media_type.is_some_and(|name| name.starts_with("image/")) || item.text("type") == Some("image");
            if is_image {
                draft.marks = draft.marks.with(Mark::Image);
                draft.images += 1;
            }
            let kind = if is_image { "image" } else { "file" };
            media::media_line(kind, media_type, media::decoded(data.len() as u64))
        }
        (None, None) => return,
    };
    if !draft.text.is_empty() {
        draft.text.push('\n');
    }
    draft.text.push_str(&line);
}
