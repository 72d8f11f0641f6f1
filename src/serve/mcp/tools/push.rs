//! `push_session`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    model::{Role, SessionId},
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Failed, Outcome, answer},
    },
    text::words,
    workspace::{
        Workspace,
        answer::Pushes,
        line::{self, Line},
    },
};

/// Bytes that one entry may have: some million tokens, far more than any window.
const LARGEST: usize = 4 * 1024 * 1024;

pub struct PushSession;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// The text, at most 4 MiB. Secrets are masked before anything is stored.
    #[schema(min_length = 1, max_length = 4_194_304)]
    content: String,
    /// Who said it; tool if nothing is said.
    role: Option<Role>,
    /// Where it comes from: a path, or what produced it, such as `cargo test`.
    source: Option<String>,
    /// How much it matters, 0 to 1; without it, it is scored by rule.
    #[schema(minimum = 0, maximum = 1)]
    importance: Option<f32>,
}

impl Ability for PushSession {
    const NAME: &'static str = "push_session";
    const TITLE: &'static str = "Push an entry";
    const ABOUT: &'static str = "Appends one entry to a session. A newer copy takes the place of an older one \
                                 (`superseded`), and a session above its maximum is brought within it by holding older \
                                 entries at less text or evicting them: pins stay, no text is lost, and a person can \
                                 restore all of it. `added` names the new entry by its number.";
    const EFFECT: Effect = Effect::Adds(Again::More);
    type Arguments = Entry;
    type Answer = Pushes;

    fn run(entry: Entry, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let session_id = workspace.live_session_named(&entry.session_id)?;
        if entry.content.len() > LARGEST {
            let size = words::size(entry.content.len() as u64);
            return Err(Failed(format!("content has {size}, and an entry at most 4 MiB: push it in parts")));
        }
        let line = Line {
            role: entry.role.unwrap_or(Role::Tool).to_string(),
            content: entry.content,
            source: entry.source,
            importance: entry.importance,
            embedding: None,
            kind: None,
            tool: None,
            call_id: None,
            path: None,
        };
        let push = line::entry(line)?;
        let pushed = workspace.push(&session_id, &caller.actor, &[push], caller.push)?;
        answer(&Pushes::new(session_id, &pushed))
    }
}
