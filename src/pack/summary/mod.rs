//! A structured working summary of many entries, filled by rule and offline. Each line names the entries it came from.
//!
//! `gather` finds the lines of each section, `excerpt` makes one line of a text, `carry` reads an earlier summary back
//! and adds to it, `fit` leaves out the least important lines until the rest fits, `missing` says what a text that
//! somebody else wrote leaves out.

mod carry;
mod excerpt;
mod fit;
mod gather;
mod missing;
#[cfg(test)]
mod tests;

use strum::VariantArray;

pub use missing::Missing;

use crate::model::{Entry, Kind, Session};

/// What stands in a summary, in this order. Sections without a line are left out of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray)]
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
    /// One line, inert, words of the entry, with `…` where some are left out.
    pub text: String,
    /// Ascending; the newest few where there are many.
    pub sources: Vec<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingSummary {
    /// In the order of [`Section`], none of them empty.
    pub sections: Vec<(Section, Vec<Line>)>,
}

impl Section {
    /// What it is called; Done, In Progress and Blocked stand under Progress.
    pub fn title(self) -> &'static str {
        match self {
            Section::Goal => "Goal",
            Section::Constraints => "Constraints",
            Section::CurrentState => "Current State",
            Section::KeyDecisions => "Key Decisions",
            Section::TechnicalChanges => "Technical Changes",
            Section::Done => "Done",
            Section::InProgress => "In Progress",
            Section::Blocked => "Blocked",
            Section::NextSteps => "Next Steps",
            Section::CriticalContext => "Critical Context",
            Section::RelevantFiles => "Relevant Files",
            Section::SessionTimeline => "Session Timeline",
        }
    }

    /// The marks of its heading in the text.
    pub fn heading(self) -> &'static str {
        if self.is_progress() { "####" } else { "###" }
    }

    fn is_progress(self) -> bool {
        matches!(self, Section::Done | Section::InProgress | Section::Blocked)
    }
}

impl WorkingSummary {
    /// Of these entries (indices into the session's, ascending). An earlier summary among them is carried over: its
    /// lines stay, and those of the others are added to them.
    pub fn of(session: &Session, entries: &[usize]) -> WorkingSummary {
        let earlier = earlier(session, entries);
        let rest: Vec<usize> = entries.iter().copied().filter(|index| !earlier.contains(index)).collect();
        let mut summary = WorkingSummary::default();
        for index in earlier {
            summary = summary.and_then(WorkingSummary::read(&session.entries[index]));
        }
        summary.and_then(gather::gather(session, &rest))
    }

    /// An earlier summary brought up to date with the entries since: every line of it stays, word for word, save open
    /// items that are done now.
    pub fn updated(session: &Session, earlier: &Entry, entries: &[usize]) -> WorkingSummary {
        WorkingSummary::read(earlier).and_then(WorkingSummary::of(session, entries))
    }

    /// [`WorkingSummary::of`], cut so that its text costs at most `tokens` by `count`. The least important lines go
    /// first: timeline, files, technical changes; goal and constraints last, lines of an earlier summary after all new
    /// ones. Less room never keeps a line that more room leaves out. Empty where not even one line fits.
    pub fn fitted(session: &Session, entries: &[usize], tokens: u32, count: &dyn Fn(&str) -> u32) -> WorkingSummary {
        let earlier = earlier(session, entries);
        let carried = earlier.iter().map(|&index| WorkingSummary::read(&session.entries[index]));
        let carried = carried.fold(WorkingSummary::default(), WorkingSummary::and_then);
        WorkingSummary::of(session, entries).cut(&carried, tokens, count)
    }

    /// Markdown: a heading a section, a line a list item with the numbers of its entries. Begins with `#`; empty where
    /// nothing is told.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut in_progress = false;
        for (section, lines) in &self.sections {
            if section.is_progress() && !in_progress {
                text.push_str("### Progress\n");
            }
            text.push_str(&format!("{} {}\n", section.heading(), section.title()));
            in_progress = section.is_progress();
            lines.iter().for_each(|line| text.push_str(&format!("{}\n", line.shown())));
        }
        text
    }

    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The lines of a section; none where it has none.
    pub fn lines(&self, section: Section) -> &[Line] {
        let found = self.sections.iter().find(|(other, _)| *other == section);
        found.map_or(&[], |(_, lines)| lines)
    }

    fn from_lines(mut lines: impl FnMut(Section) -> Vec<Line>) -> WorkingSummary {
        let sections = Section::VARIANTS.iter().map(|&section| (section, lines(section)));
        WorkingSummary { sections: sections.filter(|(_, lines)| !lines.is_empty()).collect() }
    }
}

impl Line {
    /// `- never round before the total [#12]`.
    fn shown(&self) -> String {
        let sources: Vec<String> = self.sources.iter().map(|seq| format!("#{seq}")).collect();
        match sources.is_empty() {
            true => format!("- {}", self.text),
            false => format!("- {} [{}]", self.text, sources.join(", ")),
        }
    }
}

/// Which of the entries are summaries themselves.
fn earlier(session: &Session, entries: &[usize]) -> Vec<usize> {
    entries.iter().copied().filter(|&index| session.entries[index].kind == Kind::Summary).collect()
}
