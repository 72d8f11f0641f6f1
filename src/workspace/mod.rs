//! The one way in for every front end, and the only clock: open, import, edit, undo, plan.

pub mod desk;
mod error;
mod document;
mod export;
mod facts;
mod file;
mod found;
mod held;
mod hook;
mod policy;
mod condense;
mod import;
pub mod insight;
mod journal;
mod naming;
mod absorb;
mod background;
pub mod answer;
pub mod line;
mod sweep;
pub mod prepare;
mod push;
mod warm;
mod shelf;
mod replay;
pub mod retention;
mod source;
mod writing;
mod trouble;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, OnceLock},
    time::{SystemTime, UNIX_EPOCH},
};

pub use crate::ingest::{Agent, Counts, Inspected, LogFile, Machine, Place, Reported, discover};
pub use crate::llm::{Cancel, Ending, LlmError, Model, NoModel, Request, Task};
pub use crate::store::{
    Appended, Backlog, Exported, FactHit, Found, Health, Hit, Part, Purged, Pushes, Scope, SessionRow, StoreKind, Tier,
    foreign::distill::{Sidecars, Upgraded, Written},
};
pub use background::Compared;
pub use condense::{Condensing, condensed};
pub use desk::{Desk, Done, Totals};
pub use error::{Result, WorkspaceError};
pub use facts::FactRequest;
pub use file::{StoreFile, upgrade};
pub use found::{AgentLogs, agents_here};
pub use hook::{HookCommand, HookError, HookEvent, HookedAgent, Installed, Moment, Settings, SettingsChange};
pub use import::{ImportReport, Imported, Progress};
pub use journal::{Point, Stepped, standing_after, undone_until};
pub use naming::find_session;
pub use push::{Half, Push, PushRules, Pushed, Superseded};
pub use replay::{Go, Replaying};
pub use source::{Source, inspect, listed, read_sessions};
pub use sweep::{Again, Change, Keep, Swept};
pub use trouble::Trouble;
pub use writing::{Assignment, Fresh, Proposal, Reply, request};

pub use shelf::Shelf;

use self::{prepare::Counters, warm::WarmSessions};
use crate::{
    config::Synchronous,
    facts::FactSettings,
    model::{
        Actor, Budget, Clean, Edit, Entry, EntryId, JournalRow, Level, Session, SessionId, Time, Usage, Verb, Via,
        policy::{Hand, allow_purge, allow_undelete},
    },
    pack::{price, settings::PlanSettings, strategy::Strategy},
    store::{Applied, Native, OpenStore, Step, StoreError, Stored},
    text::{
        redact,
        tokens::{Encoding, Tokenizer},
    },
};

/// What is wanted of a session's index of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Index {
    /// Made, where entries came in that it does not know.
    Made,
    AsItIs,
}

/// An open store, and the clock.
pub struct Workspace {
    store: OpenStore,
    settings: PlanSettings,
    fact_settings: FactSettings,
    /// Built when something is counted for the first time.
    counters: OnceLock<Counters>,
    /// What `changed` saw last.
    version: i64,
    /// Exports from a store that keeps none, by session and strategy: gone with this process.
    exports: HashMap<(SessionId, String), Exported>,
    /// Sessions as the last push left them.
    warm: WarmSessions,
    /// The session whose outputs are being compared.
    comparing: Option<background::Comparing>,
    /// Sessions as they were read last; `None` where each is read about once.
    shelf: Option<Shelf>,
}

impl Workspace {
    /// Opens the store at `path`, ours or a distill file; where there is none, makes one of ours.
    pub fn open(path: &Path, settings: PlanSettings) -> Result<Workspace> {
        Workspace::with(OpenStore::open(path)?, settings)
    }

    /// A store that is gone when dropped, for the demo and for looking at a file without keeping it.
    pub fn throw_away(settings: PlanSettings) -> Result<Workspace> {
        Workspace::with(OpenStore::Native(Native::in_memory()?), settings)
    }

    /// By which front end edits come, which the journal tells.
    #[must_use]
    pub fn through(mut self, via: Via) -> Workspace {
        self.store.come_by(via);
        self
    }

