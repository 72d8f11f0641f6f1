//! What every budget keeps: one curve per strategy, where more stops paying (the knee), and where more is worse.
//!
//! The curve of `balanced` comes from its sorted steps in one pass ([`balanced`]); of the others nothing better is known
//! than to plan at each budget ([`point`]). More budget never makes `balanced` and `ladder` worse; `gradient`, `window` and
//! `rolling` keep the rules of the systems that they come from, and there it can ([`worse`]).

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    chosen::{Chosen, PieceKind},
    strategy::{
        Folding, Given, Strategy,
        balanced::{Ledger, Rising},
    },
};
use crate::{
    model::{Level, Session},
    text::words,
};

/// What plans are measured against in words, where there is as much: the window of common models.
pub const COMMON_WINDOW: u32 = 200_000;
/// Shares of a curve's height: a curve that is nowhere this far above the straight line has no knee.
const LEAST_BEND: f64 = 0.05;

/// What one strategy keeps under one budget.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Point {
    pub budget: u32,
    /// Tokens of the pack; without summaries of several entries where they were spared.
    pub used: u32,
    pub value: f64,
    /// Value ÷ value of everything, 0 to 1; 1 where every entry is in, in full.
    pub kept: f64,
    /// Entries carried at full, summary, sentence, keywords.
    pub entries: [usize; 4],
    /// Entries that a plan could carry and this one does not.
    pub out: usize,
}

impl Point {
    pub fn carried(&self) -> usize {
        self.entries.iter().sum()
    }
}

/// The budgets worth looking at: an axis that grows by factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub low: u32,
    pub high: u32,
}

impl Scale {
    /// From where next to nothing fits to where everything does, and a little beyond: `window` leaves room for an answer.
    pub fn of(ledger: &Ledger) -> Scale {
        let whole = ledger.whole_cost();
        let high = whole + (whole / 3).min(40_000);
        let high = u32::try_from(high).unwrap_or(u32::MAX).clamp(1_000, 100_000_000);
        Scale { low: rounded((high / 100).clamp(100, 1_000), 2), high: rounded_up(high, 2) }
    }

    /// Where a budget stands, from 0 to 1; what is beyond an end stands at it.
    pub fn share(self, budget: u32) -> f64 {
        let log = |budget: u32| f64::from(budget.max(1)).ln();
        ((log(budget) - log(self.low)) / (log(self.high) - log(self.low))).clamp(0.0, 1.0)
    }

    /// The budget at a place from 0 to 1.
    pub fn budget(self, share: f64) -> u32 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let budget = low * (high / low).powf(share.clamp(0.0, 1.0));
        (budget.round() as u32).clamp(self.low, self.high)
    }

    /// So many budgets over the axis, both ends among them, each a number of three digits and zeros; rising.
    pub fn budgets(self, points: usize) -> Vec<u32> {
        let steps = points.max(2) - 1;
        let inner = (1..steps).map(|at| rounded(self.budget(at as f64 / steps as f64), 3));
        let common = Some(COMMON_WINDOW);
        let mut budgets: Vec<u32> =
            inner.chain(common).filter(|&budget| self.low < budget && budget < self.high).collect();
        budgets.extend([self.low, self.high]);
        budgets.sort_unstable();
        budgets.dedup();
        budgets
    }

    /// 1, 2 and 5 with zeros, as far as they are on the axis.
    pub fn marks(self) -> Vec<u32> {
        let tens = std::iter::successors(Some(1u32), |ten| ten.checked_mul(10));
        let marks = tens.flat_map(|ten| [1, 2, 5].into_iter().filter_map(move |digit| ten.checked_mul(digit)));
        marks.filter(|mark| (self.low..=self.high).contains(mark)).collect()
    }
}

fn rounded_up(number: u32, digits: u32) -> u32 {
    let unit = 10u32.pow(number.max(1).ilog10().saturating_sub(digits - 1));
    number.div_ceil(unit) * unit
}

/// A number with only this many digits that are not zero.
pub fn rounded(number: u32, digits: u32) -> u32 {
    let drop = number.max(1).ilog10().saturating_sub(digits - 1);
    let unit = 10u32.pow(drop);
    (number + unit / 2) / unit * unit
}

