//! The SDK's client of MCP, connected to the real binary.

use std::{process::Stdio, time::Duration};

use haversack::model::SessionId;
use rmcp::{
    RoleClient, ServiceError, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, GetPromptRequestParams,
        Implementation, ReadResourceRequestParams, ResourceContents,
    },
    service::RunningService,
    transport::{StreamableHttpClientTransport, TokioChildProcess},
};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cli::place::Place;

pub struct Agent {
    client: RunningService<RoleClient, ClientConfig>,
}

/// What the client calls itself; the journal says `agent:Test-agent`.
const NAME: &str = "Test agent";

/// The binary as it is started in a test's home.
pub fn haversack(place: &Place) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("haversack"));
    command.env_clear().env("HOME", place.path("home")).env("RUST_BACKTRACE", "0").kill_on_drop(true);
    command
}

/// Runs a test on a runtime of its own; one that hangs fails.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let done = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(120), test).await });
    done.expect("the server answers within two minutes");
}

impl Agent {
    /// A client of `haversack mcp` over standard input and output.
    pub async fn start(place: &Place, arguments: &[&str]) -> Agent {
        let mut command = haversack(place);
        command.arg("mcp").args(arguments);
        let (transport, _) =
            TokioChildProcess::builder(command).stderr(Stdio::null()).spawn().expect("the binary starts");
        Agent { client: config().serve(transport).await.expect("the server greets") }
    }

    /// A client of a server that listens at `url`.
    pub async fn connect(url: &str) -> Agent {
        // The client's library wants one chosen, even where nothing is encrypted. Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let transport = StreamableHttpClientTransport::from_uri(url);
        Agent { client: config().serve(transport).await.expect("the server greets") }
    }

    pub async fn end(self) {
        self.client.cancel().await.expect("the connection ends");
    }

    pub fn peer(&self) -> &rmcp::Peer<RoleClient> {
        self.client.peer()
    }

    pub async fn call(&self, tool: &'static str, arguments: Value) -> Result<CallToolResult, ServiceError> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        self.client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await
    }

    /// What a call gives, which must be the same as text and as structured content.
    pub async fn ask(&self, tool: &'static str, arguments: Value) -> Value {
        let result = self.call(tool, arguments.clone()).await.expect("a call is answered");
        let text = text_of(&result);
        assert_ne!(result.is_error, Some(true), "{tool} {arguments}: {text}");
        let value = result.structured_content.expect("an answer is structured");
        assert_eq!(serde_json::from_str::<Value>(&text).ok().as_ref(), Some(&value), "{tool}: the text is the same");
        value
    }

    /// Why a call fails: a result of one line.
    pub async fn refused(&self, tool: &'static str, arguments: Value) -> String {
        let result = self.call(tool, arguments.clone()).await.expect("a failure is an answer");
        let text = text_of(&result);
        assert_eq!((result.is_error, text.lines().count()), (Some(true), 1), "{tool} {arguments}: {text}");
        assert_eq!(result.structured_content, None);
        text
    }

    /// Makes a session with these entries: role and text.
    pub async fn session(&self, id: &str, entries: &[(&str, &str)]) -> SessionId {
        self.ask("create_session", json!({"session_id": id})).await;
        for (role, content) in entries {
            self.ask("push_session", json!({"session_id": id, "role": role, "content": content})).await;
        }
        SessionId::new(id)
    }

    pub async fn read(&self, uri: &str) -> Result<String, ServiceError> {
        let mut read = self.client.read_resource(ReadResourceRequestParams::new(uri)).await?;
        match read.contents.remove(0) {
            ResourceContents::TextResourceContents { text, .. } => Ok(text),
            other => panic!("all resources are text: {other:?}"),
        }
    }

    /// The texts of the prompt's messages.
    pub async fn prompt(&self, name: &str, arguments: Value) -> Result<Vec<String>, ServiceError> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let got = self.client.get_prompt(GetPromptRequestParams::new(name).with_arguments(arguments)).await?;
        let text = |message: rmcp::model::PromptMessage| message.content.as_text().expect("it is text").text.clone();
        Ok(got.messages.into_iter().map(text).collect())
    }
}

/// The code and words of a protocol error.
pub fn protocol_error<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> (i32, String) {
    match answer.expect_err("it is refused") {
        ServiceError::McpError(error) => (error.code.0, error.message.into_owned()),
        other => panic!("no protocol error: {other}"),
    }
}

fn config() -> ClientConfig {
    ClientConfig::new(ClientCapabilities::default(), Implementation::new(NAME, "1"))
}

fn text_of(result: &CallToolResult) -> String {
    let [block] = result.content.as_slice() else { panic!("one block of text: {result:?}") };
    block.as_text().expect("it is text").text.clone()
}
