//! The parts of a message → entries. Each is `{type, data}`.

use std::sync::Arc;

use super::reader::{ENDED, Reader, Row, key};
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

type Id = Arc<str>;

/// What the human wrote is one prompt, with the files that came with it.
pub fn of_user(tally: &mut Tally, id: &Id, row: &Row) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut prompt: Option<usize> = None;
    for (index, kind, data) in parts(row) {
        let draft = |kind, role, text: &str| Draft::new(key(id, index), row.line, 0, kind, role, text);
        let said = match kind {
            "text" if data.is_true("hidden") => {
                drafts.push(draft(Kind::Injected, Role::System, words(data)));
                continue;
            }
            "text" => draft(Kind::Prompt, Role::User, words(data)),
            "image_url" | "binary" => attached(data, draft(Kind::Prompt, Role::User, "")),
            "shell_command" => {
                drafts.push(command(data, draft(Kind::Injected, Role::System, "")));
                continue;
            }
            "finish" => continue,
            kind => {
                tally.count_unknown(&format!("part/{kind}"));
                continue;
            }
        };
        match prompt {
            _ if said.text.trim().is_empty() => {}
            Some(place) => {
                drafts[place].text.push_str(&format!("\n\n{}", said.text));
                drafts[place].marks = drafts[place].marks.iter().chain(said.marks.iter()).collect();
                drafts[place].images += said.images;
            }
            None => {
                prompt = Some(drafts.len());
                drafts.push(said);
            }
        }
    }
    drafts
}

pub fn of_assistant(reader: &mut Reader, tally: &mut Tally, id: &Id, row: &Row) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut end = None;
    for (index, kind, data) in parts(row) {
        let draft = |kind, text: String| Draft::new(key(id, index), row.line, 0, kind, Role::Assistant, text);
        match kind {
            "text" => drafts.push(Draft { reply: Some(id.clone()), ..draft(Kind::Message, words(data).into()) }),
            "reasoning" => drafts.extend(thought(data, draft)),
            "tool_call" => {
                // The input is JSON in a string; of a call that broke off, its beginning.
                let input = data.text("input").unwrap_or_default();
                let input = Json::parse(input.as_bytes()).unwrap_or_else(|| Json::Text(input.into()));
                let name = data.text("name").unwrap_or_default();
                let instead = || format!("{id}.{index}");
                let called = reader.exchanges.call(data.text("id").unwrap_or_default(), instead, name, &input);
                drafts.push(Draft {
                    tool: Some(called.tool),
                    call_id: Some(called.call_id),
                    path: called.path,
                    ..draft(Kind::Call, called.text).marked(called.marks)
                });
            }
            "image_url" | "binary" => {
                let file = attached(data, draft(Kind::Message, String::new()));
                // Counted are images that were shown to the model.
                drafts.push(Draft { reply: Some(id.clone()), images: 0, ..file });
            }
            "finish" => end = Some(data),
            kind => tally.count_unknown(&format!("part/{kind}")),
        }
    }
    if let Some(end) = end {
        ended(&mut drafts, end, id, row);
    }
    drafts
}

pub fn of_tool(reader: &mut Reader, tally: &mut Tally, id: &Id, row: &Row) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (index, kind, data) in parts(row) {
        match kind {
            "tool_result" => {
                let failed = data.is_true("is_error");
                reader.sums.failed += u64::from(failed);
                let outcome = if failed { Outcome::Failed } else { Outcome::Done };
                let returned = reader.exchanges.result(data.text("tool_call_id").unwrap_or_default(), outcome);
                let text = data.text("content").unwrap_or_default();
                let name = || data.text("name").map(|name| Arc::from(crate::text::redact::clean(name).as_str()));
                let result = Draft {
                    tool: returned.tool.or_else(name),
                    call_id: returned.call_id,
                    path: returned.path,
                    ..Draft::new(key(id, index), row.line, 0, Kind::Result, Role::Tool, text).marked(returned.marks)
                };
                let has_data = data.text("data").is_some_and(|data| !data.is_empty());
                drafts.push(if has_data { attached(data, result) } else { result });
            }
            "finish" => {}
            kind => tally.count_unknown(&format!("part/{kind}")),
        }
    }
    drafts
}

