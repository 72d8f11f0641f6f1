//! The parts of a message → entries.

use std::sync::Arc;

use super::{
    reader::{Reader, unseen},
    tool,
};
use crate::{
    ingest::{
        draft::{Draft, Standing},
        json::Json,
        media, moment,
        tally::Tally,
    },
    model::{Kind, Mark, Role},
};

/// A part: its id from the row, the path or the JSON, and its JSON.
pub struct Part {
    pub id: String,
    pub body: Json,
}

/// A key's second half, by what an entry is of its part or message.
pub const ITSELF: u32 = 0;
/// The result in a tool's part, and the clearing of outputs after a message.
pub const RESULT: u32 = 1;
pub const CLEARED: u32 = 1;
/// How a message ended.
pub const ENDED: u32 = 2;

/// Parts that tell nothing beside the others: bounds of a step (their tokens are the message's), snapshots for undo, the
/// files that a step changed (its calls tell), the name of an agent that a prompt mentions.
fn is_silent(kind: &str) -> bool {
    matches!(kind, "step-start" | "step-finish" | "snapshot" | "patch" | "agent" | "compaction")
}

/// What the human wrote, as one prompt that stands where the first of its parts does, and what the program added.
pub fn of_user(reader: &mut Reader, tally: &mut Tally, message: &Arc<str>, line: u32, parts: &[Part]) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut prompt: Option<usize> = None;
    let says = |part: &Part| {
        let body = &part.body;
        let is_text = body.text("type") == Some("text") && !body.is_true("synthetic") && !body.is_true("ignored");
        is_text && !body.text("text").unwrap_or_default().trim().is_empty()
            || Attached::of(body).is_some_and(|file| file.is_image)
    };
    // A file that only stands beside generated text was not attached by the human.
    let is_prompt = parts.iter().any(says);
    for (index, part) in parts.iter().enumerate() {
        let key = (part_id(reader, message, index, part), ITSELF);
        let draft = |kind, role, text: &str| Draft {
            at: started(&part.body),
            ..Draft::new(key.clone(), line, 0, kind, role, text)
        };
        let body = &part.body;
        match body.text("type").unwrap_or_default() {
            "text" => {
                let text = body.text("text").unwrap_or_default();
                if body.is_true("ignored") {
                    drafts.push(Draft { standing: Standing::Never, ..draft(Kind::Injected, Role::System, text) });
                } else if body.is_true("synthetic") {
                    drafts.push(draft(Kind::Injected, Role::System, text));
                } else {
                    say(&mut drafts, &mut prompt, draft(Kind::Prompt, Role::User, text));
                }
            }
            "file" => {
                let Some(file) = Attached::of(body) else { continue };
                if is_prompt {
                    say(&mut drafts, &mut prompt, file.put_in(draft(Kind::Prompt, Role::User, "")));
                } else {
                    drafts.push(file.put_in(draft(Kind::Injected, Role::System, "")));
                }
            }
            "subtask" => {
                let agent = body.text("agent").unwrap_or("agent");
                let task = body.text("description").unwrap_or_default();
                let asked = body.text("prompt").unwrap_or_default();
                drafts.push(draft(Kind::Injected, Role::System, &format!("[subtask for {agent}] {task}\n{asked}")));
            }
            kind if is_silent(kind) => {}
            kind => tally.count_unknown(&format!("part/{kind}")),
        }
    }
    drafts
}