    fn with(mut store: OpenStore, settings: PlanSettings) -> Result<Workspace> {
        if let OpenStore::Native(native) = &mut store {
            native.count_in(settings.encoding);
        }
        let version = store.watch()?;
        Ok(Workspace {
            store,
            settings,
            fact_settings: FactSettings::default(),
            counters: OnceLock::new(),
            version,
            exports: HashMap::new(),
            warm: WarmSessions::default(),
            comparing: None,
            shelf: None,
        })
    }

    /// What writes survive from now on; until then a killed program. Another program's file keeps its own way.
    pub fn synchronize(&mut self, synchronous: Synchronous) -> Result<()> {
        match &mut self.store {
            OpenStore::Native(native) => Ok(native.synchronize(synchronous)?),
            OpenStore::Distill(_) => Ok(()),
        }
    }

    /// Whose file the store is, which says what it can hold.
    pub fn kind(&self) -> StoreKind {
        self.store.kind()
    }

    /// How plans are made where nothing else is said.
    pub fn strategy(&self) -> Strategy {
        self.settings.strategy
    }

    pub fn encoding(&self) -> Encoding {
        self.settings.encoding
    }

    /// Whether the store's file, which stands at `path`, is sound, and how much it holds. Reads all of it.
    pub fn health(&self, path: &Path) -> Result<Health> {
        Ok(self.store.health(path)?)
    }

    /// What counts for this workspace.
    pub fn counters(&self) -> &Counters {
        self.counters.get_or_init(|| Counters::new(self.settings.encoding))
    }

    /// Counts with a tokenizer that is built already, which must be of the settings' encoding.
    pub fn count_with(&mut self, costs: Arc<Tokenizer>) {
        self.counters = OnceLock::from(Counters::of(costs));
    }

    /// Keeps what is read on a shelf, which several workspaces on one store may share.
    pub fn keep_on(&mut self, shelf: Shelf) {
        self.shelf = Some(shelf);
    }

    /// The verb that writes a rendition of an entry by hand: the text is redacted and priced here.
    pub fn rewriting(&self, entry: &Entry, level: Level, text: &str) -> Verb {
        let text = redact::clean(text.trim_end());
        let tokens = price::cost_of(entry, level, &text, self.counters().costs());
        Verb::Rewrite { level, text, tokens }
    }

    /// All sessions, deleted ones too, the most recently active first.
    pub fn sessions(&self) -> Result<Vec<SessionRow>> {
        Ok(self.store.list()?)
    }

    /// A session with costs under this workspace's encoding; where it was never counted under it, it is now.
    pub fn session(&mut self, id: &SessionId) -> Result<Session> {
        self.read_session(id, Index::Made)
    }

    /// The same for who looks at entries and facts alone: its index of names may lack what was pushed last.
    pub fn entries(&mut self, id: &SessionId) -> Result<Session> {
        self.read_session(id, Index::AsItIs)
    }

    fn read_session(&mut self, id: &SessionId, index: Index) -> Result<Session> {
        let OpenStore::Native(native) = &self.store else {
            let mut session = self.store.load(id)?;
            prepare::prepare_in_place(&mut session, self.counters());
            return Ok(session);
        };
        let kept = self.kept(native, id)?;
        let makes = |stored: &Stored| stored.names_due && index == Index::Made;
        let is_as_kept = kept.as_ref().is_some_and(|stored| !makes(stored));
        let mut stored = kept.map_or_else(|| native.stored(id), Ok)?;
        match makes(&stored) {
            true => {
                self.make_due_names(&mut stored)?;
                stored.names_due = false;
            }
            false => drop(self.count_missing(&mut stored.session)?),
        }
        if let Some(shelf) = self.shelf.as_ref().filter(|_| !is_as_kept) {
            shelf.keep(stored.clone());
        }
        self.price_facts(&mut stored.session.facts)?;
        Ok(stored.session)
    }

    /// A session of the shelf, where that has it as the store has it now. Its facts are read: other sessions write them too.
    fn kept(&self, native: &Native, id: &SessionId) -> Result<Option<Stored>> {
        let Some(shelf) = &self.shelf else { return Ok(None) };
        let version = native.version(id)?;
        let Some(mut stored) = shelf.copy(id, version) else { return Ok(None) };
        stored.session.facts = native.facts(id)?;
        Ok((native.version(id)? == version).then_some(stored))
    }

