//! A server in memory: requests go to its router, nothing listens.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use haversack::{
    config::{Config, Sources},
    serve::{
        http::{Needed, Options, Persons, Server},
        token::Token,
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub struct InMemory {
    pub config: Config,
    pub token: String,
    router: Router,
    _server: Server,
    _folder: TempDir,
    runtime: tokio::runtime::Runtime,
}

/// What was answered.
#[derive(Debug)]
pub struct Said {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", String::from_utf8_lossy(&self.body)))
    }

    /// The code of a structured error.
    pub fn code(&self) -> String {
        let json = self.json();
        let error = &json["error"];
        for field in ["message", "hint"] {
            assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "{json}");
        }
        error["code"].as_str().expect("a structured error").into()
    }
}

pub fn options() -> Options {
    Options {
        address: "127.0.0.1:0".parse().expect("an address"),
        token: Needed::Yes,
        persons: Persons::Refused,
        hosts: Vec::new(),
        origins: Vec::new(),
    }
}

impl InMemory {
    pub fn new() -> InMemory {
        InMemory::with(options())
    }

    pub fn with(options: Options) -> InMemory {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = folder.path().join("store.db").display().to_string();
        let sources = Sources {
            flags: vec![("store.path", store)],
            data_folder: folder.path().into(),
            home: folder.path().into(),
            ..Sources::default()
        };
        let config = Config::resolve(&sources).expect("settings resolve");
        let server = Server::new(&config, &options).expect("the server can be had");
        let token = Token::of(config.data_folder()).expect("there is a token").as_str().to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        InMemory { config, token, router: server.router(), _server: server, _folder: folder, runtime }
    }

    /// A server with a session of a prompt, a call and its result, and an answer.
    pub fn with_session() -> InMemory {
        let server = InMemory::new();
        assert_eq!(server.post("/v1/session/create", &json!({"session_id": "task-1"})).status, 200);
        let long = "The total is rounded too early in src/cart.rs, so the cents are lost. ".repeat(30);
        let entries = json!([
            {"role": "user", "content": "Fix the rounding bug in src/cart.rs."},
            {"role": "assistant", "kind": "call", "tool": "Bash", "call_id": "c1", "content": "cargo test -p pricing"},
            {"role": "tool", "call_id": "c1", "tool": "Bash", "content": long},
            {"role": "assistant", "content": "The total is rounded after the discount now."},
        ]);
        let pushed = server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries}));
        assert_eq!(pushed.status, 200, "{}", pushed.json());
        server
    }

    pub fn get(&self, path: &str) -> Said {
        self.ask(self.request(Method::GET, path).body(Body::empty()).expect("a request"))
    }

    pub fn post(&self, path: &str, body: &Value) -> Said {
        self.ask(self.request(Method::POST, path).body(Body::from(body.to_string())).expect("a request"))
    }

    pub fn post_as(&self, actor: &str, path: &str, body: &Value) -> Said {
        let request = self.request(Method::POST, path).header("haversack-actor", actor);
        self.ask(request.body(Body::from(body.to_string())).expect("a request"))
    }

    /// With the host and the token that a client of ours sends.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:8600");
        request.header(header::AUTHORIZATION, format!("Bearer {}", self.token))
    }

    pub fn ask(&self, request: Request<Body>) -> Said {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router always answers");
            let status = response.status();
            let content_type = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().expect("ASCII"));
            let content_type = content_type.unwrap_or_default().to_owned();
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("the body ends").to_vec();
            Said { status, content_type, body }
        })
    }
}
