//! `haversack facts expire`, `pin` and `unpin`, and how a change of a fact is told.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Which},
        context::Opened,
        output::Output,
        tell,
    },
    model::{Actor, Fact, FactId, SessionId},
    workspace::{self, Workspace, answer::FactChanged},
};

/// Which fact, and who does it.
#[derive(Args, Debug)]
struct Target {
    /// A key, for its write in force, or the id of any write
    #[arg(value_name = "KEY|ID")]
    fact: String,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    acting: Acting,
}

type Change = fn(&mut Workspace, &SessionId, &Actor, &str) -> workspace::Result<Fact>;

impl Target {
    fn apply(self, store: Option<PathBuf>, what: &str, change: Change) -> Result<(), Failure> {
        let choice = self.which.choice();
        let mut opened = Opened::new(store, choice.clone(), Vec::new())?;
        let fact = change(&mut opened.workspace, &opened.id, &self.acting.actor, &self.fact)?;
        print(opened, &choice, what, fact.id, self.acting.json)
    }
}

/// Take a fact out of force; the next write of its key takes its place
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack facts expire verify --session-id claude:4d5611e5
  haversack facts expire 1f0c9a7be2d45386 --session-id claude:4d5611e5 --json

JSON of expire, pin and unpin: {session_id, words, fact}, with the fact as in `facts list --help`.")]
pub struct Expire {
    #[command(flatten)]
    target: Target,
}

impl Expire {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, "expired", Workspace::expire_fact)
    }
}

/// Keep a fact in every pack; while pinned it does not expire
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack facts pin verify --session-id claude:4d5611e5")]
pub struct Pin {
    #[command(flatten)]
    target: Target,
}

impl Pin {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, "pinned", Workspace::pin_fact)
    }
}

/// Let a fact expire when it was written to
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack facts unpin verify --session-id claude:4d5611e5")]
pub struct Unpin {
    #[command(flatten)]
    target: Target,
}

impl Unpin {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, "unpinned", Workspace::unpin_fact)
    }
}

/// Says what was done to a fact, how it stands now, and which write is in force instead.
pub fn print(mut opened: Opened, choice: &Choice, what: &str, id: FactId, json: bool) -> Result<(), Failure> {
    let session = opened.session()?;
    let Some(changed) = FactChanged::new(&session, opened.workspace.now(), what, id) else {
        return Err(Failure::Failed(format!(
            "fact {id} was taken back by another edit: `haversack session log` tells"
        )));
    };
    let mut output = Output::new();
    if json {
        output.json(&changed)?;
    } else {
        output.line(&changed.words)?;
        if *choice == Choice::Demo {
            tell("the built-in session keeps nothing: this edit is gone now");
        }
    }
    output.finish()
}
