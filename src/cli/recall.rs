//! `haversack recall`: entries by their words, archived and evicted ones too.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Failure,
    arguments::Choice,
    context::{Opened, settings, workspace},
    output::Output,
};
use crate::{
    model::{Clean, Fate, SessionId},
    text::{redact, sanitize, words},
    workspace::{FactHit, Hit, Scope, Tier, answer::Recalled},
};

/// Hits at the most, unless told otherwise; lore's.
const LIMIT: usize = 15;
/// Columns of a hit's snippet.
const SNIPPET: usize = 100;

/// Find entries by their words, in all sessions or one: archived, evicted and superseded ones too
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack recall rounding bug
  haversack recall 'src/cart.rs' --session-id claude:4d5611e5
  haversack recall port 8443 --limit 3 --json
  haversack recall migration --project .        only sessions that worked in this folder
  haversack session get '#12' --session-id claude:4d5611e5     the whole text of what was found

Every word must be in the entry; where no entry has all, any of them. Words are stemmed and may be
beginnings; signs mean nothing. Ranked by match (BM25) and by time; strong hits come to 0.6 of the
best, supporting ones to 0.3. Deleted sessions are not looked into.

JSON: {query, session_id, project, hits[{session_id, title, entry_id, seq, kind, tool, at, pinned, fate,
found_in, score, tier, snippet}], facts[{session_id, fact_id, key, value, scope, trust, at, score,
tier}]}. fate is live, evicted, archived or {superseded{by}}; found_in is
text or rewrite; tier is strong, supporting or peripheral.")]
pub struct Recall {
    /// Words to look for
    #[arg(value_name = "QUERY", required = true, num_args = 1..)]
    query: Vec<String>,
    #[command(flatten)]
    place: Place,
    /// Hits at the most
    #[arg(long, value_name = "N", default_value_t = LIMIT, value_parser = limit)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where to look; everywhere if nothing is said.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct Place {
    /// Look into one session, as `haversack session list` names it
    #[arg(long, visible_alias = "session", value_name = "ID")]
    session_id: Option<String>,
    /// Look into the sessions of a project: those that worked in this folder
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    project: Option<PathBuf>,
    /// Look into all sessions of the store; so it does without this too
    #[arg(long)]
    all: bool,
    /// Look into the built-in session
    #[arg(long)]
    demo: bool,
}

impl Recall {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let query = self.query.join(" ");
        let choice = match &self.place {
            Place { session_id: Some(id), .. } => Some(Choice::Session(SessionId::new(id.as_str()))),
            Place { demo: true, .. } => Some(Choice::Demo),
            _ => None,
        };
        let everywhere = match &self.place.project {
            Some(folder) => Scope::Project(project(folder)?),
            None => Scope::All,
        };
        let (workspace, scope) = match choice {
            None => (workspace(&settings(store, Vec::new())?)?, everywhere),
            Some(choice) => {
                let opened = Opened::new(store, choice, Vec::new())?;
                (opened.workspace, Scope::Session(opened.id))
            }
        };
        let hits = workspace.recall(&query, &scope, self.limit)?;
        let facts = workspace.recall_facts(&query, &scope, self.limit)?;
        let found = Recalled::new(&query, &scope, &hits, &facts);
        let mut output = Output::new();
        if self.json {
            output.json(&found)?;
            return output.finish();
        }
        if !facts.is_empty() {
            output.line("Facts")?;
            facts.iter().try_for_each(|fact| output.line(&fact_line(fact)))?;
        }
        if hits.is_empty() && facts.is_empty() {
            let elsewhere = if scope == Scope::All { "" } else { ", or look into all sessions with --all" };
            output.line(&format!("Nothing holds '{query}': try fewer words, or only their beginnings{elsewhere}."))?;
        }
        let mut last = None;
        for hit in &hits {
            if last.replace(hit.tier) != Some(hit.tier) {
                output.line(heading(hit.tier))?;
            }
            output.line(&line(hit))?;
        }
        output.finish()
    }
}

/// The name of a project in the store: its whole path.
fn project(folder: &Path) -> Result<Clean, Failure> {
    let whole = std::path::absolute(folder).map_err(|why| Failure::Failed(format!("{}: {why}", folder.display())))?;
    // Without `.` and a sign at its end.
    Ok(redact::clean(&whole.components().collect::<PathBuf>().to_string_lossy()))
}

fn limit(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&limit| limit > 0).ok_or_else(|| "give a whole number from 1".into())
}

/// `  1f0c9a7be2d45386 claude:4d5611e5  user  verify = cargo test -p pricing`
fn fact_line(fact: &FactHit) -> String {
    let value = sanitize::inert_line(&fact.value);
    let value = words::clip(&value, SNIPPET);
    format!("  {} {}  {}  {} = {value}", fact.fact_id, fact.session_id, fact.trust, fact.key)
}

fn heading(tier: Tier) -> &'static str {
    match tier {
        Tier::Strong => "Strong",
        Tier::Supporting => "Supporting",
        Tier::Peripheral => "Peripheral",
    }
}

/// `  #12 claude:4d5611e5  archived  never round before the total`, on one line whatever the text holds.
fn line(hit: &Hit) -> String {
    let state = match hit.fate {
        Fate::Live if hit.pinned => "pinned",
        Fate::Live => "live",
        Fate::Evicted => "evicted",
        Fate::Superseded { .. } => "superseded",
        Fate::Archived => "archived",
    };
    let who = hit.tool.clone().unwrap_or_else(|| hit.kind.to_string());
    let snippet = sanitize::inert_line(&hit.snippet).split_whitespace().collect::<Vec<_>>().join(" ");
    format!("  #{} {}  {state}  {who}: {}", hit.seq, hit.session_id, words::clip(&snippet, SNIPPET))
}
