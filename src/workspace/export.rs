//! Exports: what leaves the program as a pack. They record what was sent; previews change nothing.

use super::{Desk, Result, Workspace};
use crate::{
    model::SessionId,
    pack::{cache::Sent, strategy::Strategy},
    store::{Exported, UsedUp},
};

impl Workspace {
    /// Records that a desk's pack was exported. The strategy's one-shot state is used up.
    pub fn exported(&mut self, desk: &Desk) -> Result<()> {
        let strategy = desk.settings().strategy;
        let used_up = if strategy == Strategy::Gradient { UsedUp::Yes } else { UsedUp::No };
        let export = Exported {
            at: self.now(),
            budget: desk.budget().tokens(),
            sent: desk.sent().0,
            result: desk
                .compaction()
                .map(|result| serde_json::to_string(&result))
                .transpose()
                .unwrap_or_default()
                .unwrap_or_default(),
        };
        Ok(self.store.record_export(&desk.session().id, &strategy.to_string(), &export, used_up)?)
    }

    /// The last exported pack of a session under a strategy.
    pub fn last_export(&self, id: &SessionId, strategy: Strategy) -> Result<Option<Exported>> {
        Ok(self.store.last_export(id, &strategy.to_string())?)
    }

    /// What of a session's pack the last export has put into the prompt cache.
    pub(super) fn last_sent(&self, id: &SessionId, strategy: Strategy) -> Result<Option<Sent>> {
        Ok(self.last_export(id, strategy)?.map(|export| Sent(export.sent)))
    }

    /// Makes the next export of `gradient` use at least this layer, 1 to 4; 0 takes it back. It survives a restart.
    pub fn force_layer(&mut self, id: &SessionId, layer: u8) -> Result<()> {
        Ok(self.store.force_layer(id, layer)?)
    }
}
