//! MCP over streamable HTTP, at a loopback address: several clients, and nobody from elsewhere.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Stdio,
};

use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

use super::{
    agent::{Agent, haversack, run},
    mcp::every_tool,
};
use crate::cli::place::Place;

struct Listening {
    /// `127.0.0.1:41231`.
    address: String,
    child: Child,
}

impl Listening {
    async fn start(place: &Place) -> Listening {
        Listening::start_with(place, &["--no-token"]).await
    }

    async fn start_with(place: &Place, more: &[&str]) -> Listening {
        let mut command = haversack(place);
        command
            .args(["mcp", "--http", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let mut told = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let line = told.next_line().await.expect("it can be read").expect("the server says where it listens");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        Listening { address: address.unwrap_or_else(|| panic!("no address: {line}")).to_owned(), child }
    }

    fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// The status of a request with these headers.
    fn status(&self, path: &str, headers: &str) -> u16 {
        let hello = json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
        })
        .to_string();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let length = hello.len();
        let fixed =
            "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nConnection: close";
        write!(stream, "POST {path} HTTP/1.1\r\n{headers}{fixed}\r\nContent-Length: {length}\r\n\r\n{hello}")
            .expect("it reads");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("it answers");
        String::from_utf8_lossy(&answer[9..]).parse().expect("a status")
    }
}

#[test]
fn every_tool_is_called_over_http_by_several_clients() {
    run(async {
        let place = Place::new();
        let mut server = Listening::start(&place).await;
        let (one, other) = (Agent::connect(&server.url()).await, Agent::connect(&server.url()).await);
        tokio::join!(every_tool(&one), every_tool(&other));
        one.session("shared", &[("user", "Round last.")]).await;
        let found = other.ask("recall", json!({"query": "round", "session_id": "shared"})).await;
        assert_eq!(found["hits"][0]["session_id"], "shared");
        one.end().await;
        other.end().await;
        let id = server.child.id().expect("it runs").to_string();
        let killed = std::process::Command::new("kill").arg(&id).status().expect("there is kill");
        assert!(killed.success());
        assert_eq!(server.child.wait().await.expect("it ends").code(), Some(0));
        assert!(place.run(&["session", "list", "--json"]).out.contains("\"shared\""));
    });
}

#[test]
fn the_token_of_the_other_server_is_asked_for() {
    run(async {
        let place = Place::new();
        let server = Listening::start_with(&place, &[]).await;
        let local = format!("Host: {}\r\n", server.address);
        assert_eq!(server.status("/mcp", &local), 401);
        assert_eq!(server.status("/mcp", &format!("{local}Authorization: Bearer wrong\r\n")), 401);
        let token = place.run(&["serve", "--print-token"]).out;
        assert_eq!(server.status("/mcp", &format!("{local}Authorization: Bearer {}\r\n", token.trim())), 200);
    });
}

#[test]
fn only_this_machine_is_answered() {
    run(async {
        let server = Listening::start(&Place::new()).await;
        let local = format!("Host: {}\r\n", server.address);
        assert_eq!(server.status("/mcp", &local), 200);
        assert_eq!(server.status("/mcp", "Host: localhost\r\n"), 200);
        assert_eq!(server.status("/", &local), 404);
        assert_eq!(server.status("/mcp", "Host: evil.example\r\n"), 403);
        assert_eq!(server.status("/mcp", &format!("{local}Origin: http://evil.example\r\n")), 403);
    });
    let place = Place::new();
    for address in ["0.0.0.0:8601", "[::]:8601", "8.8.8.8:80", "nowhere", "127.0.0.1"] {
        let said = place.run(&["mcp", "--http", address]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{address}: {}", said.err);
    }
}
