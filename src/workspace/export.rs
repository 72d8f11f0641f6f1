//! Exports: what leaves the program as a pack. They record what was sent; previews change nothing.

use super::{Part, Result, Workspace, desk::Export};
use crate::{
    model::SessionId,
    pack::{cache::Sent, strategy::Strategy},
    store::{Exported, OpenStore, UsedUp},
};

impl Workspace {
    /// Records that a pack was exported. The strategy's one-shot state is used up.
    pub fn exported(&mut self, id: &SessionId, export: &Export) -> Result<()> {
        let used_up = if export.strategy == Strategy::Gradient { UsedUp::Yes } else { UsedUp::No };
        let result =
            export.result.as_ref().map(|result| serde_json::to_string(result).expect("it is plain numbers and text"));
        let record = Exported {
            at: self.now(),
            budget: export.budget,
            sent: export.sent.0.clone(),
            result: result.unwrap_or_default(),
        };
        match &mut self.store {
            OpenStore::Native(native) => {
                Ok(native.record_export(id, &export.strategy.to_string(), &record, used_up)?)
            }
            OpenStore::Distill(_) => {
                self.exports.insert((id.clone(), export.strategy.to_string()), record);
                Ok(())
            }
        }
    }

    /// The last exported pack of a session under a strategy.
    pub fn last_export(&self, id: &SessionId, strategy: Strategy) -> Result<Option<Exported>> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.last_export(id, &strategy.to_string())?),
            OpenStore::Distill(_) => Ok(self.exports.get(&(id.clone(), strategy.to_string())).cloned()),
        }
    }

    /// What of a session's pack the last export has put into the prompt cache.
    pub(super) fn last_sent(&self, id: &SessionId, strategy: Strategy) -> Result<Option<Sent>> {
        Ok(self.last_export(id, strategy)?.map(|export| Sent(export.sent)))
    }

    /// Makes the next export of `gradient` use at least this layer, 1 to 4; 0 takes it back. It survives a restart.
    pub fn force_layer(&mut self, id: &SessionId, layer: u8) -> Result<()> {
        Ok(self.store.native_mut(Part::Exports)?.force_layer(id, layer)?)
    }

    /// The layer that is forced; 0 where none is.
    pub fn forced_layer(&self, id: &SessionId) -> Result<u8> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.forced_layer(id)?),
            OpenStore::Distill(_) => Ok(0),
        }
    }
}
