//! Pushes into a session that is kept warm: whatever comes in between, what is stored is what pushes into the session as
//! it is read anew would store.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use haversack::{
    facts::Draft,
    model::{
        Actor, Budget, Edit, EntryId, FactKind, Importance, JournalStatus, Kind, Level, Role, Scope, Session,
        SessionId, SessionSettings, Trust, Verb,
    },
    pack::{enforce::Policy, settings::PlanSettings},
    score::{self, Mentions},
    workspace::{Half, Push, PushRules, Pushed, Shelf, Workspace},
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rusqlite::Connection;

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(40), failure_persistence: None, ..ProptestConfig::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Push(Vec<Item>),
    /// By the program that pushes, or by another one.
    Edit(Who, Verb, prop::sample::Index),
    Undo(Who),
    Redo(Who),
    Fact(Who, u8),
    /// Somebody looks at the session.
    Read(Who),
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Pusher,
    Other,
}

/// What is pushed, in few words: the same ones come again and again.
#[derive(Clone, Debug)]
struct Item {
    role: Role,
    words: Vec<u8>,
    half: Option<(u8, u8)>,
    source: Option<u8>,
    importance: Option<u8>,
    embedding: Option<u8>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || prop_oneof![Just(Who::Pusher), Just(Who::Other)];
    let verb = prop_oneof![
        Just(Verb::Pin),
        Just(Verb::Unpin),
        Just(Verb::Evict),
        Just(Verb::Archive),
        Just(Verb::Restore),
        Just(Verb::CompactTo(Level::Sentence)),
        Just(Verb::Rescore(Importance::new(0.9).expect("it is from 0 to 1"))),
    ];
    let step = prop_oneof![
        8 => proptest::collection::vec(item(), 1..4).prop_map(Step::Push),
        2 => (who(), verb, any::<prop::sample::Index>()).prop_map(|(who, verb, at)| Step::Edit(who, verb, at)),
        1 => who().prop_map(Step::Undo),
        1 => who().prop_map(Step::Redo),
        1 => (who(), 0..3u8).prop_map(|(who, key)| Step::Fact(who, key)),
        1 => who().prop_map(Step::Read),
    ];
    proptest::collection::vec(step, 1..24)
}

fn item() -> impl Strategy<Value = Item> {
    let role = prop_oneof![Just(Role::User), Just(Role::Assistant), Just(Role::Tool), Just(Role::System)];
    let words = prop_oneof![
        proptest::collection::vec(0..30u8, 1..12),
        // Nearly the same, and the same.
        (0..4u8, proptest::option::of(0..30u8)).prop_map(|(of, other)| {
            (0..40).map(|at| if at == 20 { other.unwrap_or(at) } else { at + of }).collect()
        }),
    ];
    let half = proptest::option::of((0..4u8, 0..6u8));
    let few = || proptest::option::weighted(0.3, 0..3u8);
    (role, words, half, few(), few(), proptest::option::weighted(0.1, 0..3u8)).prop_map(
        |(role, words, half, source, importance, embedding)| Item { role, words, half, source, importance, embedding },
    )
}

impl Item {
    fn push(&self) -> Push {
        const WORDS: [&str; 32] = [
            "src/cart.rs",
            "round_half_up",
            "TypeError",
            "--share",
            "src/db/mod.rs",
            "must",
            "never",
            "the",
            "total",
            "of",
            "order",
            "18231ms",
            "is",
            "rounded",
            "before",
            "discount",
            "taken",
            "off",
            "and",
            "cents",
            "lost.",
            "\n",
            "parse_tokens",
            "v1.2.3",
            "reads",
            "it",
            "again",
            "then",
            "`queue`",
            "https://a.example/x",
            "stops",
            "here",
        ];
        let content: Vec<&str> = self.words.iter().map(|&word| WORDS[usize::from(word) % 32]).collect();
        let kind = match self.role {
            Role::Assistant => Some(Kind::Call),
            Role::Tool => Some(Kind::Result),
            _ => None,
        };
        let half = self.half.zip(kind).map(|((path, call), kind)| Half {
            kind,
            tool: Some(["Read", "Bash"][usize::from(path % 2)].into()),
            call_id: (call > 0).then(|| format!("call-{call}")),
            path: Some(format!("/src/{path}.rs")),
        });
        Push {
            source: self.source.map(|source| ["view", "cargo test", "src/a.rs"][usize::from(source)].into()),
            importance: self.importance.and_then(|tenths| Importance::new(f32::from(tenths) / 10.0)),
            embedding: self.embedding.map(|of| vec![1.0, f32::from(of) * 0.4, 0.2]),
            exchange: half,
            ..Push::new(self.role, format!("it {}", content.join(" ")))
        }
    }
}

