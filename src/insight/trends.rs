//! Sessions over time: tokens by day and agent, what compaction saved, what cost most, and what it cost in money where
//! somebody has given prices.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::{Digest, Outcome, digest::Cost};
use crate::{model::Time, text::words};

/// Rows of a table of tools or files.
const MOST_ROWS: usize = 20;

/// What sessions are put together by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum By {
    #[default]
    Agent,
    Project,
    Tool,
}

/// Money for a million tokens, in the currency that the settings name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input: f64,
    pub output: f64,
    #[serde(default)]
    pub cache_read: f64,
    #[serde(default)]
    pub cache_write: f64,
}

/// By model name, as the logs have it.
pub type Prices = BTreeMap<String, Price>;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trends {
    pub sessions: u32,
    pub outcomes: BTreeMap<Outcome, u32>,
    /// In order of day, then of agent.
    pub days: Vec<Day>,
    /// By what was asked for, the most costly first.
    pub groups: Vec<Group>,
    pub tools: Vec<Row>,
    pub files: Vec<Row>,
    /// Tokens of all entries in full, and of live ones at their held levels: the rest is what holding less saves.
    pub full_tokens: u64,
    pub held_tokens: u64,
    /// Of sessions whose models all have a price; `None` where none has.
    pub money: Option<f64>,
    /// Sessions without a price, where others have one.
    pub unpriced: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// "2026-11-20", in UTC.
    pub day: String,
    pub agent: String,
    /// Of the entries written that day, in full.
    pub tokens: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    pub name: String,
    pub sessions: u32,
    pub tokens: u64,
    /// As the logs tell.
    pub spent: u64,
    pub money: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    pub name: String,
    pub calls: u32,
    pub tokens: u64,
}

impl Trends {
    /// The days with the tokens of all agents together, in order.
    pub fn by_day(&self) -> Vec<(&str, u64)> {
        let mut days: Vec<(&str, u64)> = Vec::new();
        for day in &self.days {
            match days.last_mut() {
                Some((known, tokens)) if *known == day.day => *tokens += day.tokens,
                _ => days.push((&day.day, day.tokens)),
            }
        }
        days
    }

    /// The tokens of each agent on each of the newest days, at most so many: calendar days up to the newest day of all,
    /// so that days without a token are there too.
    pub fn newest_days(&self, most: usize) -> BTreeMap<&str, AgentDays<'_>> {
        let date = |day: &Day| day.day.parse::<Date>().ok();
        let dates = || self.days.iter().filter_map(date);
        let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return BTreeMap::new() };
        let behind = |date: Date| usize::try_from((last - date).get_days()).unwrap_or(usize::MAX);
        let count = behind(first).saturating_add(1).min(most);
        let mut agents: BTreeMap<&str, AgentDays<'_>> = BTreeMap::new();
        for day in &self.days {
            let Some(behind) = date(day).map(behind).filter(|&behind| behind < count) else { continue };
            let agent = agents.entry(&day.agent).or_insert_with(|| AgentDays { tokens: vec![0; count], most: day });
            agent.tokens[count - 1 - behind] = day.tokens;
            if day.tokens > agent.most.tokens {
                agent.most = day;
            }
        }
        agents
    }
}

/// An agent's tokens day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDays<'a> {
    /// The newest day last.
    pub tokens: Vec<u64>,
    /// The day with the most.
    pub most: &'a Day,
}

impl AgentDays<'_> {
    /// "most 230.8k on 2026-11-12".
    pub fn most_in_words(&self) -> String {
        format!("most {} on {}", words::short(self.most.tokens), self.most.day)
    }
}

/// Takes in digests one by one.
#[derive(Debug, Default)]
pub struct Gathering {
    by: By,
    since: Option<Time>,
    prices: Prices,
    trends: Trends,
    days: BTreeMap<(String, String), u64>,
    groups: BTreeMap<String, Group>,
    tools: BTreeMap<String, Row>,
    files: BTreeMap<String, Row>,
}

impl Gathering {
    /// `since`: sessions that ended before are left out; `None` for all.
    pub fn new(by: By, since: Option<Time>, prices: Prices) -> Gathering {
        Gathering { by, since, prices, ..Gathering::default() }
    }

