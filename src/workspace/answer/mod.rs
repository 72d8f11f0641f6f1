//! What the workspace answers, as JSON: one definition for the command line, HTTP and MCP.
//!
//! Fields that distill has too bear its names and mean what they say there; ours stand behind them. Times are
//! milliseconds since 1970 UTC, but for `created_at` and `updated_at`, which are RFC 3339 as distill writes them.

mod push;
mod context;
mod forward;
mod session;
mod entry;
mod rendition;
mod expanded;
mod overview;
mod edit;
mod condense;
mod journal;
mod fact;
mod recall;
mod compare;
mod budgets;
mod why;

pub use budgets::{Curve, CurvePoint, Curves};
pub use compare::Comparison;
pub use condense::{Condensed, Done, Summary};
pub use context::{Context, plan_of_role};
pub use edit::{Changed, Edited, Refused, Stepped};
pub use entry::{Entries, EntryRow};
pub use expanded::{Expanded, Span};
pub use fact::{FactChanged, FactHistory, FactRow, Facts, ranked};
pub use forward::{Form, Forward, Planned};
pub use journal::{EditRow, Event};
pub use overview::Overview;
pub use push::Pushes;
pub use recall::Recalled;
pub use rendition::Rendition;
pub use session::{About, Contents, Created, Deleted, Listed, Undeleted};
pub use why::{Explained, Why};

use crate::model::Time;

/// "2026-11-20T21:14:05.52Z", as distill writes moments.
fn rfc3339(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| String::new(), |at| at.to_string())
}
