//! `balanced`: every entry at the level at which its tokens are best spent.
//!
//! All that can be taken is cut into *steps* (an exchange comes in at its deepest levels, then its members rise level
//! by level along the convex hull of cost and value; an index row is a single step), and all steps stand in one fixed
//! order of value per token. A plan is the forced part, then one walk along that order that takes what fits and whose
//! predecessor was taken. Densities fall along the order, so a larger budget never lowers the value: where two walks
//! first differ, the richer one takes a step that costs more than all the poorer one has left.

mod bound;
mod choose;
mod order;
mod ledger;
mod needs;
mod rising;
mod select;
mod units;

pub use choose::{choose, facts_out, ordered, overflow};
pub use ledger::Ledger;
pub use needs::{Price, Search};
pub use order::Of;
pub use rising::{Rising, Tally};
pub use select::Selection;
pub use units::Unit;

/// The name in settings, plans and on the screen.
pub const NAME: &str = "balanced";
