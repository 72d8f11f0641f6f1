//! Patterns over 10,000 generated sessions: the time until they are found, the memory at its highest, and that a second
//! run says the same. `cargo bench --bench insight`; HAVERSACK_BENCH_SESSIONS for another number.
//!
//! Goals: under 2 s, under 200 MB, identical output.

use std::time::Instant;

use haversack::{
    insight::{DetectSettings, Detector, Digest, Pattern},
    model::{Entry, EntryId, Kind, Mark, Role, Session, SessionId, Time},
    text::redact,
};

fn main() {
    let sessions = std::env::var("HAVERSACK_BENCH_SESSIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("digests.jsonl");
    let made = Instant::now();
    write(&path, sessions);
    println!("{sessions} sessions made and digested in {:.1} s", made.elapsed().as_secs_f64());
    let before = peak();
    let (first, took) = detect(&path);
    let (second, again) = detect(&path);
    assert_eq!(first, second, "the same digests give the same patterns");
    println!("{:24} {took:8.2} s, then {again:.2} s   (goal: under 2)", "detect");
    println!(
        "{:24} {:8} MB, of which {} MB before it began   (goal: under 200)",
        "memory at its highest",
        peak(),
        before
    );
    println!("{:24} {:8} bytes of JSON, the same twice", "patterns", first.len());
}

/// Digests as the store keeps them, one JSON a line: reading them is part of detecting.
fn write(path: &std::path::Path, sessions: usize) {
    use std::io::Write;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("it can be made"));
    for number in 0..sessions {
        let digest = Digest::of(&session(number));
        writeln!(file, "{}", serde_json::to_string(&digest).expect("a digest is JSON")).expect("it can be written");
    }
}

fn detect(path: &std::path::Path) -> (String, f64) {
    use std::io::BufRead;
    let began = Instant::now();
    let mut detector = Detector::new(DetectSettings::default());
    for line in std::io::BufReader::new(std::fs::File::open(path).expect("it was made")).lines() {
        detector.take(serde_json::from_str(&line.expect("it can be read")).expect("it is a digest"));
    }
    let patterns: Vec<Pattern> = detector.patterns();
    let json = serde_json::to_string(&patterns).expect("patterns are JSON");
    (json, began.elapsed().as_secs_f64())
}

/// A session of 30 to 70 entries in which some calls fail, as generated from its number.
fn session(number: usize) -> Session {
    let mut state = number as u64 + 1;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let agent = ["claude", "codex", "grok", "gemini"][next(4) as usize];
    let mut session = Session::new(SessionId::new(format!("{agent}:{number:06}")));
    session.project = redact::clean(&format!("/home/kim/project-{}", next(50)));
    let mut push = |kind: Kind, role: Role, text: String, change: &dyn Fn(&mut Entry)| {
        let seq = session.entries.len() as u32 + 1;
        let mut entry = Entry::new(EntryId(u64::from(seq)), seq, kind, role, redact::clean(&text));
        entry.at = Some(Time(1_770_000_000_000 + number as i64 * 600_000 + i64::from(seq) * 10_000));
        entry.costs = [40, 20, 10, 5];
        change(&mut entry);
        session.entries.push(entry);
    };
    push(Kind::Prompt, Role::User, "Make the tests of the cart pass and commit the change.".into(), &|_| {});
    for call in 0..15 + next(20) {
        let command = format!(
            "{} {}",
            ["cargo test", "npm test", "git status", "rg total", "go build"][next(5) as usize],
            next(4)
        );
        let failed = next(3) == 0;
        let id: std::sync::Arc<str> = format!("c{call}").into();
        let tool: std::sync::Arc<str> = "Bash".into();
        push(Kind::Call, Role::Assistant, command, &|entry| {
            (entry.call_id, entry.tool) = (Some(id.clone()), Some(tool.clone()))
        });
        let output = if failed { format!("error: cannot find value {} in this scope", next(6)) } else { "ok".into() };
        push(Kind::Result, Role::Tool, output, &|entry| {
            (entry.call_id, entry.tool) = (Some(id.clone()), Some(tool.clone()));
            if failed {
                entry.marks = entry.marks.with(Mark::Error);
            }
        });
    }
    push(Kind::Message, Role::Assistant, "Done: the tests pass and the change is committed.".into(), &|_| {});
    session
}

/// Memory at its highest until now, in MB, as Linux tells; 0 elsewhere.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
