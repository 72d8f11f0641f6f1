//! Rows → entries, still without id, number and standing: what each block is, who made it, what it says. Texts are taken
//! out of the rows: what stays of those tells the shape of the log.

use std::{collections::HashSet, mem, sync::Arc};

use xxhash_rust::xxh3::xxh3_64;

use super::{
    attachment::{self, Attachment},
    content::{is_media, media, take_text, text_of},
    prompt::{self, divide},
    read::PlacedRow,
    record::{Block, Content, Row},
};
use crate::{
    ingest::{
        draft::decision,
        exchange::{Exchanges, Outcome},
        media::cipher_line,
    },
    model::{Kind, Mark, Marks, Role},
};

/// An entry in the making.
#[derive(Debug)]
pub struct Draft {
    /// Index of its row.
    pub row: usize,
    /// Tells the entries of one row apart; stable from one version of the log to the next.
    pub part: u32,
    pub kind: Kind,
    pub role: Role,
    pub marks: Marks,
    pub tool: Option<Arc<str>>,
    pub call_id: Option<Arc<str>>,
    pub path: Option<String>,
    pub text: String,
    pub audience: Audience,
}

/// Who got to see an entry when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Model,
    /// Written for the human only, such as the program's own error messages.
    Human,
}

/// The entries of one session's rows, in the order of the file.
pub fn drafts<'a>(rows: impl Iterator<Item = &'a mut PlacedRow>, prompts: Prompts) -> Vec<Draft> {
    let mut drafter = Drafter { prompts, ..Drafter::default() };
    for (index, placed) in rows.enumerate() {
        drafter.row(index, &mut placed.record);
    }
    drafter.drafts
}

/// What the human wrote in user rows, as hashes; a queued copy of it is not a second prompt.
#[derive(Default)]
pub struct Prompts(HashSet<u64>);

impl Prompts {
    /// Looked up only where something was queued.
    pub fn of<'a>(rows: impl Iterator<Item = &'a PlacedRow> + Clone) -> Prompts {
        let queues =
            |row: &Row| row.attachment.as_ref().is_some_and(|read| read.text("type") == Some("queued_command"));
        if !rows.clone().any(|placed| queues(&placed.record)) {
            return Prompts::default();
        }
        let by_human = rows.map(|placed| &placed.record).filter(|row| &*row.kind == "user" && is_by_human(row));
        let texts = by_human.filter_map(|row| Some(divide(&text_of(&row.message.as_ref()?.content)).human));
        Prompts(texts.map(|text| xxh3_64(text.as_bytes())).collect())
    }

    fn has(&self, text: &str) -> bool {
        self.0.contains(&xxh3_64(text.trim().as_bytes()))
    }
}

#[derive(Default)]
struct Drafter {
    drafts: Vec<Draft>,
    prompts: Prompts,
    exchanges: Exchanges,
}

impl Drafter {
    fn row(&mut self, index: usize, row: &mut Row) {
        match &*row.kind {
            "user" => self.user(index, row),
            "assistant" => self.assistant(index, row),
            "attachment" => self.attachment(index, row),
            "system" => self.system(index, row),
            // Titles, modes, snapshots, progress and the queue were never in the context.
            _ => {}
        }
    }

