//! Which patterns are listed: those that wait, problems or successes, seen with one agent or with several.

use std::collections::BTreeSet;

use super::{Lens, Lessons, waits};
use crate::{
    insight::Polarity,
    text::{sanitize, words},
    tui::app::{
        Popup, State,
        popup::{Choice, Item, ItemState, Menu, MenuKind},
        rows::Rows,
    },
    workspace::insight::Candidate,
};

/// What narrows the list down. Facets of one group widen each other, groups narrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// Promoted, and nobody has decided on this evidence.
    Waiting,
    Polarity(Polarity),
    /// Seen with more than one agent.
    Agents,
    Agent(String),
}

impl Facet {
    pub fn holds(&self, candidate: &Candidate) -> bool {
        match self {
            Facet::Waiting => waits(candidate),
            Facet::Polarity(polarity) => candidate.pattern.polarity == *polarity,
            Facet::Agents => candidate.pattern.cross_agent,
            Facet::Agent(agent) => candidate.pattern.evidence.agents.contains(agent),
        }
    }

    pub fn words(&self) -> String {
        match self {
            Facet::Waiting => "waiting for a decision".into(),
            Facet::Polarity(Polarity::Problem) => "problems".into(),
            Facet::Polarity(Polarity::Success) => "successes".into(),
            Facet::Agents => "seen with more than one agent".into(),
            Facet::Agent(agent) => format!("seen with {}", sanitize::inert_line(agent)),
        }
    }

    fn group(&self) -> u8 {
        match self {
            Facet::Waiting => 0,
            Facet::Polarity(_) => 1,
            Facet::Agents | Facet::Agent(_) => 2,
        }
    }
}

/// Whether a pattern is listed under these facets.
pub fn shows(facets: &BTreeSet<Facet>, candidate: &Candidate) -> bool {
    let is_widened = |facet: &Facet| {
        facets.iter().filter(|other| other.group() == facet.group()).any(|other| other.holds(candidate))
    };
    facets.iter().all(is_widened)
}

/// "problems, seen with codex".
pub fn words(facets: &BTreeSet<Facet>) -> String {
    facets.iter().map(Facet::words).collect::<Vec<_>>().join(", ")
}

/// Every facet that some pattern has, with the number of patterns.
pub fn menu(lessons: &Lessons) -> Menu {
    let all = lessons.all();
    let agents: BTreeSet<&String> = all.iter().flat_map(|candidate| &candidate.pattern.evidence.agents).collect();
    let facets =
        [Facet::Waiting, Facet::Polarity(Polarity::Problem), Facet::Polarity(Polarity::Success), Facet::Agents];
    let facets = facets.into_iter().chain(agents.into_iter().cloned().map(Facet::Agent));
    let item = |label: String, count: usize, is_on: bool, choice| Item {
        label,
        detail: words::exact(count as u64),
        state: if is_on { ItemState::On } else { ItemState::Off },
        choice,
    };
    let count = |facet: &Facet| all.iter().filter(|candidate| facet.holds(candidate)).count();
    let mut items = vec![item("every pattern".into(), all.len(), lessons.facets.is_empty(), Choice::EveryPattern)];
    for facet in facets {
        let (count, is_on) = (count(&facet), lessons.facets.contains(&facet));
        if count > 0 || is_on {
            items.push(item(facet.words(), count, is_on, Choice::Pattern(facet)));
        }
    }
    Menu::new(MenuKind::FilterPatterns, items)
}

/// Changes which are listed; the menu stays open, so that several facets can be chosen.
pub fn change(state: &mut State, change: impl FnOnce(&mut BTreeSet<Facet>)) {
    let Some(Lens::Lessons(lessons)) = &mut state.lens else { return };
    change(&mut lessons.facets);
    lessons.rows = Rows::default();
    if let Some(Popup::Menu(open)) = &mut state.popup {
        let Menu { cursor, offset, .. } = *open;
        *open = Menu { cursor, offset, ..menu(lessons) };
    }
}
