//! Exports, trees and databases of OpenCode.

#![no_main]

use haversack::ingest::Agent;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes {
    [b'@', ..] => haversack_fuzz::folder("storage", is_known, bytes),
    [b'{', ..] => haversack_fuzz::file(Agent::OpenCode, "export.json", "", bytes),
    _ => haversack_fuzz::database("opencode", bytes),
});

/// `session/P/S.json`, `message/S/M.json`, `part/M/P.json`.
fn is_known(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let is_plain = |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let stem = parts.last().and_then(|last| last.strip_suffix(".json"));
    matches!(parts[..], ["session" | "message" | "part", folder, _]
        if is_plain(&folder) && !folder.is_empty() && stem.is_some_and(|stem| is_plain(&stem) && stem.len() < 40))
}
