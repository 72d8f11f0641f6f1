//! Chats of Gemini CLI, of both layouts.

#![no_main]

use haversack::ingest::Agent;

const HEAD: &str = r#"{"sessionId":"s","projectHash":"0","kind":"main"}"#;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::file(Agent::Gemini, "chat.jsonl", HEAD, bytes));
