//! Serving a store to programs while people look at it: MCP, over standard input and output or over HTTP.

mod keeper;
pub mod mcp;
