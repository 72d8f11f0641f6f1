//! Rollouts of Codex, plain and compressed.

#![no_main]

use haversack::ingest::Agent;

const HEAD: &str = r#"{"type":"session_meta","payload":{"id":"s","cwd":"/work"}}"#;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::file(Agent::Codex, "rollout.jsonl", HEAD, bytes));