    /// The whole text of one entry.
    pub fn text(&self, id: &SessionId, entry: EntryId) -> Result<Clean> {
        Ok(self.store.text(id, entry)?)
    }

    /// A session with its plan.
    pub fn desk(&mut self, id: &SessionId, budget: Budget) -> Result<Desk> {
        self.desk_by(id, budget, self.settings.strategy)
    }

    /// A session with its plan by another strategy than that of the settings.
    pub fn desk_by(&mut self, id: &SessionId, budget: Budget, strategy: Strategy) -> Result<Desk> {
        let mut settings = PlanSettings { strategy, ..self.settings };
        settings.least_layer = self.forced_layer(id)?;
        let session = self.session(id)?;
        let mut desk = match settings.strategy {
            Strategy::Balanced => Desk::new(session, settings, budget, self.now()),
            // The others count texts of their own: with this workspace's tokenizer, not one more.
            _ => Desk::counting(session, settings, budget, self.now(), self.counters().share()),
        };
        desk.keep_in(self.kind());
        desk.remember(self.last_sent(id, settings.strategy)?);
        Ok(desk)
    }

    /// Applies a verb to entries and stores the edit.
    pub fn edit(&mut self, id: &SessionId, actor: &Actor, budget: Budget, verb: &Verb, on: &[EntryId]) -> Result<Done> {
        let mut desk = self.desk(id, budget)?;
        let done = desk.edit(verb, on)?;
        self.record(id, actor, &done.edit)?;
        Ok(done)
    }

    /// Stores an edit that was made on a desk. Refused where the stored session is not as the edit expects it.
    pub fn record(&mut self, id: &SessionId, actor: &Actor, edit: &Edit) -> Result<JournalRow> {
        let held = self.held_texts(id, edit)?;
        let applied = self.apply(id, actor, Step::Edit { edit, held: &held })?;
        self.count_rewritten(id, edit)?;
        Ok(applied.row)
    }

    /// Takes back the actor's newest edit; gives what was applied.
    pub fn undo(&mut self, id: &SessionId, actor: &Actor) -> Result<Edit> {
        let undone = self.apply(id, actor, Step::Undo)?;
        self.count_rewritten(id, &undone.edit)?;
        Ok(undone.edit)
    }

    /// Takes back any edit of the journal.
    pub fn undo_row(&mut self, id: &SessionId, row: i64, actor: &Actor) -> Result<Edit> {
        let undone = self.apply(id, actor, Step::UndoRow(row))?;
        self.count_rewritten(id, &undone.edit)?;
        Ok(undone.edit)
    }

    /// Brings back what the actor took back last; gives what was applied.
    pub fn redo(&mut self, id: &SessionId, actor: &Actor) -> Result<Edit> {
        let redone = self.apply(id, actor, Step::Redo)?;
        self.count_rewritten(id, &redone.edit)?;
        Ok(redone.edit)
    }

    fn apply(&mut self, id: &SessionId, actor: &Actor, step: Step) -> Result<Applied> {
        self.allow(id, actor, &step)?;
        let now = self.now();
        Ok(self.store.apply(id, actor, now, step)?)
    }

