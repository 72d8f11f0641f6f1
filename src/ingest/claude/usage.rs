//! Token usage as the log reports it, each amount once.

use std::collections::HashMap;

use super::read::PlacedRow;
use crate::model::Usage;

/// Usage by message id. It is copied on each row of a message and may grow while the reply streams: the last row wins.
pub fn by_message(rows: &[&PlacedRow]) -> HashMap<String, Usage> {
    let mut usages = HashMap::new();
    for placed in rows.iter().filter(|placed| &*placed.record.kind == "assistant") {
        let Some(message) = &placed.record.message else { continue };
        let (Some(id), Some(usage)) = (&message.id, &message.usage) else { continue };
        let usage = Usage {
            input: usage.input_tokens.0,
            output: usage.output_tokens.0,
            cache_read: usage.cache_read_input_tokens.0,
            cache_write: usage.cache_creation_input_tokens.0,
        };
        usages.insert(id.clone(), usage);
    }
    usages
}
