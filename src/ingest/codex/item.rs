//! Response items → entries: what goes to the model and comes from it. All else in a rollout is about them.

use std::collections::HashSet;

use super::{
    output,
    prompt::{Piece, divide},
};
use crate::{
    ingest::{
        draft::{Draft, Key},
        exchange::{Exchanges, Outcome},
        json::Json,
        media::{cipher_line, decoded, media_line},
    },
    model::{Kind, Mark, Marks, Role, Time},
};

/// Where a record stands in its file, and when it was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spot {
    pub line: u32,
    pub offset: u64,
    pub at: Option<Time>,
}

impl Spot {
    /// Codex gives most of its records no id: they are told by their byte offset. Offsets of a compressed file are those
    /// of its text.
    pub fn key(self, part: usize) -> Key {
        (format!("@{}", self.offset).into(), u32::try_from(part).unwrap_or(u32::MAX))
    }

    pub fn draft(self, part: usize, kind: Kind, role: Role, text: impl Into<String>) -> Draft {
        Draft { at: self.at, ..Draft::new(self.key(part), self.line, self.offset, kind, role, text) }
    }
}

/// Makes entries of items, and joins outputs to their calls.
#[derive(Default)]
pub struct Items {
    exchanges: Exchanges,
    /// The folder that the agent works in; a call that names another one says so.
    pub project: String,
    /// Calls of which an event said that they failed, before their output was written.
    failed: HashSet<String>,
    /// Ids of the calls that the agent itself carried out, and of those that have an output.
    pub called: HashSet<String>,
    pub answered: HashSet<String>,
}

impl Items {
    /// The entries of an item; `None` where its type is unknown.
    pub fn drafts(&mut self, item: &Json, spot: Spot) -> Option<Vec<Draft>> {
        Some(match item.text("type")? {
            "message" => message(item, spot),
            "reasoning" => thought(item, spot),
            "function_call" | "custom_tool_call" | "local_shell_call" => vec![self.call(item, spot)],
            "function_call_output" | "custom_tool_call_output" => vec![self.output(item, spot)],
            "web_search_call" | "image_generation_call" | "tool_search_call" => vec![self.served(item, spot)],
            "tool_search_output" => vec![self.found_tools(item, spot)],
            "compaction" | "compaction_summary" | "context_compaction" => cipher(item, "summary", spot),
            "agent_message" => agent_message(item, spot).into_iter().collect(),
            // Snapshots of the work tree, and the tools that a turn was offered.
            "ghost_snapshot" | "additional_tools" | "compaction_trigger" => Vec::new(),
            _ => return None,
        })
    }

    /// Remembers that an event called a call's end a failure.
    pub fn fail(&mut self, call_id: &str) {
        self.failed.insert(call_id.to_owned());
    }

    fn call(&mut self, item: &Json, spot: Spot) -> Draft {
        let id = id(item);
        self.called.insert(id.to_owned());
        let input = match (item.text("type"), item.text("arguments").or(item.text("input"))) {
            (Some("local_shell_call"), _) => without_type(item.get("action")),
            (Some("function_call"), Some(text)) => match serde_json::from_str(text) {
                Ok(arguments) => self.without_bookkeeping(arguments),
                // Arguments are JSON in a string; what is none is shown as it stands.
                Err(_) => Json::Text(text.to_owned()),
            },
            (_, Some(text)) => Json::Text(text.to_owned()),
            (_, None) => item.get("arguments").or(item.get("input")).cloned().unwrap_or_default(),
        };
        let tool = match (item.text("name"), item.text("namespace").filter(|space| !space.is_empty())) {
            (Some(name), Some(space)) if !name.starts_with(space) => {
                let joint = if space.ends_with(['_', '.', '/', ':']) { "" } else { "." };
                format!("{space}{joint}{name}")
            }
            (Some(name), _) => name.to_owned(),
            (None, _) => "local_shell".to_owned(),
        };
        self.called_draft(id, &tool, &input, spot)
    }