    pub fn take(&mut self, digest: &Digest) {
        if self.since.is_some_and(|since| digest.ended.is_none_or(|ended| ended < since)) {
            return;
        }
        let trends = &mut self.trends;
        trends.sessions += 1;
        *trends.outcomes.entry(digest.outcome).or_default() += 1;
        trends.full_tokens += digest.tokens.full;
        trends.held_tokens += digest.tokens.held;
        let money = self.money(digest);
        let trends = &mut self.trends;
        match money {
            Some(money) => trends.money = Some(trends.money.unwrap_or(0.0) + money),
            None => trends.unpriced += 1,
        }
        for (day, tokens) in &digest.days {
            *self.days.entry((day.clone(), digest.agent.clone())).or_default() += tokens;
        }
        for (tool, used) in &digest.tools {
            add(&mut self.tools, tool, used.calls, used.tokens);
        }
        for file in &digest.files {
            add(&mut self.files, &file.path, file.calls, file.tokens);
        }
        match self.by {
            By::Agent => self.group(&digest.agent, digest, money),
            By::Project => self.group(&digest.project, digest, money),
            By::Tool => {
                for (tool, used) in &digest.tools {
                    let group = self.groups.entry(tool.clone()).or_insert_with(|| named(tool));
                    group.sessions += 1;
                    group.tokens += used.tokens;
                }
            }
        }
    }

    pub fn trends(self) -> Trends {
        let Gathering { mut trends, days, groups, tools, files, .. } = self;
        trends.days = days.into_iter().map(|((day, agent), tokens)| Day { day, agent, tokens }).collect();
        trends.groups = groups.into_values().collect();
        trends.groups.sort_by(|one, other| {
            (other.spent, other.tokens).cmp(&(one.spent, one.tokens)).then_with(|| one.name.cmp(&other.name))
        });
        (trends.tools, trends.files) = (most(tools), most(files));
        if trends.money.is_none() {
            trends.unpriced = 0;
        }
        trends
    }

    fn group(&mut self, name: &str, digest: &Digest, money: Option<f64>) {
        let group = self.groups.entry(name.to_owned()).or_insert_with(|| named(name));
        group.sessions += 1;
        group.tokens += digest.tokens.full;
        group.spent += digest.spent();
        group.money = money.map(|money| money + group.money.unwrap_or(0.0)).or(group.money);
    }

    /// What a session cost, where its log tells tokens, and all of its models have one price: it does not tell which model
    /// took them.
    fn money(&self, digest: &Digest) -> Option<f64> {
        let Cost { input, output, cache_read, cache_write, .. } = digest.cost;
        if input + output + cache_read + cache_write == 0 {
            return None;
        }
        let mut prices = digest.models.iter().map(|model| self.prices.get(model));
        let first = *prices.next()??;
        prices.all(|price| price == Some(&first)).then(|| first.of(digest.cost))
    }
}

impl Price {
    fn of(self, cost: Cost) -> f64 {
        let million = |tokens: u64, price: f64| tokens as f64 / 1e6 * price;
        million(cost.input, self.input)
            + million(cost.output, self.output)
            + million(cost.cache_read, self.cache_read)
            + million(cost.cache_write, self.cache_write)
    }
}

fn named(name: &str) -> Group {
    Group { name: name.to_owned(), ..Group::default() }
}

fn add(rows: &mut BTreeMap<String, Row>, name: &str, calls: u32, tokens: u64) {
    let row = rows.entry(name.to_owned()).or_insert_with(|| Row { name: name.to_owned(), ..Row::default() });
    row.calls += calls;
    row.tokens += tokens;
}

fn most(rows: BTreeMap<String, Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by(|one, other| other.tokens.cmp(&one.tokens).then_with(|| one.name.cmp(&other.name)));
    rows.truncate(MOST_ROWS);
    rows
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_agent_has_the_same_calendar_days_up_to_the_newest_of_all() {
        let day = |day: &str, agent: &str, tokens| Day { day: day.into(), agent: agent.into(), tokens };
        let days = vec![
            day("2026-02-26", "claude", 900),
            day("2026-02-27", "claude", 10),
            day("2026-02-28", "codex", 40),
            day("2026-03-02", "claude", 30),
        ];
        let trends = Trends { days, ..Trends::default() };
        let of = |most: usize| -> Vec<(&str, Vec<u64>, String)> {
            let agents = trends.newest_days(most).into_iter();
            agents.map(|(agent, days)| (agent, days.tokens.clone(), days.most_in_words())).collect()
        };
        let claude = ("claude", vec![10, 0, 0, 30], "most 30 on 2026-03-02".to_owned());
        let codex = ("codex", vec![0, 40, 0, 0], "most 40 on 2026-02-28".to_owned());
        assert_eq!(of(4), [claude, codex]);
        assert_eq!(of(100)[0].1, [900, 10, 0, 0, 30], "from the first day on");
        assert_eq!(of(2).len(), 1, "codex has none of these days");
        assert!(Trends::default().newest_days(30).is_empty() && of(0).is_empty());
    }
}
