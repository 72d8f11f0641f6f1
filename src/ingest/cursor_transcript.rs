//! Cursor's agent transcripts: `~/.cursor/projects/<folder>/agent-transcripts/<session>/<session>.jsonl`, with sub-agents in
//! `subagents/`. A row is a role and its blocks; ids, times, usage and (mostly) results are not in it.

use std::{collections::VecDeque, path::Path};

use super::{
    adapter::{Adapter, Decoded, Progress},
    agent::Agent,
    conversation::Conversation,
    draft::{Draft, Standing},
    error::IngestError,
    exchange::{Exchanges, Outcome},
    json::Json,
    lines::{Placed, each_record},
    media::{decoded, media_line},
    probe::Probe,
    tally::Tally,
    user_query,
};
use crate::model::{Kind, Mark, Role};

pub struct CursorTranscript;

/// What stands where a thought was taken out.
const REDACTED: &str = "[REDACTED]";

impl Adapter for CursorTranscript {
    fn agent(&self) -> Agent {
        Agent::Cursor
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.records().iter().any(|record| {
            let spoken = matches!(record.text("role"), Some("user" | "assistant"));
            let bare = ["type", "uuid", "id", "sessionId"].iter().all(|key| record.get(key).is_none());
            spoken && bare && record.get("message").is_some_and(|message| message.get("content").is_some())
        })
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let mut transcript = Transcript::default();
        let tally = each_record(path, progress, &mut |tally, placed| transcript.record(tally, &placed))?;
        let replies = transcript.replies;
        let native = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut conversation = Conversation::new(Agent::Cursor, native, path, tally.bytes);
        conversation.parent = parent(path);
        conversation.drafts = transcript.drafts;
        // Whether the agent compacted its context is not in the transcript.
        conversation.drafts.iter_mut().for_each(|draft| draft.standing = Standing::Unknown);
        conversation.tell(&tally);
        let mut decoded = Decoded::conversations(vec![conversation], tally);
        let counts = &mut decoded.counts;
        (counts.tool_errors, counts.compactions, counts.models, counts.usage) = (None, None, None, None);
        counts.messages = replies;
        Ok(decoded)
    }
}

/// A sub-agent's transcript lies below the folder of the session that it works for.
fn parent(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let session = (folder.file_name()? == "subagents").then(|| folder.parent())??;
    session.file_name().map(|name| name.to_string_lossy().into_owned())
}

#[derive(Default)]
struct Transcript {
    drafts: Vec<Draft>,
    exchanges: Exchanges,
    /// Names that were given to calls without an id, of those that have no result yet.
    waiting: VecDeque<String>,
    /// Rows of the agent with text, whatever became of it.
    replies: u64,
}

impl Transcript {
    fn record(&mut self, tally: &mut Tally, placed: &Placed<Json>) {
        let record = &placed.record;
        let content = record.get("message").and_then(|message| message.get("content")).unwrap_or(&Json::Null);
        let role = match record.text("role") {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("tool") => Role::Tool,
            Some("system") => Role::System,
            _ if matches!(record.text("type"), Some("turn_ended" | "turn_started")) => return,
            role => return tally.count_unknown(role.or(record.text("type")).unwrap_or("no type")),
        };
        let blocks = match content {
            Json::List(blocks) => blocks.as_slice(),
            Json::Null => &[],
            one => std::slice::from_ref(one),
        };
        let has_text = |block: &Json| block.as_str().or(block.text("text")).is_some_and(|text| !text.trim().is_empty());
        self.replies += u64::from(role == Role::Assistant && blocks.iter().any(has_text));
        let first = self.drafts.len();
        for (index, block) in blocks.iter().enumerate() {
            let part = u32::try_from(index).unwrap_or(u32::MAX).saturating_mul(2);
            let draft = |kind: Kind, role: Role, text: &str| {
                let key = (format!("@{}", placed.offset).into(), part);
                Draft::new(key, placed.line, placed.offset, kind, role, text)
            };
            match (block.text("type").unwrap_or("text"), block.as_str().or(block.text("text"))) {
                ("text", Some(text)) => self.text(role, text, &draft),
                ("thinking" | "reasoning", _) => {
                    let text = block.text("thinking").or(block.text("text")).unwrap_or_default();
                    self.drafts.push(draft(Kind::Thought, Role::Assistant, text));
                }
                ("tool_use", _) => self.call(block, draft(Kind::Call, Role::Assistant, "")),
                ("tool_result", _) => self.result(block, draft(Kind::Result, Role::Tool, "")),
                ("image", _) => self.image(block, role, first, &draft),
                ("text", None) => {}
                (kind, _) => tally.count_unknown(kind),
            }
        }
    }

