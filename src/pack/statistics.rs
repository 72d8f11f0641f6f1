//! What a listing of entries adds up to: tokens by level, what shortening saves, what is out. Exactly of the entries that
//! are listed, whatever filter chose them.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Entry, Fate, Level};

/// The first four fields are distill's, and mean what they say there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// Entries carried.
    pub total_entries: u32,
    /// Their tokens, each at the level at which it is carried.
    pub total_tokens: u64,
    /// Entries by the number of that level; levels without any are left out.
    pub compression_levels: BTreeMap<u8, u32>,
    /// Their tokens in full, less `total_tokens`.
    pub compression_savings: u64,
    /// By the number of the level: the tokens of `compression_levels`.
    pub level_tokens: BTreeMap<u8, u64>,
    /// Entries that are out, and why.
    pub over_budget: u32,
    pub evicted: u32,
    pub superseded: u32,
    pub archived: u32,
}

impl Statistics {
    /// Of these entries, each with the level at which it is carried and the tokens that it takes there.
    pub fn of<'a>(entries: impl Iterator<Item = (&'a Entry, Option<(Level, u32)>)>) -> Statistics {
        let mut statistics = Statistics::default();
        for (entry, carried) in entries {
            match (entry.state.fate, carried) {
                (_, Some((level, tokens))) => statistics.add(entry, entry.effective_level(level), tokens.into()),
                (Fate::Evicted, None) => statistics.evicted += 1,
                (Fate::Superseded { .. }, None) => statistics.superseded += 1,
                (Fate::Archived, None) => statistics.archived += 1,
                (Fate::Live, None) => statistics.over_budget += u32::from(entry.is_live()),
            }
        }
        statistics
    }

    /// Of these entries as the store holds them.
    pub fn held<'a>(entries: impl Iterator<Item = &'a Entry>) -> Statistics {
        let held = |entry: &Entry| (entry.state.held.level, entry.cost(entry.state.held.level));
        Statistics::of(entries.map(|entry| (entry, entry.is_live().then(|| held(entry)))))
    }

    fn add(&mut self, entry: &Entry, level: Level, tokens: u64) {
        self.total_entries += 1;
        self.total_tokens += tokens;
        self.compression_savings += u64::from(entry.cost(Level::Full)).saturating_sub(tokens);
        *self.compression_levels.entry(level as u8).or_default() += 1;
        *self.level_tokens.entry(level as u8).or_default() += tokens;
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{model::Kind, pack::strategy::tests::entry};

    #[test]
    fn stats_by_level_and_savings_are_of_what_is_listed() {
        let of = |seq, level: Level, costs| {
            let mut entry = entry(seq, Kind::Message, "text");
            entry.state.held.level = level;
            Entry { costs, ..entry }
        };
        let mut entries = [
            of(1, Level::Full, [100, 50, 20, 10]),
            of(2, Level::Summary, [100, 50, 20, 10]),
            of(3, Level::Keywords, [30, 30, 30, 30]),
            of(4, Level::Full, [70, 70, 70, 70]),
            of(5, Level::Full, [70, 70, 70, 70]),
            Entry { kind: Kind::Boundary, ..of(6, Level::Full, [9, 9, 9, 9]) },
        ];
        entries[3].state.fate = Fate::Evicted;
        entries[4].state.fate = Fate::Superseded { by: entries[0].id };
        let all = Statistics::held(entries.iter());
        assert_eq!((all.total_entries, all.total_tokens, all.compression_savings), (3, 180, 50));
        assert_eq!(
            all.compression_levels,
            BTreeMap::from([(0, 2), (1, 1)]),
            "keywords that save nothing are the full text"
        );
        assert_eq!(all.level_tokens, BTreeMap::from([(0, 130), (1, 50)]));
        assert_eq!((all.evicted, all.superseded, all.over_budget), (1, 1, 0));
        let some = Statistics::held(entries[1..2].iter());
        assert_eq!((some.total_entries, some.compression_savings, some.evicted), (1, 50, 0));
    }
}
