//! `haversack draft`: the next turn, written by a model from what would be carried forward and nothing else.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{
    Failure,
    arguments::{BudgetArguments, Choice, Which},
    asking::{self, Live},
    context::Opened,
    output::Output,
    tell,
};
use crate::{
    model::SessionId,
    workspace::{Ending, Fresh, Model, Request, Task, request},
};

/// Have a model draft the next turn from the carried-forward context alone
///
/// Needs a model: llm.enabled = true in the settings, and Ollama (or what llm.provider and llm.url name) running. It is
/// sent the pack, as `haversack session context` prints it, and nothing else of the session.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack draft --session-id claude:4d5611e5 --budget 8k
  haversack draft --demo --dry-run              what the model would be sent; nobody is asked
  HAVERSACK_LLM__ENABLED=true haversack draft --demo --model qwen3:8b --json

What the model thinks between <think> and </think> is left out. The same request is asked once: its
reply is kept in the store.

JSON: {session_id, model, url, budget, used, text, cut, kept}. With --dry-run: {session_id, system,
prompt, tokens, max_tokens}.")]
pub struct Draft {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: BudgetArguments,
    /// The model, as its provider names it [default: llm.model]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Print what the model would be sent, and ask nobody
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Drafted<'a> {
    session_id: &'a SessionId,
    model: &'a str,
    url: &'a str,
    budget: u32,
    used: u32,
    text: &'a str,
    /// Whether it ended for want of tokens.
    cut: bool,
    /// Whether the same was asked before.
    kept: bool,
}

#[derive(Serialize)]
struct Sent<'a> {
    session_id: &'a SessionId,
    system: &'a str,
    prompt: &'a str,
    tokens: u32,
    max_tokens: u32,
}

impl Draft {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut settings = self.budget.settings();
        settings.extend(self.model.iter().map(|model| ("llm.model", model.clone())));
        let mut opened = Opened::new(store, self.which.choice(), settings)?;
        let desk = opened.desk()?;
        let asked = request(&Task::Draft, &desk, opened.config.llm().max_tokens.max(1));
        let asked = asked.map_err(|refusal| Failure::Failed(refusal.to_string()))?;
        if self.dry_run {
            return print_request(&opened.id, &asked.request, self.json);
        }
        let model = Model::of(&opened.config)?;
        let live = if self.json { Live::Nothing } else { Live::Words };
        let reply = asking::ask(&mut opened, &model, &asked, live)?;
        if self.json {
            let mut output = Output::new();
            output.json(&Drafted {
                session_id: &opened.id,
                model: &model.settings().model,
                url: &model.settings().url,
                budget: desk.totals().budget,
                used: desk.totals().used,
                text: &reply.text,
                cut: reply.ending == Ending::Cut,
                kept: reply.fresh == Fresh::Kept,
            })?;
            return output.finish();
        }
        asking::remarks(&reply, asked.request.max_tokens).iter().for_each(|remark| tell(remark));
        if self.which.choice() == Choice::Demo {
            tell("the built-in session keeps nothing: the same would be asked again");
        }
        Ok(())
    }
}

/// What a model would be sent.
pub fn print_request(session_id: &SessionId, request: &Request, json: bool) -> Result<(), Failure> {
    let Request { system, prompt, tokens, max_tokens } = request;
    let mut output = Output::new();
    if json {
        output.json(&Sent { session_id, system, prompt, tokens: *tokens, max_tokens: *max_tokens })?;
    } else {
        output.text(system)?;
        output.raw("\n")?;
        output.text(prompt)?;
    }
    output.finish()
}
