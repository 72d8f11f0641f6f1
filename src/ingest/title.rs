//! What a session is called where its log has no title.

use crate::model::{Entry, Kind};

/// Characters of a prompt that make a title.
const TITLE_CHARS: usize = 80;

/// The beginning of the first prompt.
pub fn of_first_prompt(entries: &[Entry]) -> String {
    let prompt = entries.iter().find(|entry| entry.kind == Kind::Prompt);
    let line =
        prompt.and_then(|entry| entry.text.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or_default();
    match line.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.into(),
    }
}