    /// Arguments without those that say how long a tool waits, how much of its output the model wants to see, and that it
    /// runs where all calls run.
    fn without_bookkeeping(&self, arguments: Json) -> Json {
        let waits = ["yield_time_ms", "max_output_tokens", "timeout_ms"];
        let here = |key: &str, value: &Json| key == "workdir" && value.as_str() == Some(&self.project);
        match arguments {
            Json::Map(fields) => {
                let says = |(key, value): &(String, Json)| !waits.contains(&key.as_str()) && !here(key, value);
                Json::Map(fields.into_iter().filter(says).collect())
            }
            other => other,
        }
    }

    /// A call that the model's provider carries out itself: the log has no output of it.
    fn served(&mut self, item: &Json, spot: Spot) -> Draft {
        let kind = item.text("type").unwrap_or_default();
        let tool = kind.strip_suffix("_call").unwrap_or(kind);
        let input = match kind {
            "web_search_call" => Json::Text(searched(item.get("action").unwrap_or(&Json::Null))),
            "image_generation_call" => Json::Text(drawn(item)),
            _ => item.get("arguments").cloned().unwrap_or_default(),
        };
        self.called_draft(id(item), tool, &input, spot)
    }

    fn called_draft(&mut self, id: &str, tool: &str, input: &Json, spot: Spot) -> Draft {
        let called = self.exchanges.call(id, || format!("call@{}", spot.offset), tool, input);
        Draft {
            marks: called.marks,
            tool: Some(called.tool),
            call_id: Some(called.call_id),
            path: called.path,
            ..spot.draft(0, Kind::Call, Role::Assistant, called.text)
        }
    }

    fn output(&mut self, item: &Json, spot: Spot) -> Draft {
        let id = id(item);
        self.answered.insert(id.to_owned());
        let content = output::read(item.get("output").unwrap_or(&Json::Null));
        let failed = content.marks.has(Mark::Error) || self.failed.remove(id);
        self.result_draft(id, if failed { Outcome::Failed } else { Outcome::Done }, content, spot)
    }

    fn found_tools(&mut self, item: &Json, spot: Spot) -> Draft {
        let tools = item.get("tools").map(Json::items).unwrap_or_default();
        let names: Vec<&str> = tools.iter().filter_map(|tool| tool.text("name")).collect();
        let content = output::Content { text: names.join("\n"), ..output::Content::default() };
        self.result_draft(id(item), Outcome::Done, content, spot)
    }

    fn result_draft(&mut self, id: &str, outcome: Outcome, content: output::Content, spot: Spot) -> Draft {
        let returned = self.exchanges.result(id, outcome);
        Draft {
            marks: returned.marks.iter().chain(content.marks.iter()).collect(),
            tool: returned.tool,
            call_id: returned.call_id,
            path: returned.path,
            images: content.images,
            ..spot.draft(0, Kind::Result, Role::Tool, content.text)
        }
    }
}

/// The id that joins a call and its output.
fn id(item: &Json) -> &str {
    item.text("call_id").filter(|id| !id.is_empty()).or(item.text("id")).unwrap_or_default()
}

fn message(item: &Json, spot: Spot) -> Vec<Draft> {
    let whole;
    let parts = match item.get("content") {
        Some(text @ Json::Text(_)) => {
            whole = [Json::Map(vec![("text".into(), text.clone())])];
            &whole[..]
        }
        content => content.map(Json::items).unwrap_or_default(),
    };
    match item.text("role") {
        Some("assistant") => {
            let texts: Vec<String> = parts.iter().filter_map(output::part).map(|part| part.text).collect();
            vec![spot.draft(0, Kind::Message, Role::Assistant, texts.join("\n"))]
        }
        Some("user") => user_message(parts, spot),
        // Of developer and system.
        _ => {
            let texts = parts.iter().enumerate().filter_map(|(at, item)| Some((at, output::part(item)?.text)));
            texts.map(|(at, text)| spot.draft(at, Kind::Injected, Role::System, text)).collect()
        }
    }
}

