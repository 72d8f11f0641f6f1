//! `haversack retain`: raw text goes by budget, digests stay.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure,
    confirm::Confirmed,
    context::{settings, workspace},
    output::Output,
    tell,
};
use crate::{
    insight::retention::Step,
    model::{Actor, SessionId},
    text::words,
    workspace::retention::Retained,
};

/// Let the raw text of old sessions go, once they are digested, until the store is within its caps
///
/// In this order: digested sessions that are too old; over the soft cap, the oldest digested ones; over the hard cap, the
/// oldest others, digested first. What could not be digested goes last and is named. Digests, facts and decisions stay.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack retain --dry-run
  haversack retain --yes
  HAVERSACK_RETAIN__SOFT_MIB=512 haversack retain --dry-run --json

The caps are the settings of [retain]: soft_mib, hard_mib, age_days, digest_mib, archived_days.
JSON: {dry_run, steps[{pass, session_id, bytes, pins}], bytes_before, bytes_after, over_hard_cap, archived_entries,
archived_bytes, passed_over[], digest_bytes, over_digest_cap, data_loss[]}. pass is age, soft_cap, hard_cap or data_loss; pins
counts pinned entries that go too; bytes are of raw text and its renditions; passed_over names sessions that changed meanwhile;
data_loss names sessions of which nothing is left.")]
pub struct Retain {
    /// Only tell what would go
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    confirmed: Confirmed,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Answer<'a> {
    dry_run: bool,
    #[serde(flatten)]
    retained: &'a Retained,
    data_loss: Vec<&'a str>,
}

impl Retain {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, Vec::new())?;
        let caps = config.caps();
        let mut workspace = workspace(&config)?;
        let would = workspace.would_retain(caps)?;
        if self.dry_run {
            return self.print(&would);
        }
        for id in would.data_loss() {
            tell(&format!("{id} cannot be digested: nothing would be left of it"));
        }
        if !would.is_nothing() {
            self.confirmed.confirm(&would.goes())?;
        }
        let retained = workspace.retain(caps, &would, &Actor::person(), &mut |_| {})?;
        self.print(&retained)
    }

    fn print(&self, retained: &Retained) -> Result<(), Failure> {
        let data_loss = retained.data_loss().map(SessionId::as_str).collect();
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { dry_run: self.dry_run, retained, data_loss })?;
            return output.finish();
        }
        let plan = &retained.plan;
        let rows: Vec<Vec<String>> = plan.steps.iter().map(cells).collect();
        if !rows.is_empty() {
            output.table(&["session", ">size", ">pins", "why"], &rows)?;
        }
        let verb = if self.dry_run { "would be" } else { "were" };
        output.line(&format!(
            "{} of raw text {verb} let go, {} stay",
            words::size(retained.freed()),
            words::size(plan.bytes_after)
        ))?;
        if retained.archived_entries > 0 {
            output.line(&format!("{} {verb} let go too", retained.archived()))?;
        }
        output.line(&format!("digests take {}", words::size(retained.digest_bytes)))?;
        output.finish()?;
        for id in &retained.passed_over {
            tell(&format!("{id} changed meanwhile: it stays until the next run"));
        }
        if plan.over_hard_cap {
            tell("the store is above its hard cap still: raise retain.hard_mib, or purge sessions");
        }
        if retained.over_digest_cap {
            tell("digests take more than retain.digest_mib: nothing was removed for that");
        }
        Ok(())
    }
}

fn cells(step: &Step) -> Vec<String> {
    let pins = if step.pins > 0 { step.pins.to_string() } else { String::new() };
    vec![step.session_id.to_string(), words::size(step.bytes), pins, step.pass.words().into()]
}
