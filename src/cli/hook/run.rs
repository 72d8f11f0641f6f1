//! `haversack hook run`: what an agent runs. It is quick, prints nothing but what the agent is to read, and never fails the
//! agent's turn: whatever goes wrong is one line on standard error and exit code 0.

use std::{
    io::{IsTerminal, Read, Write, stdin, stdout},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::{agent, on_this_machine};
use crate::{
    cli::{
        context::{settings, workspace},
        tell,
    },
    config::Config,
    model::SessionId,
    text::words::{exact, parse_count},
    workspace::{Again, Change, HookEvent, HookedAgent, Keep, Moment, Swept, Workspace, listed},
};

/// More than any agent tells; what is longer is no hook's.
const LONGEST: u64 = 16 << 20;

/// What an agent runs: sweeps its log, and prints the pack after a compaction
///
/// Reads the hook's JSON on standard input, or as the last argument, as Codex's notify gives it. Always exits with 0.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  haversack hook run claude-code < hook.json

After a compaction (SessionStart with the source compact) it prints {hookSpecificOutput{hookEventName, additionalContext}},
whose text is the pack; otherwise nothing.")]
pub struct Run {
    /// claude-code or codex
    #[arg(value_parser = agent)]
    agent: HookedAgent,
    /// Tokens of the pack after a compaction [default: the setting budget.tokens]
    #[arg(long, value_name = "TOKENS", value_parser = |text: &str| parse_count(text).ok_or("give a whole number of tokens"))]
    budget: Option<u32>,
    /// The hook's JSON, where it is not on standard input
    #[arg(value_name = "JSON")]
    told: Option<String>,
}

impl Run {
    pub fn run(self, store: Option<PathBuf>) {
        if let Err(why) = self.answer(store) {
            tell(&why);
        }
    }

    fn answer(self, store: Option<PathBuf>) -> Result<(), String> {
        let told = match self.told {
            Some(told) => told,
            None if stdin().is_terminal() => {
                return Err("an agent runs this, with the hook's JSON on standard input".into());
            }
            None => {
                let mut told = String::new();
                stdin()
                    .take(LONGEST)
                    .read_to_string(&mut told)
                    .map_err(|error| format!("cannot read the hook: {error}"))?;
                told
            }
        };
        let event = HookEvent::parse(&told)?;
        let budget = self.budget.map(|budget| ("budget.tokens", budget.to_string()));
        let config = settings(store, budget.into_iter().collect()).map_err(|failure| words(&failure))?;
        let mut workspace = workspace(&config).map_err(|failure| words(&failure))?;
        let swept = sweep(&mut workspace, &config, self.agent, &event)?;
        match event.moment {
            Moment::Compacted => print_pack(&mut workspace, &config, &event, &swept),
            Moment::Ended | Moment::Other => Ok(()),
        }
    }
}

/// Takes in what is new in the session's log.
fn sweep(workspace: &mut Workspace, config: &Config, agent: HookedAgent, event: &HookEvent) -> Result<Swept, String> {
    let logs = on_this_machine(config, |machine| agent.logs(machine)).map_err(|failure| words(&failure))?;
    let log = event.find_log(&logs).ok_or("the hook names no log, and none of its session is there")?;
    if !log.is_file() {
        return Err(format!("the log {} is not there", log.display()));
    }
    let (logs, problems) = listed(std::slice::from_ref(&log));
    let swept = workspace.sweep(logs, Keep::Stored, Again::Never, &mut |_| {}).map_err(|error| error.to_string())?;
    let nothing = || problems.into_iter().next().unwrap_or_else(|| format!("{} is no log", log.display()));
    let swept = swept.into_iter().next().ok_or_else(nothing)?;
    match swept.change {
        Change::Failed(why) => Err(why),
        _ => Ok(swept),
    }
}

/// Prints the pack for the agent to read, as both agents take it: in JSON, since text that begins with a bracket would be
/// taken for broken JSON. An export, as `session context` is one.
fn print_pack(workspace: &mut Workspace, config: &Config, event: &HookEvent, swept: &Swept) -> Result<(), String> {
    let ids: Vec<&SessionId> = swept.sessions.iter().map(|session| &session.id).collect();
    let named = ids.iter().find(|id| Some(id.native()) == event.session.as_deref());
    let id = (*named.or(ids.first()).ok_or("the log holds no session")?).clone();
    let budget = config.budget().0;
    let desk = workspace.desk(&id, budget).map_err(|error| error.to_string())?;
    let pack = desk.pack_text();
    if pack.trim().is_empty() {
        return Ok(());
    }
    let heading = format!(
        "What Haversack kept of this session from before the compaction ({} tokens; #n names an entry of it):\n\n",
        exact(u64::from(desk.plan().used))
    );
    let answer = json!({
        "hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": format!("{heading}{pack}")},
    });
    writeln!(stdout().lock(), "{answer}").map_err(|error| error.to_string())?;
    workspace.exported(&id, &desk.export()).map_err(|error| error.to_string())
}

fn words(failure: &crate::cli::Failure) -> String {
    match failure {
        crate::cli::Failure::Failed(words) | crate::cli::Failure::WrongUse(words) => words.clone(),
        crate::cli::Failure::Strict | crate::cli::Failure::ReaderGone => "it could not be done".into(),
    }
}
