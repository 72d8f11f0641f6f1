//! Sweep: what every budget keeps, by every strategy, and a cursor on it that is the live budget.
//!
//! The curve of `balanced` is there at once, after every edit too, unless the session is very long; the others are planned point by point by the planner's
//! thread and come in as they are ready. What is known is kept until an edit changes the numbers; until the new ones are
//! there the old ones stay on the screen.

use std::collections::{HashMap, HashSet};

use ratatui::layout::{Position, Rect};
use strum::VariantArray;

use super::{Effect, Lens, State, Tone, budget, inspector::Inspector, state::Screen};
use crate::{
    pack::{
        strategy::Strategy,
        sweep::{self, Point, Scale, rounded},
    },
    tui::action::Action,
    workspace::desk::Edition,
};

/// Budgets on a curve.
const POINTS: usize = 97;
/// Entries up to which the whole curve of `balanced` is made within a key press: 51 ms for 100,000, measured.
const AT_ONCE: usize = 20_000;
/// Of the curves that come point by point, every so many of these come first, then those between.
const STRIDES: [usize; 5] = [16, 8, 4, 2, 1];

#[derive(Default)]
pub struct Sweep {
    pub scale: Option<Scale>,
    /// The budgets of every curve, rising.
    pub budgets: Vec<u32>,
    /// What the desk's own plan keeps under the live budget.
    pub here: Option<Point>,
    known: HashMap<(Strategy, u32), Point>,
    /// What was known before the last edit, shown until it is known again.
    before: HashMap<(Strategy, u32), Point>,
    /// The numbers that `known` comes from.
    edition: Option<Edition>,
    /// The inspector's version that `here` belongs to.
    version: u64,
    /// What the newest job was asked for: it is asked again when this differs.
    asked: Option<(Edition, u32)>,
    job: u64,
}

impl Sweep {
    /// Takes in what has changed on the desk.
    pub fn settle(&mut self, inspector: &Inspector) {
        if self.version == inspector.version {
            return;
        }
        self.version = inspector.version;
        let ledger = inspector.desk.ledger();
        if self.edition.as_ref() != Some(inspector.desk.edition()) {
            let scale = Scale::of(ledger);
            self.before = match self.scale == Some(scale) {
                true => std::mem::take(&mut self.known),
                false => HashMap::new(),
            };
            self.known.clear();
            self.scale = Some(scale);
            self.budgets = scale.budgets(POINTS);
            // Of a larger session the planner makes this curve too, the first of all.
            if inspector.desk.session().entries.len() <= AT_ONCE {
                let balanced = sweep::balanced(inspector.desk.session(), ledger, &self.budgets);
                self.known.extend(balanced.into_iter().map(|point| ((Strategy::Balanced, point.budget), point)));
            }
            self.edition = Some(inspector.desk.edition().clone());
        }
        if inspector.desk.is_awaiting() {
            // The point of the plan of before is not where this strategy stands now.
            return;
        }
        let here = inspector.desk.point();
        self.known.insert((inspector.desk.settings().strategy, here.budget), here.clone());
        self.here = Some(here);
    }

    /// The points of a curve that there are, rising.
    pub fn curve(&self, strategy: Strategy) -> Vec<Point> {
        self.budgets.iter().filter_map(|&budget| self.point(strategy, budget)).cloned().collect()
    }

    /// What a strategy keeps under a budget, as far as it is known.
    pub fn point(&self, strategy: Strategy, budget: u32) -> Option<&Point> {
        self.known.get(&(strategy, budget)).or_else(|| self.before.get(&(strategy, budget)))
    }

