//! The tools, by subject.

mod sessions;
mod push;
mod context;
mod entries;
mod facts;
mod recall;
mod undo;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use super::tool::Route;
use crate::model::EntryName;

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

/// An entry by its number or id; a number that is no text is understood too.
struct Named(EntryName);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        text.parse().map(Named).map_err(D::Error::custom)
    }
}
