//! The optional model, against a server on loopback that speaks Ollama's, OpenAI's and Anthropic's protocols.

pub mod stub;
mod drafts;
mod summaries;
mod wire;

use std::time::Duration;

use haversack::llm::{Model, Provider, Settings};

use crate::cli::place::{Place, Said};
use stub::Stub;

/// A model at an address.
pub fn model(url: &str) -> Model {
    Model::with(Settings {
        provider: Provider::Ollama,
        url: url.to_owned(),
        model: "qwen3:8b".into(),
        timeout: Duration::from_secs(20),
        temperature: 0.0,
        max_tokens: 220,
        key: None,
    })
}

/// Runs a command with a model switched on, at the stub.
pub fn asked(place: &Place, stub: &Stub, arguments: &[&str]) -> Said {
    at(place, &stub.url(), arguments)
}

/// The same, at any address.
pub fn at(place: &Place, url: &str, arguments: &[&str]) -> Said {
    place.run_with(arguments, |command| {
        command.env("HAVERSACK_LLM__ENABLED", "true").env("HAVERSACK_LLM__URL", url);
    })
}
