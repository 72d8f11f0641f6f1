//! Messages of a Pi log → entries.

use super::content;
use crate::{
    ingest::{
        amount::amount,
        call,
        draft::{Draft, Spot, Standing},
        exchange::{Exchanges, Outcome},
        json::Json,
        media::cipher_line,
    },
    model::{Kind, Mark, Marks, Role, Usage},
};

/// The entries of a message; `None` where its role is unknown.
pub fn drafts(message: &Json, exchanges: &mut Exchanges, spot: &Spot) -> Option<Vec<Draft>> {
    Some(match message.text("role")? {
        "user" => vec![prompt(message, spot)],
        "assistant" => reply(message, exchanges, spot),
        "toolResult" => vec![result(message, exchanges, spot)],
        "bashExecution" => vec![shell(message, spot)],
        // Put in by extensions.
        "custom" | "hookMessage" => vec![injected(message, spot)],
        "compactionSummary" | "branchSummary" => {
            vec![spot.draft(0, Kind::Summary, Role::System, message.text("summary").unwrap_or_default())]
        }
        _ => return None,
    })
}

/// What an extension put into the context.
pub fn injected(message: &Json, spot: &Spot) -> Draft {
    let (text, images) = content::plain(message.get("content"));
    with_images(spot.draft(0, Kind::Injected, Role::System, text), images)
}

/// What a reply cost; the input is without what was cached.
pub fn usage(message: &Json) -> Option<Usage> {
    let usage = message.get("usage")?;
    Some(Usage {
        input: amount(usage, "input"),
        output: amount(usage, "output"),
        cache_read: amount(usage, "cacheRead"),
        cache_write: amount(usage, "cacheWrite"),
    })
}

fn prompt(message: &Json, spot: &Spot) -> Draft {
    let (text, images) = content::plain(message.get("content"));
    let (attached, more) = content::attached(message);
    let text = [text, attached].join("\n");
    with_images(spot.draft(0, Kind::Prompt, Role::User, text.trim_end()), images + more)
}

fn reply(message: &Json, exchanges: &mut Exchanges, spot: &Spot) -> Vec<Draft> {
    let whole;
    let blocks = match message.get("content") {
        Some(text @ Json::Text(_)) => {
            whole = [Json::Map(vec![("type".into(), Json::Text("text".into())), ("text".into(), text.clone())])];
            &whole[..]
        }
        content => content.map(Json::items).unwrap_or_default(),
    };
    let mut drafts: Vec<Draft> =
        blocks.iter().enumerate().filter_map(|(at, block)| part_of_reply(block, at, exchanges, spot)).collect();
    // A reply that was stopped or failed says so beside what it got to say.
    let stopped = message.text("stopReason") == Some("aborted");
    if let Some(error) = message.text("errorMessage").filter(|error| !error.trim().is_empty()) {
        let mark = Marks::default().with(if stopped { Mark::Intervention } else { Mark::Error });
        let draft = spot.draft(blocks.len(), Kind::Injected, Role::System, format!("[{error}]")).marked(mark);
        drafts.push(Draft { standing: Standing::Never, ..draft });
    }
    if let Some(first) = drafts.first_mut() {
        first.usage = usage(message);
    }
    drafts
}

fn part_of_reply(block: &Json, at: usize, exchanges: &mut Exchanges, spot: &Spot) -> Option<Draft> {
    match block.text("type")? {
        "text" => {
            let text = block.text("text").filter(|text| !text.trim().is_empty())?;
            Some(spot.draft(at, Kind::Message, Role::Assistant, text))
        }
        "thinking" => match block.text("thinking").filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(spot.draft(at, Kind::Thought, Role::Assistant, text)),
            None => {
                let cipher = block.text("thinkingSignature").filter(|cipher| !cipher.is_empty())?;
                let text = cipher_line("thought", cipher.len() as u64);
                Some(spot.draft(at, Kind::Opaque, Role::Assistant, text))
            }
        },
        "toolCall" => {
            let tool = block.text("name").unwrap_or("unknown");
            let input = block.get("arguments").unwrap_or(&Json::Null);
            let id = block.text("id").unwrap_or_default();
            let called = exchanges.call(id, || format!("call-{}-{at}", spot.name), tool, input);
            Some(Draft {
                marks: called.marks,
                tool: Some(called.tool),
                call_id: Some(called.call_id),
                path: called.path,
                ..spot.draft(at, Kind::Call, Role::Assistant, called.text)
            })
        }
        _ => None,
    }
}

fn result(message: &Json, exchanges: &mut Exchanges, spot: &Spot) -> Draft {
    let failed = message.get("isError") == Some(&Json::Bool(true));
    let outcome = if failed { Outcome::Failed } else { Outcome::Done };
    let returned = exchanges.result(message.text("toolCallId").unwrap_or_default(), outcome);
    let (text, images) = content::plain(message.get("content"));
    let draft = Draft {
        marks: returned.marks,
        tool: returned.tool,
        call_id: returned.call_id,
        path: returned.path,
        ..spot.draft(0, Kind::Result, Role::Tool, text)
    };
    with_images(draft, images)
}

/// A command that the human ran, with what it printed: the model is told of it, unless the human said not to.
fn shell(message: &Json, spot: &Spot) -> Draft {
    let command = message.text("command").unwrap_or_default();
    let mut text = format!("$ {command}\n{}", message.text("output").unwrap_or_default());
    let mut marks = Marks::default();
    if let Some(Json::Number(code)) = message.get("exitCode")
        && code.as_i64() != Some(0)
    {
        text = format!("{}\n[exit code {code}]", text.trim_end());
        marks = marks.with(Mark::Error);
    }
    if message.get("cancelled") == Some(&Json::Bool(true)) {
        text = format!("{}\n[cancelled]", text.trim_end());
    }
    let run = Json::Map(vec![("command".into(), Json::Text(command.into()))]);
    if call::runs_tests(&run) {
        marks = marks.with(Mark::TestRun);
    }
    let mut draft = spot.draft(0, Kind::Injected, Role::User, text).marked(marks);
    if message.get("excludeFromContext") == Some(&Json::Bool(true)) {
        draft.standing = Standing::Never;
    }
    draft
}

fn with_images(mut draft: Draft, images: u32) -> Draft {
    if images > 0 {
        draft.images = images;
        draft.marks = draft.marks.with(Mark::Image);
    }
    draft
}
