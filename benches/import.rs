//! Opening a large Claude Code log, as a ratio to counting the tokens of its texts and renditions alone in the same run,
//! on all cores. `cargo bench --bench import`, with `HAVERSACK_BENCH_MB=500` for the size of the goal.
//!
//! Goal: counting ÷ opening of 0.6 or more, in under 300 MB beyond the largest row.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

use haversack::{
    model::{Budget, Level, Session},
    pack::settings::PlanSettings,
    text::tokens::{Encoding, Tokenizer},
    workspace::{Backlog, Workspace},
};

fn main() {
    let megabytes: u64 = std::env::var("HAVERSACK_BENCH_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    let folder = std::env::temp_dir().join(format!("haversack-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let log = folder.join("log.jsonl");
    write_log(&log, megabytes * 1_000_000);

    let mut workspace = Workspace::open(&folder.join("bench.db"), PlanSettings::default()).expect("a new store opens");
    let begun = Instant::now();
    let report = workspace.import(&log, &mut |_| {}).expect("the log is a log");
    let id = report.sessions[0].id.clone();
    let desk = workspace.desk(&id, Budget::Tokens(32_000)).expect("it was stored");
    let opened = begun.elapsed();
    let memory = peak_memory();
    let begun = Instant::now();
    while workspace.index_piece().expect("the store can be written") == Backlog::Left {}
    let indexed = begun.elapsed();
    let counted = count(desk.session());

    println!("{megabytes} MB log, {} entries, {} tokens held", desk.session().entries.len(), desk.totals().held);
    let rows =
        [("baseline: counting alone", counted), ("until the session is open", opened), ("recall's index", indexed)];
    for (what, time) in rows {
        println!("{what:28} {:8.2} s  {:5.2}×", time.as_secs_f64(), time.as_secs_f64() / counted.as_secs_f64());
    }
    println!("counting ÷ opening {:.2}; peak memory {}", counted.as_secs_f64() / opened.as_secs_f64(), memory);
    fs::remove_dir_all(&folder).expect("the temporary folder can be removed");
}

/// Counts every text and rendition once, on all cores; building the tokenizers is not in it.
fn count(session: &Session) -> Duration {
    let texts: Vec<&str> = session
        .entries
        .iter()
        .flat_map(|entry| Level::ALL.map(|level| entry.own_text(level)).into_iter().flatten())
        .map(|text| text.as_str())
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let counters: Vec<Tokenizer> = (0..cores).map(|_| Tokenizer::new(Encoding::O200k)).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (core, counter) in counters.iter().enumerate() {
            let texts = &texts;
            scope.spawn(move || texts.iter().skip(core).step_by(cores).map(|text| counter.count(text)).max());
        }
    });
    begun.elapsed()
}

/// "VmHWM" of Linux; elsewhere unknown.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".into(), |kilobytes| kilobytes.trim().to_owned())
}

/// A session of turns as real ones are: a fifth of the bytes is text for the model, the rest bookkeeping.
fn write_log(path: &Path, bytes: u64) {
    let mut out = BufWriter::new(File::create(path).expect("the temporary folder can be written"));
    let (mut written, mut row, mut words) = (0, 0_u64, Words(7));
    let mut parent = "null".to_owned();
    while written < bytes {
        let (kind, message, extra) = match row % 4 {
            0 => ("user", format!(r#"{{"role":"user","content":"{}"}}"#, words.some(40)), String::new()),
            1 => ("assistant", reply(row, &format!(r#"{{"type":"text","text":"{}"}}"#, words.some(60))), String::new()),
            2 => {
                let input = format!(r#"{{"command":"rg -n {} src/{}.rs"}}"#, words.some(2), words.some(1));
                let call = format!(r#"{{"type":"tool_use","id":"t{row}","name":"Bash","input":{input}}}"#);
                ("assistant", reply(row, &call), String::new())
            }
            _ => {
                let text = words.lines(30);
                let result = format!(r#"{{"type":"tool_result","tool_use_id":"t{}","content":"{text}"}}"#, row - 1);
                let whole = format!(r#","toolUseResult":{{"stdout":"{text}","file":"{}"}}"#, words.lines(60));
                ("user", format!(r#"{{"role":"user","content":[{result}]}}"#), whole)
            }
        };
        let line = format!(
            r#"{{"parentUuid":{parent},"isSidechain":false,"userType":"external","cwd":"/home/kim/shop","sessionId":"big","version":"2.1.5","gitBranch":"main","type":"{kind}","message":{message},"uuid":"u{row}","timestamp":"2026-03-01T10:00:00.000Z"{extra}}}"#
        );
        parent = format!("\"u{row}\"");
        writeln!(out, "{line}").expect("the temporary folder can be written");
        written += line.len() as u64 + 1;
        row += 1;
    }
}

fn reply(row: u64, block: &str) -> String {
    let usage =
        r#"{"input_tokens":10,"cache_creation_input_tokens":200,"cache_read_input_tokens":9000,"output_tokens":50}"#;
    format!(r#"{{"id":"m{row}","model":"claude-x","role":"assistant","content":[{block}],"usage":{usage}}}"#)
}

/// Words that no two texts share in the same order.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn some(&mut self, count: usize) -> String {
        const PARTS: [&str; 24] = [
            "cart", "total", "round", "price", "order", "the", "of", "store", "test", "fails", "when", "a", "cent",
            "is", "lost", "in", "checkout", "tax", "rule", "value", "returns", "before", "list", "type",
        ];
        let mut text = String::new();
        for at in 0..count {
            let number = self.next();
            let space = if at == 0 { "" } else { " " };
            let part = PARTS[(number % 24) as usize];
            match number % 11 {
                0 => write!(text, "{space}{part}_{}", number % 977),
                _ => write!(text, "{space}{part}"),
            }
            .expect("memory can be written");
        }
        text
    }

    fn lines(&mut self, count: usize) -> String {
        (0..count).map(|line| format!("src/{}.rs:{line}: {}\\n", self.some(1), self.some(8))).collect()
    }
}
