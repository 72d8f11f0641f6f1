//! What a session is called.

use std::collections::HashMap;

use super::read::PlacedRow;
use crate::model::{Entry, Kind};

/// Characters of a prompt that make a title where the log has none.
const TITLE_CHARS: usize = 80;

/// The title that the human gave, else the program's, else the beginning of the first prompt.
pub fn title(rows: &[&PlacedRow], entries: &[Entry]) -> String {
    let latest = |title: fn(&PlacedRow) -> Option<&str>| {
        rows.iter().rev().find_map(|placed| title(placed)).map(str::trim).filter(|title| !title.is_empty())
    };
    let given =
        latest(|placed| placed.row.custom_title.as_deref()).or_else(|| latest(|placed| placed.row.ai_title.as_deref()));
    if let Some(title) = given.or_else(|| summary_title(rows)) {
        return title.into();
    }
    let prompt = entries.iter().find(|entry| entry.kind == Kind::Prompt);
    let line =
        prompt.and_then(|entry| entry.text.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or_default();
    match line.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.into(),
    }
}

/// `summary` rows hold titles of conversations, often of other ones: the one that ends latest in this session counts.
fn summary_title<'a>(rows: &[&'a PlacedRow]) -> Option<&'a str> {
    let places: HashMap<&str, usize> =
        rows.iter().enumerate().filter_map(|(index, placed)| Some((placed.row.uuid.as_deref()?, index))).collect();
    let titles = rows.iter().filter(|placed| placed.row.kind == "summary").filter_map(|placed| {
        let leaf = places.get(placed.row.leaf_uuid.as_deref()?)?;
        Some((leaf, placed.row.summary.as_deref()?))
    });
    titles.max_by_key(|(leaf, _)| **leaf).map(|(_, title)| title)
}
