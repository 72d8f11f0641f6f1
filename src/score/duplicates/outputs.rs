//! Outputs of a session that a later output says again, wholly or nearly: found in pieces after the session came in, of
//! texts alone, so that no edit changes it.

use std::collections::BTreeMap;

use crate::{
    model::{EntryId, Repeated},
    text::similarity::{Features, NearIndex},
};

/// An output is said again where so much of both is the same (Jaccard of their word 3-shingles, 0 to 1).
pub const SAID_AGAIN: f64 = 0.8;
/// A shorter output, in bytes, is not worth the comparison.
pub const WORTHWHILE: usize = 400;

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    ids: Vec<EntryId>,
    near: NearIndex,
    /// By output: the later one that says it again, and how much of it.
    again: BTreeMap<usize, (usize, f64)>,
}

impl Outputs {
    /// Takes in the next output of the session.
    pub fn add(&mut self, id: EntryId, text: &str) {
        let features = Features::new(text);
        if text.len() < WORTHWHILE || features.is_short() {
            return;
        }
        let newer = self.ids.len();
        for near in self.near.near(&features, SAID_AGAIN) {
            let older = near.id as usize;
            self.again.insert(older, (newer, near.jaccard));
            // The newer one stands for it from now on.
            self.near.remove(near.id);
        }
        self.near.add(newer as u32, features);
        self.ids.push(id);
    }

    /// In the order of the older ones.
    pub fn found(&self) -> Vec<Repeated> {
        let repeated = |(&older, &(newer, share)): (&usize, &(usize, f64))| Repeated {
            older: self.ids[older],
            newer: self.ids[newer],
            share: share as f32,
        };
        self.again.iter().map(repeated).collect()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn output(seed: u64, changed: usize) -> String {
        let words = (0..120).map(|word| match word < changed {
            true => format!("other{word} "),
            false => format!("word{} ", word as u64 * seed),
        });
        words.collect()
    }

    fn found(outputs: &[String]) -> Vec<(u64, u64, u32)> {
        let mut all = Outputs::default();
        for (number, text) in (1..).zip(outputs) {
            all.add(EntryId(number), text);
        }
        let percent = |share: f32| (share * 100.0) as u32;
        all.found().iter().map(|again| (again.older.0, again.newer.0, percent(again.share))).collect()
    }

    #[test]
    fn an_output_is_said_again_by_the_next_that_is_nearly_the_same() {
        let outputs = [output(3, 0), output(7, 0), output(3, 8), output(3, 60), output(3, 8)];
        assert_eq!(found(&outputs), [(1, 3, 87), (3, 5, 100)]);
    }

    #[test]
    fn short_outputs_are_said_again_all_the_time() {
        assert_eq!(found(&["ok".into(), "ok".into(), "done in 3 s ".repeat(8), "done in 3 s ".repeat(8)]), []);
    }

    #[test]
    fn a_thousand_equal_outputs_are_a_chain() {
        let outputs = vec![output(3, 0); 1_000];
        let chain: Vec<_> = (1..1_000).map(|number| (number, number + 1, 100)).collect();
        assert_eq!(found(&outputs), chain);
    }
}
