//! The MCP server: an agent pushes into the store that a person is looking at, and reads what it carries forward.

mod caller;
mod schema;
mod tool;
mod tools;
mod resources;
mod address;
mod prompt;
mod server;
mod stdio;
mod http;

use std::{io, net::SocketAddr, time::Duration};

use self::server::Server;
use super::{
    engine::{Clients, Engine},
    http::Access,
    token::Token,
};
use crate::{
    config::Config,
    model::{Actor, Via},
    serve::http::Needed,
    workspace::PushRules,
};

/// How and for whom to serve.
#[derive(Debug)]
pub struct Options {
    pub config: Config,
    pub way: Way,
    /// Who edits, whatever the client calls itself.
    pub actor: Option<Actor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Stdio,
    Http(SocketAddr, Needed),
}

/// Serves until standard input ends or, over HTTP, until it is told to stop. `tell` says what a person should know, on
/// standard error: standard output is the protocol's.
///
/// # Errors
/// In a sentence with what to do.
pub fn run(options: Options, tell: &dyn Fn(&str)) -> Result<(), String> {
    let Options { config, way, actor } = options;
    let (engine, threads) = Engine::open(&config, Via::Mcp, Clients::One).map_err(|why| why.to_string())?;
    let rules = PushRules { policy: config.push_policy(), ..PushRules::default() };
    let server = Server::new(engine, config.budget().0, config.plan().strategy, rules, actor);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|why: io::Error| format!("cannot start the server ({why}): try again"))?;
    let served = match way {
        Way::Stdio => runtime.block_on(stdio::serve(server)),
        Way::Http(address, needed) => {
            let access = match needed {
                Needed::Yes => Access::Token(Token::of(config.data_folder()).map_err(|why| why.to_string())?),
                Needed::No => Access::Anyone,
            };
            runtime.block_on(http::serve(server, address, access, tell))
        }
    };
    // Connections that are still open go with the runtime, and with them the last engine.
    runtime.shutdown_timeout(Duration::from_secs(1));
    threads.finish();
    served
}