    fn user(&mut self, index: usize, row: &mut Row) {
        let by_program = !is_by_human(row);
        let Some(message) = &mut row.message else { return };
        if row.is_compact_summary == Some(true) {
            let text = take_text(&mut message.content);
            return self.push(index, 0, Kind::Summary, Role::System, text);
        }
        let (mut human, mut injected) = (Parts::default(), Parts::default());
        let mut text = |at: usize, text: &str| {
            let divided = if by_program {
                prompt::Divided { human: String::new(), injected: text.trim().into() }
            } else {
                divide(text)
            };
            human.add(at, divided.human, Marks::default());
            let stop = if prompt::is_interruption(text) {
                Marks::default().with(Mark::Intervention)
            } else {
                Marks::default()
            };
            injected.add(at, divided.injected, stop);
        };
        let mut results = Vec::new();
        match &mut message.content {
            Content::Text(whole) => text(0, &mem::take(whole)),
            Content::Blocks(blocks) => {
                for (at, block) in blocks.iter_mut().enumerate() {
                    match block.kind.as_str() {
                        "tool_result" => results.push(at),
                        "text" => text(at, &block.text.take().unwrap_or_default()),
                        _ => {}
                    }
                }
                for (at, block) in blocks.iter().enumerate().filter(|(_, block)| is_media(block)) {
                    let owner = if by_program { &mut injected } else { &mut human };
                    owner.add(at, media(block), Marks::default().with(Mark::Image));
                }
            }
        }
        if let Content::Blocks(blocks) = &mut message.content {
            results.into_iter().for_each(|at| self.result(index, at, &mut blocks[at]));
        }
        if let Some((at, text, marks)) = human.join() {
            self.push_marked(index, part(at), Kind::Prompt, Role::User, marks, text);
        }
        if let Some((at, text, marks)) = injected.join() {
            self.push_marked(index, part(at) + 1, Kind::Injected, Role::System, marks, text);
        }
    }

    fn assistant(&mut self, index: usize, row: &mut Row) {
        let Some(message) = &mut row.message else { return };
        if row.is_api_error_message == Some(true) || message.model.as_deref() == Some("<synthetic>") {
            let marks = Marks::default().with(Mark::Error);
            self.push_marked(index, 0, Kind::Message, Role::Assistant, marks, take_text(&mut message.content));
            if let Some(draft) = self.drafts.last_mut().filter(|draft| draft.row == index) {
                draft.audience = Audience::Human;
            }
            return;
        }
        let blocks = match &mut message.content {
            Content::Text(text) => return self.said(index, 0, mem::take(text)),
            Content::Blocks(blocks) => blocks,
        };
        for (at, block) in blocks.iter_mut().enumerate() {
            match block.kind.as_str() {
                "text" => self.said(index, at, block.text.take().unwrap_or_default()),
                "thinking" | "redacted_thinking" => self.thought(index, at, block),
                "tool_use" | "server_tool_use" | "mcp_tool_use" => self.call(index, at, block),
                kind if kind.ends_with("_tool_result") => self.result(index, at, block),
                _ => {}
            }
        }
    }

    fn said(&mut self, index: usize, at: usize, text: String) {
        let marks = decision(&text);
        self.push_marked(index, part(at), Kind::Message, Role::Assistant, marks, text);
    }

    fn thought(&mut self, index: usize, at: usize, block: &mut Block) {
        let text = block.thinking.take().unwrap_or_default();
        if !text.trim().is_empty() {
            return self.push(index, part(at), Kind::Thought, Role::Assistant, text);
        }
        if let Some(cipher) = block.data.or(block.signature).filter(|cipher| cipher.0 > 0) {
            self.push(index, part(at), Kind::Opaque, Role::Assistant, cipher_line("thought", cipher.0));
        }
    }

    fn call(&mut self, index: usize, at: usize, block: &mut Block) {
        let tool = block.name.as_deref().unwrap_or("unknown");
        let input = block.input.take().unwrap_or_default();
        let native = block.id.as_deref().unwrap_or_default();
        let called = self.exchanges.call(native, || format!("call-{index}-{at}"), tool, &input);
        self.drafts.push(Draft {
            row: index,
            part: part(at),
            kind: Kind::Call,
            role: Role::Assistant,
            marks: called.marks,
            tool: Some(called.tool),
            call_id: Some(called.call_id),
            path: called.path,
            text: called.text,
            audience: Audience::Model,
        });
    }

