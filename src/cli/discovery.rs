//! What agents have on this machine: looked up, shown, and chosen from.

use std::{
    io::{Write, stderr, stdin},
    path::PathBuf,
};

use serde::Serialize;

use super::{Failure, arguments::agent, output::Output};
use crate::{
    config::Config,
    text::words,
    workspace::{Agent, Machine, Place, discover, listed},
};

/// The places on this machine that agents are known to keep their logs at.
pub fn found_here(config: &Config) -> Result<Vec<Place>, Failure> {
    let here = std::env::current_dir()?;
    let variable = |name: &str| std::env::var_os(name);
    Ok(discover(&Machine { home: config.home().to_owned(), here, variable: &variable }))
}

/// An agent that has logs here.
pub struct Row {
    pub agent: Agent,
    pub places: Vec<PathBuf>,
    logs: usize,
    bytes: u64,
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
pub fn found(config: &Config) -> Result<Vec<Row>, Failure> {
    let mut rows: Vec<Row> = Vec::new();
    for place in found_here(config)? {
        let (logs, _) = listed(std::slice::from_ref(&place.path));
        if logs.is_empty() {
            continue;
        }
        let bytes = logs.iter().map(|log| log.bytes).sum::<u64>();
        match rows.iter_mut().find(|row| row.agent == place.agent) {
            Some(row) => {
                row.logs += logs.len();
                row.bytes += bytes;
                row.places.push(place.path);
            }
            None => rows.push(Row { agent: place.agent, places: vec![place.path], logs: logs.len(), bytes }),
        }
    }
    Ok(rows)
}

pub fn print_json(found: &[Row]) -> Result<(), Failure> {
    let known = |row: &Row| Known {
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

pub fn print_table(found: &[Row]) -> Result<(), Failure> {
    let cells = |row: &Row| {
        let (logs, size) = (words::exact(row.logs as u64), words::size(row.bytes));
        vec![row.agent.to_string(), logs, size, places(row).join("  ")]
    };
    let mut output = Output::new();
    output.table(&["agent", ">logs", ">size", "where"], &found.iter().map(cells).collect::<Vec<_>>())?;
    output.finish()
}

fn places(row: &Row) -> Vec<String> {
    row.places.iter().map(|path| path.display().to_string()).collect()
}

/// Asks on the terminal which agents' logs are to be imported.
pub fn ask(found: &[Row]) -> Result<Vec<Agent>, Failure> {
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
