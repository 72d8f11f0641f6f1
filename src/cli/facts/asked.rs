//! What `haversack facts list` and `history` are asked alike: which session, as of when, and how it is printed.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Which, moment},
        context::Opened,
    },
    facts::{self, Standing},
    model::{Fact, Session, Time},
};

#[derive(Args, Debug)]
pub struct Asked {
    #[command(flatten)]
    which: Which,
    /// As it was at a time: 2026-11-20T21:14:00Z, or milliseconds since 1970 UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_of: Option<Time>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A session at a time.
pub struct Answered {
    pub session: Session,
    pub as_of: Time,
}

impl Asked {
    pub fn answer(&self, store: Option<PathBuf>) -> Result<Answered, Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let as_of = self.as_of.unwrap_or_else(|| opened.workspace.now());
        Ok(Answered { session: opened.session()?, as_of })
    }
}

impl Answered {
    /// Every write, in the order of arrival, and what it is at that time.
    pub fn writes(&self) -> impl Iterator<Item = (&Fact, Standing)> {
        self.session.facts.iter().zip(facts::standings(&self.session.facts, self.as_of))
    }
}
