//! Digests of sessions.

use super::{Result, Workspace};
use crate::{insight::Digest, model::SessionId};

impl Workspace {
    /// What would be kept of a session if its raw text went.
    pub fn digest(&mut self, id: &SessionId) -> Result<Digest> {
        Ok(Digest::of(&self.session(id)?))
    }
}
