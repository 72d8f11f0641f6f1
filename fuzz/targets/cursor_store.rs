//! Stores of the Cursor agent.

#![no_main]

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    haversack_fuzz::mutate(data, size, max, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haversack_fuzz::database("cursor_store", bytes));
