//! DESIGN's invariants of store, logs and output, each a property test that bears its name, over generated logs that go
//! the whole way: file, import, edits, pack. `PROPTEST_CASES` sets the number of cases.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use haversack::{
    facts::Draft,
    model::{Actor, Budget, EntryId, FactKind, Importance, Level, Scope, Session, SessionId, Trust, Verb},
    pack::settings::PlanSettings,
    text::tokens::Encoding,
    workspace::{Desk, Workspace, read_sessions},
};
use proptest::prelude::*;
use serde_json::json;

use crate::build::tokenizer;

/// Whole round trips through files: fewer cases by default than the pure properties.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(48), failure_persistence: None, ..ProptestConfig::default() }
}

/// One store for all cases of a test, so that the tokenizer is built once.
struct Bench {
    folder: tempfile::TempDir,
    workspace: Workspace,
    cases: u32,
}

impl Bench {
    fn new() -> Mutex<Bench> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let workspace =
            Workspace::open(&folder.path().join("store.db"), PlanSettings::default()).expect("a new store opens");
        Mutex::new(Bench { folder, workspace, cases: 0 })
    }

    /// Writes a log under a name of its own and imports it.
    fn import(&mut self, rows: &[Row]) -> (PathBuf, SessionId) {
        self.cases += 1;
        let path = self.folder.path().join(format!("log-{}.jsonl", self.cases));
        fs::write(&path, log(rows, self.cases)).expect("the folder can be written to");
        let report = self.workspace.import(&path, &mut |_| {}).expect("a log that we wrote is read");
        (path, report.sessions[0].id.clone())
    }
}

#[derive(Clone, Debug)]
enum Row {
    Prompt(String),
    Message(String),
    /// A call and its result.
    Bash(String, String),
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = || {
        proptest::string::string_regex(
            "([a-z_]{1,8}[ ./:\\n]|[0-9]{1,4} |[\\x00-\\x1f]|\u{202e}|\u{1b}\\[31m|中文。){1,30}",
        )
        .expect("the expression is valid")
        .prop_filter("a text says something", |text| text.chars().any(char::is_alphanumeric))
    };
    let row = prop_oneof![
        text().prop_map(Row::Prompt),
        text().prop_map(Row::Message),
        (text(), text()).prop_map(|(call, result)| Row::Bash(call, result)),
    ];
    proptest::collection::vec(row, 1..8)
}

fn log(rows: &[Row], case: u32) -> String {
    let mut lines = Vec::new();
    let mut parent: Option<String> = None;
    let mut push = |kind: &str, message: serde_json::Value| {
        let uuid = format!("{case}-{}", lines.len());
        let parent = parent.replace(uuid.clone());
        lines.push(
            json!({"type": kind, "uuid": uuid, "parentUuid": parent, "sessionId": format!("case-{case}"),
                   "timestamp": "2026-05-12T09:00:00.000Z", "cwd": "/shop", "message": message})
            .to_string(),
        );
        lines.len()
    };
    for row in rows {
        match row {
            Row::Prompt(text) => {
                push("user", json!({"role": "user", "content": text}));
            }
            Row::Message(text) => {
                let content = json!([{"type": "text", "text": text}]);
                push("assistant", json!({"role": "assistant", "model": "m", "content": content}));
            }
            Row::Bash(input, output) => {
                let id = format!("call-{case}-{}", push_count(input));
                let content = json!([{"type": "tool_use", "id": id, "name": "Bash", "input": {"command": input}}]);
                let at = push("assistant", json!({"role": "assistant", "model": "m", "content": content}));
                let content = json!([{"type": "tool_result", "tool_use_id": id, "content": format!("{output}{at}")}]);
                push("user", json!({"role": "user", "content": content}));
            }
        }
    }
    lines.join("\n") + "\n"
}

/// Something that differs between calls of one log without a counter of its own.
fn push_count(input: &str) -> usize {
    input.len() * 31 + input.bytes().map(usize::from).sum::<usize>()
}

fn desk(workspace: &mut Workspace, id: &SessionId, budget: u32) -> Desk {
    workspace.desk(id, Budget::Tokens(budget)).expect("an imported session opens")
}

