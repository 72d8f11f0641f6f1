//! `haversack session create`: an empty session to push into.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::Acting,
        context::{settings, workspace},
        output::Output,
    },
    model::{SessionId, SessionSettings},
    text::words::parse_count,
};

/// Make an empty session
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session create --session-id checkout
  id=$(haversack session create --actor agent:ci)

Prints the session's id. JSON: {session_id}.")]
pub struct Create {
    /// The id it gets; without one, a new id is made
    #[arg(long, visible_alias = "session", value_name = "ID", value_parser = session_id)]
    session_id: Option<SessionId>,
    /// Tokens the session may hold; 0 for no maximum
    #[arg(long, value_name = "TOKENS", default_value = "0", value_parser = |text: &str| parse_count(text).ok_or("give a whole number"))]
    max_tokens: u32,
    /// Entries at the end that the tail always holds; without it, as many as pack.tail of the settings says
    #[arg(long, value_name = "ENTRIES")]
    preserve_recent: Option<u32>,
    /// How near two entries must be to count as one, 0 to 1
    #[arg(long, value_name = "DISTANCE", default_value_t = SessionSettings::default().dedup_threshold)]
    dedup_threshold: f32,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Serialize)]
struct Answer {
    session_id: SessionId,
}

impl Create {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        if !(0.0..=1.0).contains(&self.dedup_threshold) {
            return Err(Failure::WrongUse("give --dedup-threshold a number from 0 to 1".into()));
        }
        let mut workspace = workspace(&settings(store, Vec::new())?)?;
        let id = self.session_id.unwrap_or_else(|| SessionId::new(format!("haversack:{:x}", workspace.now().0)));
        let settings = SessionSettings {
            max_tokens: self.max_tokens,
            dedup_threshold: self.dedup_threshold,
            preserve_recent: self.preserve_recent,
        };
        workspace.create(&id, settings, &self.acting.actor)?;
        let mut output = Output::new();
        if self.acting.json {
            output.json(&Answer { session_id: id })?;
        } else {
            output.line(id.as_str())?;
        }
        output.finish()
    }
}

/// An id that can be typed: no spaces, no control characters, not empty.
fn session_id(text: &str) -> Result<SessionId, String> {
    let typed = !text.is_empty() && text.len() <= 200 && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    if typed { Ok(SessionId::new(text)) } else { Err("give 1 to 200 characters without spaces".into()) }
}
