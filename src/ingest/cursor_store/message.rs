//! A message's blob → entries.

use std::sync::Arc;

use crate::{
    ingest::{
        conversation::Conversation,
        draft::{Draft, Standing},
        exchange::{Exchanges, Outcome},
        json::Json,
        media,
        tally::Tally,
    },
    model::{Kind, Mark, Role},
};

/// The session's reader.
pub struct Reader {
    pub conversation: Conversation,
    pub exchanges: Exchanges,
}

impl Reader {
    pub fn message(&mut self, tally: &mut Tally, id: &str, line: u32, message: &Json, standing: Standing) {
        let id: Arc<str> = id.into();
        let role = message.text("role").unwrap_or_default();
        let content = message.get("content").unwrap_or(&Json::Null);
        let whole;
        let parts = match content {
            Json::Text(text) => {
                whole = [Json::Map(vec![
                    ("type".into(), Json::Text("text".into())),
                    ("text".into(), Json::Text(text.clone())),
                ])];
                whole.as_slice()
            }
            content => content.items(),
        };
        // Two places for each part: a prompt can have words around it.
        for (index, part) in (0..u32::MAX / 2).zip(parts) {
            let draft = |kind, role, text: &str| Draft {
                standing: standing.clone(),
                reply: Some(id.clone()),
                ..Draft::new((id.clone(), 2 * index), line, 0, kind, role, text)
            };
            let model = part.get("providerOptions").and_then(|options| options.get("cursor")?.text("modelName"));
            self.conversation.answered(model.filter(|_| role == "assistant").unwrap_or_default());
            let drafts = &mut self.conversation.drafts;
            match (part.text("type").unwrap_or_default(), role) {
                ("text", "user") => {
                    let (said, around) = split(part.text("text").unwrap_or_default());
                    let around = draft(Kind::Injected, Role::System, &around);
                    drafts.push(Draft { key: (id.clone(), 2 * index + 1), ..around });
                    drafts.push(draft(Kind::Prompt, Role::User, &said));
                }
                ("text", "assistant") => {
                    drafts.push(draft(Kind::Message, Role::Assistant, part.text("text").unwrap_or_default()));
                }
                ("text", _) => drafts.push(draft(Kind::Injected, Role::System, part.text("text").unwrap_or_default())),
                ("reasoning", _) => {
                    drafts.push(draft(Kind::Thought, Role::Assistant, part.text("text").unwrap_or_default()));
                }
                ("redacted-reasoning", _) => {
                    let bytes = part.text("data").unwrap_or_default().len() as u64;
                    let words = media::cipher_line("thought", media::decoded(bytes));
                    drafts.push(draft(Kind::Opaque, Role::Assistant, &words));
                }
                ("tool-call", _) => {
                    let native = part.text("toolCallId").unwrap_or_default();
                    let input = part.get("args").or(part.get("input")).unwrap_or(&Json::Null);
                    let name = part.text("toolName").unwrap_or_default();
                    let called = self.exchanges.call(native, || format!("{id}.{index}"), name, input);
                    drafts.push(Draft {
                        tool: Some(called.tool),
                        call_id: Some(called.call_id),
                        path: called.path,
                        ..draft(Kind::Call, Role::Assistant, &called.text).marked(called.marks)
                    });
                }
                ("tool-result", _) => {
                    let native = part.text("toolCallId").unwrap_or_default();
                    let failed = part.is_true("isError");
                    let outcome = if failed { Outcome::Failed } else { Outcome::Done };
                    let returned = self.exchanges.result(native, outcome);
                    let output = part.get("result").or(part.get("output")).unwrap_or(&Json::Null);
                    let text = output.as_str().map_or_else(|| output.outline(), str::to_owned);
                    drafts.push(Draft {
                        tool: returned.tool,
                        call_id: returned.call_id,
                        path: returned.path,
                        ..draft(Kind::Result, Role::Tool, &text).marked(returned.marks)
                    });
                }
                ("image" | "file", _) => {
                    let file = attached(part, draft(Kind::Prompt, Role::User, ""));
                    match drafts.last_mut().filter(|last| last.kind == Kind::Prompt && last.reply == file.reply) {
                        Some(prompt) => {
                            prompt.text.push_str(&format!("\n\n{}", file.text));
                            prompt.marks = prompt.marks.iter().chain(file.marks.iter()).collect();
                            prompt.images += file.images;
                        }
                        None => drafts.push(file),
                    }
                }
                (kind, _) => tally.count_unknown(&format!("part/{kind}")),
            }
        }
    }
}

/// What the human wrote stands in `<user_query>`; around it is what the program added. A text without it that is not
/// itself such an addition is the human's.
fn split(text: &str) -> (String, String) {
    let (open, close) = ("<user_query>", "</user_query>");
    match text.split_once(open) {
        Some((before, rest)) => {
            let (said, after) = rest.split_once(close).unwrap_or((rest, ""));
            (said.trim().to_owned(), format!("{}\n{}", before.trim(), after.trim()).trim().to_owned())
        }
        None if text.trim_start().starts_with('<') => (String::new(), text.to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// An image's type and size; its bytes are a string of base64, or a list of numbers.
fn attached(part: &Json, mut draft: Draft) -> Draft {
    let data = part.get("image").or(part.get("data")).unwrap_or(&Json::Null);
    let url = data.as_str().and_then(media::data_url);
    let bytes = match (url, data) {
        (Some((_, bytes)), _) => bytes,
        (None, Json::Text(text)) => media::decoded(text.len() as u64),
        (None, data) => data.get("data").unwrap_or(data).items().len() as u64,
    };
    let media_type = part.text("mediaType").or(part.text("mimeType")).or(url.map(|(media_type, _)| media_type));
    let is_image = part.text("type") == Some("image") || media_type.is_some_and(|name| name.starts_with("image/"));
    draft.text = media::media_line(if is_image { "image" } else { "file" }, media_type, bytes);
    if is_image {
        draft.marks = draft.marks.with(Mark::Image);
        draft.images = 1;
    }
    draft
}
