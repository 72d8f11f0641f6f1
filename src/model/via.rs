//! By which front end an edit came.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

/// As the journal stores it and JSON names it: `screen`, `command_line`, `http`, `mcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Via {
    Screen,
    CommandLine,
    Http,
    Mcp,
}

impl Via {
    /// As people read it, after "by agent:claude via".
    pub fn told(self) -> &'static str {
        match self {
            Via::Screen => "screen",
            Via::CommandLine => "command line",
            Via::Http => "HTTP",
            Via::Mcp => "MCP",
        }
    }
}