/// What the human wrote, as one prompt, and each text of the program.
fn user_message(parts: &[Json], spot: Spot) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut human: Vec<String> = Vec::new();
    let mut images = 0;
    let mut prompt_at = None;
    // Two entries can come of one part: what an editor told, and the prompt below it.
    for (at, part) in parts.iter().enumerate().filter_map(|(at, part)| Some((at * 2, output::part(part)?))) {
        if part.images > 0 {
            images += part.images;
            human.push(part.text);
            prompt_at.get_or_insert(at + 1);
            continue;
        }
        for piece in divide(&part.text) {
            match piece {
                Piece::Human(text) if !text.is_empty() => {
                    human.push(text.to_owned());
                    prompt_at.get_or_insert(at + 1);
                }
                Piece::Human(_) | Piece::Wrapper => {}
                Piece::Injected(text) => drafts.push(spot.draft(at, Kind::Injected, Role::System, text)),
                Piece::Summary(text) => drafts.push(spot.draft(at, Kind::Summary, Role::System, text)),
                Piece::Interruption(text) => {
                    let stop = Marks::default().with(Mark::Intervention);
                    drafts.push(spot.draft(at, Kind::Injected, Role::System, text).marked(stop));
                }
            }
        }
    }
    if let Some(at) = prompt_at {
        let mut prompt = spot.draft(at, Kind::Prompt, Role::User, human.join("\n"));
        if images > 0 {
            prompt.images = images;
            prompt.marks = prompt.marks.with(Mark::Image);
        }
        drafts.push(prompt);
    }
    drafts
}

/// A thought: its text or its summary, else a line for its cipher.
fn thought(item: &Json, spot: Spot) -> Vec<Draft> {
    let texts = |key: &str| -> String {
        let parts = item.get(key).map(Json::items).unwrap_or_default();
        parts.iter().filter_map(|part| part.text("text")).collect::<Vec<_>>().join("\n")
    };
    let text = Some(texts("content")).filter(|text| !text.trim().is_empty()).unwrap_or_else(|| texts("summary"));
    if !text.trim().is_empty() {
        return vec![spot.draft(0, Kind::Thought, Role::Assistant, text)];
    }
    cipher(item, "thought", spot)
}

fn cipher(item: &Json, what: &str, spot: Spot) -> Vec<Draft> {
    let bytes = item.text("encrypted_content").map_or(0, |cipher| cipher.len() as u64);
    let draft = || spot.draft(0, Kind::Opaque, Role::Assistant, cipher_line(what, bytes));
    (bytes > 0).then(draft).into_iter().collect()
}

/// What another agent said to this one: "Message from /root: …"; none where nothing was said. As an item its content is a
/// list, as a record of its own a text.
pub fn agent_message(message: &Json, spot: Spot) -> Option<Draft> {
    let parts = message.get("content").map(Json::items).unwrap_or_default();
    let texts: Vec<String> = parts.iter().filter_map(output::part).map(|part| part.text).collect();
    let said = message.text("content").map_or_else(|| texts.join("\n"), str::to_owned);
    let text = match message.text("encrypted_content").filter(|cipher| !cipher.is_empty()) {
        Some(cipher) if said.trim().is_empty() => cipher_line("message", cipher.len() as u64),
        _ => said,
    };
    let author = message.text("author").filter(|author| !author.is_empty()).unwrap_or("another agent");
    let whole = format!("Message from {author}:\n{}", text.trim());
    (!text.trim().is_empty()).then(|| spot.draft(0, Kind::Injected, Role::System, whole))
}

/// The query, or the page and what was looked for in it.
fn searched(action: &Json) -> String {
    let fields = ["query", "url", "pattern"];
    let told: Vec<&str> = fields.iter().filter_map(|field| action.text(field)).collect();
    if told.is_empty() { without_type(Some(action)).outline() } else { told.join("\n") }
}

fn drawn(item: &Json) -> String {
    let prompt = item.text("revised_prompt").unwrap_or_default();
    let image = item.text("result").map(|data| media_line("image", None, decoded(data.len() as u64)));
    [prompt.to_owned(), image.unwrap_or_default()].join("\n").trim().to_owned()
}

fn without_type(action: Option<&Json>) -> Json {
    let fields = action.map(Json::fields).unwrap_or_default();
    Json::Map(fields.iter().filter(|(key, _)| key != "type").cloned().collect())
}
