//! Condensing: a summary comes in, and what it stands for is archived, in one edit.

use std::collections::HashSet;

use super::{Change, Edit, Entry, EntryId, Fate, Refusal, Session, state};
use crate::model::{Kind, Level, exact};

impl Session {
    /// Which entries (indices, ascending) a condensing of these would take: their whole exchanges, as far as they are
    /// live. Pins stay, and so does what is out of the pack already; both are named. Boundaries are passed over.
    pub fn condensable(&self, targets: &[EntryId]) -> (Vec<usize>, Vec<Refusal>) {
        let (exchanges, place) = (self.exchanges(), |id| self.index_of(id));
        let mut sources: Vec<usize> = Vec::new();
        let mut refusals = Vec::new();
        for &id in targets {
            let Some(index) = place(id) else {
                refusals.push(Refusal { seq: 0, why: format!("entry {id} is not in this session") });
                continue;
            };
            let entry = &self.entries[index];
            let refuse = |why: String| Refusal { seq: entry.seq, why };
            let members = exchanges.of(index);
            let pinned = members.iter().map(|&member| &self.entries[member]).find(|member| member.state.pinned);
            match (pinned, entry.state.fate) {
                _ if matches!(entry.kind, Kind::Boundary | Kind::Opaque) => {}
                (Some(pin), _) if pin.id == entry.id => refusals.push(refuse("is pinned and stays".into())),
                (Some(pin), _) => refusals.push(refuse(format!("belongs to #{}, which is pinned, and stays", pin.seq))),
                (None, Fate::Live) => {
                    sources.extend(members.iter().copied().filter(|&member| self.entries[member].is_live()));
                }
                (None, Fate::Evicted) => refusals.push(refuse("is evicted already".into())),
                (None, Fate::Superseded { .. }) => refusals.push(refuse("is superseded already".into())),
                (None, Fate::Archived) => refusals.push(refuse("is archived already".into())),
            }
        }
        sources.sort_unstable();
        sources.dedup();
        (sources, refusals)
    }

    pub(super) fn condense(&self, summary: &Entry) -> Result<Edit, Refusal> {
        let refuse = |why: String| Refusal { seq: 0, why };
        let ids = summary.made.as_ref().map_or(&[][..], |made| &made.sources);
        let (taken, refusals) = self.condensable(ids);
        if let Some(refusal) = refusals.into_iter().next() {
            return Err(refusal);
        }
        let named: HashSet<EntryId> = ids.iter().copied().collect();
        if taken.is_empty() {
            return Err(refuse("nothing is selected that could be condensed".into()));
        }
        if let Some(&left) = taken.iter().find(|&&index| !named.contains(&self.entries[index].id)) {
            return Err(refuse(format!(
                "#{} belongs to an exchange that is condensed: take both",
                self.entries[left].seq
            )));
        }
        if summary.text.trim().is_empty() {
            return Err(refuse("these entries hold nothing that a summary could tell: archive them instead".into()));
        }
        let sources: Vec<&Entry> = taken.iter().map(|&index| &self.entries[index]).collect();
        let cost: u32 = sources.iter().map(|entry| entry.cost(Level::Full)).sum();
        let own = summary.cost(Level::Full);
        if own >= cost {
            let [own, cost] = [own, cost].map(|tokens| exact(tokens.into()));
            return Err(refuse(format!(
                "the summary would cost {own} tokens, and its sources cost {cost}: condense more of them, or allow it fewer"
            )));
        }
        let (first, last) = (sources[0].seq, sources[sources.len() - 1].seq);
        let entries = if sources.len() == 1 { "1 entry".into() } else { format!("{} entries", sources.len()) };
        let mut changes = vec![Change::Add { entry: Box::new(summary.clone()) }];
        changes.extend(sources.iter().map(|entry| state(entry, |state| state.fate = Fate::Archived)));
        let [own, cost] = [own, cost].map(|tokens| exact(tokens.into()));
        let words = format!("condensed {entries} (#{first} to #{last}) into #{}: {cost} → {own} tokens", summary.seq);
        Ok(Edit { words, changes, ..Edit::default() })
    }
}
