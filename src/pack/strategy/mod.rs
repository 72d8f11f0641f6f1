//! Rules that turn a session and a budget into a plan, one file each.

pub mod balanced;
pub mod ladder;
pub mod tail;

#[cfg(test)]
pub(crate) mod tests;
