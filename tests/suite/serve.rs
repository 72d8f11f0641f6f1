//! The servers: routes, guards and errors asked in memory; streams, other programs and the end with the real binary.

mod bad;
mod described;
mod distill;
mod guard;
mod running;
mod server;
mod verbs;
