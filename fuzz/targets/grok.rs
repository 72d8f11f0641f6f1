//! Folders of Grok.

#![no_main]

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::folder("%2Fwork/s", is_known, bytes));

fn is_known(name: &str) -> bool {
    ["updates.jsonl", "chat_history.jsonl", "summary.json", "signals.json", "events.jsonl"].contains(&name)
}
