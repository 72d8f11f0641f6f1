//! An earlier summary: read back from its text, and added to.

use strum::VariantArray;

use super::{Line, Section, WorkingSummary, excerpt};
use crate::model::Entry;

/// Sources that a line names; the first stays, then the newest.
const SOURCES: usize = 4;

/// Words of the headings of summaries that other programs write, and where their lines go.
const FOREIGN: &[(&str, Section)] = &[
    ("constraint", Section::Constraints),
    ("instruction", Section::Constraints),
    ("requirement", Section::Constraints),
    ("user message", Section::Goal),
    ("goal", Section::Goal),
    ("objective", Section::Goal),
    ("request", Section::Goal),
    ("decision", Section::KeyDecisions),
    ("next", Section::NextSteps),
    ("pending", Section::NextSteps),
    ("blocked", Section::Blocked),
    ("current", Section::CurrentState),
    ("state", Section::CurrentState),
    ("in progress", Section::InProgress),
    ("accomplished", Section::Done),
    ("completed", Section::Done),
    ("done", Section::Done),
    ("file", Section::RelevantFiles),
    ("change", Section::TechnicalChanges),
    ("timeline", Section::SessionTimeline),
    ("history", Section::SessionTimeline),
];

impl WorkingSummary {
    /// The lines of an entry that is a summary: each stays where it stood, with its sources. Of a summary that another
    /// program wrote, every line goes to the section that its heading is about, and comes from the entry itself.
    pub fn read(entry: &Entry) -> WorkingSummary {
        let mut lines: Vec<(Section, Line)> = Vec::new();
        let mut section = Section::CriticalContext;
        for row in entry.text.lines().filter(|row| row.chars().any(char::is_alphanumeric)) {
            if let Some(title) = heading(row) {
                section = section_of(title).unwrap_or(section);
                continue;
            }
            let (text, sources) = row.strip_prefix("- ").and_then(sourced).unwrap_or((row, vec![entry.seq]));
            // Its own lines are short already and stay as they are; a foreign line may be a paragraph.
            lines.push((section, Line { text: excerpt::one_line(text, excerpt::LONGEST + 1), sources }));
        }
        WorkingSummary::from_lines(|section| {
            let mut own = Vec::new();
            lines.iter().filter(|(other, _)| *other == section).for_each(|(_, line)| add(&mut own, line.clone()));
            own
        })
    }

    /// This summary, then what a later one tells. All lines of this one stay; what was its current state goes to the
    /// timeline where the later one has a state of its own, and open items that are done now are open no more.
    pub(super) fn and_then(self, later: WorkingSummary) -> WorkingSummary {
        if self.is_empty() {
            return later;
        }
        let is_done = |line: &Line| later.lines(Section::Done).iter().any(|done| done.text == line.text);
        let has_state = !later.lines(Section::CurrentState).is_empty();
        WorkingSummary::from_lines(|section| {
            let mut lines = Vec::new();
            let was_state =
                if section == Section::SessionTimeline && has_state { Section::CurrentState } else { section };
            match section {
                Section::CurrentState if has_state => {}
                Section::InProgress | Section::NextSteps | Section::Blocked => {
                    lines.extend(self.lines(section).iter().filter(|line| !is_done(line)).cloned());
                }
                _ => lines.extend_from_slice(self.lines(section)),
            }
            if was_state != section {
                self.lines(was_state).iter().for_each(|line| add(&mut lines, line.clone()));
            }
            later.lines(section).iter().for_each(|line| add(&mut lines, line.clone()));
            lines
        })
    }
}

/// Adds a line, or its sources to the line that says the same.
pub(super) fn add(lines: &mut Vec<Line>, line: Line) {
    let Some(same) = lines.iter_mut().find(|other| other.text == line.text) else { return lines.push(line) };
    same.sources.extend(line.sources);
    same.sources.sort_unstable();
    same.sources.dedup();
    if same.sources.len() > SOURCES {
        same.sources.drain(1..same.sources.len() + 1 - SOURCES);
    }
}

/// `### Goal`, `2. Pending Tasks:`, `**Files**`.
fn heading(row: &str) -> Option<&str> {
    let bare = row.trim();
    if let Some(title) = bare.strip_prefix('#') {
        return title.trim_start_matches('#').strip_prefix(' ');
    }
    let bold = bare.strip_prefix("**").and_then(|rest| rest.trim_end_matches(':').strip_suffix("**"));
    let numbered = || {
        let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < bare.len()).then(|| rest.strip_prefix(". ")?.strip_suffix(':')).flatten()
    };
    bold.or_else(numbered).filter(|title| title.len() <= 60)
}

fn section_of(title: &str) -> Option<Section> {
    let title = title.trim().trim_end_matches(':');
    let own = Section::VARIANTS.iter().copied().find(|section| section.title().eq_ignore_ascii_case(title));
    let lower = title.to_lowercase();
    own.or_else(|| FOREIGN.iter().find(|(word, _)| lower.contains(word)).map(|(_, section)| *section))
}

/// `never round [#12, #40]` → the words and the numbers.
fn sourced(row: &str) -> Option<(&str, Vec<u32>)> {
    let (text, sources) = row.strip_suffix(']')?.rsplit_once(" [#")?;
    let sources: Option<Vec<u32>> = sources.split(", #").map(|seq| seq.parse().ok()).collect();
    Some((text, sources?))
}
