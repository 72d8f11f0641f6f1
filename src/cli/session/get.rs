//! `haversack session get`: a session's entries, or some of them in full.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Printed, Which},
        context::Opened,
        output::Output,
    },
    model::{Entry, EntryName, Level, Session},
    text::words,
    workspace::answer::Contents,
};

/// Columns of the first line of an entry's text.
const PREVIEW: usize = 60;

/// Print a session's entries, or the whole text of those named
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session get --session-id claude:4d5611e5
  haversack session get '#12' 40 --session-id claude:4d5611e5 --text | less
  haversack session get --demo --json

JSON: {session_id, max_tokens, current_tokens, entry_count, push_count, created_at, updated_at, dedup_threshold,
preserve_recent, stats{total_entries, total_tokens, compression_levels{}, compression_savings, level_tokens{}, over_budget,
evicted, superseded, archived}, title, project, parent, models[], problems[], encoding, exact, entries[{entry_id, seq, kind, role,
marks[], tool, path, importance, tokens[4], state{pinned, importance, held{level, by}, fate, rewrites}, seen, at,
source{seq, file, line}, made{generation, sources[], source_tokens}, lossy, text}]}. stats are of the entries listed, at
their held levels. tokens are the costs at full, summary, sentence and keywords; state.importance is the hand's, in
thousandths, or null; made is of a condensed summary, else null.")]
pub struct Get {
    /// Entries to print in full: #12, 12 or ids; none for the list of all
    #[arg(value_name = "ENTRY")]
    entries: Vec<EntryName>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    printed: Printed,
}

impl Get {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let session = opened.session()?;
        let named = self.entries.iter().map(|name| name.find(&session)).collect::<Result<Vec<_>, _>>();
        let named = named.map_err(Failure::Failed)?;
        let chosen: Vec<&Entry> =
            session.entries.iter().filter(|entry| named.is_empty() || named.contains(&entry.id)).collect();
        let mut output = Output::new();
        if self.printed.is_json() {
            let encoding = opened.workspace.encoding();
            let row = opened.workspace.sessions()?.into_iter().find(|row| row.id == session.id);
            let pushes = opened.workspace.pushes(&session.id)?.count;
            output.json_line(&Contents::new(&session, row.as_ref(), pushes, encoding, &chosen))?;
        } else if named.is_empty() {
            list(&session, &mut output)?;
        } else {
            for entry in chosen {
                output.line(&format!("#{} {} {}", entry.seq, entry.kind, entry.tool.as_deref().unwrap_or_default()))?;
                output.text(&entry.text)?;
                output.raw("\n")?;
            }
        }
        output.finish()
    }
}

fn list(session: &Session, output: &mut Output) -> Result<(), Failure> {
    output.line(&format!("{}  {}  {}", session.id, session.title, session.project))?;
    session.problems.iter().try_for_each(|problem| output.line(&format!("  {problem}")))?;
    let rows: Vec<Vec<String>> = session.entries.iter().map(cells).collect();
    output.table(&["", ">#", "what", "held", "importance", ">tokens", "text"], &rows)
}

fn cells(entry: &Entry) -> Vec<String> {
    use crate::model::Fate;
    let held = match entry.state.fate {
        Fate::Live => entry.state.held.level.to_string(),
        Fate::Evicted => "evicted".into(),
        Fate::Superseded { .. } => "superseded".into(),
        Fate::Archived => "archived".into(),
    };
    let first = entry.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    vec![
        if entry.state.pinned { "★".into() } else { String::new() },
        entry.seq.to_string(),
        what(entry),
        held,
        format!("{:.2}", entry.importance()),
        words::exact(u64::from(entry.cost(Level::Full))),
        first.chars().take(PREVIEW).collect(),
    ]
}

/// `call Bash`; `summary 2 lossy` of a condensed one: its generation, and whether it can hardly hold its sources.
fn what(entry: &Entry) -> String {
    match (&entry.made, entry.tool.as_deref()) {
        (Some(made), _) if entry.is_lossy() => format!("{} {} lossy", entry.kind, made.generation),
        (Some(made), _) => format!("{} {}", entry.kind, made.generation),
        (None, Some(tool)) => format!("{} {tool}", entry.kind),
        (None, None) => entry.kind.to_string(),
    }
}
