//! The policy in force: asked before a step reaches the store, so that it holds for every front end.

use super::{Result, Workspace};
use crate::{
    model::{
        Actor, JournalRow, JournalStatus, SessionId,
        policy::{self, Deed, Forbidden, Hand, Subject},
    },
    store::Step,
};

impl Workspace {
    /// # Errors
    /// Where the step undoes or overrides what is not the actor's to change.
    pub(super) fn allow(&self, id: &SessionId, actor: &Actor, step: &Step) -> Result<()> {
        if actor.hand() == Hand::Person {
            return Ok(());
        }
        match step {
            // The actor's own.
            Step::Undo => Ok(()),
            Step::UndoRow(row_id) => {
                let journal = self.store.journal(id)?;
                // One that is not there is the store's to refuse.
                let row = journal.iter().find(|row| row.id == *row_id);
                Ok(row.map_or(Ok(()), |row| policy::allow_row(actor, Deed::TakeBack, row))?)
            }
            Step::Redo => {
                let journal = self.store.journal(id)?;
                let mine =
                    |row: &&JournalRow| row.status == JournalStatus::Undone && row.undone_by.as_ref() == Some(actor);
                let row = journal.iter().filter(mine).max_by_key(|row| row.stamp);
                Ok(row.map_or(Ok(()), |row| policy::allow_row(actor, Deed::BringAgain, row))?)
            }
            Step::Edit { edit, .. } if !policy::overrides(edit) => Ok(()),
            Step::Edit { edit, .. } => {
                let journal = match edit.facts.is_empty() {
                    true => self.store.journal(id)?,
                    false => self.journals_of_the_project(id)?,
                };
                policy::allow_edit(actor, edit, &journal).map_err(|why| self.named(id, why).into())
            }
        }
    }

    /// A fact of a project may be pinned by any of its sessions.
    fn journals_of_the_project(&self, id: &SessionId) -> Result<Vec<JournalRow>> {
        let sessions = self.store.list()?;
        let project = sessions.iter().find(|row| row.id == *id).map(|row| row.project.clone());
        let mut journals = self.store.journal(id)?;
        for row in sessions.iter().filter(|row| row.id != *id && Some(&row.project) == project.as_ref()) {
            journals.extend(self.store.journal(&row.id)?);
        }
        Ok(journals)
    }

    /// With the number that people know the entry by.
    fn named(&self, session: &SessionId, why: Forbidden) -> Forbidden {
        match why.on {
            Subject::Entry(id, _) => {
                let session = self.store.load(session).ok();
                let seq = session.and_then(|session| session.entry(id).map(|entry| entry.seq));
                Forbidden { on: Subject::Entry(id, seq), ..why }
            }
            _ => why,
        }
    }
}

#[cfg(test)]
mod tests;
