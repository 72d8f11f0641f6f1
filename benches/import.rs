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
    workspace::{Backlog, Compared, Progress, Workspace},
};

fn main() {
    let megabytes: u64 = std::env::var("HAVERSACK_BENCH_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    let folder = std::env::temp_dir().join(format!("haversack-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let log = folder.join("log.jsonl");
    write_log(&log, megabytes * 1_000_000);

    let mut workspace = Workspace::open(&folder.join("bench.db"), PlanSettings::default()).expect("a new store opens");
    let mut clock = Clock::new();
    let report = {
        let mut parts = clock.parts();
        workspace.import(&log, &mut |progress| parts.told(&progress)).expect("the log is a log")
    };
    clock.end("storing");
    let id = report.sessions[0].id.clone();
    let desk = workspace.desk(&id, Budget::Tokens(32_000)).expect("it was stored");
    clock.end("opening what is stored");
    let opened = clock.begun.stage("");
    let mut background = Clock::new();
    while workspace.index_piece().expect("the store can be written") == Backlog::Left {}
    background.end("recall's index");
    while workspace.compare_piece().expect("the store can be written") != Compared::Nothing {}
    background.end("outputs said again");
    let (counted, counted_cpu) = count(desk.session());

    println!("{megabytes} MB log, {} entries, {} tokens held", desk.session().entries.len(), desk.totals().held);
    println!("{:28} {:>8} {:>8} {:>9} {:>14}", "", "seconds", "of cores", "×counting", "most memory MB");
    let told = |what: &str, stage: &Stage| {
        let (seconds, times) = (stage.time.as_secs_f64(), stage.time.as_secs_f64() / counted.as_secs_f64());
        println!("{what:28} {seconds:8.2} {:8.2} {times:9.2} {:>14}", stage.cpu.as_secs_f64(), stage.memory);
    };
    told("baseline: counting alone", &Stage { name: "", time: counted, cpu: counted_cpu, memory: String::new() });
    told("until the session is open", &opened);
    clock.stages.iter().for_each(|stage| told(&format!("  {}", stage.name), stage));
    println!("in the background");
    background.stages.iter().for_each(|stage| told(&format!("  {}", stage.name), stage));
    println!(
        "counting ÷ opening {:.2}, in seconds of the cores {:.2}",
        counted.as_secs_f64() / opened.time.as_secs_f64(),
        counted_cpu.as_secs_f64() / opened.cpu.as_secs_f64()
    );
    fs::remove_dir_all(&folder).expect("the temporary folder can be removed");
}

/// What a stage took. Where other programs use the cores too, only the time on the cores says something.
struct Stage {
    name: &'static str,
    time: Duration,
    cpu: Duration,
    /// The most that the process has had by the end of the stage.
    memory: String,
}

/// A moment: when, and the time that this process has had on the cores until then.
#[derive(Clone, Copy)]
struct Moment(Instant, Duration);

impl Moment {
    fn now() -> Moment {
        Moment(Instant::now(), cpu_time())
    }

    /// From then to now, as a stage.
    fn stage(self, name: &'static str) -> Stage {
        Moment::now().after(self, name)
    }

    fn after(self, begun: Moment, name: &'static str) -> Stage {
        let (time, cpu) = (self.0.duration_since(begun.0), self.1.saturating_sub(begun.1));
        Stage { name, time, cpu, memory: peak_memory() }
    }
}

/// Times one stage after the other.
struct Clock {
    begun: Moment,
    last: Moment,
    stages: Vec<Stage>,
}

impl Clock {
    fn new() -> Clock {
        Clock { begun: Moment::now(), last: Moment::now(), stages: Vec::new() }
    }

    fn end(&mut self, stage: &'static str) {
        self.stages.push(self.last.stage(stage));
        self.last = Moment::now();
    }

    fn parts(&mut self) -> Parts<'_> {
        Parts { clock: self, told: None }
    }
}

/// The stages of an import, told apart by what it reports: a tenth of the bytes is the reading, the rest the deriving.
struct Parts<'a> {
    clock: &'a mut Clock,
    told: Option<Moment>,
}

impl Parts<'_> {
    fn told(&mut self, progress: &Progress) {
        let Progress::Reading { bytes, of, .. } = progress else { return };
        if bytes * 10 > of + 100 {
            if self.told.is_none() {
                self.clock.end("reading");
            }
            self.told = Some(Moment::now());
        }
    }
}

impl Drop for Parts<'_> {
    fn drop(&mut self) {
        if let Some(told) = self.told {
            self.clock.stages.push(told.after(self.clock.last, "deriving"));
            self.clock.last = told;
        }
    }
}

/// Counts every text and rendition once, on all cores; building the tokenizers is not in it.
fn count(session: &Session) -> (Duration, Duration) {
    let texts: Vec<&str> = session
        .entries
        .iter()
        .flat_map(|entry| Level::ALL.map(|level| entry.own_text(level)).into_iter().flatten())
        .map(|text| text.as_str())
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let counters: Vec<Tokenizer> = (0..cores).map(|_| Tokenizer::new(Encoding::O200k)).collect();
    let begun = Moment::now();
    std::thread::scope(|scope| {
        for (core, counter) in counters.iter().enumerate() {
            let texts = &texts;
            scope.spawn(move || texts.iter().skip(core).step_by(cores).map(|text| counter.count(text)).max());
        }
    });
    let counted = begun.stage("");
    (counted.time, counted.cpu)
}

/// Of all threads of this process, in hundredths of a second as Linux tells; elsewhere none.
fn cpu_time() -> Duration {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before it, in brackets, can hold anything.
    let fields = status.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

/// "VmHWM" of Linux; elsewhere unknown.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    kilobytes.map_or_else(|| "unknown".into(), |kilobytes: u64| format!("{}", kilobytes / 1024))
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
