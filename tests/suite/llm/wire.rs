//! The protocols themselves: what is sent, what is understood, and what every failure says.

use std::{sync::mpsc, time::Duration};

use haversack::llm::{Cancel, Ending, LlmError, Model, Request, Settings, Written};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::{
    model,
    stub::{NDJSON, Reply, SSE, Stub, lines, nobody, ollama},
};

fn request() -> Request {
    Request { system: "Be short.".into(), prompt: "[#1 user]\nFix it.".into(), tokens: 9, max_tokens: 220 }
}

/// The answer, and all that was shown of it on the way.
fn write(model: &Model) -> (Result<Written, LlmError>, Vec<String>) {
    let mut shown = Vec::new();
    let written = model.write(&request(), &Cancel::default(), &mut |so_far| shown.push(so_far.to_owned()));
    (written, shown)
}

fn text(model: &Model) -> Result<String, String> {
    write(model).0.map(|written| written.text).map_err(|error| error.to_string())
}

#[test]
fn ollama_is_sent_its_own_words_and_streams_lines() {
    let pieces = ["<think>The totals", " again.</think>\n", "Run `cargo ", "test` ", "now."];
    let stub = Stub::start(vec![Reply::Pieces(NDJSON, ollama(&pieces, "stop"))]);
    let (written, shown) = write(&model(&stub.url()));
    assert_eq!(written, Ok(Written { text: "Run `cargo test` now.".into(), ending: Ending::Complete }));
    assert_eq!(shown.last().map(String::as_str), Some("Run `cargo test`"), "the last word may still grow");
    assert!(shown.iter().all(|shown| !shown.contains("totals")), "{shown:?}");
    let [seen] = &stub.seen()[..] else { panic!("it is asked once") };
    assert_eq!(seen.line, "POST /api/generate HTTP/1.1");
    assert_eq!(
        seen.body,
        json!({
            "model": "qwen3:8b", "system": "Be short.", "prompt": "[#1 user]\nFix it.", "stream": true, "think": false,
            "options": {"temperature": 0.0, "num_predict": 220, "num_ctx": 4096},
        })
    );
}

#[test]
fn lines_may_come_in_any_pieces_or_as_one() {
    let whole = ollama(&["Prüfe ", "die Summe."], "length").concat();
    let cut: Vec<String> = whole.chars().map(String::from).collect();
    let one = json!({"model": "m", "response": "Prüfe die Summe.", "done": true, "done_reason": "length"}).to_string();
    let stub = Stub::start(vec![Reply::Pieces(NDJSON, cut), Reply::Whole(200, one)]);
    for _ in 0..2 {
        let written = write(&model(&stub.url())).0;
        assert_eq!(written, Ok(Written { text: "Prüfe die Summe.".into(), ending: Ending::Cut }));
    }
}

#[test]
fn every_failure_is_one_line_that_says_what_to_do() {
    let missing = json!({"error": "model 'qwen3:8b' not found"}).to_string();
    let stub = Stub::start(vec![
        Reply::Whole(404, missing),
        Reply::Whole(500, json!({"error": "out of memory\u{1b}[31m\nat layer 3"}).to_string()),
        Reply::Torn(NDJSON, lines(&["Run the ", "te"])),
        Reply::Pieces(NDJSON, lines(&["Run the "])),
        Reply::Pieces(NDJSON, vec![format!("{}\n", json!({"error": "the runner has died"}))]),
        Reply::Whole(200, "<html>a proxy</html>".into()),
        Reply::Pieces(NDJSON, ollama(&["<think>for ever and ever"], "length")),
        Reply::Whole(302, String::new()),
    ]);
    let (url, model) = (stub.url(), model(&stub.url()));
    let said = || text(&model).unwrap_err();
    assert_eq!(
        said(),
        format!(
            "the server at {url} has no model 'qwen3:8b': get it with `ollama pull qwen3:8b`, or name another with --model"
        )
    );
    assert_eq!(said(), format!("the server at {url} answers with status 500 and no text: out of memory at layer 3"));
    let broken = said();
    assert!(broken.starts_with("the model's answer broke off after 10 characters ("), "{broken}");
    assert_eq!(said(), "the model's answer broke off after 8 characters (the server closed the connection): try again");
    assert_eq!(said(), format!("the server at {url} answers and no text: the runner has died"));
    assert_eq!(said(), "the model's answer broke off after 0 characters (it is not what Ollama says): try again");
    assert_eq!(said(), "qwen3:8b gave thoughts and no text: raise llm.max_tokens, or choose another model");
    assert_eq!(said(), format!("the server at {url} answers with status 302 and no text: nothing"));
    let url = nobody();
    assert_eq!(
        text(&super::model(&url)).unwrap_err(),
        format!("no model server answers at {url}: start it with `ollama serve`, or set llm.url")
    );
}