    fn text(&mut self, role: Role, text: &str, draft: &dyn Fn(Kind, Role, &str) -> Draft) {
        if text.trim() == REDACTED {
            return self.drafts.push(draft(Kind::Opaque, Role::Assistant, text));
        }
        match role {
            Role::User => {
                let divided = user_query::divide(text);
                let mut injected = draft(Kind::Injected, Role::System, &divided.injected);
                injected.key.1 = injected.key.1.saturating_add(1);
                let prompt = draft(Kind::Prompt, Role::User, &divided.human);
                self.drafts.extend([injected, prompt].into_iter().filter(|draft| !draft.text.is_empty()));
            }
            Role::Assistant => {
                let mut message = draft(Kind::Message, Role::Assistant, text);
                message.reply = Some(message.key.0.clone());
                self.drafts.push(message);
            }
            Role::Tool | Role::System => self.drafts.push(draft(Kind::Injected, role, text)),
        }
    }

    fn call(&mut self, block: &Json, mut draft: Draft) {
        let given = block.text("id").unwrap_or_default();
        let own = format!("{}/{}", draft.key.0, draft.key.1);
        let native = if given.is_empty() { own.clone() } else { given.to_owned() };
        let input = block.get("input").unwrap_or(&Json::Null);
        let called = self.exchanges.call(&native, || own, block.text("name").unwrap_or("tool"), input);
        (draft.tool, draft.call_id, draft.path) = (Some(called.tool), Some(called.call_id), called.path);
        draft.text = called.text;
        if given.is_empty() {
            self.waiting.push_back(native);
        }
        self.drafts.push(draft.marked(called.marks));
    }

    fn result(&mut self, block: &Json, mut draft: Draft) {
        // Without an id the results come in the order of the calls.
        let given = block.text("tool_use_id").filter(|id| !id.is_empty()).map(str::to_owned);
        let native = given.or_else(|| self.waiting.pop_front()).unwrap_or_default();
        let outcome = match block.get("is_error") {
            Some(Json::Bool(true)) => Outcome::Failed,
            _ => Outcome::Done,
        };
        let returned = self.exchanges.result(&native, outcome);
        let content = block.get("content").unwrap_or(&Json::Null);
        let parts: Vec<&str> = match content {
            Json::Text(text) => vec![text],
            list => list.items().iter().filter_map(|part| part.as_str().or(part.text("text"))).collect(),
        };
        draft.text = parts.join("\n");
        (draft.tool, draft.call_id, draft.path) = (returned.tool, returned.call_id, returned.path);
        self.drafts.push(draft.marked(returned.marks));
    }

    /// An image belongs to the text of its row.
    fn image(&mut self, block: &Json, role: Role, first: usize, draft: &dyn Fn(Kind, Role, &str) -> Draft) {
        let source = block.get("source").unwrap_or(block);
        let size = source.text("data").map_or(0, |data| decoded(data.len() as u64));
        let line = media_line("image", source.text("media_type").or(source.text("mimeType")), size);
        let kind = if role == Role::User { Kind::Prompt } else { Kind::Injected };
        let beside = self.drafts[first..].iter_mut().find(|draft| draft.kind == kind);
        let draft = match beside {
            Some(text) => {
                text.text.push_str(&format!("\n{line}"));
                text
            }
            None => {
                self.drafts.push(draft(kind, role, &line));
                self.drafts.last_mut().expect("pushed above")
            }
        };
        draft.images += 1;
        draft.marks = draft.marks.with(Mark::Image);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;
    use crate::{
        ingest,
        model::{Seen, Session},
    };

    fn row(role: &str, content: Value) -> Value {
        json!({"role": role, "message": {"content": content}})
    }

    fn read(name: &str, rows: &[Value]) -> (Session, ingest::Counts) {
        let folder = TempDir::new().expect("a folder for this test");
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder for this test");
        fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).expect("a file of this test");
        let counts = ingest::inspect(&path).expect("a transcript").remove(0).expect("a transcript").counts;
        (ingest::read(&path, &mut |_, _| {}).expect("a transcript").remove(0), counts)
    }

