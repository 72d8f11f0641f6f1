//! A session as a file of its own: our JSON, which comes back without loss; Markdown, to read; a new file of distill.

mod markdown;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, fs::File, io::Read, path::Path};

use serde::{Deserialize, Serialize};

use super::{ImportReport, Part, Result, Workspace, WorkspaceError, Written, import::Imported, prepare};
use crate::{
    model::{Actor, EntryId, Session, SessionId, Time},
    store::{OpenStore, StoreError, foreign::distill},
    text::redact::clean,
};

const FORMAT: &str = "haversack-session";
const VERSION: u32 = 1;
/// Beyond them a number or a moment is no session's.
const HIGHEST_SEQ: u32 = 1_000_000_000;
const LAST_MOMENT: i64 = 253_402_300_799_999;

#[derive(Serialize)]
struct Document<'a> {
    format: &'a str,
    version: u32,
    session: &'a Session,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize)]
struct Body {
    session: Session,
}

impl Workspace {
    /// The session as JSON on one line: everything but the journal and the embeddings.
    pub fn session_json(&mut self, id: &SessionId) -> Result<String> {
        let session = self.session(id)?;
        let document = Document { format: FORMAT, version: VERSION, session: &session };
        Ok(serde_json::to_string(&document).expect("a session holds nothing that JSON cannot"))
    }

    /// The session as Markdown, to read: every entry in full, with how it is held.
    pub fn session_markdown(&mut self, id: &SessionId) -> Result<String> {
        Ok(markdown::of(&self.session(id)?))
    }

    /// The session as a new distill file; what that has no place for is counted.
    ///
    /// # Errors
    /// Where there is a file already.
    pub fn session_to_distill(&mut self, id: &SessionId, path: &Path) -> Result<Written> {
        let session = self.session(id)?;
        let embeddings = match &self.store {
            OpenStore::Native(native) => native.embeddings(id)?,
            OpenStore::Distill(_) => Vec::new(),
        };
        Ok(distill::write(path, &session, &embeddings, self.now())?)
    }

    /// Takes in a session that [`Workspace::session_json`] has written: with its states, facts and scores.
    pub(super) fn import_export(&mut self, path: &Path) -> Result<ImportReport> {
        self.kind().require(Part::Entries)?;
        let mut session = read(path)?;
        prepare::count_missing(&mut session, self.encoding());
        let row = match self.put(&session, &Actor::rule()) {
            Ok(appended) => Imported::of(&session, appended.added.len()),
            Err(error @ WorkspaceError::Store(StoreError::Deleted(_))) => {
                session.problems.push(error.to_string());
                Imported::of(&session, 0)
            }
            Err(error) => return Err(error),
        };
        Ok(ImportReport { sessions: vec![row] })
    }
}

/// Whether a file is such JSON, by its first bytes.
pub fn sniff(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(256).read_to_end(&mut head));
    let head: Vec<u8> = head.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    read.is_ok() && head.starts_with(format!("{{\"format\":\"{FORMAT}\"").as_bytes())
}

/// The session of such JSON, not counted yet: counts of another program are not believed.
pub fn read(path: &Path) -> Result<Session> {
    let bad = |why: String| WorkspaceError::BadExport { path: path.into(), why };
    let text = std::fs::read_to_string(path).map_err(|why| bad(why.to_string()))?;
    let head: Head = serde_json::from_str(&text).map_err(|why| bad(why.to_string()))?;
    if head.version > VERSION {
        return Err(bad(format!("version {} is of a newer Haversack", head.version)));
    }
    let body: Body = serde_json::from_str(&text).map_err(|why| bad(why.to_string()))?;
    checked(body.session).map_err(bad)
}

/// Refuses what no session of ours holds, and masks what is plain text in the model.
fn checked(mut session: Session) -> std::result::Result<Session, String> {
    if session.id.as_str().trim().is_empty() {
        return Err("the session has no id".into());
    }
    let masked = |text: &str| clean(text).as_str().to_owned();
    let moment = |at: Option<Time>| at.is_none_or(|at| (0..=LAST_MOMENT).contains(&at.0));
    let mut ids: HashSet<EntryId> = HashSet::new();
    let mut last = 0;
    for entry in &mut session.entries {
        if entry.seq <= last || entry.seq > HIGHEST_SEQ {
            return Err(format!("entry {} has the number {} after {last}", entry.id, entry.seq));
        }
        if !ids.insert(entry.id) {
            return Err(format!("two entries have the id {}", entry.id));
        }
        if entry.state.importance.is_some_and(|importance| importance.thousandths() > 1000)
            || !(0.0..=1.0).contains(&entry.score.value)
        {
            return Err(format!("#{} has an importance that is not from 0 to 1", entry.seq));
        }
        if !moment(entry.at) {
            return Err(format!("#{} has a time that is none", entry.seq));
        }
        last = entry.seq;
        entry.costs = [0; 4];
        entry.tool = entry.tool.as_deref().map(|tool| masked(tool).into());
        entry.call_id = entry.call_id.as_deref().map(|id| masked(id).into());
        entry.score.reasons.iter_mut().for_each(|reason| reason.words = masked(&reason.words));
    }
    for fact in &session.facts {
        let times = [Some(fact.at), fact.expires, fact.removed];
        if fact.arrived > HIGHEST_SEQ || !times.into_iter().all(moment) {
            return Err(format!("fact {} has a time or a number that is none", fact.id));
        }
    }
    session.names.retain(|row| ids.contains(&row.entry));
    session.names.iter_mut().for_each(|row| row.cost = 0);
    session.models.iter_mut().for_each(|model| *model = masked(model));
    session.problems.iter_mut().for_each(|problem| *problem = masked(problem));
    Ok(session)
}
