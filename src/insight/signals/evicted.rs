//! Files read again right after an edit of ours took what an earlier read showed out of every pack. The journal knows when
//! that was; entries that came later know when they were written.

use std::collections::{BTreeMap, HashMap};

use super::{Signal, SignalKind, places};
use crate::{
    insight::{locus, outcome::clipped},
    model::{Change, Entry, EntryId, EntryState, Fate, JournalRow, JournalStatus, Kind, Level, Mark, Session, Time},
};

/// A stretch of time in which an edit held an entry out.
struct Out<'a> {
    entry: &'a Entry,
    path: &'a str,
    from: Time,
    until: Option<Time>,
}

impl Out<'_> {
    fn holds_at(&self, at: Time) -> bool {
        self.from < at && self.until.is_none_or(|until| until > at)
    }
}

/// Reads of a file in the turn in which edits took all out that showed it, or in the next one.
pub fn reread(session: &Session, journal: &[JournalRow]) -> Vec<Signal> {
    let outs = outs(session, journal);
    if outs.is_empty() {
        return Vec::new();
    }
    let mut found: BTreeMap<&str, Vec<(Vec<&Entry>, &Entry)>> = BTreeMap::new();
    for again in session.entries.iter().filter(|entry| entry.kind == Kind::Call && shows(entry)) {
        let (Some(path), Some(at)) = (again.path.as_deref(), again.at) else { continue };
        let is_out = |entry: &Entry| outs.iter().any(|out| out.entry.id == entry.id && out.holds_at(at));
        let mut earlier = session.entries.iter().take_while(|entry| entry.seq < again.seq);
        let is_shown =
            |entry: &Entry| shows(entry) && entry.path.as_deref() == Some(path) && entry.is_live() && !is_out(entry);
        let told = found.get(path).map_or(&[][..], Vec::as_slice);
        let is_new = |entry: &Entry| !told.iter().any(|(gone, _)| gone.iter().any(|gone| gone.id == entry.id));
        let gone = outs.iter().filter(|out| out.path == path && out.entry.seq < again.seq && out.holds_at(at));
        let gone = gone.filter(|out| turns_between(session, out.from, again, at) <= 1);
        let gone: Vec<&Entry> = gone.map(|out| out.entry).filter(|entry| is_new(entry)).collect();
        if !gone.is_empty() && !earlier.any(is_shown) {
            found.entry(path).or_default().push((gone, again));
        }
    }
    found.into_iter().map(|(path, pairs)| signal(path, &pairs)).collect()
}

/// What an edit that stands took out and, where another brought it back, until when.
fn outs<'a>(session: &'a Session, journal: &[JournalRow]) -> Vec<Out<'a>> {
    let mut standing: Vec<&JournalRow> = journal.iter().filter(|row| row.status == JournalStatus::Done).collect();
    standing.sort_by_key(|row| row.stamp);
    let is_out = |state: &EntryState| matches!(state.fate, Fate::Evicted | Fate::Archived);
    let (mut open, mut times): (HashMap<EntryId, Time>, Vec<_>) = (HashMap::new(), Vec::new());
    for row in standing {
        for change in &row.edit.changes {
            let Change::State { id, before, after } = change else { continue };
            match (is_out(before), is_out(after)) {
                (false, true) => drop(open.insert(*id, row.at)),
                (true, false) => times.extend(open.remove(id).map(|from| (*id, from, Some(row.at)))),
                _ => {}
            }
        }
    }
    times.extend(open.into_iter().map(|(id, from)| (id, from, None)));
    let out = |(id, from, until)| {
        let entry = session.entry(id).filter(|entry| shows(entry))?;
        Some(Out { entry, path: entry.path.as_deref()?, from, until })
    };
    let mut outs: Vec<Out> = times.into_iter().filter_map(out).collect();
    outs.sort_by_key(|out| (out.entry.seq, out.from));
    outs
}

/// A call that looks at a file, or what it showed.
fn shows(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Call | Kind::Result) && entry.path.is_some() && !entry.marks.has(Mark::Edit)
}

/// Prompts after an edit, up to a read.
fn turns_between(session: &Session, from: Time, read: &Entry, at: Time) -> usize {
    let after = |entry: &&Entry| {
        entry.kind == Kind::Prompt && entry.seq < read.seq && entry.at.is_some_and(|told| from < told && told <= at)
    };
    session.entries.iter().filter(after).count()
}

fn signal(path: &str, pairs: &[(Vec<&Entry>, &Entry)]) -> Signal {
    let name = locus::file_name(path);
    let gone = || pairs.iter().flat_map(|(gone, _)| gone);
    let mut linked: Vec<&Entry> = pairs.iter().flat_map(|(gone, again)| gone.iter().copied().chain([*again])).collect();
    linked.sort_by_key(|entry| entry.seq);
    linked.dedup_by_key(|entry| entry.seq);
    Signal {
        kind: SignalKind::RereadAfterEviction,
        polarity: SignalKind::RereadAfterEviction.polarity(),
        locus: clipped(name),
        magnitude: pairs.len() as u32,
        tokens: gone().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        detail: clipped(&format!(
            "{name} was read again right after an edit took #{} out of the pack",
            pairs[0].0[0].seq
        )),
        places: places(linked),
    }
}