/// Two stores with the same history: one is pushed into by a workspace that stays open, and read from a shelf; the other
/// by one that finds the session written by somebody else each time, and reads it anew.
struct Twins {
    folder: tempfile::TempDir,
    warm: Workspace,
    cold: Workspace,
    /// What the programs on the warm store have read.
    shelf: Shelf,
    cases: u32,
}

impl Twins {
    fn new() -> Twins {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let open =
            |name| Workspace::open(&folder.path().join(name), PlanSettings::default()).expect("a new store opens");
        let (mut warm, cold, shelf) = (open("warm.db"), open("cold.db"), Shelf::default());
        warm.keep_on(shelf.clone());
        Twins { folder, warm, cold, shelf, cases: 0 }
    }

    fn walk(&mut self, settings: SessionSettings, policy: Policy, steps: &[Step]) {
        self.cases += 1;
        let id = SessionId::new(format!("haversack:twins-{}", self.cases));
        let path = |name: &str| self.folder.path().join(name);
        let [mut beside_warm, mut beside_cold] =
            ["warm.db", "cold.db"].map(|name| Workspace::open(&path(name), PlanSettings::default()).expect("it opens"));
        beside_warm.keep_on(self.shelf.clone());
        let writes = Connection::open(path("cold.db")).expect("it is there");
        for workspace in [&mut self.warm, &mut self.cold] {
            workspace.create(&id, settings, &agent()).expect("the id is new");
        }
        for (at, step) in steps.iter().enumerate() {
            if let Step::Push(_) = step {
                let touch = "UPDATE sessions SET updated = updated WHERE id = ?1";
                writes.execute(touch, [id.as_str()]).expect("nobody else writes");
            }
            let [warm, cold] = [(&mut self.warm, &mut beside_warm), (&mut self.cold, &mut beside_cold)]
                .map(|(own, other)| did(own, other, &id, policy, step));
            assert_eq!(warm, cold, "step {at}: {step:?}");
            if matches!(step, Step::Push(_)) && settings.max_tokens == 0 {
                let session = self.warm.session(&id).expect("it loads");
                let scores = score::scores(&session, &Mentions::new(&session));
                let stored: Vec<_> = session.entries.iter().map(|entry| entry.score.clone()).collect();
                assert_eq!(stored, scores, "step {at}: {step:?}");
            }
        }
        assert_eq!(stored(&mut self.warm, &id), stored(&mut self.cold, &id));
        assert_eq!(stored(&mut beside_warm, &id), stored(&mut self.warm, &id));
    }
}

