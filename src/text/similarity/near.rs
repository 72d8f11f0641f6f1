//! Near-duplicates among many texts: one-permutation MinHash of 64 slots, looked up by 16 bands of 4 (LSH), verified by
//! true Jaccard. Measured on texts of 600 bytes: 99.9 % of pairs of Jaccard 0.94 are found, 99 % at 0.84, 96 % at 0.76.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

use super::{Features, SHINGLE};

/// Slots of a signature; each holds the least hash of its share of the shingles (Li, Owen and Zhang 2012).
const SLOTS: usize = 64;
const BANDS: usize = 16;
const ROWS: usize = SLOTS / BANDS;
/// Candidates of one band, the newest first: a phrase that a thousand texts share must not make a push slow.
const OF_BAND: usize = 64;

pub(super) type Signature = [u32; SLOTS];

/// The hashes of all shingles, ascending, each once, and their signature. Texts of fewer words than a shingle have one
/// of all their words; an empty text has none.
pub(super) fn shingles(words: &[u64]) -> (Vec<u32>, Signature) {
    let mut shingles = Vec::with_capacity(words.len());
    let mut slots = [u32::MAX; SLOTS];
    let windows = words.windows(SHINGLE.min(words.len().max(1)));
    for window in windows {
        let hash = window.iter().fold(0, |hash, &word| mix(hash ^ word));
        let slot = &mut slots[(hash >> 58) as usize];
        *slot = (*slot).min((hash >> 26) as u32);
        shingles.push(hash as u32);
    }
    shingles.sort_unstable();
    shingles.dedup();
    (shingles, densify(slots))
}

/// Empty slots take over the next filled one, moved by their distance (Shrivastava and Li 2014), so that short texts
/// agree in as many slots as they are alike.
fn densify(slots: Signature) -> Signature {
    let mut dense = slots;
    for at in (0..SLOTS).filter(|&at| slots[at] == u32::MAX) {
        let distance = (1..SLOTS).find(|distance| slots[(at + distance) % SLOTS] != u32::MAX);
        let Some(distance) = distance else { break };
        dense[at] = slots[(at + distance) % SLOTS].wrapping_add((distance as u32).wrapping_mul(0x9E37_79B9));
    }
    dense
}

/// Spreads every bit over all others (the finalizer of SplitMix64).
fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

/// A text that is near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub id: u32,
    /// True Jaccard, 0 to 1.
    pub jaccard: f64,
}

/// Texts by what they say, each under an id of the caller's. The same insertions in the same order answer the same.
#[derive(Clone, Debug, Default)]
pub struct NearIndex {
    items: Vec<Item>,
    /// By band: the newest item that has it.
    heads: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
}

#[derive(Clone, Debug)]
struct Item {
    id: u32,
    features: Arc<Features>,
    /// For each band: the item before that has the same, and the one after; or `NONE`.
    before: [u32; BANDS],
    after: [u32; BANDS],
}

const NONE: u32 = u32::MAX;

impl NearIndex {
    /// Takes a text in and gives the one nearest to it that was in before.
    pub fn insert(&mut self, id: u32, text: &str, threshold: f64) -> Option<Near> {
        let features = Features::new(text);
        let nearest = self.near(&features, threshold).into_iter().next();
        self.add(id, features);
        nearest
    }

    /// Takes a text in and gives the number by which it can be removed.
    pub fn add(&mut self, id: u32, features: impl Into<Arc<Features>>) -> u32 {
        let features = features.into();
        let number = self.items.len() as u32;
        let mut before = [NONE; BANDS];
        for (band, key) in keys(&features.signature).enumerate() {
            before[band] = self.heads.insert(key, number).unwrap_or(NONE);
            if let Some(item) = self.items.get_mut(before[band] as usize) {
                item.after[band] = number;
            }
        }
        self.items.push(Item { id, features, before, after: [NONE; BANDS] });
        number
    }

    /// Takes a text out: the others answer as if it had never been in. Once for each number.
    pub fn remove(&mut self, number: u32) {
        let Item { features, before, after, .. } = self.items[number as usize].clone();
        for (band, key) in keys(&features.signature).enumerate() {
            if let Some(older) = self.items.get_mut(before[band] as usize) {
                older.after[band] = after[band];
            }
            match (self.items.get_mut(after[band] as usize), before[band]) {
                (Some(newer), before) => newer.before[band] = before,
                (None, NONE) => drop(self.heads.remove(&key)),
                (None, before) => drop(self.heads.insert(key, before)),
            }
        }
    }

    /// Every text found whose true Jaccard reaches the threshold, the nearest first, of equally near ones the newest.
    pub fn near(&self, features: &Features, threshold: f64) -> Vec<Near> {
        let mut candidates = Vec::new();
        if features.shingles.is_empty() {
            return Vec::new();
        }
        for (band, key) in keys(&features.signature).enumerate() {
            let mut at = self.heads.get(&key).copied().unwrap_or(NONE);
            for _ in 0..OF_BAND {
                let Some(item) = self.items.get(at as usize) else { break };
                candidates.push(at);
                at = item.before[band];
            }
        }
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        candidates.dedup();
        let mut near: Vec<Near> = candidates
            .into_iter()
            .map(|at| &self.items[at as usize])
            .filter(|item| may_reach(features.shingles.len(), item.features.shingles.len(), threshold))
            .map(|item| Near { id: item.id, jaccard: features.jaccard(&item.features) })
            .filter(|near| near.jaccard >= threshold)
            .collect();
        near.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
        near
    }
}

/// Two sets of such sizes have at most the smaller in common.
fn may_reach(one: usize, other: usize, threshold: f64) -> bool {
    one.min(other) as f64 >= threshold * one.max(other) as f64
}

fn keys(signature: &Signature) -> impl Iterator<Item = u64> {
    signature
        .chunks_exact(ROWS)
        .enumerate()
        .map(|(band, rows)| rows.iter().fold(mix(band as u64 + 1), |key, &row| mix(key ^ u64::from(row))))
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| mix(hash ^ u64::from(byte)));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
