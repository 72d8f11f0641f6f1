//! What any budget and strategy would carry, side by side and over time. Nothing here changes anything.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use strum::VariantArray;
use utoipa::{IntoParams, ToSchema};

use super::{
    App, Problem,
    ask::{At, Filter},
    budget::Numbers,
    reply::{Answer, Reply},
};
use crate::{
    model::{Plan, SessionId},
    pack::{compare::Compared, replay::Report, strategy::Strategy, sweep::Scale},
    workspace::answer::{Comparison, Curves},
};

/// Budgets that are looked at for each strategy, unless told otherwise, and at the most.
const POINTS: u32 = 13;
const MOST_POINTS: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Planned {
    /// Tokens that may be carried; without it the server's budget.
    budget: Option<u32>,
    /// The model's window in place of a budget, which is window − reserve − fixed then.
    window: Option<u32>,
    /// Tokens of the window kept for the answer; 32,000 where nothing is said.
    reserve: Option<u32>,
    /// Tokens of the window that the system prompt and the tools take.
    fixed: Option<u32>,
    #[param(inline)]
    strategy: Option<Strategy>,
    /// The plan, or the pack that it makes.
    #[param(inline)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Json,
    Text,
    Markdown,
}

/// The plan under any budget and strategy: what is in, what is out, why, and what it would take
///
/// Changes nothing. As text it is, byte for byte, the pack that the screen shows.
#[utoipa::path(get, path = "/v1/sessions/{session}/plan", tag = "plans", params(("session" = SessionId, Path), Planned),
    responses((status = 200, content((Plan = "application/json"), (String = "text/plain"), (String = "text/markdown")))))]
pub async fn plan(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Planned>) -> Answer {
    let Planned { budget, window, reserve, fixed, strategy, format } = asked;
    let budget = Numbers { budget, window, reserve, fixed }.budget_or(app.budget)?;
    app.read(move |workspace| {
        let desk = workspace.desk_by(&id, budget, strategy.unwrap_or(workspace.strategy()))?;
        match format.unwrap_or_default() {
            Format::Json => Reply::json(&desk.plan()),
            Format::Text => Ok(Reply::text(desk.pack_text())),
            Format::Markdown => Ok(Reply::markdown(desk.pack_markdown())),
        }
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Beside {
    /// What to compare, with commas between: agent, balanced, ladder, gradient, window, rolling; turn:N is the session at
    /// the end of that turn, before-edits as it came in; both may be followed by :STRATEGY, and each but agent by @BUDGET.
    /// All strategies and agent where nothing is said.
    #[param(
        pattern = "^(agent|((balanced|ladder|gradient|window|rolling)|(turn:[1-9][0-9]{0,4}|before-edits)(:(balanced|ladder|gradient|window|rolling))?)(@[1-9][0-9]{0,5}k?)?)(,(agent|((balanced|ladder|gradient|window|rolling)|(turn:[1-9][0-9]{0,4}|before-edits)(:(balanced|ladder|gradient|window|rolling))?)(@[1-9][0-9]{0,5}k?)?)){0,11}$"
    )]
    sides: Option<String>,
    /// Tokens that may be carried; without it the server's budget.
    budget: Option<u32>,
}

/// What strategies carry under one budget, and what the agent itself still held
#[utoipa::path(get, path = "/v1/sessions/{session}/compare", tag = "plans", params(("session" = SessionId, Path), Beside), responses((status = 200, body = Comparison)))]
pub async fn compare(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Beside>) -> Answer {
    let budget = Numbers { budget: asked.budget, ..Numbers::default() }.budget_or(app.budget)?;
    let all = || Strategy::VARIANTS.iter().map(|&strategy| Compared::Strategy(strategy)).chain([Compared::Agent]);
    let sides: Vec<Compared> = match &asked.sides {
        None => all().collect(),
        Some(named) => listed(named, "sides")?,
    };
    app.read(move |workspace| Reply::json(&Comparison::new(&workspace.desk(&id, budget)?, &sides))).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Curved {
    /// Strategies with commas between; all where nothing is said.
    #[param(pattern = "^(balanced|ladder|gradient|window|rolling)(,(balanced|ladder|gradient|window|rolling)){0,9}$")]
    strategies: Option<String>,
    /// How many budgets to look at; 13 where nothing is said.
    #[param(minimum = 2, maximum = 1000)]
    points: Option<u32>,
    /// Look at these budgets, with commas between.
    #[param(pattern = "^[0-9]{1,9}(,[0-9]{1,9}){0,99}$")]
    at: Option<String>,
    /// What the sentences tell of; without it the server's budget.
    budget: Option<u32>,
}

/// What each budget keeps: a curve for each strategy, the knee, and where more budget is worse
#[utoipa::path(get, path = "/v1/sessions/{session}/budgets", tag = "plans", params(("session" = SessionId, Path), Curved), responses((status = 200, body = Curves)))]
pub async fn budgets(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Curved>) -> Answer {
    let budget = Numbers { budget: asked.budget, ..Numbers::default() }.budget_or(app.budget)?;
    let points = asked.points.unwrap_or(POINTS);
    if !(2..=MOST_POINTS).contains(&points) {
        return Err(Problem::bad_input(format!("points is a number from 2 to {MOST_POINTS}")));
    }
    let strategies: Vec<Strategy> = match &asked.strategies {
        None => Strategy::VARIANTS.to_vec(),
        Some(named) => listed(named, "strategies")?,
    };
    let mut at: Vec<u32> = asked.at.as_deref().map(|named| listed(named, "at")).transpose()?.unwrap_or_default();
    at.sort_unstable();
    at.dedup();
    app.read(move |workspace| {
        let desk = workspace.desk(&id, budget)?;
        let budgets = if at.is_empty() { Scale::of(desk.ledger()).budgets(points as usize) } else { at };
        Reply::json(&Curves::new(&desk, &strategies, &budgets, &|| {}))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Replayed {
    /// Tokens that may be carried; without it the server's budget.
    budget: Option<u32>,
    #[param(inline)]
    strategy: Option<Strategy>,
}

/// A session again, turn by turn: what would have been carried forward at the end of each
#[utoipa::path(get, path = "/v1/sessions/{session}/replay", tag = "plans", params(("session" = SessionId, Path), Replayed), responses((status = 200, body = Report)))]
pub async fn replay(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Replayed>) -> Answer {
    let budget = Numbers { budget: asked.budget, ..Numbers::default() }.budget_or(app.budget)?;
    app.read(move |workspace| {
        let desk = workspace.desk_by(&id, budget, asked.strategy.unwrap_or(workspace.strategy()))?;
        Reply::json(&desk.replay(&|_, _| {}))
    })
    .await
}

/// Words with commas between.
fn listed<T: std::str::FromStr>(text: &str, what: &str) -> Result<Vec<T>, Problem> {
    let one = |word: &str| {
        let wrong = || Problem::bad_input(format!("{what}: '{}' is none that is known", word.escape_debug()));
        word.trim().parse().map_err(|_| wrong())
    };
    text.split(',').map(one).collect()
}
