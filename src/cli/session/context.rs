//! `haversack session context`: what would be carried forward of a stored session.

use std::{
    io::{IsTerminal, stdout},
    path::PathBuf,
};

use clap::Args;

use super::push::role;
use crate::{
    cli::{
        Failure,
        arguments::{Format, PackArguments, Which},
        context::Opened,
        pack,
    },
    model::Role,
    text::words::parse_count,
    workspace::answer::{self, plan_of_role},
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
            (Format::Json, None) => output.json_line(&answer::Context::new(plan, &desk)),
            (Format::Json, Some(role)) => {
                let plan = plan_of_role(plan, &desk, role);
                output.json_line(&answer::Context::of_role(&plan, &desk, role))
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
