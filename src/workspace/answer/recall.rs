//! What recall found.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::SessionId,
    workspace::{FactHit, Hit, Scope},
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recalled<'a> {
    pub query: &'a str,
    /// The one session that was looked into.
    pub session_id: Option<&'a SessionId>,
    pub hits: &'a [Hit],
    pub facts: &'a [FactHit],
}

impl<'a> Recalled<'a> {
    pub fn new(query: &'a str, scope: &'a Scope, hits: &'a [Hit], facts: &'a [FactHit]) -> Recalled<'a> {
        let session_id = match scope {
            Scope::All | Scope::Project(_) => None,
            Scope::Session(id) => Some(id),
        };
        Recalled { query, session_id, hits, facts }
    }
}
