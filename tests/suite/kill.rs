//! The real binary killed (SIGKILL) in the midst of edits, imports and keys: what the journal holds is whole, the rest
//! never was. The killer waits for what the program has written or said, never for a time.

use std::{
    fs::Metadata,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use haversack::{
    model::{Actor, Fate, JournalStatus, Session, SessionId},
    pack::settings::PlanSettings,
    workspace::Workspace,
};
use pretty_assertions::assert_eq;

use super::{
    cli::place::{Place, SESSION, log_text},
    terminal::Pty,
};

/// How far a command gets before it is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Before it has done anything.
    Started,
    /// It has begun to write to the store.
    Writing,
    /// It has said that it is done.
    Answered,
}

#[test]
fn an_edit_that_is_killed_is_whole_or_never_was() {
    let place = Place::with_log();
    let store = store_of(&place);
    let initial = stored(&store);
    let edits: [&[&str]; 12] = [
        &["pin", "1"],
        &["rescore", "2", "6", "10", "--to", "0.3"],
        &["evict", "3"],
        &["compact", "8", "--to", "keywords"],
        &["undo"],
        &["rewrite", "12", "--level", "summary", "--text", "It failed."],
        &["pin", "5", "9", "13"],
        &["restore", "3"],
        &["evict", "7", "11", "15"],
        &["undo"],
        &["unpin", "1"],
        &["rescore", "1", "--to", "1"],
    ];
    let mut answered = 0;
    for moment in [Moment::Writing, Moment::Answered, Moment::Started, Moment::Writing] {
        for edit in edits {
            let before = in_force(&store);
            let arguments = [&["session"], edit, &["--session-id", SESSION]].concat();
            let said = kill(binary(&store, &arguments), &store, moment);
            if said {
                answered += 1;
                assert_ne!(in_force(&store), before, "{edit:?} was said to be done and is not there");
            }
        }
        assert_is_replay(&store, &initial);
    }
    assert!(answered > 0, "no edit came through: the test kills too early to say anything");
    assert_commands_work(&store);
    undo_all(&store);
    assert_eq!(stored(&store).canonical_json(), initial.canonical_json());
}

/// The half of `meta_distillation` that says: no half state.
#[test]
fn a_condensing_that_is_killed_is_whole_or_never_was() {
    let place = Place::with_log();
    let store = store_of(&place);
    let initial = stored(&store);
    let mut came_through = 0;
    for moment in [Moment::Started, Moment::Writing, Moment::Answered, Moment::Writing, Moment::Answered] {
        let arguments = ["session", "condense", "#1..#12", "--tokens", "300", "--session-id", SESSION];
        kill(binary(&store, &arguments), &store, moment);
        let session = stored(&store);
        let archived = session.entries.iter().filter(|entry| entry.state.fate == Fate::Archived).count();
        let summaries = session.entries.iter().filter(|entry| entry.made.is_some()).count();
        assert!(
            matches!((archived, summaries), (0, 0) | (12, 1)),
            "{moment:?}: {archived} archived, {summaries} summaries"
        );
        came_through += summaries;
        assert_is_replay(&store, &initial);
        undo_all(&store);
    }
    assert!(came_through > 0, "no condensing came through: the test kills too early to say anything");
    assert_eq!(stored(&store).canonical_json(), initial.canonical_json());
}

#[test]
fn a_screen_that_is_killed_among_its_edits_keeps_what_it_stored() {
    let place = Place::new();
    let log = place.log(60);
    assert_eq!(place.run(&["import", &log]).code, 0);
    let store = store_of(&place);
    let initial = stored(&store);
    let path = store.to_str().expect("temporary folders are UTF-8");
    let mut pty = Pty::start(80, 24, &["open", path, "--session", SESSION], &[]);
    pty.wait_for_text("Entries");
    pty.keys(&"pj".repeat(200));
    let watch = open(&store);
    let journalled = || watch.journal(&id()).expect("the journal can be read").len();
    let appends = journalled();
    while journalled() < appends + 5 {
        thread::yield_now();
    }
    pty.kill();
    drop(watch);
    assert_is_replay(&store, &initial);
    assert_commands_work(&store);
    undo_all(&store);
    assert_eq!(stored(&store).canonical_json(), initial.canonical_json());
}

