//! What a session is called.

use std::collections::HashMap;

use super::read::PlacedRow;
use crate::{ingest::title::of_first_prompt, model::Entry};

/// The title that the human gave, else the program's, else the beginning of the first prompt.
pub fn title(rows: &[&PlacedRow], entries: &[Entry]) -> String {
    let latest = |title: fn(&PlacedRow) -> Option<&str>| {
        rows.iter().rev().find_map(|placed| title(placed)).map(str::trim).filter(|title| !title.is_empty())
    };
    let given = latest(|placed| placed.record.custom_title.as_deref())
        .or_else(|| latest(|placed| placed.record.ai_title.as_deref()));
    if let Some(title) = given.or_else(|| summary_title(rows)) {
        return title.into();
    }
    of_first_prompt(entries)
}

/// `summary` rows hold titles of conversations, often of other ones: the one that ends latest in this session counts.
fn summary_title<'a>(rows: &[&'a PlacedRow]) -> Option<&'a str> {
    let places: HashMap<&str, usize> =
        rows.iter().enumerate().filter_map(|(index, placed)| Some((placed.record.uuid.as_deref()?, index))).collect();
    let titles = rows.iter().filter(|placed| &*placed.record.kind == "summary").filter_map(|placed| {
        let leaf = places.get(placed.record.leaf_uuid.as_deref()?)?;
        Some((leaf, placed.record.summary.as_deref()?))
    });
    titles.max_by_key(|(leaf, _)| **leaf).map(|(_, title)| title)
}
