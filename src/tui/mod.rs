//! The screen: an Elm loop over one state. See `runtime` for the loop, `app` for what happens, `view` for what shows.

pub mod action;
pub mod keymap;
pub mod app;
pub mod view;
pub mod picture;
pub mod runtime;

pub use runtime::{Abilities, Follow, Start, examine, open};
