//! Eight programs that push into one store and two that watch it, for a minute: `cargo bench --bench writers`, with
//! `HAVERSACK_BENCH_SECONDS` for how long. Fails where a push or a read failed, or an acknowledged entry is not there.
//!
//! Each writer pushes into a session of its own and, every eighth time, into one that all push into.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use haversack::{
    model::{Actor, Role, SessionId, SessionSettings},
    pack::settings::PlanSettings,
    workspace::{Push, PushRules, Workspace},
};

const WRITERS: usize = 8;
const WATCHERS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [part, store, number, seconds] => {
            let seconds = Duration::from_secs(seconds.parse().expect("a number"));
            match part.as_str() {
                "write" => write(store.as_ref(), number, seconds),
                _ => watch(store.as_ref(), number, seconds),
            }
        }
        _ => all(),
    }
}

fn all() {
    let seconds = std::env::var("HAVERSACK_BENCH_SECONDS").unwrap_or_else(|_| "60".into());
    let folder = std::env::temp_dir().join(format!("haversack-bench-writers-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let store = folder.join("store.db");
    let mut workspace = open(&store);
    for writer in 0..WRITERS {
        workspace.create(&own(&writer.to_string()), SessionSettings::default(), &actor()).expect("the id is new");
    }
    workspace.create(&shared(), SessionSettings::default(), &actor()).expect("the id is new");
    let start = |part: &str, number: usize| {
        let mut command = Command::new(std::env::current_exe().expect("this program has a file"));
        command.args([part, store.to_str().expect("the folder is UTF-8"), &number.to_string(), &seconds]);
        command.stdout(Stdio::piped()).spawn().expect("it starts")
    };
    let begun = Instant::now();
    let mut children: Vec<Child> = (0..WRITERS).map(|number| start("write", number)).collect();
    children.extend((0..WATCHERS).map(|number| start("watch", number)));
    let mut longest = 0;
    while children.iter_mut().any(|child| child.try_wait().expect("it can be asked").is_none()) {
        longest = longest.max(fs::metadata(folder.join("store.db-wal")).map_or(0, |about| about.len()));
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut pushed: HashMap<SessionId, usize> = HashMap::new();
    for child in children {
        let mut lines = BufReader::new(child.stdout.expect("standard output is a pipe")).lines().map_while(Result::ok);
        println!("{}", lines.next().expect("it got to its end without an error"));
        for line in lines {
            let (id, count) = line.split_once(' ').expect("a session and a number");
            *pushed.entry(SessionId::new(id)).or_default() += count.parse::<usize>().expect("a number");
        }
    }
    let total: usize = pushed.values().sum();
    println!("all together: {:.0} pushes/s", total as f64 / begun.elapsed().as_secs_f64());
    println!("write-ahead log: {:.1} MB at the most", longest as f64 / 1e6);
    for row in workspace.sessions().expect("they can be listed") {
        let (stored, told) = (row.entries as usize, pushed.get(&row.id).copied().unwrap_or(0));
        assert_eq!(stored, told, "{} has {stored} entries, {told} were acknowledged", row.id);
    }
    println!("every one of {total} acknowledged entries is stored");
    fs::remove_dir_all(&folder).expect("the temporary folder can be removed");
}

fn write(store: &Path, number: &str, seconds: Duration) {
    let mut workspace = open(store);
    workspace.counters();
    let (begun, mut times, mut of_shared, mut count) = (Instant::now(), Vec::new(), Vec::new(), 0u32);
    while begun.elapsed() < seconds {
        count += 1;
        let is_shared = count.is_multiple_of(8);
        let text = format!(
            "Writer {number} has read src/{number}/part_{count}.rs, in which step_{count} fails when the order is empty; it \
             goes on with the total of line {count} and keeps what it has found about round_half_up in mind."
        );
        let start = Instant::now();
        let id = if is_shared { shared() } else { own(number) };
        workspace
            .push(&id, &actor(), &[Push::new(Role::Assistant, text)], PushRules::default())
            .unwrap_or_else(|error| panic!("writer {number}, push {count}: {error}"));
        if is_shared { &mut of_shared } else { &mut times }.push(start.elapsed());
    }
    println!("writer {number}: {}; into the shared session {}", told(&mut times), told(&mut of_shared));
    println!("{} {}", own(number), times.len());
    println!("{} {}", shared(), of_shared.len());
}

fn watch(store: &Path, number: &str, seconds: Duration) {
    let mut workspace = open(store);
    workspace.counters();
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < seconds {
        if workspace.changed().unwrap_or_else(|error| panic!("watcher {number}: {error}")) {
            let start = Instant::now();
            let id = if times.len() % 2 == 0 { shared() } else { own(number) };
            workspace.session(&id).unwrap_or_else(|error| panic!("watcher {number}: {error}"));
            times.push(start.elapsed());
        }
        // As often as a screen asks.
        std::thread::sleep(Duration::from_millis(100));
    }
    println!("watcher {number}: read {}", told(&mut times));
}

/// "1,204 times, p50 2.1 ms, p99 8.0 ms, longest 31.5 ms".
fn told(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at =
        |share: f64| times.get(((times.len() as f64 - 1.0) * share) as usize).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    format!("{} times, p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", times.len(), at(0.5), at(0.99), at(1.0))
}

fn open(store: &Path) -> Workspace {
    Workspace::open(store, PlanSettings::default()).expect("the store opens")
}

fn own(number: &str) -> SessionId {
    SessionId::new(format!("haversack:writer-{number}"))
}

fn shared() -> SessionId {
    SessionId::new("haversack:shared")
}

fn actor() -> Actor {
    "agent:bench".parse().expect("the name is allowed")
}
