//! What the worker is doing, in words, for when it does not work out.

use crate::tui::app::{Effect, event::AfterFailure};

/// What an effect does, in words, and what its failure leaves behind.
pub fn names(effect: &Effect) -> (&'static str, AfterFailure) {
    match effect {
        Effect::List { .. } => ("Reading the store", AfterFailure::Stay),
        Effect::Open { .. } => ("Opening the session", AfterFailure::Leave),
        Effect::Demo { .. } => ("Opening the demo", AfterFailure::Leave),
        Effect::Import { .. } | Effect::ImportAll { .. } => ("The import", AfterFailure::Leave),
        Effect::Discover => ("Looking for logs", AfterFailure::Stay),
        Effect::Learned { .. } => ("Remembering what was used", AfterFailure::Stay),
        Effect::Record { .. } => ("Storing the edit", AfterFailure::Reload),
        Effect::Step { .. } => ("Undo", AfterFailure::Reload),
        Effect::StepTo { .. } => ("Going to that point of the journal", AfterFailure::Reload),
        Effect::Journal { .. } => ("Reading the journal", AfterFailure::Stay),
        Effect::ChangeFact { .. } => ("Changing the fact", AfterFailure::Reload),
        Effect::Clock => ("Telling the time", AfterFailure::Stay),
        Effect::Replay { .. } | Effect::StopReplay => ("The replay", AfterFailure::Stay),
        Effect::Delete { .. } => ("Deleting", AfterFailure::Stay),
        Effect::Undelete { .. } => ("Bringing it back", AfterFailure::Stay),
        Effect::Exported { .. } => ("Remembering what was exported", AfterFailure::Stay),
        Effect::Write { .. } => ("Writing", AfterFailure::Stay),
        Effect::Copy { .. } => ("Copying", AfterFailure::Stay),
        Effect::Search { .. } | Effect::Mentions { .. } => ("The search", AfterFailure::Stay),
        Effect::Usage { .. } => ("Reading what the log says it used", AfterFailure::Stay),
        Effect::Recall { .. } => ("The search", AfterFailure::Stay),
        Effect::Learn { .. } => ("Reading the sessions", AfterFailure::Stay),
        Effect::Decide { .. } => ("Storing the decision", AfterFailure::Stay),
        Effect::LetGo { .. } => ("Letting raw text go", AfterFailure::Stay),
        Effect::BringBack { .. } => ("Bringing it back", AfterFailure::Stay),
        Effect::History { .. } => ("Reading the journal", AfterFailure::Stay),
        Effect::Ask { .. } | Effect::Propose { .. } => ("Asking the model", AfterFailure::Stay),
        Effect::Plan { .. } | Effect::Sweep { .. } | Effect::Compare { .. } => ("Planning", AfterFailure::Stay),
    }
}
