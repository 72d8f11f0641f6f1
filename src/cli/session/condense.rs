//! `haversack session condense`: one structured summary in place of entries.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Which},
        context::Opened,
        output::{Output, entries},
        tell,
    },
    model::{EntryId, EntryName, Level, Session},
    text::words::{exact, parse_count},
    workspace::answer::{Condensed, Done},
};

/// Put one structured summary in place of entries; they are archived, and recall still finds them
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session condense '#10..#40' --session-id claude:4d5611e5
  haversack session condense '#10' '#40' --session-id claude:4d5611e5   two are a range
  haversack session condense 10 11 15 16 --session-id claude:4d5611e5   these four
  haversack session condense '#10..#40' --dry-run --demo                only show the summary

The summary is filled by rule, offline: goal, constraints, state, decisions, changes, progress,
next steps, context, files, timeline; each line names its entries. Calls go with their results; pins
stay. A summary among the entries is brought up to date: none of its lines is lost. It is one edit:
'session undo' brings everything back.

JSON: {session_id, words, summary{entry_id, seq, generation, tokens, source_tokens, lossy,
sources[{entry_id, seq}], text}, refused[{seq, why}], dry_run}. lossy: fewer tokens than the square
root of the sources'.")]
pub struct Condense {
    /// A range (#10..#40, or its two ends), or three and more entries: #12, 12 or ids
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Tokens that the summary may cost [default: 10 times the root of its sources', 256 to 4096]
    #[arg(long, value_name = "N", value_parser = tokens)]
    tokens: Option<u32>,
    /// Show the summary and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    acting: Acting,
}

impl Condense {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let session = opened.session()?;
        let targets = targets(&self.entries, &session)?;
        let refused = |refusal: crate::model::Refusal| Failure::Failed(refusal.to_string());
        let made = opened.workspace.condensed(&session, &targets, self.tokens).map_err(refused)?;
        // Checked in a dry run too: what would be refused is not shown as if it could be done.
        let (edit, _) = session.edit_for(&made.verb(), &[]).map_err(refused)?;
        if !self.dry_run {
            let budget = opened.config.budget().0;
            opened.workspace.edit(&opened.id, &self.acting.actor, budget, &made.verb(), &[])?;
        }
        let summary = &made.summary;
        let about = summary.made.as_deref();
        let mut output = Output::new();
        if self.acting.json {
            let done = if self.dry_run { Done::Shown } else { Done::Made };
            output.json(&Condensed::new(&session, &made, &edit.words, done))?;
            return output.finish();
        }
        if self.dry_run {
            let cost = exact(u64::from(summary.cost(Level::Full)));
            let of = exact(u64::from(about.map_or(0, |about| about.source_tokens)));
            let lossy = if summary.is_lossy() { ", lossy" } else { "" };
            output.line(&format!(
                "{}: {of} → {cost} tokens{lossy}; nothing is changed",
                entries(about.map_or(0, |about| about.sources.len()))
            ))?;
            output.raw("\n")?;
            output.text(&summary.text)?;
        } else {
            output.line(&edit.words)?;
            if self.which.choice() == Choice::Demo {
                tell("the built-in session keeps nothing: this edit is gone now");
            }
        }
        made.refusals.iter().for_each(|refusal| tell(&refusal.to_string()));
        output.finish()
    }
}

/// The entries that are meant: a range, or each by itself.
pub(super) fn targets(named: &[String], session: &Session) -> Result<Vec<EntryId>, Failure> {
    let find = |name: &str| -> Result<EntryId, Failure> {
        let name: EntryName = name.parse().map_err(Failure::WrongUse)?;
        name.find(session).map_err(Failure::Failed)
    };
    let range = |from: &str, to: &str| -> Result<Vec<EntryId>, Failure> {
        let (from, to) = (find(from)?, find(to)?);
        let (from, to) = (session.index_of(from), session.index_of(to));
        let (from, to) = from.zip(to).expect("both were found just now");
        if from > to {
            return Err(Failure::WrongUse("give the range from the earlier to the later entry".into()));
        }
        Ok(session.entries[from..=to].iter().map(|entry| entry.id).collect())
    };
    match named {
        [one] if one.contains("..") => {
            let (from, to) = one.split_once("..").expect("the guard saw it");
            range(from.trim(), to.trim())
        }
        [from, to] => range(from, to),
        all => all.iter().map(|name| find(name)).collect(),
    }
}

fn tokens(text: &str) -> Result<u32, String> {
    let count = parse_count(text).filter(|&count| count > 0);
    count.ok_or_else(|| "give a whole number of tokens, such as 800 or 2k".into())
}
