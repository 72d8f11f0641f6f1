//! Damaged logs: nothing panics, and what stands on a line that is whole is not lost.

use std::{
    fs,
    path::{Path, PathBuf},
};

use haversack::{
    ingest,
    model::{Kind, Seen, Session},
};
use proptest::{prelude::*, sample::Index};
use tempfile::TempDir;

use crate::logs::{self, Lines, word};

/// One way in which a log is damaged.
#[derive(Clone, Debug)]
enum Damage {
    /// The log ends within a line.
    Torn(Index, Index),
    /// A line ends early.
    Cut(Index, Index),
    Swapped(Index, Index),
    Repeated(Index, Index),
    /// Bytes that no JSON holds stand in a line.
    Garbled(Index, Index, Vec<u8>),
    /// The end of a line is missing: two records stand on one.
    Joined(Index),
    Lost(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<Index>;
    let garbage = prop::collection::vec(any::<u8>().prop_filter("a line stays one", |byte| *byte != b'\n'), 0..6);
    prop_oneof![
        (place(), place()).prop_map(|(line, at)| Damage::Torn(line, at)),
        (place(), place()).prop_map(|(line, at)| Damage::Cut(line, at)),
        (place(), place()).prop_map(|(one, other)| Damage::Swapped(one, other)),
        (place(), place()).prop_map(|(line, to)| Damage::Repeated(line, to)),
        (place(), place(), garbage).prop_map(|(line, at, bytes)| Damage::Garbled(line, at, bytes)),
        place().prop_map(Damage::Joined),
        place().prop_map(Damage::Lost),
    ]
}

/// A line of a damaged log.
#[derive(Clone)]
struct Row {
    number: usize,
    bytes: Vec<u8>,
    is_whole: bool,
    end: &'static str,
}

/// The damaged log, and the numbers of the lines that are whole in it.
fn damaged(lines: &[String], damages: &[Damage]) -> (Vec<u8>, Vec<usize>) {
    let row = |(number, line): (usize, &String)| Row { number, bytes: line.clone().into(), is_whole: true, end: "\n" };
    let mut rows: Vec<Row> = lines.iter().enumerate().map(row).collect();
    let mut torn = None;
    for damage in damages {
        let length = rows.len();
        match damage {
            Damage::Torn(line, at) => torn = Some((line, at)),
            Damage::Cut(line, at) => cut(&mut rows[line.index(length)], at),
            Damage::Swapped(one, other) => rows.swap(one.index(length), other.index(length)),
            Damage::Repeated(line, to) => rows.insert(to.index(length + 1), rows[line.index(length)].clone()),
            Damage::Garbled(line, at, garbage) => {
                let row = &mut rows[line.index(length)];
                let at = at.index(row.bytes.len().max(1));
                row.is_whole = false;
                row.bytes.splice(at..at, [b'\x07'].into_iter().chain(garbage.iter().copied()));
            }
            Damage::Joined(line) => rows[line.index(length)].end = "",
            Damage::Lost(line) if length > 1 => drop(rows.remove(line.index(length))),
            Damage::Lost(_) => {}
        }
    }
    if let Some((line, at)) = torn {
        rows.truncate(line.index(rows.len()) + 1);
        if let Some(last) = rows.last_mut() {
            cut(last, at);
            last.end = "";
        }
    }
    let (mut text, mut whole, mut is_spoilt) = (Vec::new(), Vec::new(), false);
    for row in rows {
        text.extend_from_slice(&row.bytes);
        text.extend_from_slice(row.end.as_bytes());
        // What is no record spoils the rest of its line.
        is_spoilt |= !row.is_whole;
        if !is_spoilt {
            whole.push(row.number);
        }
        is_spoilt &= row.end.is_empty();
    }
    (text, whole)
}

fn cut(row: &mut Row, at: &Index) {
    row.is_whole = false;
    row.bytes.truncate(at.index(row.bytes.len().max(1)));
}

/// A folder of this test, and a file in it.
fn written(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder for this test");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file of this test");
    (folder, path)
}

/// All that a log's entries say; `None` where it cannot be read.
fn told(path: &Path) -> Option<String> {
    let sessions = ingest::read(path, &mut |_, _| {});
    let counted = ingest::inspect(path);
    let sessions = sessions.ok()?;
    assert!(counted.is_ok(), "what can be read can be counted");
    sessions.iter().for_each(is_well_formed);
    Some(sessions.iter().flat_map(|session| &session.entries).map(|entry| format!("{}\n", entry.text)).collect())
}

/// What the rest of the program relies on, whatever the log was.
fn is_well_formed(session: &Session) {
    let mut ids = std::collections::HashSet::new();
    for (index, entry) in session.entries.iter().enumerate() {
        assert!(ids.insert(entry.id), "#{} has an id of its own", entry.seq);
        assert_eq!(entry.seq as usize, index + 1);
        assert!(usize::from(entry.place.file) < session.sources.len(), "#{} stands in a file", entry.seq);
        if let Seen::Lost { at, .. } = entry.seen {
            let boundary = session.entry(at).expect("a loss is at an entry of the session");
            assert_eq!(boundary.kind, Kind::Boundary, "#{} was lost at a boundary", entry.seq);
        }
    }
}

