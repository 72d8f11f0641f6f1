//! A session and a budget → a plan → text. Pure: what it reads is in the session, what it tells is in the plan.
//!
//! `settings` says how to plan, `price` what each block costs, `value` what it is worth, `names` makes the index of recurring names,
//! `strategy` chooses, `render` writes the text, `suggest` says what to do next.

pub mod settings;
pub mod basis;
pub mod mirror;
pub mod enforce;
pub mod names;
pub mod chosen;
pub mod price;
pub mod render;
pub mod statistics;
pub mod strategy;
pub mod suggest;
pub mod cache;
pub mod compare;
pub mod sides;
pub mod sweep;
pub mod replay;
pub mod summary;
pub mod value;