/// The curve of `balanced` at these budgets, which must rise, in one pass over its steps.
pub fn balanced(session: &Session, ledger: &Ledger, budgets: &[u32]) -> Vec<Point> {
    let whole = Whole::of(session, ledger);
    let mut rising = Rising::new(ledger);
    let point = |&budget: &u32| {
        let tally = rising.at(ledger, budget);
        let carried: usize = tally.entries.iter().sum();
        Point {
            budget,
            used: tally.used,
            value: tally.value,
            kept: whole.kept(ledger, tally.value, carried, tally.entry_tokens),
            entries: tally.entries,
            out: whole.carriable.saturating_sub(carried),
        }
    };
    budgets.iter().map(point).collect()
}

/// One budget under one strategy, whatever that takes.
pub fn point(given: &Given, strategy: Strategy, budget: u32) -> Point {
    of(given, &strategy.choose(given, budget))
}

/// The same without the texts that stand for several entries: they decide nothing, and are long to write.
pub fn quick_point(given: &Given, strategy: Strategy, budget: u32) -> Point {
    point(&Given { folding: Folding::Spared, ..*given }, strategy, budget)
}

/// What a plan keeps.
pub fn of(given: &Given, chosen: &Chosen) -> Point {
    of_whole(given, &Whole::of(given.session, given.ledger), chosen)
}

/// The same where everything that a plan could carry has been added up already.
pub fn of_whole(given: &Given, whole: &Whole, chosen: &Chosen) -> Point {
    let mut entries = [0; 4];
    chosen.levels.iter().flatten().for_each(|level| entries[level.index()] += 1);
    let carried: usize = entries.iter().sum();
    let is_entry = |kind: PieceKind| matches!(kind, PieceKind::Entry { .. } | PieceKind::Stripped { .. });
    let tokens = chosen.pieces.iter().filter(|piece| is_entry(piece.kind)).map(|piece| u64::from(piece.tokens)).sum();
    Point {
        budget: chosen.budget,
        used: chosen.used,
        value: chosen.value,
        kept: whole.kept(given.ledger, chosen.value, carried, tokens),
        entries,
        out: whole.carriable.saturating_sub(carried),
    }
}

/// Everything that a plan could carry.
#[derive(Clone, Debug)]
pub struct Whole {
    carriable: usize,
    tokens: u64,
}

impl Whole {
    pub fn of(session: &Session, ledger: &Ledger) -> Whole {
        let carriable = ledger.place.iter().zip(&session.entries).filter(|(place, _)| place.is_ok());
        let (mut count, mut tokens) = (0, 0);
        for (_, entry) in carriable {
            (count, tokens) = (count + 1, tokens + u64::from(entry.cost(Level::Full)));
        }
        Whole { carriable: count, tokens }
    }

    /// Where every entry is in, in full, everything is kept: only `balanced` has an index of names that is worth something.
    fn kept(&self, ledger: &Ledger, value: f64, carried: usize, tokens: u64) -> f64 {
        if (carried, tokens) == (self.carriable, self.tokens) { 1.0 } else { ledger.share(value) }
    }
}

/// Which points keep less than some smaller budget does. The points must rise.
pub fn worse(points: &[Point]) -> Vec<bool> {
    let mut best = f64::NEG_INFINITY;
    let falls = |point: &Point| {
        let falls = point.kept < best - 1e-9;
        best = best.max(point.kept);
        falls
    };
    points.iter().map(falls).collect()
}

/// The point where more budget begins to pay less than it does on the whole: farthest above the straight line from the
/// first point to the last, both axes scaled to 1 (Kneedle: Satopää, Albrecht, Irwin and Raghavan, 2011, for a curve
/// that is known as a whole, so that nothing has to be smoothed and the greatest distance decides). Budgets are taken as they
/// are, not by factors, and only up to where the curve reaches its end: then a token before the knee brings more than the
/// average token does, one after it less, however far the axis is drawn. `None` where the curve hardly bends.
pub fn knee(points: &[Point]) -> Option<usize> {
    let (first, top) = (points.first()?, points.iter().map(|point| point.kept).fold(f64::NEG_INFINITY, f64::max));
    let end = points.iter().position(|point| point.kept >= top - 1e-9)?;
    let (wide, high) = (f64::from(points[end].budget - first.budget), top - first.kept);
    if wide <= 0.0 || high <= 0.0 {
        return None;
    }
    let above = |point: &Point| (point.kept - first.kept) / high - f64::from(point.budget - first.budget) / wide;
    let (at, bend) = points[..=end].iter().map(above).enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (bend >= LEAST_BEND).then_some(at)
}

