//! `haversack pack`: a file straight to what a model would be sent. Nothing is stored.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Failure,
    arguments::{Format, PackArguments},
    context::settings,
    output::Output,
    tell,
};
use crate::{
    model::{Budget, Plan, Session, SessionId},
    text::words::{exact, plural},
    workspace::{Desk, Workspace, WorkspaceError, find_session, read_sessions},
};

/// Print what would be carried forward of a log, a distill file or a store; nothing is stored
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack pack LOG.jsonl --budget 8k
  haversack pack LOG.jsonl --window 200k --reserve 32k --fixed 12k --format markdown
  haversack pack LOG.jsonl --budget 4000 --format json | jq '.excluded[] | select(.needs)'

JSON: {session_id, as_of, strategy, budget, used, frame_tokens, tokenizer, exact, value, kept, bound,
notes[], cached_tokens, overflow[{id, seq, why, tokens}], blocks[{kind, entry_id, fact_id, seq, role, level, tokens, text,
covers, sources[{seq, file, line}]}], excluded[{entry_id, fact_id, seq, reason, needs}]}. notes, cached_tokens and fact_id
stand there only where there is something to say: what the strategy did, what a pack exported before has in common with
this one, a fact in place of an entry.")]
pub struct Pack {
    path: PathBuf,
    /// Which session, where the file holds several
    #[arg(long, visible_alias = "session", value_name = "ID")]
    session_id: Option<String>,
    #[command(flatten)]
    pack: PackArguments,
}

impl Pack {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, self.pack.settings())?;
        let sessions = read_sessions(&self.path, config.plan().encoding)?;
        let session = choose(sessions, &self.path, self.session_id.map(SessionId::new))?;
        let as_of = Workspace::throw_away(config.plan())?.now();
        print(&Desk::new(session, config.plan(), config.budget().0, as_of), &self.pack)
    }
}

/// The session that is meant: the one named, the only one, or the only one that no other started.
fn choose(mut sessions: Vec<Session>, path: &Path, named: Option<SessionId>) -> Result<Session, Failure> {
    let ids: Vec<SessionId> = sessions.iter().map(|session| session.id.clone()).collect();
    let found = match &named {
        Some(named) => find_session(&ids, named)?,
        None if sessions.len() == 1 => Some(0),
        None => {
            let mut roots = (0..sessions.len()).filter(|&at| sessions[at].parent.is_none());
            roots.next().filter(|_| roots.next().is_none())
        }
    };
    let words = || ids.iter().map(SessionId::to_string).collect();
    match (found, named) {
        (Some(at), _) => Ok(sessions.swap_remove(at)),
        (None, Some(named)) => Err(WorkspaceError::NoSuchSession { id: named.to_string(), known: words() }.into()),
        (None, None) => Err(WorkspaceError::SeveralSessions { path: path.into(), ids: words() }.into()),
    }
}

/// Prints a pack as it is asked for. With `--strict` an overflow fails, after the pack is printed.
pub fn print(desk: &Desk, arguments: &PackArguments) -> Result<(), Failure> {
    let format = arguments.format().unwrap_or_default();
    print_as(desk, format, arguments.strict, |plan, output| match format {
        Format::Text => output.raw(&desk.pack_text()),
        Format::Markdown => output.raw(&desk.pack_markdown()),
        Format::Json => output.json(plan),
    })
}

/// Prints a pack the way the caller wants it, with what there is to say of it on standard error.
pub fn print_as(
    desk: &Desk,
    format: Format,
    strict: bool,
    print: impl FnOnce(&Plan, &mut Output) -> Result<(), Failure>,
) -> Result<(), Failure> {
    derived(desk.budget());
    let plan = if format == Format::Json { desk.plan() } else { desk.unpriced_plan() };
    if plan.budget < desk.frame_tokens() {
        tell(&format!(
            "a budget of {} holds not even the headings, which take {} tokens: the pack is empty",
            exact(plan.budget.into()),
            exact(desk.frame_tokens().into())
        ));
    }
    let mut output = Output::new();
    print(&plan, &mut output)?;
    output.finish()?;
    if let Some(over) = plan.overflow.first() {
        tell(&format!(
            "{} not fit {} tokens, {} first ({}): raise the budget or unpin",
            plural(plan.overflow.len(), "pin does", "pins do"),
            exact(plan.budget.into()),
            over.seq.map_or_else(|| format!("fact {}", over.id), |seq| format!("#{seq}")),
            over.why
        ));
        if strict {
            return Err(Failure::Strict);
        }
    }
    Ok(())
}

/// Says what a budget was derived from.
fn derived(budget: Budget) {
    if let Budget::Window { window, reserve, fixed } = budget {
        let [window, reserve, fixed] = [window, reserve, fixed].map(|tokens| exact(tokens.into()));
        let tokens = exact(budget.tokens().into());
        tell(&format!("budget {tokens} = window {window} − reserve {reserve} − fixed {fixed}"));
    }
}