/// One step, and what came of it.
fn did(own: &mut Workspace, other: &mut Workspace, id: &SessionId, policy: Policy, step: &Step) -> String {
    let workspace = match step {
        Step::Edit(Who::Other, ..)
        | Step::Undo(Who::Other)
        | Step::Redo(Who::Other)
        | Step::Fact(Who::Other, _)
        | Step::Read(Who::Other) => other,
        _ => own,
    };
    let edited = |edit: Result<Edit, String>| edit.map_or_else(|why| why, |edit| edit.words);
    match step {
        Step::Push(items) => {
            let pushes: Vec<Push> = items.iter().map(Item::push).collect();
            let pushed: Pushed = workspace
                .push(id, &agent(), &pushes, PushRules { policy, ..PushRules::default() })
                .expect("it is pushed");
            format!("{pushed:?}")
        }
        Step::Edit(_, verb, at) => {
            let session = workspace.session(id).expect("it loads");
            if session.entries.is_empty() {
                return String::new();
            }
            let on = session.entries[at.index(session.entries.len())].id;
            let done = workspace.edit(id, &Actor::person(), Budget::Tokens(2_000), verb, &[on]);
            edited(done.map(|done| done.edit).map_err(|error| error.to_string()))
        }
        Step::Undo(_) => edited(workspace.undo(id, &agent()).map_err(|error| error.to_string())),
        Step::Redo(_) => edited(workspace.redo(id, &agent()).map_err(|error| error.to_string())),
        Step::Fact(_, key) => {
            let draft = Draft {
                key: format!("rule-{key}"),
                value: "cents are never rounded before the sum".into(),
                kind: FactKind::Constraint,
                scope: Scope::Session,
                trust: Trust::User,
                pinned: *key == 0,
                ttl: None,
                source: None,
            };
            workspace
                .set_fact(id, &Actor::person(), draft)
                .map_or_else(|why| why.to_string(), |fact| fact.key.to_string())
        }
        Step::Read(_) => {
            // Without an index of names first, which is made for the other.
            let entries = workspace.entries(id).expect("it loads").entries;
            let session = workspace.session(id).expect("it loads");
            assert_eq!(entries, session.entries);
            without_times(session).canonical_json()
        }
    }
}

/// All that the store has of a session, but for when it was.
fn stored(workspace: &mut Workspace, id: &SessionId) -> (Session, Vec<(JournalStatus, String, usize)>, [u64; 6]) {
    let journal = workspace.journal(id).expect("it can be read");
    let journal = journal.into_iter().map(|row| (row.status, row.edit.words, row.edit.changes.len())).collect();
    let rows = workspace.sessions().expect("they can be listed");
    let row = rows.into_iter().find(|row| row.id == *id).expect("it is there");
    let [a, b, c, d] = row.held_tokens;
    let counters = [a, b, c, d, row.held_entries.iter().map(|&held| u64::from(held)).sum(), row.entries.into()];
    (without_times(workspace.session(id).expect("it loads")), journal, counters)
}

fn without_times(mut session: Session) -> Session {
    session.entries.iter_mut().for_each(|entry| entry.at = None);
    // Ids of facts are made of times.
    session.facts.clear();
    session
}

fn agent() -> Actor {
    "agent:test".parse().expect("the name is allowed")
}

#[test]
fn a_warm_session_is_pushed_into_as_one_that_is_read_anew() {
    let twins = Mutex::new(Twins::new());
    let maximum = prop_oneof![3 => Just(0u32), 1 => 60..900u32];
    let policy = prop_oneof![Just(Policy::Plan), Just(Policy::Ladder)];
    proptest!(config(), |(max_tokens in maximum, policy in policy, steps in steps())| {
        let settings = SessionSettings { max_tokens, ..SessionSettings::default() };
        twins.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).walk(settings, policy, &steps);
    });
}

/// Where [`a_program_that_pushes`] finds the store, its own name, and how often it is to push.
const STORE: &str = "HAVERSACK_TEST_PUSHES_INTO";

/// No test: what the tests below start as another program. It says the id of each entry once the store has it.
#[test]
fn a_program_that_pushes() {
    let Ok(given) = std::env::var(STORE) else { return };
    let [store, name, times] = given.split('|').collect::<Vec<_>>()[..] else { panic!("{given}") };
    let mut workspace = Workspace::open(store.as_ref(), PlanSettings::default()).expect("the store opens");
    for number in 0..times.parse::<u32>().expect("a number") {
        // Mostly into a session of its own, and into one that all push into.
        let id = if number % 4 == 3 { shared() } else { own(name) };
        let push =
            Push::new(Role::Assistant, format!("{name} has read src/{name}_{number}.rs and goes on to step {number}"));
        let pushed = workspace.push(&id, &agent(), &[push], PushRules::default()).expect("it is pushed");
        println!("{PUSHED}{id} {}", pushed.added[0].0);
    }
}

const PUSHED: &str = "pushed ";

fn own(name: &str) -> SessionId {
    SessionId::new(format!("haversack:{name}"))
}

fn shared() -> SessionId {
    own("shared")
}

