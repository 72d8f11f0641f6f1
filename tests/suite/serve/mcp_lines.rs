//! MCP line by line: broken lines are errors, standard output holds nothing but messages, and the end of input is the end.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::cli::place::{Place, Said};

fn said(place: &Place, input: &[u8]) -> (Said, Vec<Value>) {
    let said = place.run_with(&["mcp"], |command| {
        command.write_stdin(input);
    });
    let lines = said.out.lines().map(|line| serde_json::from_str(line).expect("every line is a message")).collect();
    (said, lines)
}

fn greeting() -> String {
    let about =
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "lines", "version": "1"}});
    let hello = json!({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": about});
    format!("{hello}\n{}\n", json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
}

#[test]
fn the_end_of_input_ends_the_server() {
    let place = Place::new();
    let (ended, lines) = said(&place, b"");
    assert_eq!((ended.code, lines.len(), ended.err.as_str()), (0, 0, ""));
    let push = json!({"name": "create_session", "arguments": {"session_id": "kept"}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": push});
    let (ended, lines) = said(&place, format!("{}{call}\n", greeting()).as_bytes());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_eq!(lines.iter().map(|line| &line["id"]).collect::<Vec<_>>(), [&json!("hello"), &json!(1)]);
    assert_eq!(lines[0]["result"]["serverInfo"]["name"], "haversack");
    assert!(place.run(&["session", "list", "--json"]).out.contains("\"kept\""));
}

#[test]
fn a_broken_line_is_an_error_and_the_next_is_answered() {
    let broken: [&[u8]; 8] = [
        b"hello",
        b"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":",
        b"\xff\xfe\x00",
        b"[]",
        b"{\"id\":6}",
        b"{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"ping\"}",
        b"null",
        b"{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"tools/call\",\"params\":[1]}",
    ];
    for line in broken {
        let mut input = greeting().into_bytes();
        input.extend(line);
        input.extend(b"\n\n{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"ping\"}\n");
        let (ended, lines) = said(&Place::new(), &input);
        let shown = String::from_utf8_lossy(line);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{shown}");
        let errors = lines.iter().filter(|line| line["error"]["code"].is_i64()).count();
        let answered = lines.iter().any(|line| line["id"] == 99 && line["result"].is_object());
        assert_eq!((errors, answered), (1, true), "{shown}: {lines:?}");
    }
}

#[test]
fn who_does_not_begin_with_a_greeting_is_told() {
    let list = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n";
    let (ended, lines) = said(&Place::new(), list);
    assert_eq!((ended.code, &lines[0]["id"], lines[0]["error"]["code"].as_i64()), (0, &json!(1), Some(-32602)));
    let (ended, lines) = said(&Place::new(), b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    assert_eq!((ended.code, lines.len(), ended.err.lines().count()), (1, 0, 1), "{}", ended.err);
}

#[test]
fn a_store_that_cannot_be_opened_is_one_line() {
    let place = Place::new();
    std::fs::write(place.path("x.db"), "no store").expect("the folder can be written");
    let path = place.path("x.db");
    let said = place.run(&["mcp", "--store", path.to_str().expect("temporary folders are UTF-8")]);
    assert_eq!((said.code, said.out.as_str(), said.err.lines().count()), (1, "", 1), "{}", said.err);
}
