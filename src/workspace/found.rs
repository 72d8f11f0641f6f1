//! What agents have on this machine: which have logs, how many, and how large.

use std::path::PathBuf;

use super::{Agent, Machine, discover, listed};

/// An agent that has logs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLogs {
    pub agent: Agent,
    pub places: Vec<PathBuf>,
    pub logs: usize,
    pub bytes: u64,
}

/// The agents that have logs on this machine. Looks at names and sizes, not into the logs.
pub fn agents_here(machine: &Machine) -> Vec<AgentLogs> {
    let mut found: Vec<AgentLogs> = Vec::new();
    for place in discover(machine) {
        let (logs, _) = listed(std::slice::from_ref(&place.path));
        if logs.is_empty() {
            continue;
        }
        let bytes = logs.iter().map(|log| log.bytes).sum::<u64>();
        match found.iter_mut().find(|row| row.agent == place.agent) {
            Some(row) => {
                row.logs += logs.len();
                row.bytes += bytes;
                row.places.push(place.path);
            }
            None => found.push(AgentLogs { agent: place.agent, places: vec![place.path], logs: logs.len(), bytes }),
        }
    }
    found
}
