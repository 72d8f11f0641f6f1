//! Rows → entries, still without id, number and standing: what each block is, who made it, what it says.

use std::{borrow::Cow, collections::HashSet, sync::Arc};

use super::{
    attachment::{self, Attachment},
    content::{is_media, media, plain_text},
    prompt::{self, divide},
    read::PlacedRow,
    record::{Block, Content, Row},
};
use crate::{
    ingest::{
        draft::decision,
        exchange::{Exchanges, Outcome},
        json::Json,
        media::cipher_line,
    },
    model::{Kind, Mark, Marks, Role},
};

/// An entry in the making.
#[derive(Debug)]
pub struct Draft<'a> {
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
    pub text: Cow<'a, str>,
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
pub fn drafts<'a>(rows: &[&'a PlacedRow]) -> Vec<Draft<'a>> {
    let mut drafter = Drafter { prompts: prompts_in_user_rows(rows), ..Drafter::default() };
    for (index, placed) in rows.iter().enumerate() {
        drafter.row(index, &placed.record);
    }
    drafter.drafts
}

#[derive(Default)]
struct Drafter<'a> {
    drafts: Vec<Draft<'a>>,
    /// What the human wrote in user rows; a queued copy of it is not a second prompt.
    prompts: HashSet<String>,
    exchanges: Exchanges,
}

impl<'a> Drafter<'a> {
    fn row(&mut self, index: usize, row: &'a Row) {
        match row.kind.as_str() {
            "user" => self.user(index, row),
            "assistant" => self.assistant(index, row),
            "attachment" => self.attachment(index, row),
            "system" => self.system(index, row),
            // Titles, modes, snapshots, progress and the queue were never in the context.
            _ => {}
        }
    }

    fn user(&mut self, index: usize, row: &'a Row) {
        let Some(message) = &row.message else { return };
        if row.is_compact_summary == Some(true) {
            let text = plain_text(&message.content);
            return self.push(index, 0, Kind::Summary, Role::System, text);
        }
        let by_program = !is_by_human(row);
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
        match &message.content {
            Content::Text(whole) => text(0, whole),
            Content::Blocks(blocks) => {
                for (at, block) in blocks.iter().enumerate() {
                    match block.kind.as_str() {
                        "tool_result" => results.push((at, block)),
                        "text" => text(at, block.text.as_deref().unwrap_or_default()),
                        _ => {}
                    }
                }
                for (at, block) in blocks.iter().enumerate().filter(|(_, block)| is_media(block)) {
                    let owner = if by_program { &mut injected } else { &mut human };
                    owner.add(at, media(block), Marks::default().with(Mark::Image));
                }
            }
        }
        for (at, block) in results {
            self.result(index, at, block);
        }
        if let Some((at, text, marks)) = human.join() {
            self.push_marked(index, part(at), Kind::Prompt, Role::User, marks, text.into());
        }
        if let Some((at, text, marks)) = injected.join() {
            self.push_marked(index, part(at) + 1, Kind::Injected, Role::System, marks, text.into());
        }
    }

    fn assistant(&mut self, index: usize, row: &'a Row) {
        let Some(message) = &row.message else { return };
        if row.is_api_error_message == Some(true) || message.model.as_deref() == Some("<synthetic>") {
            let marks = Marks::default().with(Mark::Error);
            self.push_marked(index, 0, Kind::Message, Role::Assistant, marks, plain_text(&message.content));
            if let Some(draft) = self.drafts.last_mut().filter(|draft| draft.row == index) {
                draft.audience = Audience::Human;
            }
            return;
        }
        let blocks = match &message.content {
            Content::Text(text) => return self.said(index, 0, text),
            Content::Blocks(blocks) => blocks,
        };
        for (at, block) in blocks.iter().enumerate() {
            match block.kind.as_str() {
                "text" => self.said(index, at, block.text.as_deref().unwrap_or_default()),
                "thinking" | "redacted_thinking" => self.thought(index, at, block),
                "tool_use" | "server_tool_use" | "mcp_tool_use" => self.call(index, at, block),
                kind if kind.ends_with("_tool_result") => self.result(index, at, block),
                _ => {}
            }
        }
    }