#[test]
fn a_silent_server_is_left_after_the_time_out() {
    let stub = Stub::start(vec![Reply::Held(NDJSON, lines(&["Run "]))]);
    let settings = Settings { timeout: Duration::from_millis(100), ..model(&stub.url()).settings().clone() };
    assert_eq!(
        text(&Model::with(settings)).unwrap_err(),
        "the model was silent for 1 s: raise llm.timeout_seconds, carry less, or choose a smaller model"
    );
}

#[test]
fn a_slow_answer_is_cancelled_from_another_thread() {
    let stub = Stub::start(vec![Reply::Held(NDJSON, lines(&["Run the ", "tests "]))]);
    let (model, cancel) = (model(&stub.url()), Cancel::default());
    let (told, telling) = mpsc::channel();
    let other = cancel.clone();
    let asking = std::thread::spawn(move || {
        model.write(&request(), &other, &mut |so_far| told.send(so_far.to_owned()).expect("the test listens"))
    });
    assert_eq!(telling.recv().expect("the first words come"), "Run the");
    cancel.cancel();
    assert_eq!(asking.join().expect("it does not panic"), Err(LlmError::Cancelled));
}

#[test]
fn what_was_cancelled_before_it_began_asks_nobody() {
    let stub = Stub::start(Vec::new());
    let cancel = Cancel::default();
    cancel.cancel();
    assert_eq!(model(&stub.url()).write(&request(), &cancel, &mut |_| {}), Err(LlmError::Cancelled));
    assert_eq!(stub.seen().len(), 0);
}

#[test]
fn an_answer_without_an_end_is_ended() {
    let flood = lines(&["word ".repeat(20_000).as_str()]);
    let stub = Stub::start(vec![Reply::Held(NDJSON, flood.iter().cycle().take(4).cloned().collect())]);
    assert_eq!(
        text(&model(&stub.url())).unwrap_err(),
        "the model's answer goes on beyond 262 kB: choose another model"
    );
}

#[test]
fn an_ollama_is_asked_whether_it_has_the_model() {
    let tags = json!({"models": [{"name": "llama3:latest", "size": 1}, {"name": "qwen3:8b"}]}).to_string();
    let stub =
        Stub::start(vec![Reply::Whole(200, tags.clone()), Reply::Whole(200, tags.clone()), Reply::Whole(200, tags)]);
    let named =
        |name: &str| Model::with(Settings { model: name.into(), ..model(&stub.url()).settings().clone() }).check();
    assert_eq!(named("qwen3:8b"), Ok(()));
    assert_eq!(named("llama3"), Ok(()));
    assert!(matches!(named("qwen3:32b"), Err(LlmError::NoSuchModel { .. })));
    assert_eq!(stub.seen()[0].line, "GET /api/tags HTTP/1.1");
}

fn event(name: &str, data: &serde_json::Value) -> String {
    let name = if name.is_empty() { String::new() } else { format!("event: {name}\n") };
    format!("{name}data: {data}\n\n")
}

/// By the command line, because the keys come from the environment.
mod keys {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::cli::place::{Place, Said};

    const KEY: &str = "sk-proj-4fGh7JkL9mNp2QrS5tUv8WxY";

