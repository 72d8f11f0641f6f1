//! The agents whose logs can be read.

use strum::{Display, EnumString, VariantArray};

/// An agent. Its text form stands before the colon of a session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, VariantArray)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Agent {
    Claude,
    Codex,
    Grok,
    Gemini,
    OpenCode,
    Crush,
    Goose,
    Pi,
    Copilot,
    Cursor,
    Aider,
}

impl Agent {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Agent::Claude => "Claude Code",
            Agent::Codex => "Codex",
            Agent::Grok => "Grok Build",
            Agent::Gemini => "Gemini CLI",
            Agent::OpenCode => "OpenCode",
            Agent::Crush => "Crush",
            Agent::Goose => "Goose",
            Agent::Pi => "Pi",
            Agent::Copilot => "Copilot CLI",
            Agent::Cursor => "Cursor",
            Agent::Aider => "Aider",
        }
    }
}
