//! What recall found.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{Clean, SessionId},
    workspace::{FactHit, Hit, Scope},
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recalled<'a> {
    pub query: &'a str,
    /// The one session that was looked into.
    pub session_id: Option<&'a SessionId>,
    /// The folder of the one project that was looked into.
    pub project: Option<&'a Clean>,
    pub hits: &'a [Hit],
    pub facts: &'a [FactHit],
}

impl<'a> Recalled<'a> {
    pub fn new(query: &'a str, scope: &'a Scope, hits: &'a [Hit], facts: &'a [FactHit]) -> Recalled<'a> {
        let (session_id, project) = match scope {
            Scope::All => (None, None),
            Scope::Session(id) => (Some(id), None),
            Scope::Project(folder) => (None, Some(folder)),
        };
        Recalled { query, session_id, project, hits, facts }
    }
}
