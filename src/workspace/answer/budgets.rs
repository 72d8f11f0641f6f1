//! What every budget keeps, by every strategy.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    pack::{
        strategy::Strategy,
        sweep::{self, Point},
    },
    workspace::Desk,
};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Curves {
    pub session_id: String,
    pub tokenizer: String,
    /// Whether `tokenizer` counts exactly.
    pub exact: bool,
    pub budget: u32,
    pub strategies: Vec<Curve>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Curve {
    pub name: Strategy,
    /// A sentence about `budget`.
    pub words: String,
    /// The budget from which on a token keeps less than the average one; `null` where there is none.
    pub knee: Option<u32>,
    pub points: Vec<CurvePoint>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CurvePoint {
    #[serde(flatten)]
    pub point: Point,
    /// Whether a smaller budget keeps more.
    pub worse: bool,
}

impl Curves {
    /// `budgets` must rise. `tell` hears of each one done.
    pub fn new(desk: &Desk, strategies: &[Strategy], budgets: &[u32], tell: &dyn Fn()) -> Curves {
        let curve = |&name: &Strategy| {
            let points = desk.curve(name, budgets, tell);
            let here = desk.curve(name, &[desk.budget().tokens()], &|| {});
            let words = here.first().map_or_else(String::new, |here| sweep::in_words(here, &points));
            let knee = sweep::knee(&points).map(|at| points[at].budget);
            let worse = sweep::worse(&points);
            let points = points.into_iter().zip(worse).map(|(point, worse)| CurvePoint { point, worse }).collect();
            Curve { name, words, knee, points }
        };
        Curves {
            session_id: desk.session().id.to_string(),
            tokenizer: desk.encoding().to_string(),
            exact: desk.encoding().is_exact(),
            budget: desk.budget().tokens(),
            strategies: strategies.iter().map(curve).collect(),
        }
    }
}
