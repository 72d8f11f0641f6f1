//! A structured working summary of many entries, filled by rule and offline. Each line names the entries it came from.

use crate::model::Session;

/// What stands in a summary, in this order. Sections without a line are left out of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    Goal,
    Constraints,
    CurrentState,
    KeyDecisions,
    TechnicalChanges,
    Done,
    InProgress,
    Blocked,
    NextSteps,
    CriticalContext,
    RelevantFiles,
    SessionTimeline,
}

/// One line of a section and the numbers of the entries that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub sources: Vec<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingSummary {
    pub sections: Vec<(Section, Vec<Line>)>,
}

impl WorkingSummary {
    /// Of these entries (indices into the session's, ascending).
    pub fn of(_session: &Session, _entries: &[usize]) -> WorkingSummary {
        WorkingSummary::default()
    }
}

impl WorkingSummary {
    pub fn fitted(
        _session: &Session,
        _entries: &[usize],
        _tokens: u32,
        _count: &dyn Fn(&str) -> u32,
    ) -> WorkingSummary {
        WorkingSummary::default()
    }

    pub fn text(&self) -> String {
        String::new()
    }
}
