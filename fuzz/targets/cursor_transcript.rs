//! Transcripts of the Cursor agent.

#![no_main]

use haversack::ingest::Agent;

const HEAD: &str = r#"{"role":"user","message":{"content":[{"type":"text","text":"Go."}]}}"#;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::file(Agent::Cursor, "transcript.jsonl", HEAD, bytes));