/// That program, pushing into sessions that are there.
fn program(store: &Path, name: &str, times: u32) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut command = Command::new(std::env::current_exe().expect("this program has a file"));
    command.args(["--exact", "pushes::a_program_that_pushes", "--nocapture", "--test-threads=1"]);
    command.env(STORE, format!("{}|{name}|{times}", store.display())).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("standard output is a pipe")).lines();
    (child, lines)
}

/// What it says to have pushed: the session and the entry.
fn acknowledged(line: &str) -> Option<(SessionId, EntryId)> {
    let (session, entry) = line.split_once(PUSHED)?.1.split_once(' ')?;
    Some((SessionId::new(session), entry.parse().ok()?))
}

fn with_sessions(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let store = folder.path().join("store.db");
    let mut workspace = Workspace::open(&store, PlanSettings::default()).expect("a new store opens");
    for name in names.iter().chain(&["shared"]) {
        workspace.create(&own(name), SessionSettings::default(), &agent()).expect("the id is new");
    }
    (folder, store)
}

/// Every one of these is stored, in sessions that are whole: numbers without a gap, all counted, all in the journal.
fn assert_stored(store: &Path, pushed: &[(SessionId, EntryId)]) {
    let mut workspace = Workspace::open(store, PlanSettings::default()).expect("the store opens");
    for row in workspace.sessions().expect("they can be listed") {
        let session = workspace.session(&row.id).expect("it loads");
        let stored: HashSet<EntryId> = session.entries.iter().map(|entry| entry.id).collect();
        let lost: Vec<_> = pushed.iter().filter(|(id, entry)| *id == row.id && !stored.contains(entry)).collect();
        assert_eq!(lost, Vec::<&(SessionId, EntryId)>::new(), "of {}", row.id);
        let seqs: Vec<usize> = session.entries.iter().map(|entry| entry.seq as usize).collect();
        assert_eq!(seqs, (1..=stored.len()).collect::<Vec<_>>());
        assert!(session.entries.iter().all(|entry| entry.costs[0] > 0));
        let appends = workspace.journal(&row.id).expect("it can be read");
        assert_eq!(appends.iter().filter(|row| row.edit.words == "appended 1 entry").count(), stored.len());
        let live = session.entries.iter().filter(|entry| entry.is_live()).count();
        assert_eq!((row.entries as usize, row.held_entries.iter().sum::<u32>() as usize), (stored.len(), live));
    }
}

#[test]
fn what_a_killed_program_was_told_is_stored() {
    let (_folder, store) = with_sessions(&["killed"]);
    let mut pushed = Vec::new();
    for after in [1, 5, 12, 30] {
        let (mut child, lines) = program(&store, "killed", 10_000);
        let mut told = lines.map_while(Result::ok).filter_map(|line| acknowledged(&line));
        pushed.extend(told.by_ref().take(after));
        child.kill().expect("it has not been waited for");
        // What it had said before it was killed counts too.
        pushed.extend(told);
        child.wait().expect("it can be waited for");
        assert_stored(&store, &pushed);
    }
    assert!(pushed.len() >= 48, "it was killed before it could say anything");
}

#[test]
fn many_programs_push_and_one_watches() {
    let names = ["one", "two", "three", "four"];
    let (_folder, store) = with_sessions(&names);
    let mut children: Vec<_> = names.iter().map(|name| program(&store, name, 24)).collect();
    let done = std::sync::atomic::AtomicBool::new(false);
    let pushed: Vec<_> = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut workspace = Workspace::open(&store, PlanSettings::default()).expect("the store opens");
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                if workspace.changed().expect("it can be asked") {
                    workspace.session(&shared()).expect("a reader is never locked out");
                }
            }
        });
        let read = |(child, lines): &mut (Child, Lines<BufReader<ChildStdout>>)| {
            let told: Vec<_> = lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)).collect();
            assert!(child.wait().expect("it can be waited for").success(), "a push was refused");
            told
        };
        let readers: Vec<_> = children.iter_mut().map(|child| scope.spawn(move || read(child))).collect();
        let pushed = readers.into_iter().flat_map(|reader| reader.join().expect("every push got through")).collect();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        watch.join().expect("it has read what it wanted");
        pushed
    });
    assert_eq!(pushed.len(), names.len() * 24);
    assert_stored(&store, &pushed);
}