fn survives(log: &Lines, damages: &[Damage]) {
    let (text, whole) = damaged(&log.lines, damages);
    let (_folder, path) = written(log.file, &text);
    // A log of which too little is left is nobody's.
    let Some(told) = told(&path) else { return };
    for number in whole.into_iter().filter(|number| log.lines[*number].contains(&word(*number))) {
        let text = String::from_utf8_lossy(&text);
        assert!(told.contains(&word(number)), "line {number} of {} is whole and lost: {told:?} of\n{text}", log.file);
    }
}

/// Some bytes are others, and the end is missing.
#[derive(Clone, Debug)]
struct Rot {
    bytes: Vec<(Index, u8)>,
    /// The end is cut off where this index, over four times the length, stands within it.
    end: Index,
}

fn rot() -> impl Strategy<Value = Rot> {
    let bytes = prop::collection::vec((any::<Index>(), any::<u8>()), 1..6);
    (bytes, any::<Index>()).prop_map(|(bytes, end)| Rot { bytes, end })
}

impl Rot {
    fn spoil(&self, bytes: &mut Vec<u8>) {
        for (place, byte) in &self.bytes {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
        bytes.truncate(self.end.index(bytes.len() * 4).min(bytes.len()));
    }
}

/// The tree of small files, made below a folder; `each` may spoil a file before it is written.
fn plant(folder: &Path, mut each: impl FnMut(usize, &mut Vec<u8>)) -> PathBuf {
    let root = folder.join("storage");
    for (number, (name, text)) in logs::storage().into_iter().enumerate() {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("it lies below the root")).expect("a folder of this test");
        let mut bytes = text.into_bytes();
        each(number, &mut bytes);
        fs::write(path, bytes).expect("a file of this test");
    }
    root
}

#[test]
fn undamaged_logs_are_read_whole() {
    for log in logs::lines() {
        let (_folder, path) = written(log.file, log.lines.join("\n").as_bytes());
        let told = told(&path).unwrap_or_else(|| panic!("{} is a log", log.file));
        for (number, line) in log.lines.iter().enumerate().filter(|(number, line)| line.contains(&word(*number))) {
            assert!(told.contains(&word(number)), "{}: {line} is not in {told}", log.file);
        }
    }
    let folder = TempDir::new().expect("a folder for this test");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("gemini.json"), logs::gemini_document().to_string()).expect("a file of this test");
    fs::write(path("aider.md"), logs::aider()).expect("a file of this test");
    fs::write(path("export.json"), logs::export().to_string()).expect("a file of this test");
    let mut all = vec![(path("gemini.json"), 3), (path("aider.md"), 2), (path("export.json"), 7)];
    all.push((plant(folder.path(), |_, _| {}), 7));
    for database in logs::databases() {
        let path = path(&format!("{}-{}", database.target, database.file));
        database.write(&path, database.rows.iter().map(String::as_bytes)).expect("a new database");
        all.push((path, 1));
    }
    for (path, words) in all {
        let told = told(&path).unwrap_or_else(|| panic!("{} is a log", path.display()));
        assert!((1..words).all(|number| told.contains(&word(number))), "{}: {told}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whole_lines_of_damaged_logs_are_read(damages in prop::collection::vec(damage(), 1..5)) {
        for log in logs::lines() {
            survives(&log, &damages);
        }
    }

    #[test]
    fn damaged_bytes_of_texts_never_panic(rot in rot()) {
        let mut texts: Vec<(String, String)> =
            logs::lines().into_iter().map(|log| (log.file.into(), log.lines.join("\n"))).collect();
        texts.push(("gemini.json".into(), logs::gemini_document().to_string()));
        texts.push(("export.json".into(), logs::export().to_string()));
        texts.push((".aider.chat.history.md".into(), logs::aider()));
        for (name, text) in texts {
            let mut bytes = text.into_bytes();
            rot.spoil(&mut bytes);
            let (_folder, path) = written(&name, &bytes);
            told(&path);
        }
    }

    #[test]
    fn damaged_files_of_a_tree_never_panic(rot in rot(), which in any::<Index>()) {
        let folder = TempDir::new().expect("a folder for this test");
        let which = which.index(logs::storage().len());
        let root = plant(folder.path(), |number, bytes| if number == which { rot.spoil(bytes) });
        told(&root);
    }

    #[test]
    fn damaged_databases_never_panic(rot in rot(), which in any::<Index>()) {
        let folder = TempDir::new().expect("a folder for this test");
        for database in logs::databases() {
            // A cell that is damaged, in a database that is whole.
            let mut rows: Vec<Vec<u8>> = database.rows.iter().map(|row| row.clone().into()).collect();
            let path = folder.path().join(format!("{}.db", database.target));
            let row = which.index(rows.len());
            rot.spoil(&mut rows[row]);
            database.write(&path, rows.iter().map(Vec::as_slice)).expect("a new database");
            told(&path);
            // A database that is damaged.
            let mut bytes = fs::read(&path).expect("it was just written");
            rot.spoil(&mut bytes);
            let path = folder.path().join(format!("{}-spoilt.db", database.target));
            fs::write(&path, bytes).expect("a file of this test");
            told(&path);
        }
    }
}
