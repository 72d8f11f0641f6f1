//! Servers: the store for agents and programs, while people look at it. tokio lives here; the store does not wait for it.

mod engine;
mod stop;
pub mod http;
pub mod mcp;
pub mod token;

pub use engine::{Clients, Engine, Unavailable};
