//! Pushing into stored sessions, one push a transaction, as a ratio to the bare SQLite transactions that insert the same
//! rows in the same run. `cargo bench --bench push`, with `HAVERSACK_BENCH_SECONDS` for how long a part may take (30).
//!
//! Goal: 2,000 pushes a second into many sessions, and into one session of 5,000 entries no less than a third of what the
//! first 500 had.

use std::{
    fmt::Write as _,
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use haversack::{
    model::{Actor, Entry, EntryId, Kind, Role, SessionId, SessionSettings},
    pack::settings::PlanSettings,
    text::{compress::names, redact, similarity::Features, tokens::Encoding},
    workspace::{Push, PushRules, Workspace, prepare::Counters},
};
use rusqlite::{Connection, TransactionBehavior, params};

const SESSIONS: usize = 200;
const OF_SESSION: usize = 300;
const OF_ONE: usize = 5_000;

fn main() {
    let seconds: u64 = std::env::var("HAVERSACK_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let most = Duration::from_secs(seconds);
    let folder = std::env::temp_dir().join(format!("haversack-bench-push-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let mut words = Words(7);
    let texts: Vec<String> = (0..20_000).map(|number| words.text(number)).collect();
    parts(&texts[..2_000]);
    for (name, sessions, of_each, steps) in [("many", SESSIONS, OF_SESSION, 6), ("one", 1, OF_ONE, 10)] {
        println!("{sessions} sessions of up to {of_each} entries; (): by the seconds that this thread had on a core");
        println!("  {:>12} {:>17} {:>17} {:>12} {:>11}", "entries each", "pushes/s", "bare/s", "ratio", "slowest");
        let mut bare = Bare::open(&folder.join(format!("{name}-bare.db")), sessions);
        let mut workspace = store(&folder.join(format!("{name}.db")), sessions);
        let begun = Instant::now();
        for step in 0..steps {
            let rows = of_each * step / steps..of_each * (step + 1) / steps;
            let (mut pushing, mut inserting, mut slowest) = (Times::default(), Times::default(), Duration::ZERO);
            for row in rows.clone() {
                let text = |session: usize| &texts[(row * sessions + session) * 7919 % texts.len()];
                // In turns, so that whatever slows the machine down slows both.
                pushing.add(sessions, || {
                    for session in 0..sessions {
                        let push = Push::new(role(row), format!("{} {row}.{session}", text(session)));
                        let start = Instant::now();
                        workspace.push(&id(session), &actor(), &[push], PushRules::default()).expect("it fits");
                        slowest = slowest.max(start.elapsed());
                    }
                });
                inserting.add(sessions, || (0..sessions).for_each(|session| bare.insert(session, row, text(session))));
                if begun.elapsed() > most {
                    break;
                }
            }
            let is_stopped = pushing.count < rows.len() * sessions;
            println!(
                "  {:>12} {:>17} {:>17} {:12} {:8.1} ms{}",
                format!("{}..{}", rows.start, rows.end),
                pushing.rates(),
                inserting.rates(),
                format!("{:.2} ({:.2})", inserting.wall / pushing.wall, inserting.core / pushing.core),
                slowest.as_secs_f64() * 1e3,
                if is_stopped { format!("   stopped after {} pushes", pushing.count) } else { String::new() }
            );
            if is_stopped {
                break;
            }
        }
    }
    fs::remove_dir_all(&folder).expect("the temporary folder can be removed");
}

/// What so many of a thing took, in seconds of the clock and of the core.
#[derive(Default)]
struct Times {
    count: usize,
    wall: f64,
    core: f64,
}

impl Times {
    fn add(&mut self, count: usize, run: impl FnOnce()) {
        let (start, core) = (Instant::now(), on_core());
        run();
        self.wall += start.elapsed().as_secs_f64();
        self.core += on_core() - core;
        self.count += count;
    }

    fn rates(&self) -> String {
        let rate = |seconds: f64| self.count as f64 / seconds.max(1e-9);
        format!("{:.0} ({:.0})", rate(self.wall), rate(self.core))
    }
}

/// Seconds that this thread has had on a core, as Linux tells; elsewhere none.
fn on_core() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

/// What the parts of a push cost that look at the new text alone.
fn parts(texts: &[String]) {
    let counters = Counters::new(Encoding::O200k);
    let bytes: usize = texts.iter().map(String::len).sum();
    let each = |what: &str, run: &mut dyn FnMut(usize, &str)| {
        let mut times = Times::default();
        times.add(texts.len(), || texts.iter().enumerate().for_each(|(number, text)| run(number, text)));
        println!("  {what:44} {:8.1} µs", times.core * 1e6 / times.count as f64);
    };
    println!("of one text of {} bytes on average", bytes / texts.len());
    each("redacting", &mut |_, text| {
        black_box(redact::clean(text));
    });
    each("renditions and token counts", &mut |number, text| {
        let id = EntryId(number as u64);
        let role = role(number);
        let kind = if role == Role::Tool { Kind::Result } else { Kind::Message };
        let mut entry = Entry::new(id, number as u32, kind, role, redact::clean(text));
        counters.derive(&mut entry);
        black_box(entry);
    });
    each("features for duplicates", &mut |_, text| {
        black_box(Features::new(text));
    });
    each("names", &mut |_, text| {
        black_box(names::names(text).count());
    });
}

fn store(path: &Path, sessions: usize) -> Workspace {
    let mut workspace = Workspace::open(path, PlanSettings::default()).expect("a new store opens");
    for session in 0..sessions {
        workspace.create(&id(session), SessionSettings::default(), &actor()).expect("it is new");
    }
    workspace.counters();
    workspace
}

fn id(session: usize) -> SessionId {
    SessionId::new(format!("haversack:bench-{session}"))
}

fn role(row: usize) -> Role {
    [Role::User, Role::Assistant, Role::Tool, Role::Tool, Role::Assistant, Role::Tool][row % 6]
}

/// The rows that a push of one entry inserts, and nothing else.
struct Bare(Connection);

impl Bare {
    fn open(path: &Path, sessions: usize) -> Bare {
        drop(store(path, sessions));
        let connection = Connection::open(path).expect("it was made");
        for (pragma, value) in [("synchronous", "NORMAL"), ("foreign_keys", "1"), ("secure_delete", "1")] {
            connection.pragma_update(None, pragma, value).expect("SQLite knows it");
        }
        connection.pragma_update(None, "cache_size", -16_384).expect("SQLite knows it");
        Bare(connection)
    }

    fn insert(&mut self, session: usize, row: usize, text: &str) {
        let session = session as i64 + 1;
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate).expect("nobody else writes");
        let done = |result: rusqlite::Result<usize>| assert_eq!(result.expect("the rows fit"), 1);
        let run = |sql: &str, with: &[&dyn rusqlite::ToSql]| {
            done(transaction.prepare_cached(sql).expect("the tables are these").execute(with));
        };
        let id = (row as i64) << 20 | session;
        run(
            "INSERT INTO entries (session, seq, id, kind, role, marks, text, summary, at, file, line, offset)
             VALUES (?1, ?2, ?3, 'message', 'assistant', 0, ?4, ?5, 0, 0, 0, 0)",
            params![session, row as i64 + 1, id, text, &text[..text.len() / 3]],
        );
        let key = transaction.last_insert_rowid();
        let state = r#"{"pinned":false,"importance":null,"held":{"level":"full","by":"rule"},"fate":"live"}"#;
        let score = r#"{"value":0.35,"reasons":[{"words":"what the agent said","points":0.35}]}"#;
        run(
            "INSERT INTO standing (session, entry, live, level, state, seen, score) VALUES (?1, ?2, 1, 0, ?3, '\"unknown\"', ?4)",
            params![session, key, state, score],
        );
        run("INSERT INTO costs VALUES (?1, 'o200k_base', 200, 90, 30, 20)", params![key]);
        run(
            "INSERT INTO journal (session, actor, at, status, stamp, words, changes)
             VALUES (?1, 'agent:bench', 0, 'append', (SELECT max(stamp) + 1 FROM journal), 'appended 1 entry', '[]')",
            params![session],
        );
        run(
            "UPDATE sessions SET next_seq = ?2, updated = 0, entries = ?2 WHERE key = ?1",
            params![session, row as i64 + 2],
        );
        transaction.commit().expect("the rows fit");
    }
}

/// Texts of 300 bytes to 1 KB as agents push them, no two alike: prose with the names of files and functions.
struct Words(u64);

impl Words {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn text(&mut self, number: usize) -> String {
        const PARTS: [&str; 32] = [
            "cart", "total", "round", "price", "order", "the", "of", "store", "test", "fails", "when", "a", "cent",
            "is", "lost", "in", "checkout", "tax", "rule", "value", "returns", "before", "list", "type", "because",
            "which", "every", "line", "then", "must", "reads", "and",
        ];
        let length = 300 + self.below(700) as usize;
        let mut text = String::new();
        while text.len() < length {
            let (word, other) = (PARTS[self.below(32) as usize], PARTS[self.below(32) as usize]);
            // Names recur within a session and seldom beyond.
            let name = number as u64 / 50 * 5 + self.below(40);
            match self.below(24) {
                0 => write!(text, "src/{word}_{name}.rs"),
                1 => write!(text, "{word}_{other}_{}", name % 97),
                2 => write!(text, "{}", self.below(20_000)),
                _ => write!(text, "{word}"),
            }
            .expect("memory can be written");
            text.push_str(match self.below(14) {
                0 => ". ",
                1 => "\n",
                _ => " ",
            });
        }
        text
    }
}

fn actor() -> Actor {
    "agent:bench".parse().expect("the name is allowed")
}