    fn result(&mut self, index: usize, at: usize, block: &mut Block) {
        let outcome = if block.is_error == Some(true) { Outcome::Failed } else { Outcome::Done };
        let returned = self.exchanges.result(block.tool_use_id.as_deref().unwrap_or_default(), outcome);
        let mut marks = returned.marks;
        if let Some(Content::Blocks(blocks)) = &block.content
            && blocks.iter().any(is_media)
        {
            marks = marks.with(Mark::Image);
        }
        let text = block.content.as_mut().map(take_text).unwrap_or_default();
        if text.starts_with("The user doesn't want to") || prompt::is_interruption(&text) {
            marks = marks.with(Mark::Intervention);
        }
        self.drafts.push(Draft {
            row: index,
            part: part(at),
            kind: Kind::Result,
            role: Role::Tool,
            marks,
            tool: returned.tool,
            call_id: returned.call_id,
            path: returned.path,
            text,
            audience: Audience::Model,
        });
    }

    fn attachment(&mut self, index: usize, row: &mut Row) {
        let Some(attachment) = row.attachment.take() else { return };
        match attachment::read(&attachment) {
            Attachment::Prompt(text) if !self.prompts.has(&text) => {
                self.push(index, 0, Kind::Prompt, Role::User, text);
            }
            Attachment::Prompt(text) => self.push(index, 1, Kind::Injected, Role::System, text),
            Attachment::Injected { text, path } => {
                self.push(index, 1, Kind::Injected, Role::System, text);
                if let Some(draft) = self.drafts.last_mut().filter(|draft| draft.row == index) {
                    draft.path = path;
                }
            }
            Attachment::Silent => {}
        }
    }

    fn system(&mut self, index: usize, row: &mut Row) {
        match row.subtype.as_deref() {
            // Their text says how many entries they cost, which is known only later.
            Some("compact_boundary" | "microcompact_boundary") => self.drafts.push(Draft {
                row: index,
                part: 0,
                kind: Kind::Boundary,
                role: Role::System,
                marks: Marks::default(),
                tool: None,
                call_id: None,
                path: None,
                text: String::new(),
                audience: Audience::Human,
            }),
            Some("local_command") => {
                let text = row.content.as_ref().and_then(|content| content.as_str()).unwrap_or_default();
                self.push(index, 0, Kind::Injected, Role::System, text.to_owned());
            }
            _ => {}
        }
    }

    fn push(&mut self, row: usize, part: u32, kind: Kind, role: Role, text: String) {
        self.push_marked(row, part, kind, role, Marks::default(), text);
    }

    /// An entry that is no part of an exchange; none where the text is blank.
    fn push_marked(&mut self, row: usize, part: u32, kind: Kind, role: Role, marks: Marks, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let marks = if kind == Kind::Prompt { marks.iter().chain(decision(&text).iter()).collect() } else { marks };
        let audience = Audience::Model;
        self.drafts.push(Draft { row, part, kind, role, marks, tool: None, call_id: None, path: None, text, audience });
    }
}

/// Pieces of a row's text that make one entry.
#[derive(Default)]
struct Parts {
    pieces: Vec<(usize, String)>,
    marks: Marks,
}

impl Parts {
    fn add(&mut self, at: usize, text: String, marks: Marks) {
        if !text.is_empty() {
            self.pieces.push((at, text));
            self.marks = self.marks.iter().chain(marks.iter()).collect();
        }
    }

    /// The first block that a piece came from, the text in the order of the blocks, and the marks.
    fn join(mut self) -> Option<(usize, String, Marks)> {
        self.pieces.sort_by_key(|(at, _)| *at);
        let first = self.pieces.first()?.0;
        let texts: Vec<String> = self.pieces.into_iter().map(|(_, text)| text).collect();
        Some((first, texts.join("\n"), self.marks))
    }
}

/// Whether a user row can hold text of the human at all.
fn is_by_human(row: &Row) -> bool {
    let origin = row.origin.as_ref().and_then(|origin| origin.kind.as_deref());
    row.is_meta != Some(true) && origin.is_none_or(|kind| kind == "human")
}

/// Two entries can come of one block: what the human wrote, and what was wrapped around it.
pub fn part(block: usize) -> u32 {
    u32::try_from(block * 2).unwrap_or(u32::MAX - 1)
}