    fn told(session: &Session) -> Vec<String> {
        session.entries.iter().map(|entry| format!("{} {}", entry.kind, entry.text)).collect()
    }

    #[test]
    fn prompts_are_unwrapped_and_what_surrounds_them_is_injected() {
        let text = "<timestamp>Monday</timestamp>\n<user_query>\nfix it\n</user_query>";
        let (session, counts) = read("t.jsonl", &[row("user", json!([{"type": "text", "text": text}]))]);
        assert_eq!(told(&session), ["injected <timestamp>Monday</timestamp>", "prompt fix it"]);
        assert_eq!((counts.prompts, counts.usage, counts.models), (1, None, None));
        assert_eq!(session.id.as_str(), "cursor:t");
        assert!(session.entries.iter().all(|entry| entry.seen == Seen::Unknown));
    }

    #[test]
    fn calls_have_no_ids_and_mostly_no_results() {
        let call = |command: &str| json!({"type": "tool_use", "name": "Shell", "input": {"command": command}});
        let result = |text: &str| json!({"type": "tool_result", "content": text});
        let (session, counts) = read(
            "t.jsonl",
            &[
                row("assistant", json!([{"type": "text", "text": "both"}, call("cargo test"), call("ls")])),
                row("user", json!([result("passed"), result("a.rs")])),
                row("assistant", json!([call("git status")])),
                json!({"type": "turn_ended", "status": "ok"}),
            ],
        );
        assert_eq!(
            told(&session),
            ["message both", "call cargo test", "call ls", "result passed", "result a.rs", "call git status"]
        );
        assert_eq!(*session.exchanges(), [vec![0], vec![1, 3], vec![2, 4], vec![5]]);
        assert!(session.entries[3].marks.has(Mark::TestRun));
        assert_eq!((counts.tool_calls, counts.tool_results, counts.calls_without_result), (3, 2, 1));
    }

    #[test]
    fn what_was_redacted_is_opaque() {
        let (session, counts) = read(
            "t.jsonl",
            &[row("assistant", json!([{"type": "text", "text": "[REDACTED]"}, {"type": "text", "text": "done"}]))],
        );
        assert_eq!(told(&session), ["opaque [REDACTED]", "message done"]);
        assert_eq!(counts.messages, 1);
    }

    #[test]
    fn sub_agents_lie_below_their_parents() {
        let (session, counts) = read("agent-transcripts/p/subagents/c.jsonl", &[row("user", json!("look around"))]);
        assert_eq!(session.parent.as_ref().map(|parent| parent.as_str()), Some("cursor:p"));
        assert_eq!((counts.prompts, counts.delegated_prompts), (0, Some(1)));
    }

    #[test]
    fn hostile_rows_are_counted() {
        let (session, _) = read(
            "t.jsonl",
            &[
                row("user", json!([{"type": "text", "text": 5}, {"type": "image", "source": 3}, null, 7])),
                row("assistant", json!([{"type": "tool_use", "name": 4, "input": null, "id": 9}, {"type": "sparkle"}])),
                row("user", json!([{"type": "tool_result", "tool_use_id": "nobody", "content": [3, {"text": "x"}]}])),
                row("narrator", json!("once")),
            ],
        );
        assert_eq!(told(&session), ["prompt [image: unknown type, 0 bytes]", "call ", "result x"]);
        assert_eq!(session.problems, ["2 records of 2 unknown types ('narrator', 'sparkle')"]);
    }
}
