//! Packs side by side.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    pack::compare::{Compared, Side},
    workspace::Desk,
};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    pub session_id: String,
    pub budget: u32,
    pub tokenizer: String,
    /// Whether `tokenizer` counts exactly.
    pub exact: bool,
    pub sides: Vec<Side>,
}

impl Comparison {
    /// Under the desk's budget, in the order asked for.
    pub fn new(desk: &Desk, compared: &[Compared]) -> Comparison {
        Comparison {
            session_id: desk.session().id.to_string(),
            budget: desk.budget().tokens(),
            tokenizer: desk.encoding().to_string(),
            exact: desk.encoding().is_exact(),
            sides: desk.compare(compared),
        }
    }
}
