//! What can go wrong with a model, each told in one line with what to do. Nothing is changed by any of it.

use std::{fmt, time::Duration};

use super::Provider;
use crate::text::{redact, sanitize, words};

/// No model may be asked, or it is not clear which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoModel {
    Off,
    Unnamed { provider: Provider },
    Keyless { variable: &'static str },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LlmError {
    /// Nobody answers at the address.
    NoServer {
        provider: Provider,
        url: String,
    },
    NoSuchModel {
        provider: Provider,
        model: String,
        url: String,
    },
    /// The key is missing or wrong.
    NotAllowed {
        url: String,
        variable: Option<&'static str>,
    },
    /// Any other answer than a text.
    Answered {
        url: String,
        status: Option<u16>,
        says: String,
    },
    TooSlow {
        after: Duration,
    },
    /// It ended before its end.
    Broken {
        chars: usize,
        why: String,
    },
    Endless {
        bytes: usize,
    },
    /// Nothing but thoughts.
    Empty {
        model: String,
    },
    Cancelled,
    /// It never left this machine.
    Local {
        why: String,
    },
}

impl fmt::Display for NoModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoModel::Off => f.write_str(
                "no model is asked: set llm.enabled = true in the settings, or HAVERSACK_LLM__ENABLED=true \
                 (Ollama's qwen3:8b on this machine unless llm.provider, llm.url and llm.model say otherwise)",
            ),
            NoModel::Unnamed { provider } => {
                write!(f, "there is no default model for {provider}: name one with llm.model or --model")
            }
            NoModel::Keyless { variable } => {
                write!(f, "the model needs a key: put it in the variable {variable}")
            }
        }
    }
}

impl std::error::Error for NoModel {}

impl fmt::Display for LlmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LlmError::NoServer { provider: Provider::Ollama, url } => {
                write!(f, "no model server answers at {url}: start it with `ollama serve`, or set llm.url")
            }
            LlmError::NoServer { url, .. } => {
                write!(f, "no model server answers at {url}: check the network, or set llm.url")
            }
            LlmError::NoSuchModel { provider: Provider::Ollama, model, url } => write!(
                f,
                "the server at {url} has no model '{model}': get it with `ollama pull {model}`, or name another with \
                 --model"
            ),
            LlmError::NoSuchModel { model, url, .. } => {
                write!(f, "the server at {url} has no model '{model}': name another with llm.model or --model")
            }
            LlmError::NotAllowed { url, variable: Some(variable) } => {
                write!(f, "the server at {url} does not take the key: check the variable {variable}")
            }
            LlmError::NotAllowed { url, variable: None } => {
                write!(f, "the server at {url} wants a key, and Ollama has none: check llm.url")
            }
            LlmError::Answered { url, status, says } => {
                let status = status.map_or(String::new(), |status| format!(" with status {status}"));
                write!(f, "the server at {url} answers{status} and no text: {}", one_line(says))
            }
            LlmError::TooSlow { after } => write!(
                f,
                "the model was silent for {:.0} s: raise llm.timeout_seconds, carry less, or choose a smaller model",
                after.as_secs_f64().ceil()
            ),
            LlmError::Broken { chars, why } => {
                let chars = words::plural(*chars, "character", "characters");
                write!(f, "the model's answer broke off after {chars} ({}): try again", one_line(why))
            }
            LlmError::Endless { bytes } => {
                write!(f, "the model's answer goes on beyond {}: choose another model", words::size(*bytes as u64))
            }
            LlmError::Empty { model } => write!(
                f,
                "{} gave thoughts and no text: raise llm.max_tokens, or choose another model",
                one_line(model)
            ),
            LlmError::Cancelled => f.write_str("cancelled: nothing is changed"),
            LlmError::Local { why } => write!(f, "the model cannot be asked from here: {}", one_line(why)),
        }
    }
}

impl std::error::Error for LlmError {}

/// Characters of what a server says that are shown.
const LONGEST: usize = 160;

/// What came from outside, fit to be shown: no secret, no control character, not much of it.
fn one_line(text: &str) -> String {
    let clean = redact::clean(text);
    let inert = sanitize::inert_line(&clean);
    let line = inert.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "nothing".into(),
        None => line,
    }
}
