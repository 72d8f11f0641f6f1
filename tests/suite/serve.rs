//! The servers: HTTP's routes, guards and errors asked in memory; streams, MCP's real clients and the end with the real
//! binary, each test with a home and a store of its own.

mod bad;
mod described;
mod distill;
mod guard;
mod running;
mod server;
mod verbs;
mod agent;
mod mcp;
mod mcp_http;
mod mcp_lines;
mod mcp_pack;
mod mcp_refusals;
