//! What sessions teach: endings, signals, patterns, the gate, decisions, retention.

mod capture;
pub mod digests;
mod patterns;
mod retention;
mod store;