    /// What the log of a session says that it used; `None` where no log tells.
    pub fn usage(&self, id: &SessionId) -> Result<Option<Usage>> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.usage(id)?),
            OpenStore::Distill(_) => Ok(None),
        }
    }

    /// Every edit of a session, oldest first.
    pub fn journal(&self, id: &SessionId) -> Result<Vec<JournalRow>> {
        Ok(self.store.journal(id)?)
    }

    /// What has changed in the store after a stamp (see [`Workspace::newest_stamp`]), with its session and without what was
    /// changed of it, in that order; at most `limit`. Of another program's file only where a session is named.
    pub fn journal_after(
        &self,
        stamp: i64,
        of: Option<&SessionId>,
        limit: usize,
    ) -> Result<Vec<(SessionId, JournalRow)>> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.journal_after(stamp, of, limit)?),
            OpenStore::Distill(_) => {
                let Some(id) = of else { return Ok(Vec::new()) };
                let mut rows = self.store.journal(id)?;
                rows.retain(|row| row.stamp > stamp);
                rows.sort_by_key(|row| row.stamp);
                Ok(rows.into_iter().take(limit).map(|row| (id.clone(), row)).collect())
            }
        }
    }

    /// Rises with every change of the store: an edit, an undo, a redo, a push.
    pub fn newest_stamp(&self) -> Result<i64> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.newest_stamp()?),
            OpenStore::Distill(_) => Ok(0),
        }
    }

    /// Hides a session for 30 days.
    pub fn delete(&mut self, id: &SessionId, actor: &Actor) -> Result<()> {
        let now = self.now();
        Ok(self.store.native_mut(Part::Deletion)?.delete(id, actor, now)?)
    }

    /// Brings a deleted session back as it was.
    ///
    /// # Errors
    /// Where it is not deleted, or a person has deleted it and somebody else asks.
    pub fn undelete(&mut self, id: &SessionId, actor: &Actor) -> Result<()> {
        let now = self.now();
        if actor.hand() != Hand::Person {
            allow_undelete(actor, id, self.store.native(Part::Deletion)?.deletion(id)?.as_ref())?;
        }
        Ok(self.store.native_mut(Part::Deletion)?.undelete(id, actor, now)?)
    }

    /// Removes a session's bytes. Cannot be undone, and is for a person alone.
    pub fn purge(&mut self, id: &SessionId, actor: &Actor) -> Result<Purged> {
        allow_purge(actor, id)?;
        Ok(self.store.native_mut(Part::Deletion)?.purge(id)?)
    }

    /// Entries whose text, or whose rendition by hand, holds the words of a query; see [`Native::recall`].
    pub fn recall(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<Hit>> {
        Ok(self.store.recall(query, scope, limit)?)
    }

    /// Facts that hold the words of a query; see [`Native::recall_facts`].
    pub fn recall_facts(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<FactHit>> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.recall_facts(query, scope, limit)?),
            OpenStore::Distill(_) => Ok(Vec::new()),
        }
    }

    /// Whether another program has written to the store since this was asked last.
    pub fn changed(&mut self) -> Result<bool> {
        let version = self.store.watch()?;
        Ok(std::mem::replace(&mut self.version, version) != version)
    }

    pub fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Counts what the stored session has no costs for, and stores that. Whether there was any entry.
    fn count_missing(&mut self, session: &mut Session) -> Result<bool> {
        let (counted, rows_counted) = prepare::count_missing(session, self.settings.encoding);
        if !counted.is_empty() {
            let entries = counted.iter().filter_map(|&id| session.entry(id));
            let costs: Vec<_> = entries.map(|entry| (entry.id, entry.costs)).collect();
            self.store.native_mut(Part::Derived)?.recount(&session.id, self.settings.encoding, &costs)?;
        }
        if rows_counted {
            self.store.native_mut(Part::Derived)?.recount_names(&session.id, self.settings.encoding, &session.names)?;
        }
        Ok(!counted.is_empty())
    }

    /// Makes the index of names that pushes have put off, and stores it. Where another program writes just now, the next
    /// reader stores it.
    fn make_due_names(&mut self, stored: &mut Stored) -> Result<()> {
        let before = std::mem::take(&mut stored.session.names);
        if self.count_missing(&mut stored.session)? {
            *stored = self.store.native(Part::Derived)?.stored(&stored.session.id)?;
        }
        let names = prepare::names(&stored.session, self.counters().costs());
        stored.session.names = if names.is_empty() { before } else { names };
        let session = &stored.session;
        let settled = self.store.native_mut(Part::Derived)?.settle_names(&session.id, stored.version, &session.names);
        match settled {
            Err(StoreError::Busy) => Ok(()),
            settled => Ok(settled?),
        }
    }

    /// An edit that changed a text left it without costs in the store.
    fn count_rewritten(&mut self, id: &SessionId, edit: &Edit) -> Result<()> {
        if edit.rewrites() && self.kind().keeps(Part::Derived) {
            self.session(id)?;
        }
        Ok(())
    }
}
