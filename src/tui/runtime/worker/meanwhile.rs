//! What others have done to the session that is open: told by name, from its journal.

use crate::{
    model::{Actor, JournalRow, JournalStatus, SessionId, Via},
    workspace::Workspace,
};

/// The session that is open, and the stamp of the newest change that is known.
pub struct Shown {
    pub session: SessionId,
    newest: i64,
}

/// Changes that are counted at a time; where there are more, the next look goes on.
const MOST: usize = 1_000;

impl Shown {
    pub fn new(workspace: &Workspace, session: SessionId) -> Shown {
        let known = workspace.journal_after(0, Some(&session), usize::MAX).unwrap_or_default();
        Shown { session, newest: known.last().map_or(0, |(_, row)| row.stamp) }
    }

    /// The newest edit that came since by another way than this screen, in words; `None` where there is none. Only what
    /// came since is read.
    pub fn told(&mut self, workspace: &Workspace) -> Option<String> {
        let since = workspace.journal_after(self.newest, Some(&self.session), MOST).ok()?;
        self.newest = since.last().map_or(self.newest, |(_, row)| row.stamp);
        // One's own edits are in the journal too, and those of a person at another screen look the same. Nor is it told
        // which front end took an edit back.
        let is_news = |row: &&JournalRow| {
            let is_own = row.actor == Actor::person() && row.via == Some(Via::Screen);
            !is_own && matches!(row.status, JournalStatus::Done | JournalStatus::Append)
        };
        let others: Vec<&JournalRow> = since.iter().map(|(_, row)| row).filter(is_news).collect();
        others.last().map(|row| told(row, others.len() - 1))
    }
}

/// "agent:claude via MCP: appended 3 entries, and 2 edits before".
fn told(row: &JournalRow, earlier: usize) -> String {
    let who = match row.via {
        Some(via) => format!("{} via {}", row.actor, via.told()),
        None => row.actor.to_string(),
    };
    let earlier = match earlier {
        0 => String::new(),
        1 => ", and an edit before".into(),
        count => format!(", and {count} edits before"),
    };
    format!("{who}: {}{earlier}", row.edit.words)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Budget, Role, SessionSettings, Verb},
        pack::settings::PlanSettings,
        workspace::{Push, PushRules},
    };

    #[test]
    fn who_pushed_from_another_process_is_named_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            |via| Workspace::open(&folder.path().join("store.db"), PlanSettings::default()).unwrap().through(via);
        let (mut screen, mut server) = (open(Via::Screen), open(Via::Mcp));
        let (id, agent) = (SessionId::new("haversack:t"), "agent:claude".parse().unwrap());
        server.create(&id, SessionSettings::default(), &agent).unwrap();
        let mut shown = Shown::new(&screen, id.clone());
        screen.changed().unwrap();
        let mut push = |text: &str| {
            server.push(&id, &agent, &[Push::new(Role::User, text)], PushRules::default()).unwrap().added[0].0
        };
        let first = push("the port is 4000");
        assert!(screen.changed().unwrap());
        assert_eq!(shown.told(&screen).as_deref(), Some("agent:claude via MCP: appended 1 entry"));
        assert_eq!(shown.told(&screen), None, "once");
        screen.edit(&id, &Actor::person(), Budget::Tokens(8_000), &Verb::Pin, &[first]).unwrap();
        assert_eq!(shown.told(&screen), None, "one's own is no news");
        push("the host is db.example.org and nothing else");
        push("never run migrations on a Friday afternoon");
        let told = shown.told(&screen);
        assert_eq!(told.as_deref(), Some("agent:claude via MCP: appended 1 entry, and an edit before"));
    }
}
