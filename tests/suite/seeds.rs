//! Writes what each fuzz target begins with: `cargo seeds` fills `fuzz/corpus/TARGET/`.

use std::{fs, io, path::Path};

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::logs;

#[test]
#[ignore = "writes to fuzz/corpus"]
fn seeds() -> io::Result<()> {
    let mut seeds: Vec<(&str, String, Vec<u8>)> = Vec::new();
    for log in logs::lines() {
        let mut text = format!("{}\n", log.lines.join("\n"));
        if log.target == "grok" {
            text = format!("@@ {}\n{text}", log.file);
        }
        if log.file == "rollout.jsonl" {
            seeds.push((
                log.target,
                "rollout.jsonl.zst".into(),
                compress_to_vec(text.as_bytes(), CompressionLevel::Fastest),
            ));
        }
        seeds.push((log.target, log.file.into(), text.into()));
        if log.target != "grok" {
            // One session in two files, which share some of its lines.
            let (end, start) = (log.lines.len() * 2 / 3, log.lines.len() / 3);
            let halves = [log.lines[..end].join("\n"), log.lines[start..].join("\n")];
            let both = format!("@@ a.jsonl\n{}\n@@ b.jsonl\n{}\n", halves[0], halves[1]);
            seeds.push((log.target, format!("two-{}", log.file), both.into()));
        }
    }
    let all_of_grok = seeds.iter().filter(|(target, ..)| *target == "grok").map(|(.., text)| text.as_slice());
    let summary: &[u8] =
        b"@@ summary.json\n{\"info\":{\"id\":\"s\",\"cwd\":\"/work\"},\"session_kind\":\"subagent\"}\n";
    let events: &[u8] = b"@@ events.jsonl\n{\"type\":\"turn_started\",\"ts\":5}\n";
    let all_of_grok = all_of_grok.chain([summary, events]).collect::<Vec<_>>().concat();
    seeds.push(("grok", "folder".into(), all_of_grok));
    seeds.push(("gemini", "document.json".into(), logs::gemini_document().to_string().into()));
    seeds.push(("aider", "history.md".into(), logs::aider().into()));
    seeds.push(("opencode", "export.json".into(), logs::export().to_string().into()));
    let tree: String = logs::storage().iter().map(|(name, text)| format!("@@ {name}\n{text}\n")).collect();
    seeds.push(("opencode", "tree".into(), tree.into()));
    let folder = tempfile::tempdir()?;
    for database in logs::databases() {
        seeds.push((database.target, "rows".into(), database.rows.join("\n").into()));
        let path = folder.path().join(database.target);
        database.write(&path, database.rows.iter().map(String::as_bytes)).map_err(io::Error::other)?;
        seeds.push((database.target, "file.db".into(), fs::read(path)?));
    }
    // Whose a file is has to be told of all of them.
    let others: Vec<_> =
        seeds.iter().map(|(target, name, bytes)| ("detect", format!("{target}-{name}"), bytes.clone())).collect();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (target, name, bytes) in seeds.into_iter().chain(others) {
        fs::create_dir_all(corpus.join(target))?;
        fs::write(corpus.join(target).join(name), bytes)?;
    }
    Ok(())
}
