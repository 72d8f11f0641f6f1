//! How alike two texts are: keys that tell the same text, shingles that tell nearly the same, cosine for embeddings.

mod near;
mod words;

pub use near::{Near, NearIndex};

use xxhash_rust::xxh3::xxh3_128;

/// Words of a shingle.
const SHINGLE: usize = 3;
/// A text of fewer words has too few shingles to tell near from far.
pub const SHORT: usize = 8;

/// A text as comparisons see it. Made once from the text, about 4 µs for 600 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// Of the text as it is.
    pub exact: u128,
    /// Of its words: white space collapsed, line numbers of a file reader left out.
    pub normalised: u128,
    words: usize,
    /// Hashes of three words in a row, ascending, each once.
    shingles: Vec<u32>,
    signature: near::Signature,
}

impl Features {
    pub fn new(text: &str) -> Features {
        let words = words::hashes(text);
        let (shingles, signature) = near::shingles(&words);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        Features { exact: exact_key(text), normalised: xxh3_128(&bytes), words: words.len(), shingles, signature }
    }

    /// Whether it has too few words to be compared otherwise than exactly.
    pub fn is_short(&self) -> bool {
        self.words < SHORT
    }

    /// The share of shingles that both have among those that either has, 0 to 1; 0 where one has none.
    pub fn jaccard(&self, other: &Features) -> f64 {
        let (mut one, mut two, mut both) = (0, 0, 0usize);
        while let (Some(a), Some(b)) = (self.shingles.get(one), other.shingles.get(two)) {
            both += usize::from(a == b);
            one += usize::from(a <= b);
            two += usize::from(b <= a);
        }
        let either = self.shingles.len() + other.shingles.len() - both;
        if either == 0 { 0.0 } else { both as f64 / either as f64 }
    }
}

/// The same for equal texts and for no others.
pub fn exact_key(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

/// The same for texts of the same words: white space and the line numbers of `cat -n` and of agents' readers do not
/// count.
pub fn normalised_key(text: &str) -> u128 {
    Features::new(text).normalised
}

/// 1 − cosine of the angle between two embeddings, 0 to 2. `None` where they cannot be compared: of different lengths,
/// empty, zero, or not finite.
pub fn cosine_distance(one: &[f32], other: &[f32]) -> Option<f64> {
    if one.len() != other.len() {
        return None;
    }
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let length = (dot(one, one) * dot(other, other)).sqrt();
    (length > 0.0 && length.is_finite()).then(|| 1.0 - dot(one, other) / length)
}

#[cfg(test)]
mod tests;
