//! `recall`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    model::SessionId,
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Effect, Failed, Outcome, answer},
    },
    text::redact,
    workspace::{Scope, Workspace, answer::Recalled},
};

/// Hits at the most, unless told otherwise; lore's.
const LIMIT: usize = 15;
const MOST: usize = 100;

pub struct Recall;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Words to look for: all of them, or any where no entry has all. Beginnings of words do too.
    #[schema(min_length = 1)]
    query: String,
    /// Look into one session only; into all if nothing is said.
    #[schema(min_length = 1, max_length = 200)]
    session_id: Option<SessionId>,
    /// Hits at the most, 1 to 100; 15 if nothing is said.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

impl Ability for Recall {
    const NAME: &'static str = "recall";
    const TITLE: &'static str = "Find entries by their words";
    const ABOUT: &'static str = "Finds entries and facts by their words, in one session or in all: what was evicted, \
                                 archived or superseded too. Each hit names its session and number with the words around \
                                 the match; expand_entry gives its whole text.";
    const EFFECT: Effect = Effect::Reads;
    type Arguments = Query;
    type Answer = Recalled<'static>;

    fn run(query: Query, _: &Caller, workspace: &mut Workspace) -> Outcome {
        let limit = query.limit.unwrap_or(LIMIT);
        if !(1..=MOST).contains(&limit) {
            return Err(Failed(format!("limit {limit} is out of range: give a number from 1 to {MOST}")));
        }
        if query.query.trim().is_empty() {
            return Err(Failed("query is empty: give some words to look for".into()));
        }
        let scope = match query.session_id {
            None => Scope::All,
            Some(named) => Scope::Session(workspace.live_session_named(&named)?),
        };
        // What is stored has its secrets masked: so they are looked for, and told.
        let words = redact::clean(&query.query);
        let hits = workspace.recall(&words, &scope, limit)?;
        let facts = workspace.recall_facts(&words, &scope, limit)?;
        answer(&Recalled::new(&words, &scope, &hits, &facts))
    }
}
