//! What an edit did to the pack, in words for the status line.

use std::collections::HashSet;

use crate::{
    model::{Edit, EntryId, Session},
    pack::chosen::Chosen,
    text::words,
};

/// A change of the value kept below this share says nothing.
const WORTH_SAYING: f64 = 0.01;
/// Entries that are named; of further ones the number is told.
const NAMED: usize = 3;

/// The pack as it was before an edit.
pub struct Packed {
    pub chosen: Chosen,
    /// Share of the value, 0 to 1.
    pub kept: f64,
}

impl Packed {
    /// "evicted #9 and #44: let in #5, 31 fuller, value 97 → 99 %, pack −8". The entries that the edit itself touched
    /// are no news.
    pub fn changed_by(&self, edit: &Edit, session: &Session, after: &Chosen, kept: f64) -> String {
        let touched: HashSet<EntryId> = edit.touches().into_iter().collect();
        // An edit that adds entries shifts their indices.
        let comparable = self.chosen.levels.len() == after.levels.len();
        let (mut pushed_out, mut let_in, mut fuller, mut shorter) = (Vec::new(), Vec::new(), 0, 0);
        let pairs = self.chosen.levels.iter().zip(&after.levels).zip(&session.entries).filter(|_| comparable);
        let moved = pairs.filter(|((was, is), entry)| was != is && !touched.contains(&entry.id));
        for ((was, is), entry) in moved {
            match (was, is) {
                (Some(_), None) => pushed_out.push(entry.seq),
                (None, Some(_)) => let_in.push(entry.seq),
                (Some(was), Some(is)) if is < was => fuller += 1,
                (Some(was), Some(is)) if is > was => shorter += 1,
                _ => {}
            }
        }
        let named = [("pushed out", pushed_out), ("let in", let_in)].into_iter().filter(|(_, seqs)| !seqs.is_empty());
        let mut effects: Vec<String> = named.map(|(what, seqs)| format!("{what} {}", names(&seqs))).collect();
        let counted = [(fuller, "fuller"), (shorter, "shorter")].into_iter().filter(|(count, _)| *count > 0);
        effects.extend(counted.map(|(count, word)| format!("{count} {word}")));
        if (kept - self.kept).abs() >= WORTH_SAYING {
            let before = words::percent_reached(self.kept);
            effects.push(format!("value {} → {}", before.trim_end_matches(" %"), words::percent_reached(kept)));
        }
        effects.push(match i64::from(after.used) - i64::from(self.chosen.used) {
            0 if effects.is_empty() => "the pack costs the same".into(),
            change => format!("pack {}", words::change(change)),
        });
        format!("{}: {}", edit.words, effects.join(", "))
    }
}

/// "#40, #77, #81 and 3 more".
fn names(seqs: &[u32]) -> String {
    let named = seqs.iter().take(NAMED).map(|seq| format!("#{seq}")).collect::<Vec<_>>().join(", ");
    match seqs.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
