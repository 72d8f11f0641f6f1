//! `haversack session context`: what would be carried forward of a stored session.

use std::{
    io::{IsTerminal, stdout},
    path::PathBuf,
};

use clap::Args;
use serde::Serialize;

use super::push::role;
use crate::{
    cli::{
        Failure,
        arguments::{Format, PackArguments, Which},
        context::Opened,
        pack,
    },
    model::{Entry, EntryId, Plan, Role, Time},
    pack::statistics::Statistics,
    text::{sanitize, words::parse_count},
    workspace::Desk,
};

/// Print what would be carried forward
///
/// As text on a terminal, as JSON on one line elsewhere; --format says otherwise.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session context --session-id claude:4d5611e5 --budget 32k --format text
  haversack session context --session-id claude:4d5611e5 --window 200k --json
  haversack session context --demo --format markdown
  haversack session context --demo --role user --format text

The text is, byte for byte, the pack that the screen shows. JSON: as `haversack pack --format json`, and
{entries[{id, role, content, source, level, tokens, age, seq}], stats{total_entries, total_tokens, compression_levels{},
compression_savings, level_tokens{}, over_budget, evicted, superseded, archived}}. level is 0 for full to 3 for keywords.
With --role, blocks, excluded, entries, stats and the text are of that role alone; the plan is the same.")]
pub struct Context {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    pack: PackArguments,
    /// The same as --budget; 0 for no limit
    #[arg(long, value_name = "TOKENS", conflicts_with_all = ["budget", "window"], value_parser = |text: &str| parse_count(text).ok_or("give a whole number"))]
    max_tokens: Option<u32>,
    /// List the entries of one role only: user, assistant, tool or system
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
}

/// The plan, and the same as distill says it.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    entries: Vec<Carried<'a>>,
    stats: Statistics,
}

#[derive(Serialize)]
struct Carried<'a> {
    id: EntryId,
    role: Role,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    level: u8,
    tokens: u32,
    age: String,
    seq: u32,
}

impl Context {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut settings = self.pack.settings();
        let most = self.max_tokens.map(|most| if most == 0 { u32::MAX } else { most });
        settings.extend(most.map(|most| ("budget.tokens", most.to_string())));
        let mut opened = Opened::new(store, self.which.choice(), settings)?;
        let desk = opened.desk()?;
        let elsewhere = if stdout().is_terminal() { Format::Text } else { Format::Json };
        let format = self.pack.format().unwrap_or(elsewhere);
        pack::print_as(&desk, format, self.pack.strict, |plan, output| match (format, self.role) {
            (Format::Json, None) => output.json_line(&answer(plan, &desk, |_| true)),
            (Format::Json, Some(role)) => {
                let of_role = |entry: &Entry| entry.role == role;
                let mut plan = plan.clone();
                plan.blocks.retain(|block| block.role == Some(role));
                plan.excluded.retain(|one| one.seq.and_then(|seq| desk.session().by_seq(seq)).is_some_and(of_role));
                output.json_line(&answer(&plan, &desk, of_role))
            }
            (Format::Text, None) => output.raw(&desk.pack_text()),
            (Format::Markdown, None) => output.raw(&desk.pack_markdown()),
            (Format::Text | Format::Markdown, Some(role)) => {
                let blocks = plan.blocks.iter().filter(|block| block.role == Some(role));
                blocks.map(|block| &block.text).try_for_each(|text| output.raw(text))
            }
        })?;
        match self.role {
            // What was printed may now be in a model's prompt cache; a listing of a role is no pack.
            None => Ok(opened.workspace.exported(&opened.id, &desk.export())?),
            Some(_) => Ok(()),
        }
    }
}

fn answer<'a>(plan: &'a Plan, desk: &'a Desk, listed: impl Fn(&Entry) -> bool) -> Answer<'a> {
    let session = desk.session();
    let carried = |index: usize| Some((desk.packed(index)?, desk.packed_tokens(index)));
    let of_block = |block: &crate::model::Block| {
        let (entry, level) = (session.by_seq(block.seq?)?, block.level?);
        Some(Carried {
            id: entry.id,
            role: entry.role,
            content: sanitize::inert(&desk.packed_text(session.index_of(entry.id)?)?).into_owned(),
            source: entry.path.as_deref().or(entry.tool.as_deref()),
            level: entry.effective_level(level) as u8,
            tokens: block.tokens,
            age: age(entry.at, plan.as_of),
            seq: entry.seq,
        })
    };
    let rows = session.entries.iter().enumerate().filter(|(_, entry)| listed(entry));
    Answer {
        plan,
        entries: plan.blocks.iter().filter_map(of_block).collect(),
        stats: Statistics::of(rows.map(|(index, entry)| (entry, carried(index)))),
    }
}

/// "42s", "5m", "3h", "12d": how long ago, as distill says it; "0s" where it is not known.
fn age(at: Option<Time>, now: Time) -> String {
    let seconds = at.map_or(0, |at| (now.0 - at.0).max(0) / 1000);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
