//! The domain as plain values: sessions, entries, levels, edits, plans. No I/O, no clock, no drawing.

mod clean;
mod edit;
mod entry;
mod exchanges;
mod call_ids;
mod export;
mod fact;
mod ids;
mod via;
mod entry_name;
mod journal;
pub mod policy;
mod level;
mod number;
mod places;
mod plan;
mod session;
mod verb;

pub use call_ids::CallIds;
pub use clean::Clean;
pub use edit::{Change, Drift, Edit, FactChange};
pub use entry::{
    Entry, EntryState, Fate, Held, HeldBy, Importance, Kind, LossCause, Made, Mark, Marks, Place, Reason, Role, Score,
    Seen, Usage,
};
pub use entry_name::EntryName;
pub use exchanges::{Exchange, Exchanges, GrowingExchanges};
pub use fact::{Fact, FactKind, Scope, Trust};
pub use ids::{Actor, EntryId, FactId, SessionId, Time};
pub use journal::{JournalRow, JournalStatus};
pub use level::Level;
pub use number::exact;
pub use places::Places;
pub use plan::{Block, BlockKind, Budget, Exclusion, ExclusionReason, Overflow, Plan, Source};
pub use session::{NameRow, Repeated, Session, SessionSettings, SourceFile};
pub use verb::{Refusal, Verb};
pub use via::Via;