    fn draft(stub: &Stub, provider: &str, path: &str, variable: &str) -> Said {
        Place::new().run_with(&["draft", "--demo", "--model", "small", "--budget", "2k"], |command| {
            command
                .env("HAVERSACK_LLM__ENABLED", "true")
                .env("HAVERSACK_LLM__PROVIDER", provider)
                .env("HAVERSACK_LLM__URL", format!("{}{path}", stub.url()))
                .env(variable, KEY);
        })
    }

    #[test]
    fn openai_is_asked_by_its_protocol_with_the_key_in_the_header_alone() {
        let chunk = |text: &str, reason: serde_json::Value| {
            let choice = json!({"index": 0, "delta": {"content": text}, "finish_reason": reason});
            event("", &json!({"id": "c", "object": "chat.completion.chunk", "model": "small", "choices": [choice]}))
        };
        let mut events = vec![chunk("Run ", json!(null)), chunk("the tests.", json!(null)), chunk("", json!("length"))];
        events.push("data: [DONE]\n\n".into());
        let stub = Stub::start(vec![
            Reply::Pieces(SSE, events.clone()),
            Reply::Whole(401, json!({"error": {"message": format!("bad key {KEY}")}}).to_string()),
            Reply::Whole(400, json!({"error": {"message": format!("{KEY} has no credit")}}).to_string()),
            Reply::Torn(SSE, events[..2].to_vec()),
        ]);
        let said = draft(&stub, "openai", "/v1", "OPENAI_API_KEY");
        assert_eq!((said.code, said.out.as_str()), (0, "Run the tests.\n"), "{}", said.err);
        assert!(said.err.contains("it ends at 220 tokens"), "{}", said.err);
        let seen = &stub.seen()[0];
        assert_eq!(seen.line, "POST /v1/chat/completions HTTP/1.1");
        assert!(seen.headers.contains(&format!("authorization: bearer {}", KEY.to_lowercase())), "{}", seen.headers);
        assert_eq!((&seen.body["max_tokens"], &seen.body["temperature"]), (&json!(220), &json!(0.0)));
        assert_eq!(seen.body["messages"].as_array().map(Vec::len), Some(2));
        let refused = draft(&stub, "openai", "/v1", "OPENAI_API_KEY");
        assert!(refused.err.ends_with("does not take the key: check the variable OPENAI_API_KEY\n"), "{}", refused.err);
        let poor = draft(&stub, "openai", "/v1", "OPENAI_API_KEY");
        assert!(poor.err.ends_with("has no credit\n") && !poor.err.contains(KEY), "{}", poor.err);
        let torn = draft(&stub, "openai", "/v1", "OPENAI_API_KEY");
        assert!(torn.err.contains("broke off after 14 characters"), "{}", torn.err);
        assert_eq!((refused.code, poor.code, torn.code), (1, 1, 1));
    }

    #[test]
    fn anthropic_is_asked_by_its_protocol() {
        let stub = Stub::start(vec![Reply::Pieces(
            SSE,
            vec![
                event(
                    "message_start",
                    &json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "small", "content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}}),
                ),
                event(
                    "content_block_start",
                    &json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                ),
                event(
                    "content_block_delta",
                    &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Run the tests."}}),
                ),
                event("content_block_stop", &json!({"type": "content_block_stop", "index": 0})),
                event(
                    "message_delta",
                    &json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}),
                ),
                event("message_stop", &json!({"type": "message_stop"})),
            ],
        )]);
        let said = draft(&stub, "anthropic", "/v1", "ANTHROPIC_API_KEY");
        assert_eq!((said.code, said.out.as_str()), (0, "Run the tests.\n"), "{}", said.err);
        let seen = &stub.seen()[0];
        assert_eq!(seen.line, "POST /v1/messages HTTP/1.1");
        assert!(seen.headers.contains(&format!("x-api-key: {}", KEY.to_lowercase())), "{}", seen.headers);
        assert_eq!(seen.body["max_tokens"], json!(220));
    }
}
