//! The tools, by subject.

mod sessions;
mod push;
mod context;
mod entries;
mod facts;
mod recall;
mod undo;

use super::tool::Route;

/// Every tool, in the order in which they are listed.
pub fn all() -> Vec<Route> {
    vec![
        Route::to::<sessions::CreateSession>(),
        Route::to::<push::PushSession>(),
        Route::to::<context::SessionContext>(),
        Route::to::<context::PlanContext>(),
        Route::to::<entries::ExpandEntry>(),
        Route::to::<recall::Recall>(),
        Route::to::<facts::RememberFact>(),
        Route::to::<entries::Pin>(),
        Route::to::<undo::Undo>(),
        Route::to::<sessions::DeleteSession>(),
    ]
}
