//! `haversack session get`: a session's entries, or some of them in full.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::{EntryName, Printed, Which},
        context::Opened,
        output::{Output, rfc3339},
    },
    model::{Entry, EntryId, EntryState, Level, Made, Mark, Seen, Session, SessionId, Source, Time},
    pack::{enforce, statistics::Statistics},
    text::words,
    workspace::SessionRow,
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

#[derive(Serialize)]
struct Answer<'a> {
    session_id: &'a SessionId,
    max_tokens: u32,
    current_tokens: u64,
    entry_count: usize,
    push_count: u32,
    created_at: String,
    updated_at: String,
    dedup_threshold: f32,
    preserve_recent: Option<u32>,
    stats: Statistics,
    title: &'a str,
    project: &'a str,
    parent: Option<&'a SessionId>,
    models: &'a [String],
    problems: &'a [String],
    encoding: String,
    exact: bool,
    entries: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    entry_id: EntryId,
    seq: u32,
    kind: String,
    role: String,
    marks: Vec<Mark>,
    tool: Option<&'a str>,
    path: Option<&'a str>,
    importance: f32,
    tokens: [u32; 4],
    state: &'a EntryState,
    seen: Seen,
    at: Option<Time>,
    source: Option<Source>,
    made: Option<&'a Made>,
    lossy: bool,
    text: &'a str,
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
            let moment = |of: fn(&SessionRow) -> Time| row.as_ref().map(of).map(rfc3339).unwrap_or_default();
            output.json_line(&Answer {
                session_id: &session.id,
                max_tokens: session.settings.max_tokens,
                current_tokens: enforce::held_tokens(&session),
                entry_count: session.entries.len(),
                push_count: opened.workspace.pushes(&session.id)?.count,
                created_at: moment(|row| row.created),
                updated_at: moment(|row| row.updated),
                dedup_threshold: session.settings.dedup_threshold,
                preserve_recent: session.settings.preserve_recent,
                stats: Statistics::held(chosen.iter().copied()),
                title: &session.title,
                project: &session.project,
                parent: session.parent.as_ref(),
                models: &session.models,
                problems: &session.problems,
                encoding: encoding.to_string(),
                exact: encoding.is_exact(),
                entries: chosen.iter().map(|entry| entry_row(entry, &session)).collect(),
            })?;
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

fn entry_row<'a>(entry: &'a Entry, session: &Session) -> Row<'a> {
    let file = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
    Row {
        entry_id: entry.id,
        seq: entry.seq,
        kind: entry.kind.to_string(),
        role: entry.role.to_string(),
        marks: entry.marks.iter().collect(),
        tool: entry.tool.as_deref(),
        path: entry.path.as_deref(),
        importance: entry.importance(),
        tokens: entry.costs,
        state: &entry.state,
        seen: entry.seen,
        at: entry.at,
        source: file.map(|file| Source { seq: entry.seq, file: file.path.clone(), line: entry.place.line }),
        made: entry.made.as_deref(),
        lossy: entry.is_lossy(),
        text: &entry.text,
    }
}
