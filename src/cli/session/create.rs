//! `haversack session create`: an empty session to push into.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Printed, Who},
        context::{settings, workspace},
        output::Output,
        tell,
    },
    model::{SessionId, SessionSettings},
    text::words::parse_count,
    workspace::answer::Created,
};

/// Make an empty session
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session create --session-id checkout
  id=$(haversack session create --text --actor agent:ci)

Prints the session's id. A deleted session that had this id gets another, and stays restorable. JSON: {session_id, max_tokens, current_tokens, entry_count, push_count, created_at, updated_at,
dedup_threshold, preserve_recent}.")]
pub struct Create {
    /// The id it gets; without one, a new id is made
    #[arg(long, visible_alias = "session", value_name = "ID", value_parser = SessionId::typed)]
    session_id: Option<SessionId>,
    /// Tokens the session may hold; 0 for no maximum
    #[arg(long, value_name = "TOKENS", default_value_t = SessionSettings::FOR_PUSHES.max_tokens, value_parser = |text: &str| parse_count(text).ok_or("give a whole number"))]
    max_tokens: u32,
    /// Entries at the end that the tail always holds
    #[arg(long, value_name = "ENTRIES", default_value_t = SessionSettings::FOR_PUSHES.preserve_recent.unwrap_or_default())]
    preserve_recent: u32,
    /// How near the embeddings of two entries must be to count as one, 0 to 1
    #[arg(long, value_name = "DISTANCE", default_value_t = SessionSettings::FOR_PUSHES.dedup_threshold)]
    dedup_threshold: f32,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    printed: Printed,
}

impl Create {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        if !(0.0..=1.0).contains(&self.dedup_threshold) {
            return Err(Failure::WrongUse("give --dedup-threshold a number from 0 to 1".into()));
        }
        let mut workspace = workspace(&settings(store, Vec::new())?)?;
        let settings = SessionSettings {
            max_tokens: self.max_tokens,
            dedup_threshold: self.dedup_threshold,
            preserve_recent: Some(self.preserve_recent),
        };
        let id = match self.session_id {
            None => workspace.create_unnamed(settings, &self.who.actor)?,
            Some(id) => {
                if let Some(aside) = workspace.create(&id, settings, &self.who.actor)? {
                    tell(&format!(
                        "the deleted session {id} is called {aside} now: `haversack session undelete` still brings it back"
                    ));
                }
                id
            }
        };
        let mut output = Output::new();
        if self.printed.is_json() {
            output.json_line(&Created::new(id, settings, workspace.now()))?;
        } else {
            output.line(id.as_str())?;
        }
        output.finish()
    }
}
