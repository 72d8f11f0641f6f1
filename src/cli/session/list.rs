//! `haversack session list`: the sessions of the store.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::Printed,
        context::{settings, workspace},
        output::{Output, moment},
        tell,
    },
    text::words,
    workspace::{SessionRow, answer::Listed},
};

/// List the sessions of the store, the most recently active first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session list
  haversack session list --deleted --json

JSON: a list of {session_id, agent, title, project, parent, entries, held_tokens, held_entries[4], encoding, exact,
last_at, updated, deleted_at, let_go_at, max_tokens, current_tokens, entry_count, created_at, updated_at}. Times other than the last two are milliseconds since 1970 UTC; held_entries counts live entries by held level.")]
pub struct List {
    /// Deleted sessions too
    #[arg(long)]
    deleted: bool,
    #[command(flatten)]
    printed: Printed,
}

impl List {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let workspace = workspace(&settings(store, Vec::new())?)?;
        let mut sessions = workspace.sessions()?;
        sessions.retain(|session| self.deleted || session.deleted_at.is_none());
        let mut output = Output::new();
        if self.printed.is_json() {
            output.json_line(&sessions.iter().map(Listed::new).collect::<Vec<_>>())?;
        } else if sessions.is_empty() {
            tell("the store has no sessions: `haversack import PATH` brings some in");
        } else {
            let rows: Vec<Vec<String>> = sessions.iter().map(cells).collect();
            output.table(&["session", ">entries", ">held", "last entry", "title"], &rows)?;
        }
        output.finish()
    }
}

fn cells(session: &SessionRow) -> Vec<String> {
    let deleted = if session.deleted_at.is_some() { "deleted: " } else { "" };
    let estimate = if session.encoding.is_exact() { "" } else { "~" };
    vec![
        session.id.to_string(),
        match session.let_go_at {
            None => words::exact(u64::from(session.entries)),
            Some(_) => "digest only".into(),
        },
        format!("{estimate}{}", words::exact(session.held())),
        moment(session.last_at.unwrap_or(session.updated)),
        format!("{deleted}{}", session.title),
    ]
}