pub fn of_assistant(
    reader: &mut Reader,
    tally: &mut Tally,
    message: &Arc<str>,
    line: u32,
    parts: &[Part],
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let id = part_id(reader, message, index, part);
        let body = &part.body;
        let draft = |kind, role, text: &str| Draft {
            at: started(body),
            ..Draft::new((id.clone(), ITSELF), line, 0, kind, role, text)
        };
        match body.text("type").unwrap_or_default() {
            "text" => {
                let text = body.text("text").unwrap_or_default();
                drafts.push(Draft { reply: Some(message.clone()), ..draft(Kind::Message, Role::Assistant, text) });
            }
            "reasoning" => drafts.extend(thought(body, draft)),
            "tool" => tool::exchange(reader, &id, line, body, &mut drafts),
            "file" => {
                let file = Attached::of(body).map(|file| file.put_in(draft(Kind::Message, Role::Assistant, "")));
                // Counted are images that were shown to the model.
                drafts.extend(file.map(|file| Draft { images: 0, reply: Some(message.clone()), ..file }));
            }
            "retry" => {
                let said = body.get("error").and_then(|error| error.get("data")?.text("message"));
                let attempt = body.number("attempt").unwrap_or_default();
                let text = format!("retry {attempt}: {}", said.unwrap_or("the request failed"));
                drafts.push(unseen((id, ITSELF), line, text, Mark::Error));
            }
            kind if is_silent(kind) => {}
            kind => tally.count_unknown(&format!("part/{kind}")),
        }
    }
    drafts
}

/// Reasoning as text, or encrypted where the log has no text of it.
fn thought(body: &Json, draft: impl Fn(Kind, Role, &str) -> Draft) -> Option<Draft> {
    let text = body.text("text").unwrap_or_default();
    if !text.trim().is_empty() {
        return Some(draft(Kind::Thought, Role::Assistant, text));
    }
    let providers = body.get("metadata").map(Json::fields).unwrap_or_default();
    let cipher = providers.iter().find_map(|(_, known)| known.text("reasoningEncryptedContent"))?;
    let words = media::cipher_line("thought", media::decoded(cipher.len() as u64));
    Some(draft(Kind::Opaque, Role::Assistant, &words))
}

/// Adds to the prompt, which takes the place and the id of its first part.
fn say(drafts: &mut Vec<Draft>, prompt: &mut Option<usize>, more: Draft) {
    let Some(place) = *prompt else {
        if !more.text.trim().is_empty() {
            *prompt = Some(drafts.len());
            drafts.push(more);
        }
        return;
    };
    let said = &mut drafts[place];
    said.text.push_str("\n\n");
    said.text.push_str(&more.text);
    said.marks = said.marks.iter().chain(more.marks.iter()).collect();
    said.images += more.images;
}

fn part_id(reader: &mut Reader, message: &str, index: usize, part: &Part) -> Arc<str> {
    match part.id.as_str() {
        "" => reader.unique(format!("{message}.{index}")),
        id => reader.unique(id.to_owned()),
    }
}

fn started(body: &Json) -> Option<crate::model::Time> {
    body.get("time").and_then(|time| time.number("start")).and_then(moment::since_1970)
}

/// A file that a message or a tool's output carries.
pub struct Attached {
    pub line: String,
    pub is_image: bool,
}

impl Attached {
    /// The data itself stays in the log: its type, size and name are told.
    pub fn of(body: &Json) -> Option<Attached> {
        let url = body.text("url").filter(|_| body.text("type").is_none_or(|kind| kind == "file"))?;
        let name = body.text("filename").filter(|name| !name.is_empty());
        let data = media::data_url(url);
        let media_type = body.text("mime").or(data.map(|(media_type, _)| media_type)).filter(|name| !name.is_empty());
        let is_image = media_type.is_some_and(|name| name.starts_with("image/"));
        let kind = if is_image { "image" } else { "file" };
        let line = match data {
            Some((_, bytes)) => {
                let line = media::media_line(kind, media_type, bytes);
                name.map_or(line.clone(), |name| format!("{line} {name}"))
            }
            None => format!("[{kind}: {}]", name.unwrap_or(url.strip_prefix("file://").unwrap_or(url))),
        };
        Some(Attached { line, is_image })
    }

    pub fn put_in(self, mut draft: Draft) -> Draft {
        if !draft.text.is_empty() {
            draft.text.push('\n');
        }
        draft.text.push_str(&self.line);
        if self.is_image {
            draft.marks = draft.marks.with(Mark::Image);
            draft.images += 1;
        }
        draft
    }
}
