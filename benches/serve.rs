//! Many pushers on loopback against the same pushes in-process: `PUSHERS=200 SECONDS=60 cargo bench --bench serve`.
//!
//! Told: errors, entries lost, pushes per second, how long a push takes, and the same pushes on one workspace, one push
//! a transaction, in the same run.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::exit,
    thread,
    time::{Duration, Instant},
};

use haversack::{
    config::{Config, Sources},
    model::{Actor, Role, SessionId, SessionSettings},
    serve::{
        http::{Needed, Options, Persons, Server},
        token::Token,
    },
    workspace::{Push, PushRules, Workspace},
};

fn main() {
    let number =
        |name: &str, otherwise: u64| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (pushers, seconds) = (number("PUSHERS", 20) as usize, number("SECONDS", 3));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = |name: &str| {
        let store = folder.path().join(name).display().to_string();
        let flags = vec![("store.path", store)];
        let sources =
            Sources { flags, data_folder: folder.path().into(), home: folder.path().into(), ..Sources::default() };
        Config::resolve(&sources).expect("settings resolve")
    };
    let (served, direct) = (config("served.db"), config("direct.db"));

    let options = Options {
        address: "127.0.0.1:0".parse().expect("an address"),
        token: Needed::Yes,
        persons: Persons::Refused,
        hosts: Vec::new(),
        origins: Vec::new(),
    };
    let server = Server::new(&served, &options).expect("a server");
    let address = server.address().expect("an address");
    let token = Token::of(served.data_folder()).expect("a token").as_str().to_owned();
    thread::spawn(move || server.run());
    for pusher in 0..pushers {
        let mut client = Client::new(address, &token);
        let body = format!("{{\"session_id\":\"{}\",\"max_tokens\":0}}", name(pusher));
        assert_eq!(client.post("/v1/session/create", &body), 200);
    }

    let begun = Instant::now();
    let end = begun + Duration::from_secs(seconds);
    let threads: Vec<_> = (0..pushers)
        .map(|pusher| {
            let token = token.clone();
            thread::spawn(move || {
                let mut client = Client::new(address, &token);
                let (mut took, mut errors) = (Vec::new(), 0);
                while Instant::now() < end {
                    let text = content(pusher, took.len());
                    let entry = format!("{{\"role\":\"assistant\",\"content\":\"{text}\"}}");
                    let body = format!("{{\"session_id\":\"{}\",\"entries\":[{entry}]}}", name(pusher));
                    let sent = Instant::now();
                    match client.post("/v1/session/push", &body) {
                        200 => took.push(sent.elapsed()),
                        _ => errors += 1,
                    }
                }
                (took, errors)
            })
        })
        .collect();
    let done: Vec<(Vec<Duration>, usize)> = threads.into_iter().map(|thread| thread.join().expect("it ends")).collect();
    let elapsed = begun.elapsed().as_secs_f64();
    let counts: Vec<usize> = done.iter().map(|(took, _)| took.len()).collect();
    let errors: usize = done.iter().map(|(_, errors)| errors).sum();
    let mut took: Vec<Duration> = done.into_iter().flat_map(|(took, _)| took).collect();
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = took.len() as f64 / elapsed;

    let workspace = Workspace::open(served.store_path(), served.plan()).expect("the store opens");
    let stored = workspace.sessions().expect("its sessions");
    let lost: i64 = (0..pushers)
        .map(|pusher| {
            let row = stored.iter().find(|row| row.id.as_str() == name(pusher)).expect("its session");
            counts[pusher] as i64 - i64::from(row.entries)
        })
        .sum();

    // The same pushes in the order in which the pushers would take turns.
    let mut workspace = Workspace::open(direct.store_path(), direct.plan()).expect("a store");
    let actor: Actor = "agent:http".parse().expect("an actor");
    let ids: Vec<SessionId> = (0..pushers).map(|pusher| SessionId::new(name(pusher))).collect();
    ids.iter().for_each(|id| {
        workspace.create(id, SessionSettings::default(), &actor).expect("a session");
    });
    workspace.counters();
    let begun = Instant::now();
    for round in 0..counts.iter().copied().max().unwrap_or(0) {
        for pusher in (0..pushers).filter(|&pusher| round < counts[pusher]) {
            let push = Push::new(Role::Assistant, content(pusher, round));
            workspace.push(&ids[pusher], &actor, &[push], PushRules::default()).expect("a push");
        }
    }
    let in_process = took.len() as f64 / begun.elapsed().as_secs_f64();

    println!("{pushers} pushers, {seconds} s: {} pushes, {errors} errors, {lost} entries lost", took.len());
    println!("over HTTP   {rate:.0} pushes/s; p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(0.5), at(0.99), at(1.0));
    println!("in-process  {in_process:.0} pushes/s: over HTTP {:.0} % of that", rate / in_process * 100.0);
    if errors > 0 || lost != 0 {
        exit(1);
    }
}

fn name(pusher: usize) -> String {
    format!("load-{pusher}")
}

/// Some 300 bytes, unlike those of other pushes.
fn content(pusher: usize, number: usize) -> String {
    let word = |at: usize| format!("w{:x}", (pusher * 1_000_003 + number * 7_919 + at * 104_729) % 1_048_573);
    let words: Vec<String> = (0..40).map(word).collect();
    format!("Push {number} of pusher {pusher} looks at src/{}.rs: {}.", word(99), words.join(" "))
}

struct Client {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Client {
    fn new(address: SocketAddr, token: &str) -> Client {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        let head = format!("Host: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        Client { stream: BufReader::new(stream), head }
    }

    /// The status; the body is read and dropped.
    fn post(&mut self, path: &str, body: &str) -> u16 {
        let Client { stream, head } = self;
        let request = format!("POST {path} HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len());
        stream.get_mut().write_all(request.as_bytes()).expect("it reads");
        let (mut line, mut status, mut length) = (String::new(), 0, 0);
        loop {
            line.clear();
            stream.read_line(&mut line).expect("it answers");
            let lower = line.to_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(0);
            }
            if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut dropped = vec![0; length];
        stream.read_exact(&mut dropped).expect("the body comes");
        status
    }
}
