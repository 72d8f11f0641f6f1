//! The most that any plan of a budget could be worth: the linear-programming bound with the pins forced.

use std::sync::Arc;

use super::{
    order::{Of, Order, push_ladder},
    units::{FactUnit, From, Unit, density},
};

/// The fractional optimum for every budget: ladders in order of density, the last step taken in part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bound {
    pins_cost: u64,
    pins_value: f64,
    /// Units of the tail, ascending: their bases are no steps of the plan's order, and steps like any other here.
    tail: Vec<usize>,
    /// Their steps with density, cost and value, densest first.
    ladders: Vec<(f64, u32, f64)>,
}

impl Bound {
    /// `facts`: the pinned ones, forced as pins are.
    pub fn new(units: &[Arc<Unit>], forced: &[usize], pins: usize, facts: &[FactUnit]) -> Bound {
        let mut ladders = Vec::new();
        let mut ladder = Vec::new();
        for &unit in &forced[pins..] {
            units[unit].steps_into(From::Nothing, &mut ladder);
            push_ladder(&mut ladders, Of::Unit(unit), &ladder);
        }
        ladders.sort_by(|a, b| b.density.total_cmp(&a.density));
        let mut tail = forced[pins..].to_vec();
        tail.sort_unstable();
        let sum = |of: fn(&Unit) -> f64| forced[..pins].iter().map(|&unit| of(&units[unit])).sum::<f64>();
        Bound {
            pins_cost: sum(|unit| f64::from(unit.base_cost)) as u64
                + facts.iter().map(|fact| u64::from(fact.cost)).sum::<u64>(),
            pins_value: sum(|unit| unit.base_value) + facts.iter().map(|fact| fact.value).sum::<f64>(),
            tail,
            ladders: ladders.iter().map(|step| (step.density, step.step.cost, step.step.value)).collect(),
        }
    }

    /// `order`: of the plan. `tokens`: the budget without the frame.
    pub fn at(&self, order: &Order, tokens: u32) -> f64 {
        let tokens = u64::from(tokens).saturating_sub(self.pins_cost);
        let in_tail = |of: Of| matches!(of, Of::Unit(unit) if self.tail.binary_search(&unit).is_ok());
        let mut ladders = self.ladders.iter().peekable();
        let mut steps = order.iter().filter(|step| !in_tail(step.of)).peekable();
        let (mut spent, mut value) = (0, 0.0);
        loop {
            let density_next = steps.peek().map(|step| step.density);
            let next = match ladders.next_if(|(density, ..)| density_next.is_none_or(|next| *density > next)) {
                Some(&(_, cost, value)) => Some((cost, value)),
                None => steps.next().map(|step| (step.step.cost, step.step.value)),
            };
            let Some((cost, worth)) = next else { return self.pins_value + value };
            if spent + u64::from(cost) > tokens {
                let part = density(cost, (value + worth) - value) * (tokens - spent) as f64;
                return self.pins_value + value + part;
            }
            spent += u64::from(cost);
            value += worth;
        }
    }
}
