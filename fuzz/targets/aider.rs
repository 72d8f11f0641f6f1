//! Histories of Aider.

#![no_main]

use haversack::ingest::Agent;

const HEAD: &str = r#"# aider chat started at 2026-01-02 10:00:00"#;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::file(Agent::Aider, ".aider.chat.history.md", HEAD, bytes));
