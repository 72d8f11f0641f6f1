//! Event: what happened outside.

use std::{path::PathBuf, sync::Arc};

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Position;

use super::{
    entry::{HistoryRow, links::Mentions},
    lessons::Learned,
    recall::Answer,
    state::Progress,
};
use crate::{
    model::{Edit, EntryId, JournalRow, SessionId, Time, Usage},
    pack::{chosen::Chosen, replay::Step, sides::Comparison, strategy::Strategy, sweep},
    text::tokens::Tokenizer,
    workspace::{AgentLogs, Point, Proposal, Reply, SessionRow, desk::Desk},
};

pub enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    /// The second of two quick clicks in one place, after both have come as `Mouse`.
    DoubleClick(Position),
    /// Text pasted by the terminal.
    Paste(String),
    /// The terminal has a new size; the next frame draws to it.
    Resized,
    /// The sessions of the store, as of `now`.
    Listed {
        generation: u64,
        rows: Vec<SessionRow>,
        now: Time,
    },
    Opened {
        generation: u64,
        desk: Box<Desk>,
        keeping: Keeping,
    },
    Progress {
        doing: String,
        progress: Progress,
    },
    /// An import is done: what came of it, and the session to open.
    Imported {
        words: String,
        session: Option<SessionId>,
    },
    /// The store took back an edit, or brought one again; `edit` is what has to be done to the session.
    Undone {
        session: SessionId,
        way: Way,
        edit: Edit,
    },
    /// The store has gone to a point of the journal, as far as it could; `edits` are what has to be done to the session.
    Stepped {
        session: SessionId,
        point: Point,
        edits: Vec<Edit>,
        stopped: Option<String>,
    },
    /// Every edit of the session, the oldest first, as of `now`; or why they cannot be read. The worker answers in order,
    /// so the last to come is the newest.
    Journal {
        session: SessionId,
        journal: Result<Vec<JournalRow>, String>,
        now: Time,
    },
    /// The store has made an edit of a fact at `now`.
    FactChanged {
        session: SessionId,
        edit: Edit,
        now: Time,
    },
    Clock {
        now: Time,
    },
    /// The wait that [`tick_after`](super::tick_after) asked for is over.
    Tick,
    /// A turn of the replay, in order, and how many there are; or why there is none.
    Replayed {
        generation: u64,
        step: Result<(Box<Step>, usize), String>,
    },
    Deleted {
        session: SessionId,
        title: String,
    },
    Undeleted {
        title: String,
    },
    /// Nothing else has happened: time to work out what is `unfinished`.
    Idle,
    /// Another program wrote to the store.
    StoreChanged,
    /// The session that is open has more than it had: "3 new entries" of the log that is followed, "agent:claude via MCP:
    /// appended 1 entry" where another program wrote.
    Grew {
        words: String,
    },
    TokenizerReady(Arc<Tokenizer>),
    Found {
        generation: u64,
        /// Places in the texts that were given.
        places: Vec<u32>,
    },
    Mentioned {
        of: EntryId,
        mentions: Mentions,
    },
    /// The edits that touched an entry, newest first, as of `now`.
    History {
        of: EntryId,
        version: u64,
        rows: Vec<HistoryRow>,
        now: Time,
    },
    /// The agents that have logs on this machine.
    Discovered {
        agents: Vec<AgentLogs>,
    },
    /// What a session's log says that it used, if it says so.
    Used {
        session: SessionId,
        usage: Option<Usage>,
    },
    Recalled {
        generation: u64,
        answer: Answer,
    },
    /// Sessions are digested on the way to `Lessons`.
    Digesting {
        generation: u64,
        done: usize,
        of: usize,
    },
    /// What the sessions of the store teach.
    Lessons {
        generation: u64,
        learned: Box<Learned>,
    },
    /// The raw text of so many sessions has gone, of those that are to go.
    LettingGo {
        done: usize,
        of: usize,
    },
    /// The raw text of these sessions has gone: what was done, in words.
    LetGo {
        sessions: Vec<SessionId>,
        words: String,
    },
    /// An entry of a session that is not open is in force again: what was done, in words.
    BroughtBack {
        session: SessionId,
        words: String,
    },
    /// Points of curves that the planner has worked out.
    Swept {
        job: u64,
        points: Vec<(Strategy, sweep::Point)>,
    },
    /// A plan that was made apart.
    Planned {
        job: u64,
        plan: Box<Chosen>,
    },
    /// Two packs that the planner has made.
    Compared {
        job: u64,
        comparison: Box<Comparison>,
    },
    /// What there is of a text that a model writes.
    Writing {
        generation: u64,
        so_far: String,
    },
    /// The whole text, or why there is none.
    Answered {
        generation: u64,
        outcome: Result<Reply, String>,
    },
    /// What a summary would change, or why it cannot.
    Proposed {
        generation: u64,
        outcome: Result<Box<Proposal>, String>,
    },
    Wrote {
        words: String,
    },
    /// The file to write to is there already.
    FileExists {
        path: PathBuf,
        text: String,
    },
    /// What was asked for does not go, and nothing changed: there is nothing to undo.
    Refused {
        why: String,
    },
    /// An effect did not work out.
    Failed {
        doing: String,
        why: String,
        next: AfterFailure,
    },
    /// A thread panicked: the loop ends with this report.
    Died {
        report: String,
    },
}

/// Whether edits outlive the program, and where entries come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    InTheStore,
    /// In the store, and the log is taken in again as the agent writes it.
    Following,
    /// The demo, or whatever else stands in a throw-away store.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Undo,
    Redo,
}

/// What a failure leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Nothing changed, here or in the store.
    Stay,
    /// The screen is ahead of the store: the session must be read again.
    Reload,
    /// Nothing is open: back to the list of sessions.
    Leave,
}
