//! `haversack mcp`: serves agents, over standard input and output or over HTTP.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
};

use clap::Args;

use super::{Failure, arguments::BudgetArguments, context::settings};
use crate::{config::Config, model::Actor};

/// Where it listens if only `--http` is said.
const USUAL: &str = "127.0.0.1:8601";

/// Serve agents: tools, sessions as resources, and a prompt, by the Model Context Protocol
///
/// Over standard input and output, as agents start it themselves, or with --http for several of them at once. Every edit
/// is journalled under the agent's name, and people may look at the same store meanwhile.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack mcp                                   what an agent is to start
  haversack mcp --http                            at http://127.0.0.1:8601/mcp, for this machine
  haversack mcp --budget 16k --actor agent:ci     where a call names no budget; a name of its own
  claude mcp add haversack -- haversack mcp       tell Claude Code of it

Tools: create_session, push_session, session_context, plan_context, expand_entry, recall,
remember_fact, pin, undo, delete_session. Prompt: carry_forward. Resources: haversack://session/ID,
below it /entry/SEQ and /pack?budget=TOKENS.")]
pub struct Mcp {
    /// Streamable HTTP in place of standard input and output, at a loopback address [default: 127.0.0.1:8601]
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = USUAL, value_parser = address)]
    http: Option<SocketAddr>,
    /// Over HTTP, answer without a token
    #[arg(long, requires = "http")]
    no_token: bool,
    /// Who edits: agent:NAME [default: agent: and what the client calls itself]
    #[arg(long, value_name = "WHO", value_parser = agent)]
    actor: Option<Actor>,
    #[command(flatten)]
    budget: BudgetArguments,
}

/// What `main` hands to the server.
#[derive(Debug)]
pub struct ServingMcp {
    pub config: Config,
    /// Where to listen; `None` = standard input and output.
    pub http: Option<SocketAddr>,
    pub no_token: bool,
    pub actor: Option<Actor>,
}

impl Mcp {
    pub fn run(self, store: Option<PathBuf>) -> Result<ServingMcp, Failure> {
        Ok(ServingMcp {
            config: settings(store, self.budget.settings())?,
            http: self.http,
            no_token: self.no_token,
            actor: self.actor,
        })
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut found| found.next());
    let found = found.ok_or_else(|| format!("give an address and a port, such as {USUAL}"))?;
    match found.ip().is_loopback() {
        true => Ok(found),
        false => Err(format!("others could reach that: give a loopback address, such as {USUAL}")),
    }
}

fn agent(text: &str) -> Result<Actor, String> {
    match text.parse::<Actor>() {
        Ok(actor) if actor.as_str().starts_with("agent:") => Ok(actor),
        Ok(_) | Err(_) => Err("a program is an agent: give agent:NAME (letters, digits, . _ - / @)".into()),
    }
}