/// One verb by number, for a session of any length.
fn verb(number: u8) -> Verb {
    match number % 7 {
        0 => Verb::Pin,
        1 => Verb::Unpin,
        2 => Verb::Rescore(Importance::new(f32::from(number) / 255.0).expect("it is between 0 and 1")),
        3 => Verb::CompactTo(Level::Keywords),
        4 => Verb::Evict,
        5 => Verb::Restore,
        _ => Verb::CompactDeeper,
    }
}

/// Edits the stored session; refusals are part of life.
fn edit_some(workspace: &mut Workspace, id: &SessionId, verbs: &[(u8, usize)]) {
    for (number, at) in verbs {
        let session = workspace.session(id).expect("it is there");
        let target = [session.entries[at % session.entries.len()].id];
        let _ = workspace.edit(id, &Actor::person(), Budget::Tokens(2_000), &verb(*number), &target);
    }
}

fn originals(session: &Session) -> Vec<(EntryId, String)> {
    session.entries.iter().map(|entry| (entry.id, entry.text.to_string())).collect()
}

#[test]
fn preview_is_the_export() {
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), verbs in proptest::collection::vec((any::<u8>(), any::<usize>()), 0..6), budget in 40..3_000u32)| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let (path, id) = bench.import(&rows);
        // The screen's desk applies edits itself and records them; the export reads the store anew.
        let mut shown = desk(&mut bench.workspace, &id, budget);
        for (number, at) in &verbs {
            let target = [shown.session().entries[at % shown.session().entries.len()].id];
            if let Ok(done) = shown.edit(&verb(*number), &target) {
                bench.workspace.record(&id, &Actor::person(), &done.edit).expect("the store agrees with the desk");
            }
        }
        let exported = desk(&mut bench.workspace, &id, budget);
        prop_assert_eq!(shown.pack_text(), exported.pack_text());
        let pieces: String = (0..shown.outline().len()).map(|piece| shown.piece_text(piece)).collect();
        prop_assert_eq!(pieces, exported.pack_text());
        if verbs.is_empty() {
            let session = read_sessions(&path, Encoding::O200k).expect("it was read before").remove(0);
            let unstored = Desk::new(session, PlanSettings::default(), Budget::Tokens(budget), bench.workspace.now());
            prop_assert_eq!(unstored.pack_text(), exported.pack_text());
        }
    });
}

#[test]
fn one_counter() {
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), budget in 40..3_000u32)| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let (_, id) = bench.import(&rows);
        let desk = desk(&mut bench.workspace, &id, budget);
        let (plan, totals) = (desk.plan(), desk.totals());
        prop_assert_eq!(plan.used, totals.used);
        prop_assert_eq!(plan.used, tokenizer().count(&desk.pack_text()));
        let parts = totals.frame + totals.pinned + totals.facts + totals.index + totals.packed + totals.tail;
        prop_assert_eq!(parts, totals.used);
        prop_assert_eq!(totals.used + totals.free, budget);
        for block in plan.blocks.iter().filter(|block| block.entry_id.is_some()) {
            let index = desk.session().index_of(block.entry_id.expect("filtered")).expect("it is in the session");
            prop_assert_eq!(desk.packed_tokens(index), block.tokens);
        }
        let listed = bench.workspace.sessions().expect("the store lists").into_iter().find(|row| row.id == id);
        prop_assert_eq!(listed.expect("it was imported").held(), totals.held);
    });
}

#[test]
fn nothing_is_lost() {
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), verbs in proptest::collection::vec((any::<u8>(), any::<usize>()), 1..12))| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let (_, id) = bench.import(&rows);
        let before = originals(&bench.workspace.session(&id).expect("it is there"));
        edit_some(&mut bench.workspace, &id, &verbs);
        bench.workspace.delete(&id, &Actor::person()).expect("it can be hidden");
        bench.workspace.undelete(&id, &Actor::person()).expect("it comes back");
        prop_assert_eq!(&before, &originals(&bench.workspace.session(&id).expect("it is there")));
        while bench.workspace.undo(&id, &Actor::person()).is_ok() {}
        let session = bench.workspace.session(&id).expect("it is there");
        prop_assert!(session.entries.iter().all(|entry| entry.state == Default::default()));
    });
}

