//! OpenCode: the document of `opencode export`, the database `opencode.db`, and the older tree of JSON files `storage/`.
//!
//! All three hold the same messages and parts under the same ids; ids are in the rows or the path where they are not in
//! the JSON. The database is what the agent uses once it has one: a tree beside it is a copy left behind.

mod part;
mod tool;
mod reader;
mod compaction;
mod document;
mod database;
mod storage;

use std::path::Path;

use super::{
    adapter::{Adapter, Decoded, Progress, Told},
    agent::Agent,
    counts::{Counts, Reported},
    error::IngestError,
    probe::Probe,
    sqlite,
    tally::Tally,
};
use reader::{Read, Sums};

pub struct OpenCode;

impl Adapter for OpenCode {
    fn agent(&self) -> Agent {
        Agent::OpenCode
    }

    fn recognises(&self, probe: &Probe) -> bool {
        document::recognises(probe) || database::recognises(probe) || storage::recognises(probe)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let (told, tally) = if path.is_dir() {
            storage::read(path, progress)?
        } else if sqlite::is_database(path) {
            database::read(path, progress)?
        } else {
            document::read(path)?
        };
        Ok(decoded(told, tally))
    }
}

fn decoded(told: Vec<Read>, tally: Tally) -> Decoded {
    let mut sums = Sums::default();
    let mut conversations = Vec::with_capacity(told.len());
    for read in told {
        sums.add(&read.sums);
        conversations.push(read.conversation);
    }
    if let Some(first) = conversations.first_mut() {
        first.tell(&tally);
    }
    let counts = Counts::of(&conversations, &tally);
    // A summary is a reply too, and an invalid call or a failed command is an error that the format does not flag.
    let counts = Counts {
        messages: counts.messages + sums.summaries,
        tool_errors: Some(sums.failed),
        compactions: Some(sums.compactions),
        usage: Some(Reported {
            input: sums.usage.input,
            output: sums.usage.output,
            cache_read: Some(sums.usage.cache_read),
            cache_write: Some(sums.usage.cache_write),
        }),
        ..counts
    };
    Decoded { told: Told::Conversations(conversations), counts, tally }
}

#[cfg(test)]
mod tests;
