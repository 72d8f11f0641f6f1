//! Steps through the journal: back to a point of it, and forward again, one edit at a time.

use super::{Result, Workspace, WorkspaceError};
use crate::{
    model::{Actor, Edit, JournalRow, JournalStatus, SessionId},
    store::{Applied, Step, StoreError},
};

/// Where steps through the journal end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// As it was right after this row: every later edit of the actor is taken back, the newest first.
    After(i64),
    /// Without this row, whoever made it.
    Without(i64),
    /// With this row again, which the actor took back, and with all that has to come before it.
    Again(i64),
}

/// Steps that were made, and what ended them early.
#[derive(Debug, Default)]
pub struct Stepped {
    /// What was applied to the session, in order.
    pub edits: Vec<Edit>,
    /// Why the rest was not made; what was made stays.
    pub stopped: Option<WorkspaceError>,
}

/// What the actor has done since a row of the journal and what still stands, in the order in which it is taken back.
pub fn standing_after<'a>(journal: &'a [JournalRow], row: i64, actor: &Actor) -> Vec<&'a JournalRow> {
    let mine = |later: &&JournalRow| later.id > row && later.status == JournalStatus::Done && later.actor == *actor;
    let mut standing: Vec<&JournalRow> = journal.iter().filter(mine).collect();
    standing.sort_by_key(|row| std::cmp::Reverse(row.stamp));
    standing
}

/// What a redo up to a row brings again, in that order; empty where the actor did not take it back.
pub fn undone_until<'a>(journal: &'a [JournalRow], row: i64, actor: &Actor) -> Vec<&'a JournalRow> {
    let mine = |row: &&JournalRow| row.status == JournalStatus::Undone && row.undone_by.as_ref() == Some(actor);
    let mut undone: Vec<&JournalRow> = journal.iter().filter(mine).collect();
    undone.sort_by_key(|row| std::cmp::Reverse(row.stamp));
    match undone.iter().position(|undone| undone.id == row) {
        Some(last) => undone[..=last].to_vec(),
        None => Vec::new(),
    }
}

impl Workspace {
    /// Goes to a point of the journal, each edit one step of the store: exact, or refused. The first that is refused ends
    /// it; what was made until then stays.
    ///
    /// # Errors
    /// Where the journal has no such row. Nothing is changed then.
    pub fn step_to(&mut self, id: &SessionId, actor: &Actor, point: Point) -> Result<Stepped> {
        let journal = self.journal(id)?;
        let (Point::After(row_id) | Point::Without(row_id) | Point::Again(row_id)) = point;
        if !journal.iter().any(|row| row.id == row_id) {
            return Err(StoreError::NoRow { row_id }.into());
        }
        let steps: Vec<Step> = match point {
            Point::After(row) => {
                standing_after(&journal, row, actor).into_iter().map(|row| Step::UndoRow(row.id)).collect()
            }
            Point::Without(row) => vec![Step::UndoRow(row)],
            Point::Again(row) => undone_until(&journal, row, actor).into_iter().map(|_| Step::Redo).collect(),
        };
        let mut stepped = Stepped::default();
        for step in steps {
            match self.apply(id, actor, step) {
                Ok(Applied { edit, .. }) => stepped.edits.push(edit),
                Err(why) => {
                    stepped.stopped = Some(why);
                    break;
                }
            }
        }
        // One look counts whatever they left without costs.
        if let Some(rewriting) = stepped.edits.iter().find(|edit| edit.rewrites()) {
            self.count_rewritten(id, rewriting)?;
        }
        Ok(stepped)
    }
}

#[cfg(test)]
mod tests;
