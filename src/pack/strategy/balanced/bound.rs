//! The most that any plan of a budget could be worth: the linear-programming bound with the pins forced.

use std::sync::Arc;

use super::{
    ledger::{Of, Ordered, push_ladder},
    units::{FactUnit, From, Unit, density},
};

/// The fractional optimum for every budget: ladders in order of density, the last step taken in part.
#[derive(Clone, Debug)]
pub struct Bound {
    pins_cost: u64,
    pins_value: f64,
    /// Cumulative cost and value, both starting at 0.
    costs: Vec<u64>,
    values: Vec<f64>,
}

impl Bound {
    /// `facts`: the pinned ones, forced as pins are. `steps`: the order of the plan. Only the tail differs here: its bases are steps like any other.
    pub fn new(units: &[Arc<Unit>], forced: &[usize], pins: usize, facts: &[FactUnit], steps: &[Ordered]) -> Bound {
        let mut in_tail = vec![false; units.len()];
        let mut ladders: Vec<Ordered> = Vec::new();
        let mut ladder = Vec::new();
        for &unit in &forced[pins..] {
            in_tail[unit] = true;
            units[unit].steps_into(From::Nothing, &mut ladder);
            push_ladder(&mut ladders, Of::Unit(unit), &ladder);
        }
        ladders.sort_by(|a, b| b.density.total_cmp(&a.density));
        let mut ladders = ladders.into_iter().peekable();
        let mut order: Vec<(u32, f64)> = Vec::with_capacity(steps.len() + forced.len());
        for step in steps.iter().filter(|step| !matches!(step.of, Of::Unit(unit) if in_tail[unit])) {
            while let Some(first) = ladders.next_if(|ladder| ladder.density > step.density) {
                order.push((first.step.cost, first.step.value));
            }
            order.push((step.step.cost, step.step.value));
        }
        order.extend(ladders.map(|ladder| (ladder.step.cost, ladder.step.value)));
        let (mut costs, mut values) = (vec![0], vec![0.0]);
        for (cost, value) in order {
            costs.push(costs.last().expect("it starts with 0") + u64::from(cost));
            values.push(values.last().expect("it starts with 0") + value);
        }
        let sum = |of: fn(&Unit) -> f64| forced[..pins].iter().map(|&unit| of(&units[unit])).sum::<f64>();
        Bound {
            pins_cost: sum(|unit| f64::from(unit.base_cost)) as u64
                + facts.iter().map(|fact| u64::from(fact.cost)).sum::<u64>(),
            pins_value: sum(|unit| unit.base_value) + facts.iter().map(|fact| fact.value).sum::<f64>(),
            costs,
            values,
        }
    }

    /// `tokens`: the budget without the frame.
    pub fn at(&self, tokens: u32) -> f64 {
        let tokens = u64::from(tokens).saturating_sub(self.pins_cost);
        let whole = self.costs.partition_point(|&cost| cost <= tokens) - 1;
        let part = match self.costs.get(whole + 1) {
            Some(next) => {
                let cost = (next - self.costs[whole]) as u32;
                density(cost, self.values[whole + 1] - self.values[whole]) * (tokens - self.costs[whole]) as f64
            }
            None => 0.0,
        };
        self.pins_value + self.values[whole] + part
    }
}
