//! The optional model: asks an Ollama server, an OpenAI-compatible one or Anthropic for a text, streamed and cancellable.
//!
//! Blocking on the outside: a caller that must not wait gives it a thread. tokio is used inside and nowhere else.
//! Ollama is spoken to by its own `/api/generate` ([`ollama`]); the library that speaks the other protocols ([`chat`])
//! has only `/api/chat` for it, which older templates and servers do not have.

mod settings;
mod error;
mod cancel;
mod http;
mod ollama;
mod chat;
pub mod prompt;
mod request;

use std::{future::Future, time::Duration};

use tokio::runtime::Runtime;

pub use cancel::Cancel;
pub use error::{LlmError, NoModel};
pub use request::{Request, Task};
pub use settings::{Provider, Settings};

use crate::{config::Config, text::thought};

/// A model that may be asked. Cheap to clone; holds no connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    settings: Settings,
}

/// What a model has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Without its thoughts and the white space around it. Not redacted.
    pub text: String,
    pub ending: Ending,
}

/// Why a text ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Complete,
    /// The tokens that it was allowed are used up.
    Cut,
}

/// A list of models comes at once or not at all.
const AT_ONCE: Duration = Duration::from_secs(5);

impl Model {
    /// The model that the settings name, and the key that the environment holds for it.
    ///
    /// # Errors
    /// Where no model may be asked, or something is missing.
    pub fn of(config: &Config) -> Result<Model, NoModel> {
        Ok(Model { settings: Settings::of(config, |name| std::env::var(name).ok())? })
    }

    pub fn with(settings: Settings) -> Model {
        Model { settings }
    }

    /// One that is never asked, for pictures.
    pub fn example() -> Model {
        let settings = Settings {
            provider: Provider::Ollama,
            url: String::new(),
            model: "an example, no model is asked".into(),
            timeout: AT_ONCE,
            temperature: 0.0,
            max_tokens: 220,
            key: None,
        };
        Model { settings }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Has the model write. `tell` is given all that there is to show so far, again and again; it only grows while the
    /// model writes no thoughts between.
    ///
    /// # Errors
    /// Where nobody answers, or not to the end, or with nothing; where it takes too long; where `cancel` is told.
    pub fn write(&self, request: &Request, cancel: &Cancel, tell: &mut dyn FnMut(&str)) -> Result<Written, LlmError> {
        let mut answer = Answer { raw: String::new(), tell };
        let ending = self.run(cancel, async {
            match self.settings.provider {
                Provider::Ollama => ollama::generate(&self.settings, request, &mut answer).await,
                Provider::OpenAi | Provider::Anthropic => chat::generate(&self.settings, request, &mut answer).await,
            }
        })?;
        let text = thought::without(&answer.raw).trim().to_owned();
        match text.is_empty() {
            true => Err(LlmError::Empty { model: self.settings.model.clone() }),
            false => Ok(Written { text, ending }),
        }
    }

    /// Asks which models there are, which costs nothing.
    ///
    /// # Errors
    /// Where nobody answers, or the model is not among them.
    pub fn check(&self) -> Result<(), LlmError> {
        let settings = Settings { timeout: self.settings.timeout.min(AT_ONCE), ..self.settings.clone() };
        let names = self.run(&Cancel::default(), async {
            let asked = async {
                match settings.provider {
                    Provider::Ollama => ollama::models(&settings).await,
                    Provider::OpenAi | Provider::Anthropic => chat::models(&settings).await,
                }
            };
            http::in_time(&settings, asked).await
        })?;
        let model = &self.settings.model;
        let is_it = |name: &String| name == model || name.strip_suffix(":latest") == Some(model);
        match names.iter().any(is_it) {
            true => Ok(()),
            false => Err(self.settings.no_such_model()),
        }
    }

    fn run<T>(&self, cancel: &Cancel, work: impl Future<Output = Result<T, LlmError>>) -> Result<T, LlmError> {
        let runtime = runtime().map_err(|why| LlmError::Local { why: why.to_string() })?;
        let done = runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(LlmError::Cancelled),
                done = work => done,
            }
        });
        // A look-up of a name may still hang; nobody waits for it.
        runtime.shutdown_background();
        done
    }
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A text that is coming in.
struct Answer<'a> {
    raw: String,
    tell: &'a mut dyn FnMut(&str),
}

/// Bytes that are taken of an answer: a server that never stops is stopped.
const LONGEST: usize = 256 * 1024;

impl Answer<'_> {
    fn push(&mut self, piece: &str) -> Result<(), LlmError> {
        if piece.is_empty() {
            return Ok(());
        }
        self.raw.push_str(piece);
        if self.raw.len() > LONGEST {
            return Err(LlmError::Endless { bytes: LONGEST });
        }
        (self.tell)(&thought::so_far(&self.raw));
        Ok(())
    }

    /// The server has gone in the middle.
    fn broken(&self, why: &str) -> LlmError {
        LlmError::Broken { chars: self.raw.chars().count(), why: why.to_owned() }
    }
}
