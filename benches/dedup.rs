//! Duplicates on push, on 100,000 texts of about 600 bytes: all tiers of the lexical check, as a ratio to counting the
//! same texts' tokens (o200k_base) in the same run. `cargo bench --bench dedup`
//!
//! Goal: under half.

use std::{
    collections::HashMap,
    hint::black_box,
    time::{Duration, Instant},
};

use haversack::text::{
    similarity::{Features, NearIndex},
    tokens::{Encoding, Tokenizer},
};

const TEXTS: usize = 100_000;
/// One text in so many is an earlier one with a few words changed.
const COPIES: usize = 10;
const THRESHOLD: f64 = 0.75;

fn main() {
    let texts = texts();
    let bytes: usize = texts.iter().map(String::len).sum();
    let tokenizer = Tokenizer::new(Encoding::O200k);
    let (mut counting, mut dedup, mut found) = (Duration::ZERO, Duration::ZERO, 0);
    let mut index = Index::default();
    // In turns, so that whatever slows the machine down slows both.
    for (number, batch) in texts.chunks(TEXTS / 20).enumerate() {
        counting += time(|| {
            black_box(batch.iter().map(|text| tokenizer.count(text)).sum::<u32>());
        });
        dedup += time(|| {
            for (at, text) in batch.iter().enumerate() {
                found += usize::from(index.push((number * TEXTS / 20 + at) as u32, text));
            }
        });
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / TEXTS as f64;
    println!("{TEXTS} texts, {} bytes on average, {found} found to be copies of {}", bytes / TEXTS, TEXTS / COPIES);
    println!("{:24} {:8.2} µs a text", "counting tokens", each(counting));
    println!("{:24} {:8.2} µs a text", "dedup", each(dedup));
    println!("{:24} {:8.2}   (goal: under 0.50)", "ratio", dedup.as_secs_f64() / counting.as_secs_f64());
}

/// The three lexical tiers, as a push goes through them.
#[derive(Default)]
struct Index {
    exact: HashMap<u128, u32>,
    normalised: HashMap<u128, u32>,
    near: NearIndex,
}

impl Index {
    fn push(&mut self, id: u32, text: &str) -> bool {
        let features = Features::new(text);
        let same = self.exact.insert(features.exact, id).is_some();
        let alike = self.normalised.insert(features.normalised, id).is_some();
        let found = same || alike || !self.near.near(&features, THRESHOLD).is_empty();
        self.near.add(id, features);
        found
    }
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// Lines of a made-up log, the words drawn as in prose: few often, most seldom.
fn texts() -> Vec<String> {
    let mut random = 0x1234_5678_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut texts: Vec<String> = Vec::with_capacity(TEXTS);
    for number in 0..TEXTS {
        if number % COPIES == COPIES - 1 {
            let changed = next(60) as usize;
            let other = &texts[next(number as u64) as usize];
            let words = other.split(' ').enumerate();
            let words: Vec<&str> = words.map(|(at, word)| if at == changed { "changed" } else { word }).collect();
            texts.push(words.join(" "));
            continue;
        }
        let mut text = String::new();
        while text.len() < 600 {
            let most = next(5_000) + 1;
            let word = next(most);
            text.push_str(STEMS[(word % STEMS.len() as u64) as usize]);
            if word >= STEMS.len() as u64 {
                text.push_str(&format!("_{}", word / STEMS.len() as u64));
            }
            text.push(if next(12) == 0 { '\n' } else { ' ' });
        }
        texts.push(text);
    }
    texts
}

const STEMS: [&str; 24] = [
    "the",
    "test",
    "total",
    "round",
    "src/cart.rs",
    "error:",
    "passed",
    "cargo",
    "order",
    "value",
    "is",
    "and",
    "line",
    "fn",
    "let",
    "return",
    "failed",
    "at",
    "store",
    "session",
    "expected",
    "found",
    "in",
    "of",
];
