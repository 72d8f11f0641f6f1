//! Messages as lines of standard input and output.
//!
//! Not the SDK's own transport, which passes over a line that is no JSON, or too long, without a word: its sender would
//! wait for ever. Here it gets an error, with the id of its request where that can be read.

use std::{
    io::{self, BufRead, Read, Write, stdin, stdout},
    sync::{
        LazyLock,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use regex::bytes::Regex;
use rmcp::{
    ErrorData, RoleServer,
    model::RequestId,
    service::{RxJsonRpcMessage, ServerInitializeError, ServiceExt, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::sync::mpsc;

use super::server::Server;

/// Bytes of a line: an entry of 4 MiB in which every byte is escaped fits.
const LONGEST_LINE: usize = 32 * 1024 * 1024;
/// Messages that wait to be read.
const WAITING: usize = 64;

type Incoming = RxJsonRpcMessage<RoleServer>;
type Outgoing = TxJsonRpcMessage<RoleServer>;
/// Lines to write; `None` ends the writer.
type Lines = Sender<Option<Vec<u8>>>;

/// Serves one client until standard input ends.
pub async fn serve(server: Server) -> Result<(), String> {
    let (lines, writer) = write();
    let client = Stdio { incoming: read(lines.clone()), lines: lines.clone() };
    let served = match server.serve(client).await {
        Ok(running) => running.waiting().await.map(|_| ()).map_err(|why| format!("the server has stopped: {why}")),
        // Standard input ended before anything was asked.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(ServerInitializeError::ExpectedInitializeRequest(_)) => {
            Err("the client did not begin with `initialize`, as MCP says: check what starts this server".into())
        }
        Err(why) => Err(format!("the client could not be greeted ({why}): check what starts this server")),
    };
    // Not when all senders are gone: the reader may wait for input that never comes. Where the writer is gone, it has ended.
    let _ = lines.send(None);
    let written = tokio::task::spawn_blocking(move || writer.join()).await;
    match (served, written) {
        (Ok(()), Ok(Ok(()))) => Ok(()),
        (Ok(()), _) => Err("standard output could not be written to".into()),
        (failed, _) => failed,
    }
}

struct Stdio {
    incoming: mpsc::Receiver<Incoming>,
    lines: Lines,
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(&mut self, message: Outgoing) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let closed = |_| io::Error::from(io::ErrorKind::NotConnected);
        std::future::ready(line(&message).and_then(|line| self.lines.send(Some(line)).map_err(closed)))
    }

    async fn receive(&mut self) -> Option<Incoming> {
        self.incoming.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.incoming.close();
        Ok(())
    }
}

fn line(message: &Outgoing) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// Writes lines on a thread of its own, each whole.
fn write() -> (Lines, thread::JoinHandle<()>) {
    let (lines, inbox): (Lines, Receiver<Option<Vec<u8>>>) = channel();
    let writer = thread::spawn(move || {
        let mut out = stdout().lock();
        while let Ok(Some(line)) = inbox.recv() {
            // A reader that is gone closes the other end too, and so ends the server.
            if out.write_all(&line).and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    (lines, writer)
}

/// Reads messages on a thread of its own until standard input ends. What is no message is answered with an error at once.
fn read(lines: Lines) -> mpsc::Receiver<Incoming> {
    let (messages, incoming) = mpsc::channel(WAITING);
    thread::spawn(move || {
        let mut input = stdin().lock();
        while let Ok(Some(read)) = next(&mut input, LONGEST_LINE) {
            let done = match read {
                Ok(message) => messages.blocking_send(*message).is_ok(),
                Err(broken) => {
                    let (why, id) = *broken;
                    line(&Outgoing::error(why, id)).is_ok_and(|line| lines.send(Some(line)).is_ok())
                }
            };
            if !done {
                return;
            }
        }
    });
    incoming
}

/// A message, or what is to be answered in its place.
type Line = Result<Box<Incoming>, Box<Broken>>;
type Broken = (ErrorData, Option<RequestId>);

/// The next line that is not blank; `None` at the end.
fn next(input: &mut impl BufRead, longest: usize) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.len() > longest && !line.ends_with(b"\n") {
            skip_line(input)?;
            let why = format!("the message has more than {} MiB: send it in parts", longest / 1024 / 1024);
            return Ok(Some(Err(Box::new((ErrorData::invalid_request(why, None), id_of(&line))))));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(message(&line)));
        }
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let waiting = input.fill_buf()?;
        let (taken, ends) = match waiting.iter().position(|&byte| byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (waiting.len(), waiting.is_empty()),
        };
        input.consume(taken);
        if ends {
            return Ok(());
        }
    }
}

fn message(line: &[u8]) -> Line {
    serde_json::from_slice(line).map(Box::new).map_err(|why| {
        let error = match why.is_data() {
            true => ErrorData::invalid_request(format!("this is no message of MCP: {why}"), None),
            false => ErrorData::parse_error(format!("this line is no JSON: {why}"), None),
        };
        Box::new((error, id_of(line)))
    })
}

/// The id of a request that cannot be read whole, where it stands near the beginning of its line.
fn id_of(line: &[u8]) -> Option<RequestId> {
    static ID: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r#"^[^\[]{0,200}?"id"\s*:\s*(-?[0-9]{1,18}|"[^"\\]{1,100}")\s*[,}]"#;
        Regex::new(pattern).expect("the pattern is a constant")
    });
    let found = ID.captures(&line[..line.len().min(1_000)])?;
    serde_json::from_slice(&found[1]).ok()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn read_all(text: &[u8], longest: usize) -> Vec<Result<(), (i32, Option<RequestId>)>> {
        let mut input = io::BufReader::with_capacity(7, text);
        let mut found = Vec::new();
        while let Some(read) = next(&mut input, longest).expect("memory can be read") {
            found.push(read.map(|_| ()).map_err(|broken| (broken.0.code.0, broken.1)));
        }
        found
    }

    #[test]
    fn what_is_no_message_is_an_error_with_its_id() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let text = format!(
            "{ping}\n\n  \r\nhello\n[]\n{{\"id\":7,\"method\":\n{ping}\r\n{{\"jsonrpc\":\"2.0\",\"id\":\"a\"}}\n\u{0}\n"
        );
        let id = |number| Some(RequestId::Number(number));
        assert_eq!(
            read_all(text.as_bytes(), 1_000),
            [
                Ok(()),
                Err((-32700, None)),
                Err((-32600, None)),
                Err((-32700, id(7))),
                Ok(()),
                Err((-32600, Some(RequestId::String("a".into())))),
                Err((-32700, None)),
            ]
        );
        assert_eq!(read_all(b"\xff\xfe\n{", 1_000), [Err((-32700, None)), Err((-32700, None))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let long = format!(r#"{{"jsonrpc":"2.0","id":9,"method":"{}"}}"#, "x".repeat(500));
        let text = format!("{long}\n{ping}\n{long}");
        let too_long = Err((-32600, Some(RequestId::Number(9))));
        assert_eq!(read_all(text.as_bytes(), 100), [too_long.clone(), Ok(()), too_long]);
    }
}
