//! Keeping a session within its maximum as entries are pushed: what is held at less text, and what is evicted.

#[cfg(test)]
mod tests;

use strum::{Display, EnumIter, EnumString};

use super::{
    settings::PlanSettings,
    strategy::{balanced::Ledger, ladder, tail},
};
use crate::model::{Change, Edit, EntryState, Fate, Held, HeldBy, Level, Session, Time, exact};

/// How a session is brought within its maximum: the setting `push.policy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumIter, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Policy {
    /// The levels of the balanced plan whose budget is the maximum.
    #[default]
    Plan,
    /// distill's: the least important first, level by level.
    Ladder,
}

/// What an enforcement did.
#[derive(Clone, Debug, PartialEq)]
pub struct Enforced {
    pub edit: Edit,
    /// Entries now held at less text than before.
    pub shortened: usize,
    /// Entries now held at more: there was room again.
    pub restored: usize,
    pub evicted: usize,
}

/// Tokens of all live entries at their held levels.
pub fn held_tokens(session: &Session) -> u64 {
    let live = session.entries.iter().filter(|entry| entry.is_live());
    live.map(|entry| u64::from(entry.cost(entry.state.held.level))).sum()
}

/// The same where the entries are in these states.
fn held_in(session: &Session, states: &[EntryState]) -> u64 {
    let live = session.entries.iter().zip(states).filter(|(entry, state)| entry.is_live() && state.fate == Fate::Live);
    live.map(|(entry, state)| u64::from(entry.cost(state.held.level))).sum()
}

/// The edit that brings a session within its maximum; `None` where it is within, has none, or nothing may give way. Pins
/// and levels held by hand stay as they are, and the tail is shortened at most, never evicted; where these alone are
/// more than the maximum the session stays above it.
///
/// Levels held by rule are chosen anew from the full text each time, so where there is room again they rise.
pub fn enforce(session: &Session, settings: PlanSettings, policy: Policy) -> Option<Enforced> {
    let most = session.settings.max_tokens;
    if most == 0 || held_tokens(session) <= u64::from(most) {
        return None;
    }
    let ledger = (policy == Policy::Plan).then(|| Ledger::new(session, settings, Time::default()));
    let mut budget = most;
    // A plan may shorten what a hand holds, holding may not: the difference comes off the others' budget.
    for _ in 0..ROUNDS {
        let levels = match &ledger {
            Some(ledger) => ledger.select(budget).levels,
            None => ladder::levels(session, settings, budget),
        };
        let states = states(session, settings, &levels);
        let over = held_in(session, &states).saturating_sub(most.into());
        if over == 0 || budget == 0 {
            return edit(session, states);
        }
        budget = budget.saturating_sub(u32::try_from(over).unwrap_or(u32::MAX));
    }
    edit(session, states(session, settings, &ladder::levels(session, settings, 0)))
}

/// Budgets that are tried before all gives way that may.
const ROUNDS: usize = 16;

/// By entry: its state where it is held at its level of `levels`, or evicted where it has none.
fn states(session: &Session, settings: PlanSettings, levels: &[Option<Level>]) -> Vec<EntryState> {
    let exchanges = session.exchanges();
    let tail = tail::tail(session, &exchanges, settings);
    let state = |index: usize| {
        let entry = &session.entries[index];
        let mut state = entry.state.clone();
        let stays = tail.contains(&exchanges.number(index))
            || exchanges.of(index).iter().any(|&member| session.entries[member].state.pinned);
        let level = match levels[index] {
            _ if !entry.is_live() || state.pinned => return state,
            None if !stays => {
                state.fate = Fate::Evicted;
                return state;
            }
            level => level.unwrap_or(Level::Keywords),
        };
        if state.held.by == HeldBy::Rule {
            state.held.level = entry.effective_level(level);
        }
        state
    };
    (0..session.entries.len()).map(state).collect()
}

fn edit(session: &Session, states: Vec<EntryState>) -> Option<Enforced> {
    let mut enforced = Enforced { edit: Edit::default(), shortened: 0, restored: 0, evicted: 0 };
    let [held, most] = [held_in(session, &states), session.settings.max_tokens.into()];
    for (entry, after) in session.entries.iter().zip(states).filter(|(entry, after)| entry.state != *after) {
        let Held { level, .. } = entry.state.held;
        enforced.evicted += usize::from(after.fate != entry.state.fate);
        enforced.shortened += usize::from(after.held.level > level);
        enforced.restored += usize::from(after.held.level < level);
        enforced.edit.changes.push(Change::State { id: entry.id, before: entry.state.clone(), after });
    }
    let done = [(enforced.shortened, "shortened"), (enforced.restored, "restored"), (enforced.evicted, "evicted")];
    let done: Vec<String> =
        done.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what} {count}")).collect();
    let outcome = match held <= most {
        true => format!("kept within {} tokens", exact(most)),
        false => format!("holds {} tokens, {} allowed", exact(held), exact(most)),
    };
    enforced.edit.words = format!("{outcome}: {}", done.join(", "));
    (!enforced.edit.changes.is_empty()).then_some(enforced)
}
