//! The real binary: its token, streams of events, several programs on one store, and its end.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::cli::place::{Place, SESSION};

/// What a test waits for at the most.
const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    child: Child,
    address: SocketAddr,
    token: String,
    agent: ureq::Agent,
    errors: BufReader<std::process::ChildStderr>,
}

impl Running {
    fn start(place: &Place) -> Running {
        let mut command = Command::new(assert_cmd::cargo_bin!("haversack"));
        command.env_clear().env("HOME", place.path("home")).args(["serve", "--http", "127.0.0.1:0"]);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut errors = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        errors.read_line(&mut line).expect("it says where it is");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
        let address = address.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no address in {line}"));
        let token = place.run(&["serve", "--print-token"]).out.trim().to_owned();
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Running { child, address, token, agent: config.into(), errors }
    }

    fn post(&self, path: &str, body: &Value) -> Result<(u16, Value), ureq::Error> {
        let request = self.agent.post(format!("http://{}{path}", self.address));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let mut response = request.send(body.to_string())?;
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), serde_json::from_str(&text).expect("it answers in JSON")))
    }

    fn push(&self, session: &str, content: &str) -> Result<(u16, Value), ureq::Error> {
        let entries = json!([{"role": "user", "content": content}]);
        self.post("/v1/session/push", &json!({"session_id": session, "entries": entries}))
    }

    /// The events of a stream, each as its data.
    fn events(&self, query: &str, last: Option<i64>) -> impl Iterator<Item = Value> + use<> {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time to wait");
        let last = last.map_or_else(String::new, |last| format!("Last-Event-ID: {last}\r\n"));
        write!(
            stream,
            "GET /v1/events{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{last}\r\n",
            self.token
        )
        .expect("it reads");
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        // The stream has its place in the order of changes once its headers are there.
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).expect("headers come");
        }
        let lines = reader.lines().map_while(Result::ok);
        lines.filter_map(|line| line.strip_prefix("data: ").map(|data| serde_json::from_str(data).expect("JSON")))
    }

    /// Asks it to end, and gives its exit code and the rest of what it said.
    fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let mut said = String::new();
        self.errors.read_to_string(&mut said).expect("it says so in UTF-8");
        (self.child.wait().expect("it ends").code(), said)
    }
}

impl Drop for Running {
    /// A test that did not ask it to end does not leave it behind.
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_token_is_printed_and_only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let (one, other) = (place.run(&["serve", "--print-token"]), place.run(&["serve", "--print-token"]));
    assert_eq!((one.code, one.out.trim().len(), &one.out), (0, 64, &other.out));
    let path = place.path("home/.local/share/haversack/http-token");
    assert_eq!(std::fs::metadata(path).expect("it is kept").permissions().mode() & 0o777, 0o600);
    let open = place.run(&["serve", "--no-token", "--http", "0.0.0.0:0"]);
    assert_eq!((open.code, open.err.contains("can be reached by others")), (2, true), "{}", open.err);
}

#[test]
fn changes_are_told_as_they_happen_whoever_makes_them() {
    let place = Place::with_log();
    let server = Running::start(&place);
    let mut all = server.events("", None);
    let mut of_one = server.events("?session_id=task-1", None);
    server.post("/v1/session/create", &json!({"session_id": "task-1"})).expect("it is made");
    server.push("task-1", "Look at the cart.").expect("it is pushed");
    let words = |event: &Value| event["words"].as_str().expect("text").to_owned();
    assert_eq!(
        [words(&all.next().expect("one")), words(&all.next().expect("two"))],
        ["created the session", "appended 1 entry"]
    );
    assert_eq!(words(&of_one.next().expect("one")), "created the session");

    // Another program: the command line.
    assert_eq!(place.session(&["pin", "#1"]).code, 0);
    let pinned = all.next().expect("it is noticed");
    assert_eq!(
        (&pinned["session_id"], &pinned["actor"], &pinned["via"], words(&pinned).as_str()),
        (&json!(SESSION), &json!("person"), &json!("command_line"), "pinned #1")
    );
    assert_eq!(place.session(&["undo"]).code, 0);
    let undone = all.next().expect("it is noticed");
    assert_eq!((&undone["row"], &undone["status"]), (&pinned["row"], &json!("undone")));

    // Nothing is lost for who comes back, and nothing told twice.
    let mut again = server.events("", pinned["event"].as_i64());
    assert_eq!(again.next().as_ref(), Some(&undone));
    server.push("task-1", "And at the total.").expect("it is pushed");
    assert_eq!(again.next().map(|event| words(&event)).as_deref(), Some("appended 1 entry"));
    let (code, _) = server.stop();
    assert_eq!((code, all.next().map(|event| words(&event)).as_deref()), (Some(0), Some("appended 1 entry")));
    assert_eq!(all.next(), None, "the stream ends with the server");
}

#[test]
fn recalls_index_catches_up_while_nobody_asks() {
    let place = Place::with_log();
    let server = Running::start(&place);
    server.post("/v1/session/create", &json!({"session_id": "task-1"})).expect("it is made");
    for at in 0..5 {
        server.push("task-1", &format!("Look at cart number {at}.")).expect("it is pushed");
    }
    // To examine the store indexes nothing, and takes some time itself.
    let behind = || place.run(&["doctor", "--json"]).json()["store"]["not_indexed"].clone();
    assert!((0..200).any(|_| behind() == json!(0)), "{}", behind());
}

#[test]
fn what_was_accepted_is_stored_when_it_is_told_to_end() {
    let place = Place::new();
    let server = Running::start(&place);
    server.post("/v1/session/create", &json!({"session_id": "task-1"})).expect("it is made");
    let stopping = AtomicBool::new(false);
    let accepted: usize = thread::scope(|scope| {
        let push = |pusher: usize| {
            let (server, stopping) = (&server, &stopping);
            scope.spawn(move || {
                let mut accepted = 0;
                for number in 0.. {
                    match server.push("task-1", &format!("pusher {pusher} says {number} of {}", pusher * 7919 + number))
                    {
                        Ok((200, _)) => accepted += 1,
                        // It is ending: nothing is accepted any more.
                        _ => return accepted,
                    }
                    if accepted == 5 && pusher == 0 && !stopping.swap(true, Ordering::SeqCst) {
                        let pid = server.child.id().to_string();
                        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
                    }
                }
                accepted
            })
        };
        let pushers: Vec<_> = (0..8).map(push).collect();
        pushers.into_iter().map(|pusher| pusher.join().expect("it counts")).sum()
    });
    let mut server = server;
    let mut said = String::new();
    server.errors.read_to_string(&mut said).expect("UTF-8");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0), "{said}");
    assert!(said.contains("all that was accepted is stored"), "{said}");
    let stored = place.run(&["session", "get", "--json", "--session-id", "task-1"]).json();
    let stored = stored["entry_count"].as_u64().expect("a count") as usize;
    assert!(accepted >= 5 && stored >= accepted, "{accepted} accepted, {stored} stored");
}
