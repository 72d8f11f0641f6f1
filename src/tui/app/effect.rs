//! Effect: what the app asks of the outside.

use std::{collections::BTreeSet, path::PathBuf};

use super::{event::Way, search::Texts};
use crate::{
    insight::{Pattern, Rules, retention::Caps, review::Choice},
    model::{Budget, Edit, EntryId, SessionId},
    pack::{basis::Basis, settings::PlanSettings, sides::Asked, strategy::Strategy},
    workspace::{Assignment, Cancel, FactRequest, Model, Point, Reply, Scope, desk::Export, retention::Retained},
};

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// List the store's sessions: `Event::Listed`.
    List {
        generation: u64,
    },
    /// Open a session: `Event::Opened`.
    Open {
        generation: u64,
        session: SessionId,
        budget: Budget,
    },
    /// Open the built-in session: `Event::Opened`.
    Demo {
        generation: u64,
        budget: Budget,
    },
    /// Import a log or a folder of them: `Event::Progress`, then `Event::Imported`, with the session of this id if one
    /// is named.
    Import {
        path: PathBuf,
        session: Option<SessionId>,
    },
    /// Import several logs or folders: `Event::Progress`, then `Event::Imported`.
    ImportAll {
        paths: Vec<PathBuf>,
    },
    /// Which agents have logs on this machine: `Event::Discovered`.
    Discover,
    /// Remember which actions the person has used, so that the coach does not name them again.
    Learned {
        used: BTreeSet<String>,
    },
    /// Store an edit that the screen has applied already; a failure reloads the session.
    Record {
        session: SessionId,
        edit: Edit,
    },
    /// Take back the person's newest edit, or bring it again: `Event::Undone`.
    Step {
        session: SessionId,
        way: Way,
    },
    /// Go to a point of the journal: `Event::Stepped`.
    StepTo {
        session: SessionId,
        point: Point,
    },
    /// Read the journal: `Event::Journal`.
    Journal {
        session: SessionId,
    },
    /// Write, expire, pin or unpin a fact: `Event::FactChanged`.
    ChangeFact {
        session: SessionId,
        request: FactRequest,
    },
    /// Tell the time: `Event::Clock`.
    Clock,
    /// Replay the session turn by turn, and end the replay before: `Event::Replayed` for each turn.
    Replay {
        generation: u64,
        session: SessionId,
        settings: PlanSettings,
        budget: Budget,
    },
    /// End the replay that is under way.
    StopReplay,
    Delete {
        session: SessionId,
        title: String,
    },
    Undelete {
        session: SessionId,
        title: String,
    },
    /// Find a text in entries, letter by letter: `Event::Found`.
    Search {
        generation: u64,
        needle: String,
        texts: Texts,
    },
    /// Which entries share names with one: `Event::Mentioned`.
    Mentions {
        of: EntryId,
        texts: Texts,
    },
    /// Which edits touched an entry: `Event::History`, with the same version.
    History {
        session: SessionId,
        of: EntryId,
        version: u64,
    },
    /// What a session's log says that it used: `Event::Used`.
    Usage {
        session: SessionId,
    },
    /// Find entries and facts by their words, in the whole store: `Event::Recalled`. Only the newest is answered.
    Recall {
        generation: u64,
        query: String,
        scope: Scope,
    },
    /// Say what the sessions of the store teach, digesting those that have changed first: `Event::Digesting`, then
    /// `Event::Lessons`.
    Learn {
        generation: u64,
        rules: Box<Rules>,
    },
    /// Write down what the person decided on a pattern; then the answer of `Learn` again.
    Decide {
        pattern: Box<Pattern>,
        choice: Choice,
        /// May be empty.
        note: String,
    },
    /// Let raw text go as the person was told: `Event::LettingGo` on the way, `Event::LetGo`, then the answer of `Learn`
    /// again.
    LetGo {
        caps: Caps,
        told: Box<Retained>,
    },
    /// Restore an entry of a session that is not open: `Event::BroughtBack`.
    BringBack {
        session: SessionId,
        entry: EntryId,
        budget: Budget,
    },
    /// Plan at these budgets, one after the other: `Event::Swept`. A newer job takes the place of an older one.
    Sweep {
        job: u64,
        basis: Basis,
        wanted: Vec<(Strategy, u32)>,
    },
    /// Plan by the basis's own strategy: `Event::Planned`.
    Plan {
        job: u64,
        basis: Basis,
        budget: u32,
    },
    /// Make two packs and say what differs: `Event::Compared`.
    Compare {
        job: u64,
        basis: Basis,
        sides: [Asked; 2],
    },
    /// Put text on the clipboard of the terminal (OSC 52).
    Copy {
        text: String,
    },
    /// A pack has left the screen: what was sent is remembered for the cache boundary.
    Exported {
        session: SessionId,
        export: Export,
    },
    /// Have a model write: `Event::Writing` while it does, then `Event::Answered`. What was asked before is answered at once.
    Ask {
        generation: u64,
        session: SessionId,
        model: Model,
        asked: Assignment,
        cancel: Cancel,
    },
    /// Keep an answer, and work out what a summary would change: `Event::Proposed`, for a draft nothing.
    Propose {
        generation: u64,
        session: SessionId,
        model: Model,
        asked: Assignment,
        reply: Reply,
    },
    Write {
        path: PathBuf,
        text: String,
        existing: Existing,
    },
}

/// What to do about a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Answer `Event::FileExists`.
    Ask,
    Replace,
}
