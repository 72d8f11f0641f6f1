//! What every handler works with: the engine, the settings, and what is said of who asks.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use super::{Problem, reply::Answer};
use crate::{config::Config, model::Budget, pack::enforce::Policy, serve::Engine, workspace::Workspace};

/// Entries in one push.
pub const MOST_ENTRIES: usize = 1_000;
/// Clients that hear of changes at the same time.
const MOST_STREAMS: usize = 64;

pub struct App {
    pub engine: Engine,
    /// What is planned under where a request names no budget.
    pub budget: Budget,
    pub policy: Policy,
    /// Whether a client may call itself a person.
    pub persons: Persons,
    /// A permit for each stream of events.
    pub streams: Arc<Semaphore>,
    pub closing: Closing,
}

/// Turns true when the server is to end.
pub type Closing = watch::Receiver<bool>;

/// Whether a client may act as a person or as a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persons {
    Allowed,
    #[default]
    Refused,
}

impl App {
    pub fn new(config: &Config, engine: Engine, persons: Persons, closing: Closing) -> App {
        App {
            engine,
            budget: config.budget().0,
            policy: config.push_policy(),
            persons,
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            closing,
        }
    }

    /// Answers from the store.
    pub async fn read(&self, job: impl FnOnce(&mut Workspace) -> Answer + Send + 'static) -> Answer {
        self.engine.read(job).await.map_err(Problem::from)?
    }

    /// Answers after writing.
    pub async fn write(&self, job: impl FnOnce(&mut Workspace) -> Answer + Send + 'static) -> Answer {
        self.engine.write(job).await.map_err(Problem::from)?
    }
}