#[test]
fn an_import_that_is_killed_is_taken_up_again() {
    const LOGS: usize = 40;
    let place = Place::new();
    let logs = place.path("logs");
    std::fs::create_dir(&logs).expect("the folder can be made");
    for number in 0..LOGS {
        let name = format!("5e55{number:04}");
        // Rows of one id belong to one session, whatever file they stand in.
        let text = log_text(3).replace("5e55", &name).replace(r#"uuid":"u"#, &format!(r#"uuid":"{number}-"#));
        let text = text.replace(r#"parentUuid":"u"#, &format!(r#"parentUuid":"{number}-"#));
        std::fs::write(logs.join(format!("{name}.jsonl")), text).expect("the folder can be written");
    }
    let folder = logs.to_str().expect("temporary folders are UTF-8");
    let store = place.path("killed.db");
    let watch = open(&store);
    let mut importing = binary(&store, &["import", folder]).spawn().expect("the binary starts");
    while watch.sessions().expect("sessions can be listed").is_empty() {
        assert!(importing.try_wait().expect("it can be asked").is_none(), "it ended without storing anything");
    }
    importing.kill().expect("it can be killed");
    importing.wait().expect("it can be waited for");
    drop(watch);
    assert_commands_work_without_session(&store);
    let mut workspace = open(&store);
    for row in workspace.sessions().expect("sessions can be listed") {
        let session = workspace.session(&row.id).expect("a stored session loads");
        assert_eq!(session.entries.len(), 12, "{} is stored in part", row.id);
        assert!(session.entries.iter().all(|entry| entry.costs[0] > 0), "{} was not counted", row.id);
    }
    let whole = place.path("whole.db");
    for store in [&store, &whole] {
        assert!(binary(store, &["import", folder]).status().expect("the binary runs").success());
    }
    let mut whole = open(&whole);
    let rows = whole.sessions().expect("sessions can be listed");
    assert_eq!((rows.len(), workspace.sessions().expect("sessions can be listed").len()), (LOGS, LOGS));
    for row in rows {
        let (one, other) = (workspace.session(&row.id), whole.session(&row.id));
        let [one, other] = [one, other].map(|session| session.expect("it loads").canonical_json());
        assert_eq!(one, other, "{}", row.id);
    }
}

/// Each session is whole or digested, never neither, whenever a retention run is killed; the next one goes on.
#[test]
fn a_retention_run_that_is_killed_leaves_each_session_whole_or_digested() {
    const LOGS: usize = 12;
    let place = Place::new();
    for number in 0..LOGS {
        let name = format!("5e55{number:04}");
        let own = |text: String, row: usize| text.replace(&format!("\"u{row}\""), &format!("\"{number}-{row}\""));
        let text = (0..24).fold(log_text(6).replace("5e55", &name), own);
        let path = place.path(&format!("{name}.jsonl"));
        std::fs::write(&path, text).expect("the folder can be written");
        assert_eq!(place.run(&["import", path.to_str().expect("temporary folders are UTF-8")]).code, 0);
    }
    let store = store_of(&place);
    for moment in [Moment::Writing, Moment::Started, Moment::Writing, Moment::Answered] {
        let mut retain = binary(&store, &["retain", "--yes"]);
        retain.env("HAVERSACK_RETAIN__SOFT_MIB", "0").env("HAVERSACK_RETAIN__HARD_MIB", "0");
        kill(retain, &store, moment);
        let mut workspace = open(&store);
        let rows = workspace.sessions().expect("sessions can be listed");
        assert_eq!(rows.len(), LOGS);
        for row in &rows {
            match row.let_go_at {
                None => assert_eq!(
                    workspace.session(&row.id).expect("it loads").entries.len(),
                    24,
                    "{moment:?}: {}",
                    row.id
                ),
                Some(_) => {
                    assert_eq!(workspace.digest(&row.id).expect("it is kept").entries, 24, "{moment:?}: {}", row.id)
                }
            }
        }
        if matches!(moment, Moment::Answered) {
            assert!(rows.iter().all(|row| row.let_go_at.is_some()), "it said that it was done");
        }
    }
}

/// Starts the command and kills it at that moment; whether it had said that it was done.
fn kill(mut command: Command, store: &Path, moment: Moment) -> bool {
    let before = written(store);
    let mut child = command.spawn().expect("the binary starts");
    let said = match moment {
        Moment::Started => false,
        Moment::Writing => {
            while written(store) == before && child.try_wait().expect("it can be asked").is_none() {
                thread::yield_now();
            }
            false
        }
        Moment::Answered => said_a_line(&mut child),
    };
    child.kill().expect("a child that has not been waited for can be killed");
    child.wait().expect("it can be waited for");
    said
}

fn said_a_line(child: &mut Child) -> bool {
    let mut line = String::new();
    let output = child.stdout.take().expect("standard output is a pipe");
    BufReader::new(output).read_line(&mut line).expect("it prints UTF-8") > 0
}

/// What tells that the write-ahead log was written to.
fn written(store: &Path) -> Option<(u64, std::time::SystemTime)> {
    let wal = store.with_extension("db-wal");
    let of = |metadata: Metadata| Some((metadata.len(), metadata.modified().ok()?));
    std::fs::metadata(wal).ok().and_then(of)
}

fn binary(store: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_haversack"));
    let home = store.parent().expect("a store is in a folder");
    command.env_clear().env("HOME", home).args(arguments).arg("--store").arg(store);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn store_of(place: &Place) -> PathBuf {
    place.path("home/.local/share/haversack/haversack.db")
}

fn id() -> SessionId {
    SessionId::new(SESSION)
}

fn open(store: &Path) -> Workspace {
    Workspace::open(store, PlanSettings::default()).expect("the store opens")
}

fn stored(store: &Path) -> Session {
    open(store).session(&id()).expect("the session loads")
}

/// The journal as far as it stands.
fn in_force(store: &Path) -> Vec<i64> {
    let rows = open(store).journal(&id()).expect("the journal can be read");
    rows.iter().filter(|row| row.status == JournalStatus::Done).map(|row| row.id).collect()
}

/// The stored state is that of the first session with each standing edit of the journal applied in order.
fn assert_is_replay(store: &Path, initial: &Session) {
    let mut replayed = initial.clone();
    for row in open(store).journal(&id()).expect("the journal can be read") {
        if row.status == JournalStatus::Done {
            replayed.apply(&row.edit).unwrap_or_else(|drift| panic!("'{}' does not fit: {drift}", row.edit.words));
        }
    }
    assert_eq!(stored(store).canonical_json(), replayed.canonical_json());
}

fn undo_all(store: &Path) {
    let standing = in_force(store).len();
    let mut workspace = open(store);
    for _ in 0..standing {
        workspace.undo(&id(), &Actor::person()).expect("an edit that stands can be undone");
    }
    assert_eq!(in_force(store), Vec::<i64>::new());
}

fn assert_commands_work(store: &Path) {
    for arguments in [&["get", "--json"][..], &["log"], &["context", "--budget", "2k"]] {
        let arguments = [&["session"], arguments, &["--session-id", SESSION]].concat();
        let output = binary(store, &arguments).output().expect("the binary runs");
        assert!(output.status.success() && !output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
    assert_commands_work_without_session(store);
}

fn assert_commands_work_without_session(store: &Path) {
    let output = binary(store, &["session", "list"]).output().expect("the binary runs");
    assert!(output.status.success() && !output.stdout.is_empty(), "{output:?}");
}
