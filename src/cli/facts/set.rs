//! `haversack facts set`: write a fact.

use std::path::PathBuf;

use clap::Args;

use super::change;
use crate::{
    cli::{
        Failure,
        arguments::{Acting, Which},
        context::Opened,
    },
    facts::Draft,
    model::{EntryName, FactKind, Scope, Trust},
};

/// Write a fact; earlier writes of its key stay in its history
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack facts set verify 'cargo test' --kind verification --session-id claude:4d5611e5
  haversack facts set closed 'up to #18204' --scope project --from 25 --session-id claude:4d5611e5
  haversack facts set port 4000 --kind short-lived --actor agent:claude --session-id claude:4d5611e5

Goals, constraints and verification commands hold until they are expired or replaced, context for
180 minutes, short-lived facts for 30; `haversack config` shows the settings. A value has at most 280
characters; a longer one is refused. Secrets are masked before anything is stored. A write that a
more trusted one stands against is kept, and reported as rejected.

JSON: {session_id, words, fact} with the fact as `haversack facts list --help` describes it.")]
pub struct Set {
    /// What it is about, at most 80 characters; capitals count
    #[arg(value_name = "KEY")]
    key: String,
    /// What is known of it
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    which: Which,
    /// goal, constraint, verification, context or short-lived
    #[arg(long, value_name = "KIND", default_value = "context", value_parser = kind)]
    kind: FactKind,
    /// session, or project: every session of the same project sees it
    #[arg(long, value_name = "SCOPE", default_value = "session", value_parser = scope)]
    scope: Scope,
    /// user, policy, tool, agent or inferred [default: user for a person, policy for rule, agent for an agent]
    #[arg(long, value_name = "TRUST", value_parser = trust)]
    trust: Option<Trust>,
    /// Minutes that it holds, 0: for ever [default: by kind and scope]
    #[arg(long, value_name = "MINUTES")]
    ttl: Option<u32>,
    /// Always in the pack, and never out of date
    #[arg(long)]
    pin: bool,
    /// The entry that it was taken from: #12, 12 or its id
    #[arg(long, value_name = "ENTRY")]
    from: Option<EntryName>,
    #[command(flatten)]
    acting: Acting,
}

impl Set {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let choice = self.which.choice();
        let mut opened = Opened::new(store, choice.clone(), Vec::new())?;
        let source = match self.from {
            Some(name) => Some(name.find(&opened.session()?).map_err(Failure::Failed)?),
            None => None,
        };
        let draft = Draft {
            key: self.key,
            value: self.value,
            kind: self.kind,
            scope: self.scope,
            trust: self.trust.unwrap_or_else(|| Trust::of(&self.acting.actor)),
            pinned: self.pin,
            ttl: self.ttl,
            source,
        };
        let fact = opened.workspace.set_fact(&opened.id, &self.acting.actor, draft)?;
        change::print(opened, &choice, "set", fact.id, self.acting.json)
    }
}

fn kind(text: &str) -> Result<FactKind, String> {
    text.parse().map_err(|_| "give goal, constraint, verification, context or short-lived".into())
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|_| "give session or project".into())
}

fn trust(text: &str) -> Result<Trust, String> {
    text.parse().map_err(|_| "give user, policy, tool, agent or inferred".into())
}
