//! Events of a Copilot log → entries.

use std::collections::HashSet;

use crate::{
    ingest::{
        amount::amount,
        draft::{Draft, Spot},
        exchange::{Exchanges, Outcome},
        json::Json,
        media::{cipher_line, decoded, media_line},
    },
    model::{Kind, Mark, Role, Usage},
};

/// Calls and results of a log. A call is told twice: in the reply that asks for it, and when it starts.
#[derive(Default)]
pub struct Calls {
    exchanges: Exchanges,
    told: HashSet<String>,
    /// Calls that the log itself says failed; of others only the text does.
    failed: HashSet<String>,
}

impl Calls {
    pub fn flagged_as_failed(&self) -> u64 {
        self.failed.intersection(&self.told).count() as u64
    }
}

/// A prompt, and what the program put around it for the model.
pub fn prompt(data: &Json, spot: &Spot) -> Vec<Draft> {
    let text = data.text("content").unwrap_or_default();
    if data.text("source").is_some_and(|source| !["user", "human"].contains(&source)) {
        return vec![spot.injected(0, data.text("transformedContent").unwrap_or(text))];
    }
    let attachments = data.get("attachments").map(Json::items).unwrap_or_default();
    let lines: Vec<String> = attachments.iter().filter_map(attachment).collect();
    let whole = [text.trim_end(), &lines.join("\n")].join("\n");
    let mut prompt = spot.draft(0, Kind::Prompt, Role::User, whole.trim_end());
    prompt.images = u32::try_from(attachments.iter().filter(|file| is_image(file)).count()).unwrap_or(u32::MAX);
    if prompt.images > 0 {
        prompt.marks = prompt.marks.with(Mark::Image);
    }
    let around = data.text("transformedContent").and_then(|sent| sent.split_once(text.trim()));
    let around = around.map(|(before, after)| [before.trim(), after.trim()].join("\n")).unwrap_or_default();
    vec![prompt, spot.injected(1, around.trim())]
}

/// The thought, the text and the calls of a reply.
pub fn reply(data: &Json, calls: &mut Calls, spot: &Spot) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let cipher = data.text("reasoningOpaque").or(data.text("encryptedContent")).unwrap_or_default();
    match data.text("reasoningText").filter(|text| !text.trim().is_empty()) {
        Some(text) => drafts.push(spot.draft(0, Kind::Thought, Role::Assistant, text)),
        None if cipher.is_empty() => {}
        None => {
            let text = cipher_line("thought", cipher.len() as u64);
            drafts.push(spot.draft(0, Kind::Opaque, Role::Assistant, text));
        }
    }
    if let Some(text) = data.text("content").filter(|text| !text.trim().is_empty()) {
        drafts.push(spot.draft(1, Kind::Message, Role::Assistant, text));
    }
    for (at, request) in data.get("toolRequests").map(Json::items).unwrap_or_default().iter().enumerate() {
        drafts.extend(call(request, request.text("name"), calls, at + 2, spot));
    }
    // Of the tokens only those of the reply itself are logged.
    let output = amount(data, "outputTokens");
    if let Some(first) = drafts.first_mut().filter(|_| output > 0) {
        first.usage = Some(Usage { output, ..Usage::default() });
    }
    drafts
}

/// A call, unless it was told before.
pub fn call(data: &Json, tool: Option<&str>, calls: &mut Calls, part: usize, spot: &Spot) -> Option<Draft> {
    let id = data.text("toolCallId").unwrap_or_default();
    if !calls.told.insert(id.to_owned()) {
        return None;
    }
    let input = data.get("arguments").unwrap_or(&Json::Null);
    let instead = || format!("call-{}-{part}", spot.name);
    let called = calls.exchanges.call(id, instead, tool.unwrap_or("unknown"), input);
    Some(Draft {
        marks: called.marks,
        tool: Some(called.tool),
        call_id: Some(called.call_id),
        path: called.path,
        ..spot.draft(part, Kind::Call, Role::Assistant, called.text)
    })
}

/// What a call gave back; `result.content` is what the model got, the other fields are for the screen.
pub fn result(data: &Json, calls: &mut Calls, spot: &Spot) -> Draft {
    let failed = data.get("success") == Some(&Json::Bool(false));
    let id = data.text("toolCallId").unwrap_or_default();
    if failed {
        calls.failed.insert(id.to_owned());
    }
    let returned = calls.exchanges.result(id, if failed { Outcome::Failed } else { Outcome::Done });
    let result = data.get("result").unwrap_or(&Json::Null);
    let error = data.get("error").unwrap_or(&Json::Null);
    let text = result.text("content").or(result.as_str()).or(error.text("message")).or(error.as_str());
    let mut text = text.unwrap_or_default().to_owned();
    let mut marks = returned.marks;
    if text.lines().next_back().is_some_and(says_failed) {
        marks = marks.with(Mark::Error);
    }
    if matches!(error.text("code"), Some("rejected" | "denied")) {
        marks = marks.with(Mark::Intervention);
    }
    let parts = ["binaryResultsForLlm", "contents"].iter().find_map(|key| result.get(key)).map(Json::items);
    let images: Vec<String> =
        parts.unwrap_or_default().iter().filter(|part| is_image(part)).filter_map(attachment).collect();
    if !images.is_empty() {
        marks = marks.with(Mark::Image);
        text = format!("{text}\n{}", images.join("\n"));
    }
    Draft {
        marks,
        tool: returned.tool,
        call_id: returned.call_id,
        path: returned.path,
        images: u32::try_from(images.len()).unwrap_or(u32::MAX),
        ..spot.draft(0, Kind::Result, Role::Tool, text)
    }
}

/// "<exited with exit code 1>" or "<shellId: 3 completed with exit code 1>", as the shell tools end their text.
fn says_failed(line: &str) -> bool {
    let line = line.trim().strip_prefix('<').unwrap_or_default();
    let code = line.split_once(" with exit code ").map(|(_, code)| code.trim_end_matches('>'));
    code.is_some_and(|code| code != "0")
}

fn is_image(part: &Json) -> bool {
    let kind = part.text("mimeType").or(part.text("type")).unwrap_or_default();
    kind.starts_with("image")
}

/// A line for a file or an image that came with a message.
fn attachment(part: &Json) -> Option<String> {
    if is_image(part) {
        let data = part.text("data").map_or(0, |data| data.len() as u64);
        return Some(media_line("image", part.text("mimeType"), decoded(data)));
    }
    let name = part.text("path").or(part.text("filePath")).or(part.text("displayName"))?;
    Some(format!("[{}: {name}]", part.text("type").unwrap_or("file")))
}
