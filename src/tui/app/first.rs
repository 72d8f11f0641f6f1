//! The first run: what an empty store shows, and the three ways in: the demo, the logs that agents have on this machine,
//! a file.

use std::path::PathBuf;

use super::{
    Effect, State, Tone, picker,
    rows::Rows,
    state::{Screen, Waiting},
};
use crate::{text::words, tui::action::Action, workspace::AgentLogs};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FirstRun {
    pub rows: Rows,
    pub found: Found,
    /// Numbers of the agents whose logs are to be imported.
    pub marked: Vec<usize>,
}

/// The agents that have logs on this machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    #[default]
    NotAsked,
    Asked,
    Agents(Vec<AgentLogs>),
}

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    Demo,
    /// Number of the agent.
    Agent(usize),
    File,
}

impl FirstRun {
    pub fn ways(&self) -> Vec<WayIn> {
        let agents = match &self.found {
            Found::Agents(agents) => agents.len(),
            Found::NotAsked | Found::Asked => 0,
        };
        [WayIn::Demo].into_iter().chain((0..agents).map(WayIn::Agent)).chain([WayIn::File]).collect()
    }

    pub fn current(&self) -> WayIn {
        self.ways().get(self.rows.cursor).copied().unwrap_or(WayIn::Demo)
    }

    /// Asks once which agents have logs here.
    pub fn asks(&mut self) -> Vec<Effect> {
        match self.found {
            Found::NotAsked => {
                self.found = Found::Asked;
                vec![Effect::Discover]
            }
            Found::Asked | Found::Agents(_) => Vec::new(),
        }
    }

    pub fn take(&mut self, agents: Vec<AgentLogs>) {
        // The cursor stays where it is meant: on the demo, or on the file, which moves down.
        if self.current() == WayIn::File {
            self.rows.cursor += agents.len();
        }
        self.found = Found::Agents(agents);
    }

    /// A click moves to a way in.
    pub fn select(&mut self, line: usize) {
        if line < self.ways().len() {
            self.rows.cursor = line;
        }
    }

    fn agents(&self) -> &[AgentLogs] {
        match &self.found {
            Found::Agents(agents) => agents,
            Found::NotAsked | Found::Asked => &[],
        }
    }
}

/// What a key does where the store is empty; `None`: the same as in a list of sessions.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let Screen::Sessions(picker) = &mut state.screen else { return None };
    if !picker.sessions.is_empty() {
        return None;
    }
    let first = &mut picker.first;
    match action {
        Action::OpenSession => return Some(enter(state)),
        Action::MarkAgent => match first.current() {
            WayIn::Agent(number) => {
                match first.marked.iter().position(|&marked| marked == number) {
                    Some(at) => drop(first.marked.remove(at)),
                    None => first.marked.push(number),
                }
                first.rows.act(Action::Down, first.ways().len(), 1);
            }
            _ => state.say(Tone::Refused, "only the logs of an agent are marked, to import several"),
        },
        Action::Down | Action::Up | Action::PageDown | Action::PageUp | Action::Top | Action::Bottom => {
            let len = first.ways().len();
            first.rows.act(action, len, len);
        }
        Action::FindSession | Action::SortSessions | Action::FilterSessions | Action::ReverseSessions => {
            state.say(Tone::Plain, "there are no sessions yet");
        }
        Action::DeleteSession => state.say(Tone::Plain, "there is no session to delete"),
        _ => return None,
    }
    Some(Vec::new())
}

/// Enter: the demo, the import of what is marked or under the cursor, the question for a file.
fn enter(state: &mut State) -> Vec<Effect> {
    let Screen::Sessions(picker) = &mut state.screen else { return Vec::new() };
    let first = &picker.first;
    let chosen: Vec<usize> = match first.current() {
        WayIn::Demo => return picker::act(state, Action::Demo),
        WayIn::File => return picker::act(state, Action::Import),
        WayIn::Agent(_) if !first.marked.is_empty() => first.marked.clone(),
        WayIn::Agent(number) => vec![number],
    };
    let agents: Vec<&AgentLogs> = chosen.iter().filter_map(|&number| first.agents().get(number)).collect();
    let paths: Vec<PathBuf> = agents.iter().flat_map(|agent| agent.places.iter().cloned()).collect();
    let logs: usize = agents.iter().map(|agent| agent.logs).sum();
    let names: Vec<&str> = agents.iter().map(|agent| agent.agent.name()).collect();
    let doing = format!("Importing {} of {}", words::plural(logs, "log", "logs"), names.join(", "));
    state.screen = Screen::Waiting(Waiting::on(doing));
    vec![Effect::ImportAll { paths }]
}