/// "16k keeps 91 % of what 200k keeps". Measured against the end of the curve where it does not come to 200k, or where
/// the budget is beyond. `points`: the curve of the same strategy, rising.
pub fn in_words(here: &Point, points: &[Point]) -> String {
    let budget = budget_in_words(here.budget);
    let common = points.iter().find(|point| point.budget == COMMON_WINDOW && here.budget < COMMON_WINDOW);
    let most = common.or(points.last()).filter(|most| here.budget < most.budget && most.value > 0.0);
    let Some(most) = most else { return format!("{budget} keeps {} of the value", words::percent_reached(here.kept)) };
    let than = budget_in_words(most.budget);
    match here.value / most.value {
        share if share > 1.0 + 1e-9 => format!("{budget} keeps more than {than} keeps"),
        share => format!("{budget} keeps {} of what {than} keeps", words::percent_reached(share.min(1.0))),
    }
}

/// "16k", "16,512".
pub fn budget_in_words(budget: u32) -> String {
    match budget {
        1_000_000.. if budget.is_multiple_of(100_000) => format!("{}M", f64::from(budget) / 1e6),
        1_000.. if budget.is_multiple_of(100) => format!("{}k", f64::from(budget) / 1e3),
        _ => words::exact(budget.into()),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn points(of: &[(u32, f64)]) -> Vec<Point> {
        let point = |&(budget, kept)| Point { budget, used: budget, value: kept * 40.0, kept, entries: [0; 4], out: 0 };
        of.iter().map(point).collect()
    }

    #[test]
    fn the_knee_is_where_a_token_begins_to_pay_less_than_the_average_one() {
        let curve = points(&[(0, 0.0), (10, 0.5), (20, 0.8), (40, 0.9), (80, 0.98), (100, 1.0)]);
        assert_eq!(knee(&curve), Some(2));
        let longer = [curve.clone(), points(&[(1_000, 1.0), (10_000, 1.0)])].concat();
        assert_eq!(knee(&longer), Some(2), "what lies beyond the end of the curve moves nothing");
        assert_eq!(knee(&points(&[(0, 0.0), (50, 0.5), (100, 1.0)])), None, "a straight line has none");
        assert_eq!(knee(&points(&[(0, 0.2), (99, 0.2), (100, 1.0)])), None, "nor has a step at the end");
        assert_eq!((knee(&[]), knee(&points(&[(5, 0.4)]))), (None, None));
    }

    #[test]
    fn more_is_worse_where_some_smaller_budget_keeps_more() {
        let curve = points(&[(1, 0.3), (2, 0.5), (3, 0.4), (4, 0.5), (5, 0.49), (6, 0.9)]);
        assert_eq!(worse(&curve), [false, false, true, false, true, false]);
    }

    #[test]
    fn the_sentence_measures_against_a_common_window_where_there_is_as_much() {
        let short = points(&[(16_000, 0.4), (38_400, 0.8)]);
        assert_eq!(in_words(&short[0], &short), "16k keeps 50 % of what 38.4k keeps");
        assert_eq!(in_words(&short[1], &short), "38.4k keeps 80 % of the value");
        let long = points(&[(16_000, 0.456), (COMMON_WINDOW, 0.5), (1_000_000, 1.0)]);
        assert_eq!(in_words(&long[0], &long), "16k keeps 91 % of what 200k keeps");
        assert_eq!(in_words(&long[1], &long), "200k keeps 50 % of what 1M keeps");
        let falls = points(&[(16_512, 0.6), (38_400, 0.5)]);
        assert_eq!(in_words(&falls[0], &falls), "16,512 keeps more than 38.4k keeps");
    }

    #[test]
    fn the_axis_grows_by_factors_and_comes_back() {
        let scale = Scale { low: 500, high: 53_000 };
        assert_eq!((scale.share(500), scale.share(53_000), scale.share(90_000)), (0.0, 1.0, 1.0));
        for budget in [500, 1_000, 7_777, 53_000] {
            assert_eq!(scale.budget(scale.share(budget)), budget);
        }
        let budgets = scale.budgets(9);
        assert_eq!((budgets.len(), budgets[0], budgets[8]), (9, 500, 53_000));
        assert!(budgets.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(scale.marks(), [500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]);
        assert!(Scale { low: 1_000, high: 900_000 }.budgets(5).contains(&COMMON_WINDOW));
    }
}
