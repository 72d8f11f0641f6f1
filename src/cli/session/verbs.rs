//! `haversack session pin`, `unpin`, `rescore`, `compact`, `evict`, `archive`, `restore` and `rewrite`: the verbs, one edit each.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::push::text_or_input;
use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Which},
        context::Opened,
        output::Output,
        tell,
    },
    model::{EntryName, Importance, Level, Verb},
    workspace::answer::Edited,
};

/// What every verb is given.
#[derive(Args, Debug)]
struct Target {
    /// Entries: #12, 12 or ids of 16 hex digits
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<EntryName>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    acting: Acting,
}

/// Carry entries in every pack, in full
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session pin '#12' --session-id claude:4d5611e5
  haversack session pin 12 40 41 --session-id claude:4d5611e5 --json

JSON of every verb: {session_id, words, changed[{entry_id, seq}], refused[{seq, why}], honoured}. It fails where
all are refused. honoured says what distill makes of the edit, in a distill file; null elsewhere.")]
pub struct Pin {
    #[command(flatten)]
    target: Target,
}

impl Pin {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, Verb::Pin)
    }
}

/// Let the plan decide again
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack session unpin '#12' --session-id claude:4d5611e5")]
pub struct Unpin {
    #[command(flatten)]
    target: Target,
}

impl Unpin {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, Verb::Unpin)
    }
}

/// Set the importance of entries by hand, or give it back to the rule
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session rescore '#12' --to 0.9 --session-id claude:4d5611e5
  haversack session rescore '#12' --by-rule --session-id claude:4d5611e5")]
#[command(group = ArgGroup::new("score").required(true))]
pub struct Rescore {
    #[command(flatten)]
    target: Target,
    /// The importance, 0 to 1
    #[arg(long, value_name = "0..1", value_parser = importance, group = "score")]
    to: Option<Importance>,
    /// Let the rule score it again
    #[arg(long, group = "score")]
    by_rule: bool,
}

impl Rescore {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, self.to.map_or(Verb::ScoreByRule, Verb::Rescore))
    }
}

/// Hold entries at less text: one level less, or at a level
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session compact '#12' --session-id claude:4d5611e5
  haversack session compact '#12' 40 --to sentence --session-id claude:4d5611e5")]
pub struct Compact {
    #[command(flatten)]
    target: Target,
    /// full, summary, sentence or keywords; without it, one level less
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    to: Option<Level>,
}

impl Compact {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, self.to.map_or(Verb::CompactDeeper, Verb::CompactTo))
    }
}

/// Keep entries out of every pack; a call goes with its results
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack session evict '#12' 40 --session-id claude:4d5611e5")]
pub struct Evict {
    #[command(flatten)]
    target: Target,
}

impl Evict {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, Verb::Evict)
    }
}

/// Keep entries out of every pack and leave them to recall; a call goes with its results
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session archive '#12' 40 --session-id claude:4d5611e5
  haversack session restore '#12' --session-id claude:4d5611e5     bring it back")]
pub struct Archive {
    #[command(flatten)]
    target: Target,
}

impl Archive {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, Verb::Archive)
    }
}

/// Bring entries back, held at full
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack session restore '#12' --session-id claude:4d5611e5")]
pub struct Restore {
    #[command(flatten)]
    target: Target,
}

impl Restore {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        self.target.apply(store, Verb::Restore)
    }
}

/// Write an entry's summary, sentence or keywords by hand, or drop what was written
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session rewrite '#12' --level summary --text 'Rounds half even.' --session claude:4d56
  echo 'Rounds half even.' | haversack session rewrite '#12' --level summary --session claude:4d56
  haversack session rewrite '#12' --level summary --by-rule --session claude:4d56")]
pub struct Rewrite {
    /// The entry: #12, 12 or its id
    #[arg(value_name = "ENTRY")]
    entry: EntryName,
    #[command(flatten)]
    which: Which,
    /// summary, sentence or keywords
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Level,
    /// The new text; without it, or with -, standard input is read
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "by_rule")]
    text: Option<String>,
    /// Drop what was written by hand
    #[arg(long)]
    by_rule: bool,
    #[command(flatten)]
    acting: Acting,
}

impl Rewrite {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let target = Target { entries: vec![self.entry], which: self.which, acting: self.acting };
        if self.by_rule {
            return target.apply(store, Verb::RewriteByRule(self.level));
        }
        let text = text_or_input(self.text, "--text")?;
        let mut opened = Opened::new(store, target.which.choice(), Vec::new())?;
        let session = opened.session()?;
        let id = self.entry.find(&session).map_err(Failure::Failed)?;
        let entry = session.entry(id).expect("it was found by its name just now");
        let verb = opened.workspace.rewriting(entry, self.level, &text);
        target.apply_in(opened, &verb)
    }
}

impl Target {
    fn apply(&self, store: Option<PathBuf>, verb: Verb) -> Result<(), Failure> {
        self.apply_in(Opened::new(store, self.which.choice(), Vec::new())?, &verb)
    }

    fn apply_in(&self, mut opened: Opened, verb: &Verb) -> Result<(), Failure> {
        let session = opened.session()?;
        let targets = self.entries.iter().map(|name| name.find(&session)).collect::<Result<Vec<_>, _>>();
        let targets = targets.map_err(Failure::Failed)?;
        let budget = opened.config.budget().0;
        let done = opened.workspace.edit(&opened.id, &self.acting.actor, budget, verb, &targets)?;
        let mut output = Output::new();
        if self.acting.json {
            output.json(&Edited::new(&session, &done))?;
        } else {
            output.line(&done.words)?;
            if self.which.choice() == Choice::Demo {
                tell("the built-in session keeps nothing: this edit is gone now");
            }
            done.refusals.iter().for_each(|refusal| tell(&refusal.to_string()));
            done.honoured.iter().for_each(|honoured| tell(honoured.long));
        }
        output.finish()
    }
}

pub(super) fn importance(text: &str) -> Result<Importance, String> {
    text.parse().ok().and_then(Importance::new).ok_or_else(|| "give a number from 0 to 1".into())
}

pub(super) fn level(text: &str) -> Result<Level, String> {
    text.parse().map_err(|_| "give full, summary, sentence or keywords".into())
}
