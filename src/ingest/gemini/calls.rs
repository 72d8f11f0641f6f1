//! Calls of a chat, and their results, which the log tells in the same message.

use std::collections::HashMap;

use super::{
    content::{self, Told},
    entries::{draft, with_images},
    message::{self, Message},
};
use crate::{
    ingest::{
        draft::{Draft, Standing},
        exchange::{Exchanges, Outcome, Returned},
        json::Json,
        moment::rfc3339,
    },
    model::{Kind, LossCause, Mark, Marks, Role},
};

/// The calls so far.
#[derive(Default)]
pub struct Calls {
    exchanges: Exchanges,
    /// By the log's id: the tool, and whether the result was there.
    called: HashMap<String, (String, Answered)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Yes,
    NotYet,
}

impl Calls {
    pub fn knows(&self, native: &str) -> bool {
        self.called.contains_key(native)
    }

    /// Whether a call is known whose result is not.
    pub fn awaits(&self, native: &str) -> bool {
        self.called.get(native).is_some_and(|(_, answered)| *answered == Answered::NotYet)
    }

    /// A call, and its result where it has one.
    pub fn call(&mut self, message: &Message, part: u32, call: &Json, drafts: &mut Vec<Draft>) {
        let (native, tool) = (call.text("id").unwrap_or_default(), call.text("name").unwrap_or("tool"));
        let input = call.get("args").unwrap_or(&Json::Null);
        // A call can be recorded again, in a message of its own, when it is done.
        let before = self.called.get(native).filter(|(known, _)| !native.is_empty() && known == tool);
        let before = before.map(|(_, answered)| *answered);
        if before.is_none() {
            let called = self.exchanges.call(native, || format!("{}/{part}", message.id), tool, input);
            let mut draft = draft(message, part, Kind::Call, Role::Assistant, called.text).marked(called.marks);
            draft.tool = Some(called.tool);
            draft.call_id = Some(called.call_id);
            draft.path = called.path;
            draft.at = call.text("timestamp").and_then(rfc3339).or(draft.at);
            drafts.push(draft);
            self.called.insert(native.to_owned(), (tool.to_owned(), Answered::NotYet));
        }
        let Some(result) = message::result(call).filter(|_| before != Some(Answered::Yes)) else { return };
        self.called.insert(native.to_owned(), (tool.to_owned(), Answered::Yes));
        let mut told = content::result(result, native);
        if told.is_empty() {
            told.push(call.text("resultDisplay").unwrap_or_default());
        }
        let outcome = if call.text("status") == Some("error") { Outcome::Failed } else { Outcome::Done };
        let mut draft = self.result(message, part + 1, native, outcome, told);
        if call.text("status") == Some("cancelled") {
            draft.marks = draft.marks.with(Mark::Intervention);
        }
        if draft.call_id.is_none() {
            // A call without an id has the name that was made for it.
            let called = drafts.last().filter(|last| last.kind == Kind::Call);
            let called = called.map(|call| (call.call_id.clone(), call.tool.clone(), call.path.clone(), call.marks));
            if let Some((call_id, tool, path, marks)) = called {
                (draft.call_id, draft.tool, draft.path) = (call_id, tool, path);
                draft = draft.marked(marks);
            }
        }
        let masked = message.masked.iter().find(|(call, _)| call == native);
        if let (Some((_, at)), Standing::Held) = (masked, &draft.standing) {
            draft.standing = Standing::Lost { at: at.clone(), cause: LossCause::Microcompaction };
        }
        drafts.push(draft);
    }

    pub fn result(&mut self, message: &Message, part: u32, native: &str, outcome: Outcome, told: Told) -> Draft {
        let Returned { tool, call_id, path, marks } = match native {
            // Without an id it is joined to the call that stands before it.
            "" => Returned {
                marks: if outcome == Outcome::Failed { Marks::default().with(Mark::Error) } else { Marks::default() },
                ..Returned::default()
            },
            native => self.exchanges.result(native, outcome),
        };
        let mut draft = draft(message, part, Kind::Result, Role::Tool, String::new()).marked(marks);
        (draft.tool, draft.call_id, draft.path) = (tool, call_id, path);
        with_images(draft, told)
    }
}
