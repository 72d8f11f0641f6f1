//! `haversack serve`: the store over HTTP.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

use super::{Failure, context::settings};
use crate::config::Config;

/// Serve the store over HTTP: agents push into it while people look at it
///
/// Answers the requests of distill's clients, and more: GET /openapi.json describes every route. Clients send the header
/// 'Authorization: Bearer TOKEN'; the token is made the first time and kept in the data folder, for its owner alone.
/// Ctrl-C and SIGTERM end it once all that was accepted is stored.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack serve
  haversack serve --http 127.0.0.1:9000 --store team.db
  curl -H \"Authorization: Bearer $(haversack serve --print-token)\" localhost:8600/v1/sessions

Who acts is agent:http, or whom the header 'Haversack-Actor: agent:NAME' names.")]
pub struct Serve {
    /// Where to listen; only this machine can reach 127.0.0.1
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8600")]
    http: SocketAddr,
    /// Print the token and end
    #[arg(long, conflicts_with_all = ["http", "no_token", "allow_person", "allow_host", "cors"])]
    print_token: bool,
    /// Let every program of this machine ask; on a loopback address only
    #[arg(long)]
    no_token: bool,
    /// Let clients act as a person or a rule, too
    #[arg(long)]
    allow_person: bool,
    /// A name by which clients may call this server, besides localhost and addresses; may be given several times
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Let the pages of a site ask, such as https://example.org; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
}

/// What to serve, and to whom. Serving is another front end's part.
#[derive(Debug)]
pub struct Serving {
    pub config: Config,
    pub address: SocketAddr,
    pub print_token: bool,
    pub no_token: bool,
    pub allow_person: bool,
    pub hosts: Vec<String>,
    pub origins: Vec<String>,
}

impl Serve {
    pub fn run(self, store: Option<PathBuf>) -> Result<Serving, Failure> {
        Ok(Serving {
            config: settings(store, Vec::new())?,
            address: self.http,
            print_token: self.print_token,
            no_token: self.no_token,
            allow_person: self.allow_person,
            hosts: self.allow_host,
            origins: self.cors,
        })
    }
}