#[test]
fn secrets_never_land() {
    let bench = Bench::new();
    proptest!(config(), |(mut rows in rows(), tail in "[A-Z2-7]{16}", long in "[a-zA-Z0-9]{36}", at in any::<usize>())| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let secrets = [format!("AKIA{tail}"), format!("ghp_{long}")];
        let planted = format!("export AWS_ACCESS_KEY_ID={}\ngit clone https://x:{}@host/r\n", secrets[0], secrets[1]);
        rows.insert(at % (rows.len() + 1), Row::Bash(planted.clone(), planted));
        let (path, id) = bench.import(&rows);
        for (key, value) in [(&secrets[0], &secrets[1]), (&"aws_secret_key".into(), &long), (&"remote".into(), &secrets[1])] {
            bench.workspace.set_fact(&id, &Actor::person(), fact(key, value)).expect("masked, not refused");
        }
        let desk = desk(&mut bench.workspace, &id, 4_000);
        let mut written = vec![desk.pack_text(), desk.session().canonical_json(), serde_json::to_string(&desk.plan()).expect("a plan is JSON")];
        written.extend(desk.session().entries.iter().map(|entry| format!("{entry:?}")));
        for secret in &secrets {
            prop_assert!(written.iter().all(|text| !text.contains(secret)));
            for file in fs::read_dir(bench.folder.path()).expect("it is there") {
                let file = file.expect("it is there").path();
                prop_assert!(file == path || is_log(&file) || !holds(&file, secret), "{}", file.display());
            }
        }
        fs::remove_file(path).expect("it was written above");
    });
}

fn fact(key: &str, value: &str) -> Draft {
    Draft {
        key: key.into(),
        value: value.into(),
        kind: FactKind::Context,
        scope: Scope::Project,
        trust: Trust::User,
        pinned: false,
        ttl: None,
        source: None,
    }
}

fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
}

fn holds(path: &Path, secret: &str) -> bool {
    let bytes = fs::read(path).expect("it can be read");
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[test]
fn logs_are_read_only() {
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), verbs in proptest::collection::vec((any::<u8>(), any::<usize>()), 0..4))| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let (path, id) = bench.import(&rows);
        let mut permissions = fs::metadata(&path).expect("it is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).expect("it is ours");
        let state = || (fs::read(&path).expect("it can be read"), fs::metadata(&path).expect("it is there").modified().ok());
        let before = state();
        edit_some(&mut bench.workspace, &id, &verbs);
        bench.workspace.import(&path, &mut |_| {}).expect("it was read before");
        prop_assert!(before == state());
    });
}

#[test]
fn hostile_text_is_inert() {
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), budget in 40..3_000u32)| {
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let (_, id) = bench.import(&rows);
        let desk = desk(&mut bench.workspace, &id, budget);
        for text in [desk.pack_text(), desk.pack_markdown(), desk.plan().blocks.iter().map(|block| block.text.clone()).collect()] {
            prop_assert!(!text.chars().any(is_hostile), "{text:?}");
        }
    });
}

fn is_hostile(c: char) -> bool {
    let bidi = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    bidi || (c.is_control() && c != '\n' && c != '\t')
}

#[test]
fn bad_input_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let bench = Bench::new();
    proptest!(config(), |(rows in rows(), cut in any::<usize>(), garbage in proptest::collection::vec(any::<u8>(), 0..60), at in any::<usize>())| {
        // A log that is cut, with garbage in its middle: read with what is whole, or refused in a sentence; never a panic,
        // and a refusal leaves the store as it was.
        let mut bytes = log(&rows, 1).into_bytes();
        let at = at % (bytes.len() + 1);
        bytes.splice(at..at, garbage);
        bytes.truncate(cut % (bytes.len() + 1));
        let path = folder.path().join("bad.jsonl");
        fs::write(&path, bytes).expect("the folder can be written to");
        let mut bench = bench.lock().expect("no case panics while it holds the bench");
        let before = bench.workspace.sessions().expect("the store lists").len();
        match bench.workspace.import(&path, &mut |_| {}) {
            Ok(report) => prop_assert!(!report.sessions.is_empty()),
            Err(error) => {
                let words = error.to_string();
                prop_assert!(!words.is_empty() && !words.contains('\n'), "{words:?}");
                prop_assert_eq!(before, bench.workspace.sessions().expect("the store lists").len());
            }
        }
    });
}
