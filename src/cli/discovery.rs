//! What agents have on this machine: looked up, shown, and chosen from.

use std::io::{Write, stderr, stdin};

use serde::Serialize;

use super::{Failure, arguments::agent, output::Output};
use crate::{
    config::Config,
    text::words,
    workspace::{Agent, AgentLogs, Machine, Place, agents_here, discover},
};

/// The places on this machine that agents are known to keep their logs at.
pub fn found_here(config: &Config) -> Result<Vec<Place>, Failure> {
    let here = std::env::current_dir()?;
    let variable = |name: &str| std::env::var_os(name);
    Ok(discover(&Machine { home: config.home().to_owned(), here, variable: &variable }))
}

#[derive(Serialize)]
struct Answer<'a> {
    agents: Vec<Known<'a>>,
}

#[derive(Serialize)]
struct Known<'a> {
    agent: String,
    name: &'a str,
    logs: usize,
    bytes: u64,
    places: Vec<String>,
}

/// The agents that have logs on this machine, with how many, and how large.
pub fn found(config: &Config) -> Result<Vec<AgentLogs>, Failure> {
    let here = std::env::current_dir()?;
    let variable = |name: &str| std::env::var_os(name);
    Ok(agents_here(&Machine { home: config.home().to_owned(), here, variable: &variable }))
}

pub fn print_json(found: &[AgentLogs]) -> Result<(), Failure> {
    let known = |row: &AgentLogs| Known {
        agent: row.agent.to_string(),
        name: row.agent.name(),
        logs: row.logs,
        bytes: row.bytes,
        places: places(row),
    };
    let mut output = Output::new();
    output.json(&Answer { agents: found.iter().map(known).collect() })?;
    output.finish()
}

pub fn print_table(found: &[AgentLogs]) -> Result<(), Failure> {
    let cells = |row: &AgentLogs| {
        let (logs, size) = (words::exact(row.logs as u64), words::size(row.bytes));
        vec![row.agent.to_string(), logs, size, places(row).join("  ")]
    };
    let mut output = Output::new();
    output.table(&["agent", ">logs", ">size", "where"], &found.iter().map(cells).collect::<Vec<_>>())?;
    output.finish()
}

fn places(row: &AgentLogs) -> Vec<String> {
    row.places.iter().map(|path| path.display().to_string()).collect()
}

/// Asks on the terminal which agents' logs are to be imported.
pub fn ask(found: &[AgentLogs]) -> Result<Vec<Agent>, Failure> {
    eprint!("import which? names with spaces between, all, or nothing: ");
    stderr().flush()?;
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    if line.trim().eq_ignore_ascii_case("all") {
        return Ok(found.iter().map(|row| row.agent).collect());
    }
    line.split([' ', ',', '\n', '\r'])
        .filter(|name| !name.is_empty())
        .map(|name| agent(name).map_err(Failure::Failed))
        .collect()
}