pub fn of_system(tally: &mut Tally, id: &Id, row: &Row) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (index, kind, data) in parts(row) {
        match kind {
            "text" => {
                drafts.push(Draft::new(key(id, index), row.line, 0, Kind::Injected, Role::System, words(data)));
            }
            "finish" => {}
            kind => tally.count_unknown(&format!("part/{kind}")),
        }
    }
    drafts
}

/// Index, type and data of each part.
fn parts(row: &Row) -> impl Iterator<Item = (usize, &str, &Json)> {
    row.parts.items().iter().enumerate().map(|(index, part)| {
        let data = part.get("data").unwrap_or(&Json::Null);
        (index, part.text("type").unwrap_or_default(), data)
    })
}

fn words(data: &Json) -> &str {
    data.text("text").unwrap_or_default()
}

/// Reasoning as text, or encrypted where the log has no text of it.
fn thought(data: &Json, draft: impl Fn(Kind, String) -> Draft) -> Option<Draft> {
    let text = data.text("thinking").unwrap_or_default();
    if !text.trim().is_empty() {
        return Some(draft(Kind::Thought, text.into()));
    }
    let cipher = data.get("responses_data")?.text("encrypted_content").filter(|cipher| !cipher.is_empty())?;
    Some(draft(Kind::Opaque, media::cipher_line("thought", media::decoded(cipher.len() as u64))))
}

/// A command that the human ran: `!` in the prompt's place.
fn command(data: &Json, mut draft: Draft) -> Draft {
    let code = data.number("exit_code").unwrap_or_default();
    let (line, output) = (data.text("command").unwrap_or_default(), data.text("output").unwrap_or_default());
    draft.text = format!("$ {line}\n{output}");
    if code != 0.0 {
        draft.text.push_str(&format!("\n(exit code {code})"));
        draft.marks = draft.marks.with(Mark::Error);
    }
    draft
}

/// A file's type and size: `image_url{url}`, `binary{Path, MIMEType, Data}`, or `{data, mime_type}` of a result.
fn attached(data: &Json, mut draft: Draft) -> Draft {
    let url = data.text("url").unwrap_or_default();
    let known = media::data_url(url);
    let encoded = data.text("Data").or(data.text("data")).map(|data| media::decoded(data.len() as u64));
    let media_type = data.text("MIMEType").or(data.text("mime_type")).or(known.map(|(media_type, _)| media_type));
    let is_image = !url.is_empty() || media_type.is_some_and(|name| name.starts_with("image/"));
    let kind = if is_image { "image" } else { "file" };
    let line = match encoded.or(known.map(|(_, bytes)| bytes)) {
        Some(bytes) => media::media_line(kind, media_type, bytes),
        None => format!("[{kind}: {url}]"),
    };
    if !draft.text.is_empty() {
        draft.text.push('\n');
    }
    draft.text.push_str(&line);
    if let Some(path) = data.text("Path").filter(|path| !path.is_empty()) {
        draft.text.push_str(&format!(" {path}"));
    }
    if is_image {
        draft.marks = draft.marks.with(Mark::Image);
        draft.images += 1;
    }
    draft
}

/// A reply that the human stopped, or that broke off.
fn ended(drafts: &mut Vec<Draft>, end: &Json, id: &Id, row: &Row) {
    let (mark, what) = match end.text("reason") {
        Some("canceled") => (Mark::Intervention, "canceled"),
        Some("error") => (Mark::Error, "error"),
        Some("content_filter") => (Mark::Error, "refused"),
        _ => return,
    };
    if mark == Mark::Intervention
        && let Some(last) = drafts.last_mut()
    {
        last.marks = last.marks.with(mark);
        return;
    }
    let said = [end.text("message"), end.text("details")].into_iter().flatten().filter(|text| !text.is_empty());
    let text = [what].into_iter().chain(said).collect::<Vec<_>>().join(": ");
    let told = Draft::new((id.clone(), ENDED), row.line, 0, Kind::Injected, Role::System, text);
    drafts.push(Draft { standing: Standing::Never, marks: told.marks.with(mark), ..told });
}
