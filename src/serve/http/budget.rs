//! The budget and the strategy that a request plans by.

use super::Problem;
use crate::model::Budget;

/// Tokens of a window that are kept for the answer where nothing is said.
const RESERVE: u32 = 32_000;

/// The numbers of a request, as they were given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    pub budget: Option<u32>,
    pub window: Option<u32>,
    pub reserve: Option<u32>,
    pub fixed: Option<u32>,
}

impl Numbers {
    /// The budget that they say; `otherwise` where they say none.
    pub fn budget_or(self, otherwise: Budget) -> Result<Budget, Problem> {
        let Numbers { budget, window, reserve, fixed } = self;
        match (budget, window) {
            (Some(_), Some(_)) => Err(Problem::bad_input("give a budget or a window, not both")),
            (_, None) if reserve.is_some() || fixed.is_some() => {
                Err(Problem::bad_input("reserve and fixed are parts of a window: give one"))
            }
            (Some(tokens), None) => Ok(Budget::Tokens(tokens)),
            (None, Some(window)) => {
                let budget = Budget::Window { window, reserve: reserve.unwrap_or(RESERVE), fixed: fixed.unwrap_or(0) };
                match budget.tokens() {
                    0 => Err(Problem::bad_input("reserve and fixed leave nothing of the window")),
                    _ => Ok(budget),
                }
            }
            (None, None) => Ok(otherwise),
        }
    }
}