    fn said(&mut self, index: usize, at: usize, text: &'a str) {
        let marks = decision(text);
        self.push_marked(index, part(at), Kind::Message, Role::Assistant, marks, text.into());
    }

    fn thought(&mut self, index: usize, at: usize, block: &'a Block) {
        let text = block.thinking.as_deref().unwrap_or_default();
        if !text.trim().is_empty() {
            return self.push(index, part(at), Kind::Thought, Role::Assistant, text.into());
        }
        if let Some(cipher) = block.data.or(block.signature).filter(|cipher| cipher.0 > 0) {
            self.push(index, part(at), Kind::Opaque, Role::Assistant, cipher_line("thought", cipher.0).into());
        }
    }

    fn call(&mut self, index: usize, at: usize, block: &'a Block) {
        let tool = block.name.as_deref().unwrap_or("unknown");
        let input = block.input.as_ref().unwrap_or(&Json::Null);
        let native = block.id.as_deref().unwrap_or_default();
        let called = self.exchanges.call(native, || format!("call-{index}-{at}"), tool, input);
        self.drafts.push(Draft {
            row: index,
            part: part(at),
            kind: Kind::Call,
            role: Role::Assistant,
            marks: called.marks,
            tool: Some(called.tool),
            call_id: Some(called.call_id),
            path: called.path,
            text: called.text.into(),
            audience: Audience::Model,
        });
    }

    fn result(&mut self, index: usize, at: usize, block: &'a Block) {
        let outcome = if block.is_error == Some(true) { Outcome::Failed } else { Outcome::Done };
        let returned = self.exchanges.result(block.tool_use_id.as_deref().unwrap_or_default(), outcome);
        let mut marks = returned.marks;
        let text = block.content.as_ref().map(plain_text).unwrap_or_default();
        if block
            .content
            .as_ref()
            .is_some_and(|content| matches!(content, Content::Blocks(blocks) if blocks.iter().any(is_media)))
        {
            marks = marks.with(Mark::Image);
        }
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

    fn attachment(&mut self, index: usize, row: &'a Row) {
        let Some(attachment) = &row.attachment else { return };
        match attachment::read(attachment) {
            Attachment::Prompt(text) if !self.prompts.contains(text.trim()) => {
                self.push(index, 0, Kind::Prompt, Role::User, text.into());
            }
            Attachment::Prompt(text) => self.push(index, 1, Kind::Injected, Role::System, text.into()),
            Attachment::Injected { text, path } => {
                self.push(index, 1, Kind::Injected, Role::System, text.into());
                if let Some(draft) = self.drafts.last_mut().filter(|draft| draft.row == index) {
                    draft.path = path;
                }
            }
            Attachment::Silent => {}
        }
    }

    fn system(&mut self, index: usize, row: &'a Row) {
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
                text: Cow::Borrowed(""),
                audience: Audience::Human,
            }),
            Some("local_command") => {
                let text = row.content.as_ref().and_then(|content| content.as_str()).unwrap_or_default();
                self.push(index, 0, Kind::Injected, Role::System, text.into());
            }
            _ => {}
        }
    }

    fn push(&mut self, row: usize, part: u32, kind: Kind, role: Role, text: Cow<'a, str>) {
        self.push_marked(row, part, kind, role, Marks::default(), text);
    }

    /// An entry that is no part of an exchange; none where the text is blank.
    fn push_marked(&mut self, row: usize, part: u32, kind: Kind, role: Role, marks: Marks, text: Cow<'a, str>) {
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

fn prompts_in_user_rows(rows: &[&PlacedRow]) -> HashSet<String> {
    let by_human = rows.iter().map(|placed| &placed.record).filter(|row| row.kind == "user" && is_by_human(row));
    by_human.filter_map(|row| Some(divide(&plain_text(&row.message.as_ref()?.content)).human)).collect()
}

/// Two entries can come of one block: what the human wrote, and what was wrapped around it.
pub fn part(block: usize) -> u32 {
    u32::try_from(block * 2).unwrap_or(u32::MAX - 1)
}
