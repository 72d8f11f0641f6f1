//! The worker: owns the store, does what the app asks of it, and notices when another program writes to it.

mod doing;
mod lookup;
mod lessons;
mod author;
mod meanwhile;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use color_eyre::eyre::{Report, Result, eyre};

use self::{lessons::Lessons, meanwhile::Shown};
use super::{coach, spawn, test_panic, watch::Watch};
use crate::{
    facts::FactSettings,
    model::{Actor, Budget, SessionId, Verb, Via},
    pack::settings::PlanSettings,
    text::{redact, words},
    tui::app::{
        Effect, Event,
        effect::Existing,
        event::{Keeping, Way},
        state,
    },
    workspace::{Backlog, Compared, Go, ImportReport, Progress, Replaying, Workspace},
};

/// How often the store is asked whether somebody else wrote to it.
const LOOK_EVERY: Duration = Duration::from_millis(400);

pub struct Worker {
    queue: Sender<Effect>,
    /// The number of the newest recall: older ones are not worth an answer.
    recalled: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Worker {
    pub fn start(
        open: impl FnOnce() -> Result<Workspace> + Send + 'static,
        followed: Option<PathBuf>,
        plan: PlanSettings,
        facts: FactSettings,
        keeping: Keeping,
        home: PathBuf,
        events: Sender<Event>,
    ) -> Self {
        let (queue, effects) = mpsc::channel();
        let recalled = Arc::new(AtomicU64::new(0));
        let newest = Arc::clone(&recalled);
        let thread = spawn("store", move || match open() {
            Ok(workspace) => {
                let watch = followed.map(|path| Watch::start(&from_home(&path))).transpose();
                match watch {
                    Ok(watch) => Work {
                        workspace,
                        backlog: Backlog::Done,
                        watch,
                        demo: None,
                        shown: None,
                        plan,
                        facts,
                        keeping,
                        newest_replay: Arc::default(),
                        newest,
                        lessons: Lessons::default(),
                        home,
                        events,
                    }
                    .run(&effects),
                    Err(report) => drop(events.send(Event::Died { report: in_a_line(&report) })),
                }
            }
            // Without a store there is nothing to show: the loop ends with the reason.
            Err(report) => drop(events.send(Event::Died { report: in_a_line(&report) })),
        });
        Self { queue, recalled, thread }
    }

    pub fn run(&self, effect: Effect) {
        if let Effect::Recall { generation, .. } = &effect {
            self.recalled.store(*generation, Ordering::Relaxed);
        }
        // Fails only when the thread has ended, and then the loop is told why.
        let _ = self.queue.send(effect);
    }

    /// Waits until everything asked for is done.
    pub fn finish(self) -> Result<()> {
        drop(self.queue);
        self.thread.join().map_err(|_| eyre!("the store thread panicked while it finished"))
    }
}

struct Work {
    workspace: Workspace,
    /// Whether recall's index is behind what is stored, or outputs are to be compared.
    backlog: Backlog,
    /// The log that is followed.
    watch: Option<Watch>,
    /// The built-in session's throw-away store, and its id.
    demo: Option<(Workspace, SessionId)>,
    /// The session of the store that was opened last.
    shown: Option<Shown>,
    plan: PlanSettings,
    facts: FactSettings,
    /// Of the workspace; the demo's never keeps anything.
    keeping: Keeping,
    newest: Arc<AtomicU64>,
    /// What is to be said of the store's sessions as soon as all of them are digested.
    lessons: Lessons,
    home: PathBuf,
    /// The replay whose turns are still wanted; 0: none.
    newest_replay: Arc<AtomicU64>,
    events: Sender<Event>,
}

impl Work {
    fn run(mut self, effects: &Receiver<Effect>) {
        loop {
            let is_behind = self.backlog == Backlog::Left || self.lessons.is_wanted();
            let wait = if is_behind { Duration::ZERO } else { LOOK_EVERY };
            let event = match effects.recv_timeout(wait) {
                Ok(effect) => self.answer(effect),
                Err(RecvTimeoutError::Timeout) if self.lessons.is_wanted() => self.learn(),
                Err(RecvTimeoutError::Timeout) => {
                    // Nothing was asked for.
                    self.catch_up().or_else(|| self.look())
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if let Some(event) = event {
                // The loop may be gone already; what it asked for is done all the same.
                let _ = self.events.send(event);
            }
        }
    }

    /// Recall's index follows what is stored, then outputs are compared. What cannot follow now is tried again after the
    /// next effect; the index is brought up to date by whoever looks for words.
    fn catch_up(&mut self) -> Option<Event> {
        self.backlog = self.workspace.index_piece().unwrap_or(Backlog::Done);
        if self.backlog == Backlog::Left {
            return None;
        }
        let compared = self.workspace.compare_piece().unwrap_or(Compared::Nothing);
        if compared != Compared::Nothing {
            self.backlog = Backlog::Left;
        }
        let Compared::Session { id, found } = compared else { return None };
        let is_shown = self.shown.as_ref().is_some_and(|shown| shown.session == id);
        (found > 0 && is_shown).then(|| Event::Grew {
            words: format!("{} again later", words::plural(found, "output is said", "outputs are said")),
        })
    }

    /// What others have done meanwhile: written to the store, or to the log that is followed.
    fn look(&mut self) -> Option<Event> {
        if self.workspace.changed().unwrap_or(false) {
            let told = self.shown.as_mut().and_then(|shown| shown.told(&self.workspace));
            return Some(told.map_or(Event::StoreChanged, |words| Event::Grew { words }));
        }
        let watch = self.watch.as_mut()?;
        if !watch.is_due() {
            return None;
        }
        let path = watch.path().to_owned();
        let begun = Instant::now();
        let report = self.workspace.import(&path, &mut |_| {});
        watch.rest(begun.elapsed());
        match report {
            Ok(report) => {
                let added: usize = report.sessions.iter().map(|session| session.added).sum();
                (added > 0).then(|| Event::Grew { words: words::plural(added, "new entry", "new entries") })
            }
            // The agent may be replacing it: the next change tries again.
            Err(error) => Some(Event::Refused { why: error.to_string() }),
        }
    }

    fn answer(&mut self, effect: Effect) -> Option<Event> {
        if test_panic("worker") && matches!(effect, Effect::Record { .. }) {
            panic!("asked to panic on the store's thread");
        }
        let (doing, next) = doing::names(&effect);
        match self.perform(effect) {
            Ok(event) => event,
            Err(report) => Some(Event::Failed { doing: doing.into(), why: in_a_line(&report), next }),
        }
    }

    fn perform(&mut self, effect: Effect) -> Result<Option<Event>> {
        let person = Actor::person();
        let event = match effect {
            Effect::List { generation } => {
                self.shown = None;
                self.list(generation)?
            }
            Effect::Open { generation, session, budget } => {
                if self.shown.as_ref().is_none_or(|shown| shown.session != session) {
                    self.shown = Some(Shown::new(&self.workspace, session.clone()));
                }
                let desk = self.store_of(&session).desk(&session, budget)?;
                let keeping = if self.is_demo(&session) { Keeping::Nothing } else { self.keeping };
                Event::Opened { generation, desk: Box::new(desk), keeping }
            }
            Effect::Demo { generation, budget } => {
                self.shown = None;
                self.demo(generation, budget)?
            }
            Effect::Import { path, session } => self.import(&[path], session)?,
            Effect::ImportAll { paths } => self.import(&paths, None)?,
            Effect::Discover => {
                lookup::discover(self.home.clone(), self.events.clone());
                return Ok(None);
            }
            Effect::Learned { used } => {
                // A look at the demo leaves nothing behind.
                if self.keeping != Keeping::Nothing {
                    coach::remember(&used);
                }
                return Ok(None);
            }
            Effect::Record { session, edit } => {
                self.store_of(&session).record(&session, &person, &edit)?;
                return Ok(None);
            }
            Effect::Step { session, way } => {
                let workspace = self.store_of(&session);
                let stepped = match way {
                    Way::Undo => workspace.undo(&session, &person),
                    Way::Redo => workspace.redo(&session, &person),
                };
                match stepped {
                    Ok(edit) => Event::Undone { session, way, edit },
                    Err(error) => Event::Refused { why: error.to_string() },
                }
            }
            Effect::StepTo { session, point } => {
                let stepped = self.store_of(&session).step_to(&session, &person, point)?;
                let stopped = stepped.stopped.map(|why| why.to_string());
                Event::Stepped { session, point, edits: stepped.edits, stopped }
            }
            Effect::Journal { session } => {
                let store = self.store_of(&session);
                let (journal, now) = (store.journal(&session).map_err(|error| error.to_string()), store.now());
                Event::Journal { session, journal, now }
            }
            Effect::ChangeFact { session, request } => {
                let store = self.store_of(&session);
                match store.change_facts(&session, &person, request) {
                    Ok(edit) => Event::FactChanged { now: store.now(), session, edit },
                    Err(error) => Event::Refused { why: error.to_string() },
                }
            }
            Effect::Clock => Event::Clock { now: self.workspace.now() },
            Effect::Replay { generation, session, settings, budget } => {
                self.newest_replay.store(generation, Ordering::Relaxed);
                match self.store_of(&session).replaying(&session) {
                    Ok(replaying) => {
                        self.replay(generation, replaying, settings, budget);
                        return Ok(None);
                    }
                    Err(error) => Event::Replayed { generation, step: Err(error.to_string()) },
                }
            }
            Effect::StopReplay => {
                self.newest_replay.store(0, Ordering::Relaxed);
                return Ok(None);
            }
            Effect::Delete { session, title } => {
                self.store_of(&session).delete(&session, &person)?;
                Event::Deleted { session, title }
            }
            Effect::Undelete { session, title } => {
                self.store_of(&session).undelete(&session, &person)?;
                Event::Undeleted { title }
            }
            Effect::Exported { session, export } => {
                self.store_of(&session).exported(&session, &export)?;
                return Ok(None);
            }
            Effect::Write { path, text, existing } => write(&path, text, existing)?,
            Effect::Usage { session } => {
                let usage = self.store_of(&session).usage(&session)?;
                Event::Used { session, usage }
            }
            Effect::Recall { generation, .. } if generation < self.newest.load(Ordering::Relaxed) => return Ok(None),
            Effect::Recall { generation, query, scope } => {
                Event::Recalled { generation, answer: self.recall(query, &scope)? }
            }
            Effect::Learn { generation, rules } => {
                self.lessons.want(generation, rules);
                return Ok(None);
            }
            Effect::Decide { pattern, choice, note } => {
                self.workspace.decide(&pattern, choice, &note, &person)?;
                self.lessons.want_again();
                return Ok(None);
            }
            Effect::LetGo { caps, told } => self.let_go(caps, &told)?,
            Effect::BringBack { session, entry, budget } => {
                let done = self.store_of(&session).edit(&session, &person, budget, &Verb::Restore, &[entry]);
                match done {
                    Ok(done) => Event::BroughtBack { session, words: done.words },
                    Err(error) => Event::Refused { why: error.to_string() },
                }
            }
            Effect::History { session, of, version } => {
                let journal = self.store_of(&session).journal(&session)?;
                Event::History { of, version, rows: lookup::history(&journal, of), now: self.workspace.now() }
            }
            Effect::Ask { generation, session, model, asked, cancel } => {
                match self.store_of(&session).kept_answer(&session, &model, &asked.request) {
                    Ok(Some(reply)) => Event::Answered { generation, outcome: Ok(reply) },
                    // One that cannot be read is asked for again.
                    _ => {
                        author::write(generation, model, asked, cancel, self.events.clone());
                        return Ok(None);
                    }
                }
            }
            Effect::Propose { generation, session, model, asked, reply } => {
                let proposed = author::propose(self.store_of(&session), &session, &model, &asked, &reply);
                match proposed.transpose() {
                    Some(outcome) => Event::Proposed { generation, outcome },
                    None => return Ok(None),
                }
            }
            Effect::Copy { .. }
            | Effect::Search { .. }
            | Effect::Mentions { .. }
            | Effect::Plan { .. }
            | Effect::Sweep { .. }
            | Effect::Compare { .. } => return Ok(None),
        };
        Ok(Some(event))
    }

    /// On a thread of its own, which ends with its last turn or when another replay is asked for.
    fn replay(&self, generation: u64, replaying: Replaying, settings: PlanSettings, budget: Budget) {
        let (newest, events) = (self.newest_replay.clone(), self.events.clone());
        spawn("replay", move || {
            replaying.run(settings, budget.tokens(), &mut |step, of| {
                if newest.load(Ordering::Relaxed) != generation {
                    return Go::Stop;
                }
                match events.send(Event::Replayed { generation, step: Ok((Box::new(step), of)) }) {
                    Ok(()) => Go::On,
                    Err(_) => Go::Stop,
                }
            });
        });
    }

    fn is_demo(&self, session: &SessionId) -> bool {
        self.demo.as_ref().is_some_and(|(_, demo)| demo == session)
    }

    /// The store that a session is in.
    fn store_of(&mut self, session: &SessionId) -> &mut Workspace {
        match &mut self.demo {
            Some((workspace, demo)) if demo == session => workspace,
            _ => &mut self.workspace,
        }
    }

    fn list(&self, generation: u64) -> Result<Event> {
        let mut rows = self.workspace.sessions()?;
        if let Some((workspace, _)) = &self.demo {
            // Of the same name where somebody has imported it: verbs go to the demo, so that is the one to show.
            rows.retain(|row| !self.is_demo(&row.id));
            rows.extend(workspace.sessions()?);
            let demo = rows.iter_mut().filter(|row| self.is_demo(&row.id));
            demo.for_each(|row| row.project = redact::clean("built-in demo · nothing is kept"));
        }
        rows.retain(|row| row.deleted_at.is_none());
        Ok(Event::Listed { generation, rows, now: self.workspace.now() })
    }

    /// The built-in session, never in the person's own store. Until the program ends its edits are there when it is
    /// opened again.
    fn demo(&mut self, generation: u64, budget: Budget) -> Result<Event> {
        let (mut workspace, id) = match self.demo.take() {
            Some(demo) => demo,
            None => {
                let mut workspace = Workspace::throw_away(self.plan)?.through(Via::Screen);
                workspace.govern_facts(self.facts);
                let id = workspace.demo()?;
                (workspace, id)
            }
        };
        workspace.undelete(&id, &Actor::person()).ok();
        let desk = workspace.desk(&id, budget)?;
        self.demo = Some((workspace, id));
        Ok(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::Nothing })
    }

    fn import(&mut self, paths: &[PathBuf], named: Option<SessionId>) -> Result<Event> {
        let events = self.events.clone();
        let mut tell = move |progress: Progress| {
            let (doing, done, of) = match progress {
                Progress::Reading { bytes, of, .. } => ("Reading", bytes, of),
                Progress::Counting { entries, of, .. } => ("Counting tokens", entries as u64, of as u64),
            };
            // Nobody may be left to look at it.
            let _ = events.send(Event::Progress { doing: doing.into(), progress: state::Progress { done, of } });
        };
        let mut report = ImportReport::default();
        let mut failures = Vec::new();
        for path in paths {
            // Each stands for itself: one that fails does not hold up the others.
            match self.workspace.import(&from_home(path), &mut tell) {
                Ok(one) => report.sessions.extend(one.sessions),
                Err(error) => failures.push(error),
            }
        }
        if report.sessions.is_empty()
            && let Some(error) = failures.pop()
        {
            return Err(error.into());
        }
        let place = || paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        if report.sessions.is_empty() {
            return Err(eyre!("there is no session in {}", place()));
        }
        let is_named =
            |id: &SessionId| named.as_ref().is_some_and(|named| id == named || id.native() == named.as_str());
        let session = match (report.sessions.as_slice(), &named) {
            ([only], None) => Some(only.id.clone()),
            (_, None) => None,
            (sessions, Some(named)) => {
                let found = sessions.iter().find(|session| is_named(&session.id));
                let missing = || eyre!("there is no session '{named}' in {}", place());
                Some(found.ok_or_else(missing)?.id.clone())
            }
        };
        let failed = failures.first().map_or(String::new(), |error| format!("; {error}"));
        Ok(Event::Imported { words: format!("{}{failed}", imported(&report)), session })
    }
}

fn imported(report: &ImportReport) -> String {
    let added: usize = report.sessions.iter().map(|session| session.added).sum();
    let problems: usize = report.sessions.iter().map(|session| session.problems.len()).sum();
    let sessions = words::plural(report.sessions.len(), "session", "sessions");
    let problems =
        if problems == 0 { String::new() } else { format!(", {}", words::plural(problems, "problem", "problems")) };
    format!("imported {sessions}: {}{problems}", words::plural(added, "new entry", "new entries"))
}

fn write(path: &Path, text: String, existing: Existing) -> Result<Event> {
    let path = from_home(path);
    let bytes = words::exact(text.len() as u64);
    let written = match existing {
        Existing::Ask => OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes())),
        Existing::Replace => fs::write(&path, &text),
    };
    match written {
        Ok(()) => Ok(Event::Wrote { words: format!("wrote the pack to {}, {bytes} bytes", path.display()) }),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Event::FileExists { path, text }),
        Err(error) => Err(eyre!("{}: {error}", path.display())),
    }
}

/// `~/…` as shells read it.
fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

fn in_a_line(report: &Report) -> String {
    report.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
