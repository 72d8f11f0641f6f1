//! Effect: what the app asks of the outside.

use std::path::PathBuf;

use super::event::Way;
use crate::{
    model::{Budget, Clean, Edit, EntryId, SessionId},
    pack::settings::PlanSettings,
    workspace::{FactRequest, Point, desk::Export},
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
        texts: Vec<(EntryId, Clean)>,
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
