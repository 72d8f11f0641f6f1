//! Arguments that several commands share.

use std::{
    io::{IsTerminal, stdout},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use strum::VariantArray;

use crate::{
    model::{Actor, SessionId, Time},
    pack::strategy::Strategy,
    text::{
        tokens::{self, Encoding},
        words::parse_count,
    },
    workspace::Agent,
};

/// Which session a command works on.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The session, as `haversack session list` names it
    #[arg(long, visible_alias = "session", value_name = "ID")]
    session_id: Option<String>,
    /// Work on the built-in session, in a store that is gone afterwards
    #[arg(long)]
    demo: bool,
}

/// [`Which`], decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Demo,
    Session(SessionId),
}

impl Which {
    pub fn choice(&self) -> Choice {
        match &self.session_id {
            Some(id) => Choice::Session(SessionId::new(id.as_str())),
            None => Choice::Demo,
        }
    }
}

/// How much may be carried forward, and what counts it.
#[derive(Args, Clone, Debug, Default)]
pub struct TokenArguments {
    /// Tokens that may be carried forward: 32000, 32k, 1M
    #[arg(long, value_name = "TOKENS", value_parser = count, conflicts_with = "window")]
    budget: Option<u32>,
    /// The model's window, or a model's name; the budget is window − reserve − fixed
    #[arg(long, value_name = "TOKENS|MODEL", value_parser = window)]
    window: Option<u32>,
    /// Tokens of the window kept for the answer [default: 32000]
    #[arg(long, value_name = "TOKENS", value_parser = count, requires = "window")]
    reserve: Option<u32>,
    /// Tokens of the window that the system prompt and the tools take [default: 0]
    #[arg(long, value_name = "TOKENS", value_parser = count, requires = "window")]
    fixed: Option<u32>,
    /// What counts: o200k_base, cl100k_base, claude, bytes4, or a model's name [default: o200k_base]
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    tokenizer: Option<Encoding>,
}

/// How much may be carried forward, and by which rule.
#[derive(Args, Clone, Debug, Default)]
pub struct BudgetArguments {
    #[command(flatten)]
    tokens: TokenArguments,
    /// How entries are chosen: balanced, ladder, gradient, window, rolling [default: balanced]
    #[arg(long, value_name = "NAME", value_parser = strategy)]
    strategy: Option<Strategy>,
}

impl TokenArguments {
    /// As settings: the name of each key that was given, and its value.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let given = [
            ("budget.tokens", self.budget),
            ("budget.window", self.window),
            ("budget.reserve", self.reserve),
            ("budget.fixed", self.fixed),
        ];
        let counts = given.into_iter().filter_map(|(key, value)| Some((key, value?.to_string())));
        let encoding = self.tokenizer.map(|encoding| ("tokens.encoding", encoding.to_string()));
        counts.chain(encoding).collect()
    }
}

impl BudgetArguments {
    /// As settings: the name of each key that was given, and its value.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let strategy = self.strategy.map(|strategy| ("pack.strategy", strategy.to_string()));
        self.tokens.settings().into_iter().chain(strategy).collect()
    }
}

fn window(text: &str) -> Result<u32, String> {
    match tokens::model(text) {
        Some((_, window)) => Ok(window),
        None => count(text).map_err(|why| format!("{why}; it is no model that is known here either")),
    }
}

pub fn strategy(text: &str) -> Result<Strategy, String> {
    let known = || Strategy::VARIANTS.iter().map(Strategy::to_string).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|_| format!("there is no such strategy: use one of {}", known()))
}

fn encoding(text: &str) -> Result<Encoding, String> {
    let named = || tokens::model(text).map(|(encoding, _)| encoding);
    text.parse().ok().or_else(named).ok_or_else(|| {
        format!(
            "'{}' is no tokenizer and no known model: use o200k_base, cl100k_base, claude or bytes4",
            text.escape_debug()
        )
    })
}

/// What a pack is printed as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What the model would be sent
    #[default]
    Text,
    /// The same, with headings
    Markdown,
    /// The plan: blocks, what is left out and why, overflow
    Json,
}

/// How a pack is made and printed.
#[derive(Args, Clone, Debug)]
pub struct PackArguments {
    #[command(flatten)]
    pub budget: BudgetArguments,
    /// What to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Exit with 1 where the pins do not fit the budget
    #[arg(long)]
    pub strict: bool,
}

impl PackArguments {
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.budget.settings()
    }

    /// What was asked for, if anything was.
    pub fn format(&self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.format }
    }
}

/// How a command that distill has too prints its answer: as JSON on one line where a program reads it.
#[derive(Args, Clone, Copy, Debug)]
pub struct Printed {
    /// Print JSON on one line, as is done wherever standard output is no terminal
    #[arg(long)]
    json: bool,
    /// Print text, as is done on a terminal
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

impl Printed {
    pub fn is_json(self) -> bool {
        self.json || (!self.text && !stdout().is_terminal())
    }
}

/// Who edits.
#[derive(Args, Clone, Debug)]
pub struct Who {
    /// Who does it: person, rule or agent:NAME
    #[arg(long, value_name = "WHO", default_value = "person")]
    pub actor: Actor,
}

/// Who edits, and how the outcome is printed.
#[derive(Args, Clone, Debug)]
pub struct Acting {
    /// Who does it: person, rule or agent:NAME
    #[arg(long, value_name = "WHO", default_value = "person")]
    pub actor: Actor,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The store that a command works on.
#[derive(Args, Clone, Debug, Default)]
pub struct StoreArgument {
    /// The store file [default: haversack.db in the data folder, or HAVERSACK_STORE]
    #[arg(long, visible_alias = "db", value_name = "PATH", global = true)]
    pub store: Option<PathBuf>,
}

/// An agent by its name.
pub fn agent(text: &str) -> Result<Agent, String> {
    let known = || Agent::VARIANTS.iter().map(Agent::to_string).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|_| format!("there is no such agent: use one of {}", known()))
}

/// A time as people and programs write it.
pub fn moment(text: &str) -> Result<Time, String> {
    let milliseconds = || text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    text.parse()
        .ok()
        .or_else(milliseconds)
        .map(Time)
        .ok_or_else(|| "give a time such as 2026-11-20T21:14:00Z, or milliseconds since 1970 UTC".into())
}

fn count(text: &str) -> Result<u32, String> {
    parse_count(text).ok_or_else(|| "give a whole number of tokens, such as 32000, 32k or 1M".into())
}
