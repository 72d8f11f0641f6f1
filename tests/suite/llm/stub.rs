//! A server that answers as a model's does, on loopback: what it says is decided by the test, what it was asked is kept.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread::JoinHandle,
};

use serde_json::{Value, json};

/// What it answers to one request.
pub enum Reply {
    /// Pieces as they are, one chunk each, then a proper end.
    Pieces(&'static str, Vec<String>),
    /// The same, and then the connection is gone.
    Torn(&'static str, Vec<String>),
    /// The same, and then nothing at all until the stub is told to go on, or is dropped.
    Held(&'static str, Vec<String>),
    /// A status and a body with its length.
    Whole(u16, String),
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub headers: String,
    pub body: Value,
}

pub struct Stub {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
    /// Dropped to let go of what is held.
    hold: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub const NDJSON: &str = "application/x-ndjson";
pub const SSE: &str = "text/event-stream";

impl Stub {
    /// Answers in this order; what comes after is refused with status 500.
    pub fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (seen, stop) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<AtomicBool>::default());
        let (hold, held) = mpsc::channel();
        let (kept, stopped) = (seen.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut replies = VecDeque::from(replies);
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let stream = stream.expect("loopback connects");
                let Some(request) = read(&stream) else { continue };
                kept.lock().expect("no test panics while it holds this").push(request);
                let reply = replies.pop_front().unwrap_or_else(|| Reply::Whole(500, "nothing is left".into()));
                answer(stream, reply, &held);
            }
        });
        Self { port, seen, stop, hold: Some(hold), thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the stub does not panic while it holds this").clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.hold.take();
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A port of loopback where nobody answers.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    format!("http://127.0.0.1:{}", listener.local_addr().expect("it is bound").port())
}

/// What Ollama streams for these pieces.
pub fn lines(pieces: &[&str]) -> Vec<String> {
    let line = |piece: &str| {
        let line =
            json!({"model": "qwen3:8b", "created_at": "2026-11-21T20:00:00.1Z", "response": piece, "done": false});
        format!("{line}\n")
    };
    pieces.iter().map(|piece| line(piece)).collect()
}

/// The same with its last line, which says why it ends.
pub fn ollama(pieces: &[&str], reason: &str) -> Vec<String> {
    let mut all = lines(pieces);
    let done = json!({
        "model": "qwen3:8b", "created_at": "2026-11-21T20:00:01Z", "response": "", "done": true, "done_reason": reason,
        "context": [1, 2], "total_duration": 5, "load_duration": 1, "prompt_eval_count": 26, "eval_count": 9,
    });
    all.push(format!("{done}\n"));
    all
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut headers) = (String::new(), String::new());
    reader.read_line(&mut line).ok()?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|&read| read > 2)?;
        headers.push_str(&header.to_lowercase());
        if reader.buffer().starts_with(b"\r\n") {
            reader.read_line(&mut String::new()).ok()?;
            break;
        }
    }
    let length = headers.lines().find_map(|header| header.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Seen { line: line.trim().to_owned(), headers, body })
}

/// Fails where the other side has gone, which some tests want.
fn answer(mut stream: TcpStream, reply: Reply, held: &Receiver<()>) {
    let chunked = |stream: &mut TcpStream, kind: &str, pieces: &[String]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        for piece in pieces {
            let _ = stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes());
            let _ = stream.flush();
        }
    };
    match reply {
        Reply::Pieces(kind, pieces) => {
            chunked(&mut stream, kind, &pieces);
            let _ = stream.write_all(b"0\r\n\r\n");
        }
        Reply::Torn(kind, pieces) => chunked(&mut stream, kind, &pieces),
        Reply::Held(kind, pieces) => {
            chunked(&mut stream, kind, &pieces);
            // Until the stub is dropped: nobody ever sends.
            let _ = held.recv();
        }
        Reply::Whole(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
    }
}
