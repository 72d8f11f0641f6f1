//! `haversack stats`: sessions over time.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure,
    context::{settings, workspace},
    detect::digest_all,
    output::Output,
    tell,
};
use crate::{
    insight::trends::{AgentDays, By, Group, Row, Trends},
    model::Time,
    text::{sparkline::sparkline, words},
};

/// Cells of the longest bar.
const BAR: usize = 30;
/// Days that are printed as bars; JSON has all.
const DAYS: usize = 30;

/// Show what sessions took: tokens by day and agent, the most costly tools and files, what holding less saves
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack stats
  haversack stats --since 2026-11-01 --by project
  haversack stats --by tool --json

JSON: {sessions, outcomes{}, days[{day, agent, tokens}], groups[{name, sessions, tokens, spent, money}], tools[{name, calls,
tokens}], files[{name, calls, tokens}], full_tokens, held_tokens, money, unpriced}. tokens are those of entries in full; spent
is what the logs tell that models read and wrote. money is null unless the settings have [prices] for the models:
  [prices]
  \"gpt-5\" = { input = 1.25, output = 10.0, cache_read = 0.125 }      for a million tokens")]
pub struct Stats {
    /// Leave out sessions that ended before: 2026-11-01, 2026-11-20T21:14:00Z, or milliseconds since 1970 UTC
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Time>,
    /// Put together by agent, project or tool
    #[arg(long, value_name = "WHAT", default_value = "agent", value_parser = by)]
    by: By,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Stats {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, Vec::new())?;
        let mut workspace = workspace(&config)?;
        digest_all(&mut workspace)?;
        let trends = workspace.trends(self.by, self.since, config.prices().clone())?;
        let mut output = Output::new();
        if self.json {
            output.json(&trends)?;
        } else if trends.sessions == 0 {
            tell("no session is that young: `haversack sweep` brings new ones in, --since looks further back");
        } else {
            self.print(&trends, &mut output)?;
        }
        output.finish()
    }

    fn print(&self, trends: &Trends, output: &mut Output) -> Result<(), Failure> {
        let outcomes: Vec<String> =
            trends.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        output.line(&format!(
            "{}: {}",
            words::plural(trends.sessions as usize, "session", "sessions"),
            outcomes.join(", ")
        ))?;
        let saved = trends.full_tokens.saturating_sub(trends.held_tokens);
        let share = words::percent(saved as f64 / trends.full_tokens.max(1) as f64);
        output.line(&format!(
            "{} tokens in full, {} held: holding less saves {share}",
            words::exact(trends.full_tokens),
            words::exact(trends.held_tokens)
        ))?;
        if let Some(money) = trends.money {
            let without = match trends.unpriced {
                0 => String::new(),
                count => format!(" ({} without a price)", words::plural(count as usize, "session", "sessions")),
            };
            output.line(&format!("cost {money:.2}{without}"))?;
        }
        days(trends, output)?;
        agents(trends, output)?;
        output.line("")?;
        let groups: Vec<Vec<String>> = trends.groups.iter().map(group).collect();
        let headings = [format!("{}", self.by), ">sessions".into(), ">tokens".into(), ">spent".into(), ">cost".into()];
        output.table(&headings.each_ref().map(String::as_str), &groups)?;
        for (name, rows) in [("tool", &trends.tools), ("file", &trends.files)] {
            if !rows.is_empty() {
                output.line("")?;
                let rows: Vec<Vec<String>> = rows.iter().take(10).map(row).collect();
                output.table(&[name, ">calls", ">tokens"], &rows)?;
            }
        }
        Ok(())
    }
}

/// The last days with their tokens as bars, agents together.
fn days(trends: &Trends, output: &mut Output) -> Result<(), Failure> {
    let by_day = trends.by_day();
    let most = by_day.iter().map(|(_, tokens)| *tokens).max().unwrap_or(0).max(1);
    let shown = &by_day[by_day.len().saturating_sub(DAYS)..];
    if !shown.is_empty() {
        output.line("")?;
    }
    for (day, tokens) in shown {
        let cells = (*tokens as f64 / most as f64 * BAR as f64).ceil() as usize;
        output.line(&format!("{day}  {:<BAR$}  {}", "▇".repeat(cells), words::exact(*tokens)))?;
    }
    Ok(())
}

/// The same days of each agent, a mark a day, so that they are told apart.
fn agents(trends: &Trends, output: &mut Output) -> Result<(), Failure> {
    let agents = trends.newest_days(DAYS);
    if agents.is_empty() {
        return Ok(());
    }
    output.line("")?;
    let row = |(agent, days): (&&str, &AgentDays)| {
        let agent = if agent.is_empty() { "(none)" } else { agent };
        vec![agent.to_owned(), sparkline(&days.tokens), days.most_in_words()]
    };
    let rows: Vec<Vec<String>> = agents.iter().map(row).collect();
    output.table(&["tokens a day", "", ""], &rows)
}

fn group(group: &Group) -> Vec<String> {
    let name = if group.name.is_empty() { "(none)".into() } else { group.name.clone() };
    let money = group.money.map(|money| format!("{money:.2}")).unwrap_or_default();
    vec![name, group.sessions.to_string(), words::exact(group.tokens), words::exact(group.spent), money]
}

fn row(row: &Row) -> Vec<String> {
    vec![words::clip_start(&row.name, 60), words::exact(row.calls.into()), words::exact(row.tokens)]
}

fn since(text: &str) -> Result<Time, String> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    match day() {
        Some(day) => Ok(Time(day.timestamp().as_millisecond())),
        None => super::arguments::moment(text),
    }
}

fn by(text: &str) -> Result<By, String> {
    text.parse().map_err(|_| "give agent, project or tool".into())
}