    /// What is not known yet, in the order in which it is wanted: first all at the live budget, then the whole range roughly, then
    /// what lies between.
    fn wanted(&self, budget: u32) -> Vec<(Strategy, u32)> {
        let mut wanted: Vec<(Strategy, u32)> = Strategy::VARIANTS.iter().map(|&strategy| (strategy, budget)).collect();
        wanted.extend(self.budgets.iter().map(|&budget| (Strategy::Balanced, budget)));
        let last = self.budgets.len().saturating_sub(1);
        for (nth, stride) in STRIDES.into_iter().enumerate() {
            let is_new = |at: &usize| nth == 0 || !at.is_multiple_of(STRIDES[nth - 1]);
            for at in (0..=last).step_by(stride).filter(is_new).chain((nth == 0).then_some(last)) {
                wanted
                    .extend(Strategy::VARIANTS.iter().filter_map(|&strategy| Some((strategy, *self.budgets.get(at)?))));
            }
        }
        let mut met = HashSet::new();
        wanted.retain(|key| !self.known.contains_key(key) && met.insert(*key));
        wanted
    }

    /// Points have come in.
    pub fn take(&mut self, job: u64, points: Vec<(Strategy, Point)>) {
        // Of an older job they may be of a session as it is no more.
        if job == self.job {
            self.known.extend(points.into_iter().map(|(strategy, point)| ((strategy, point.budget), point)));
        }
    }
}

/// Asks the planner for what is not known yet, where something has changed since it was asked last.
pub fn ask(state: &mut State) -> Option<Effect> {
    let tokenizer = state.tokenizer.clone()?;
    let job = state.jobs + 1;
    let (Some(Lens::Sweep(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else { return None };
    let (edition, budget) = (inspector.desk.edition(), inspector.desk.budget().tokens());
    if lens.asked.as_ref().is_some_and(|(asked, at)| asked == edition && *at == budget) {
        return None;
    }
    lens.asked = Some((edition.clone(), budget));
    let wanted = lens.wanted(budget);
    if wanted.is_empty() {
        return None;
    }
    lens.job = job;
    state.jobs = job;
    Some(Effect::Sweep { job, basis: inspector.desk.basis(tokenizer), wanted })
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(Lens::Sweep(lens)), Screen::Session(inspector)) = (&state.lens, &state.screen) else { return Vec::new() };
    let (Some(scale), now) = (lens.scale, inspector.desk.budget().tokens()) else { return Vec::new() };
    let strategy = inspector.desk.settings().strategy;
    match action {
        Action::SweepLess => budget::act(state, Action::BudgetDown),
        Action::SweepMore => budget::act(state, Action::BudgetUp),
        Action::SweepHalve | Action::PageDown => budget::set(state, now / 2),
        Action::SweepDouble | Action::PageUp => budget::set(state, now.saturating_mul(2)),
        Action::Top => budget::set(state, scale.low),
        Action::Bottom => budget::set(state, scale.high),
        Action::SweepKnee => {
            let curve = lens.curve(strategy);
            match sweep::knee(&curve) {
                Some(knee) => budget::set(state, curve[knee].budget),
                None => {
                    state.say(Tone::Refused, format!("{strategy} has no knee: more budget never begins to pay less"))
                }
            }
        }
        Action::Down => budget::plan_by(state, beside(strategy, 1)),
        Action::Up => budget::plan_by(state, beside(strategy, Strategy::VARIANTS.len() - 1)),
        _ => {}
    }
    Vec::new()
}

fn beside(strategy: Strategy, steps: usize) -> Strategy {
    let all = Strategy::VARIANTS;
    let at = all.iter().position(|&other| other == strategy).unwrap_or(0);
    all[(at + steps) % all.len()]
}

/// A click or a drag in the plot: the budget of that column.
pub fn point_at(state: &mut State, plot: Rect, at: Position) {
    let Some(Lens::Sweep(lens)) = &state.lens else { return };
    let Some(scale) = lens.scale else { return };
    let column = at.x.saturating_sub(plot.x).min(plot.width.saturating_sub(1));
    let share = f64::from(column) / f64::from(plot.width.saturating_sub(1).max(1));
    let tokens = rounded(scale.budget(share), 2).clamp(scale.low, scale.high);
    budget::set(state, tokens);
}
