//! Scores of a session that takes in one entry after the other: what a new entry touches is scored again, and nothing
//! else. They are those that [`scores`](super::scores) gives.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use super::{
    Mentions,
    repeats::{test_command, whole_read},
    rules::{Around, Stale, common, heirs, is_constraint, is_said, score, speaks, spoken_again},
};
use crate::model::{Entry, Exchanges, Fate, Kind, Score, Session};

/// All that scores are made of besides the entries. Numbers only; texts are looked into once.
#[derive(Clone, Debug, Default)]
pub struct Running {
    /// By entry.
    own: Vec<Own>,
    /// By term: whether it is counted, being in no more entries than says something.
    counted: Vec<bool>,
    /// Terms that are not counted, by the number of their entries when that was reached: some have more by now.
    waiting: HashMap<usize, Vec<u32>>,
    goal: Option<usize>,
    turn: usize,
    /// The last entry in which something was said or done.
    last_said: Option<usize>,
    reads: Repeats,
    tests: Repeats,
    changed: HashSet<usize>,
}

#[derive(Clone, Debug, Default)]
struct Own {
    is_constraint: bool,
    next_said: Option<Kind>,
    /// Later entries that mention a name which it brought in, ascending, each with how many such names.
    mentioned: Vec<(u32, u32)>,
    /// How many these are, and those of the entries that it stands for.
    again: u32,
    /// What stands for it.
    heir: Option<usize>,
}

impl Running {
    pub fn new(session: &Session, mentions: &Mentions, exchanges: &Exchanges) -> Running {
        let mut running = Running::default();
        for index in 0..session.entries.len() {
            running.place(session, exchanges, index);
        }
        let common = common(session.entries.len());
        running.counted = mentions.terms.iter().map(|term| term.entries.len() <= common).collect();
        let mut pairs = Vec::new();
        for (number, term) in mentions.terms.iter().enumerate() {
            match running.counted[number] {
                true => pairs.extend(spoken_again(session, term).map(|later| (term.entries[0], later))),
                false => running.waiting.entry(term.entries.len()).or_default().push(number as u32),
            }
        }
        pairs.sort_unstable();
        for (first, later) in pairs {
            let own = &mut running.own[first as usize];
            match own.mentioned.last_mut() {
                Some((last, times)) if *last == later => *times += 1,
                _ => own.mentioned.push((later, 1)),
            }
        }
        running.own.iter_mut().for_each(|own| own.again = own.mentioned.len() as u32);
        heirs(session).into_iter().for_each(|(old, new)| running.inherit(old, new));
        running
    }

    /// Takes in the session's next entry, which the mentions and the exchanges have already.
    pub fn add(&mut self, session: &Session, mentions: &Mentions, exchanges: &Exchanges, index: usize) {
        self.place(session, exchanges, index);
        let common = common(index + 1);
        self.counted.resize(mentions.terms.len(), true);
        let mut terms: Vec<u32> = mentions.of_entry[index].iter().map(|mention| mention.term).collect();
        terms.sort_unstable();
        terms.dedup();
        for number in terms {
            let term = &mentions.terms[number as usize];
            let was_counted = self.counted[number as usize];
            if was_counted && term.entries.len() <= common {
                if term.entries.len() > 1 && speaks(session.entries[index].kind) {
                    self.mention_now(term.entries[0] as usize, index as u32);
                }
                continue;
            }
            if was_counted {
                self.counted[number as usize] = false;
                let before = spoken_again(session, term).filter(|&later| later as usize != index);
                self.unmention(term.entries[0] as usize, before);
            }
            self.waiting.entry(term.entries.len()).or_default().push(number);
        }
        for number in self.waiting.remove(&common).unwrap_or_default() {
            let term = &mentions.terms[number as usize];
            if term.entries.len() == common && !self.counted[number as usize] {
                self.counted[number as usize] = true;
                self.mention(term.entries[0] as usize, spoken_again(session, term));
            }
        }
    }

    /// An entry that is no longer live; the session says so already.
    pub fn out(&mut self, session: &Session, exchanges: &Exchanges, index: usize) {
        let entry = &session.entries[index];
        for repeats in [&mut self.reads, &mut self.tests] {
            if let Some(revived) = repeats.out(index) {
                self.changed.extend(exchanges.of(revived));
                self.changed.extend(exchanges.of(index));
            }
        }
        if let Fate::Superseded { by } = entry.state.fate
            && let Some(heir) = session.entries.iter().rposition(|entry| entry.id == by)
            && index < heir
        {
            self.inherit(index, heir);
        }
    }

    /// The entries whose scores may be others now, with these, in order.
    pub fn take_changed(&mut self, session: &Session, exchanges: &Exchanges) -> Vec<(usize, Score)> {
        let mut changed: Vec<usize> = self.changed.drain().collect();
        changed.sort_unstable();
        changed.into_iter().map(|index| (index, self.score(session, exchanges, index))).collect()
    }

    fn score(&self, session: &Session, exchanges: &Exchanges, index: usize) -> Score {
        let own = &self.own[index];
        let members = exchanges.of(index);
        let stale = match () {
            () if members.iter().any(|&member| self.tests.is_stale(member)) => Some(Stale::Tests),
            () if members.iter().any(|&member| self.reads.is_stale(member)) => Some(Stale::Read),
            () => None,
        };
        let around = Around {
            is_goal: self.goal == Some(index),
            is_constraint: own.is_constraint,
            next_said: own.next_said,
            again: own.again,
            in_current_turn: index >= self.turn && self.turn > 0,
            stale,
        };
        score(&session.entries[index], around)
    }

