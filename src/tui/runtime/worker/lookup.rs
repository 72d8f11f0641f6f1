//! What the worker looks up and changes nothing for: words in every session, an entry's history, agents' logs.

use std::{path::PathBuf, sync::mpsc::Sender};

use color_eyre::eyre::Result;

use super::Work;
use crate::{
    model::{EntryId, JournalRow, SessionId},
    tui::{
        app::{
            Event,
            entry::HistoryRow,
            recall::{self, Answer},
        },
        runtime::spawn,
    },
    workspace::{Machine, Scope, agents_here},
};

impl Work {
    /// What the store and the demo, where that was looked at, hold of some words.
    pub fn recall(&self, query: String, scope: &Scope) -> Result<Answer> {
        let (mut hits, mut facts, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let demo = self.demo.as_ref().map(|(workspace, id)| (workspace, Some(id)));
        for (workspace, demo) in [(&self.workspace, None)].into_iter().chain(demo) {
            let is_meant = match scope {
                Scope::Session(id) => demo.map_or(!self.is_demo(id), |demo| demo == id),
                Scope::All | Scope::Project(_) => true,
            };
            if is_meant {
                hits.extend(workspace.recall(&query, scope, recall::MOST)?);
                facts.extend(workspace.recall_facts(&query, scope, recall::MOST)?);
                rows.extend(workspace.sessions()?);
            }
        }
        hits.sort_by(|one, other| other.score.total_cmp(&one.score));
        facts.sort_by(|one, other| other.score.total_cmp(&one.score));
        let is_hit = |id: &SessionId| {
            hits.iter().any(|hit| hit.session_id == *id) || facts.iter().any(|fact| fact.session_id == *id)
        };
        rows.retain(|row| is_hit(&row.id));
        rows.dedup_by(|one, other| one.id == other.id);
        let sessions = rows.into_iter().map(|row| (row.id, row.title, row.project)).collect();
        Ok(Answer { query, hits, facts, sessions, now: self.workspace.now() })
    }
}

/// Looks for agents' logs on a thread of its own: there may be thousands, and somebody may open the demo meanwhile.
pub fn discover(home: PathBuf, events: Sender<Event>) {
    spawn("discovery", move || {
        let variable = |name: &str| std::env::var_os(name);
        let here = std::env::current_dir().unwrap_or_else(|_| home.clone());
        let agents = agents_here(&Machine { home, here, variable: &variable });
        // The loop may have ended.
        let _ = events.send(Event::Discovered { agents });
    });
}

/// The edits that touched an entry, newest first.
pub fn history(journal: &[JournalRow], of: EntryId) -> Vec<HistoryRow> {
    let touching = journal.iter().rev().filter_map(|row| {
        let change = row.edit.changes.iter().find(|change| change.id() == of)?;
        Some(HistoryRow {
            at: row.at,
            actor: row.actor.clone(),
            status: row.status,
            words: row.edit.words.clone(),
            before: change.before().cloned(),
            after: change.after().cloned(),
        })
    });
    touching.collect()
}
