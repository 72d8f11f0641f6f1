//! The servers: real clients against the real binary, each test with a home and a store of its own.

mod agent;
mod mcp;
mod mcp_http;
mod mcp_lines;
mod mcp_pack;
mod mcp_refusals;