    /// What an entry says of others by standing where it stands.
    fn place(&mut self, session: &Session, exchanges: &Exchanges, index: usize) {
        let entry = &session.entries[index];
        let is_prompt = entry.kind == Kind::Prompt;
        self.own.push(Own { is_constraint: is_prompt && is_constraint(&entry.text), ..Own::default() });
        self.changed.insert(index);
        if is_prompt {
            self.goal.get_or_insert(index);
            let before: Range<usize> = if self.turn > 0 { self.turn..index } else { 0..0 };
            self.changed.extend(before);
            self.turn = index;
        }
        if is_said(entry.kind)
            && let Some(last) = self.last_said.replace(index)
        {
            self.own[last].next_said = Some(entry.kind);
            self.changed.insert(last);
        }
        let is_live = entry.state.fate == Fate::Live;
        let call = Some(entry).filter(|entry| entry.kind == Kind::Call);
        for (repeats, about) in [
            (&mut self.reads, call.and_then(whole_read)),
            (&mut self.tests, call.and_then(|call: &Entry| test_command(call))),
        ] {
            if let Some(stale) = repeats.add(index, about.filter(|_| is_live)) {
                self.changed.extend(exchanges.of(stale));
            }
        }
    }

    /// By the newest entry.
    fn mention_now(&mut self, first: usize, index: u32) {
        let mentioned = &mut self.own[first].mentioned;
        match mentioned.last_mut() {
            Some((last, times)) if *last == index => *times += 1,
            _ => {
                mentioned.push((index, 1));
                self.count_again(first, 1);
            }
        }
    }

    fn mention(&mut self, first: usize, later: impl Iterator<Item = u32>) {
        let mentioned = std::mem::take(&mut self.own[first].mentioned);
        self.set_mentioned(first, merged(mentioned, later, |times| times + 1));
    }

    fn unmention(&mut self, first: usize, later: impl Iterator<Item = u32>) {
        let mentioned = std::mem::take(&mut self.own[first].mentioned);
        self.set_mentioned(first, merged(mentioned, later, |times| times - 1));
    }

    fn set_mentioned(&mut self, first: usize, (mentioned, before): (Vec<(u32, u32)>, usize)) {
        let difference = mentioned.len() as i64 - before as i64;
        self.own[first].mentioned = mentioned;
        self.count_again(first, difference);
    }

    /// What counts for an entry counts for those that stand for it.
    fn count_again(&mut self, index: usize, difference: i64) {
        let mut at = (difference != 0).then_some(index);
        while let Some(index) = at {
            let own = &mut self.own[index];
            own.again = (i64::from(own.again) + difference) as u32;
            self.changed.insert(index);
            at = own.heir;
        }
    }

    fn inherit(&mut self, old: usize, new: usize) {
        self.own[old].heir = Some(new);
        self.count_again(new, self.own[old].again.into());
        if self.goal == Some(old) {
            self.changed.insert(old);
            let mut goal = new;
            while let Some(heir) = self.own[goal].heir {
                goal = heir;
            }
            self.goal = Some(goal);
            self.changed.insert(goal);
        }
    }
}

/// Both ascending; the times of those in `later` are changed, and who has none left goes. Also gives how many there were.
fn merged(
    mut mentioned: Vec<(u32, u32)>,
    mut later: impl Iterator<Item = u32>,
    change: impl Fn(u32) -> u32,
) -> (Vec<(u32, u32)>, usize) {
    let before = mentioned.len();
    let mut next = later.next();
    let mut missing = Vec::new();
    for (index, times) in &mut mentioned {
        while let Some(early) = next.filter(|next| next < index) {
            missing.push((early, change(0)));
            next = later.next();
        }
        if next == Some(*index) {
            *times = change(*times);
            next = later.next();
        }
    }
    let is_last = missing.is_empty();
    missing.extend(next.into_iter().chain(later).map(|index| (index, change(0))));
    mentioned.retain(|(_, times)| *times > 0);
    mentioned.extend(missing);
    if !is_last {
        mentioned.sort_unstable();
    }
    (mentioned, before)
}

/// Live calls by what they are about: all but the latest are stale.
#[derive(Clone, Debug, Default)]
struct Repeats {
    numbers: HashMap<Arc<str>, usize>,
    /// By number: the calls, ascending.
    live: Vec<Vec<usize>>,
    /// By call: its number.
    of: HashMap<usize, usize>,
}

impl Repeats {
    /// Takes a call in and gives the one that it makes stale.
    fn add(&mut self, index: usize, about: Option<Arc<str>>) -> Option<usize> {
        let next = self.live.len();
        let number = *self.numbers.entry(about?).or_insert(next);
        if number == next {
            self.live.push(Vec::with_capacity(1));
        }
        let before = self.live[number].last().copied();
        self.live[number].push(index);
        self.of.insert(index, number);
        before
    }

    /// Takes a call out and gives the one that is the latest then, or the call itself where there is none: whose scores
    /// may be others. `None` where it was not in.
    fn out(&mut self, index: usize) -> Option<usize> {
        let live = &mut self.live[self.of.remove(&index)?];
        live.retain(|&other| other != index);
        Some(live.last().copied().unwrap_or(index))
    }

    fn is_stale(&self, index: usize) -> bool {
        self.of.get(&index).is_some_and(|&number| self.live[number].last() != Some(&index))
    }
}

#[cfg(test)]
mod tests;
