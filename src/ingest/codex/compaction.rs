//! What a compaction left in the model's context: the entries whose text its replacement history repeats.

use std::collections::HashMap;

use super::item::{Items, Spot};
use crate::{
    ingest::{
        draft::{Draft, Key, Standing},
        json::Json,
    },
    model::{Kind, LossCause},
};

/// Without a replacement history Codex keeps the newest prompts, up to 20,000 tokens, which it takes for 4 bytes each.
const KEPT_PROMPT_BYTES: usize = 20_000 * 4;

/// Marks all that a compaction dropped as lost at its boundary. What of the history is no copy of an entry and says what
/// was dropped (a summary, readable or not) is given back; the rest of it is not new.
pub fn replace(drafts: &mut [Draft], history: &[Json], at: &Key, spot: Spot) -> Vec<Draft> {
    let mut items = Items::default();
    let copies: Vec<Draft> =
        history.iter().filter_map(|item| items.drafts(item, Spot { offset: 0, ..spot })).flatten().collect();
    let mut wanted: HashMap<Kind, HashMap<&str, u32>> = HashMap::new();
    let mut shortened: Vec<(Kind, &str, &str)> = Vec::new();
    for copy in &copies {
        match cut(copy) {
            Some((head, tail)) => shortened.push((copy.kind, head, tail)),
            None => *wanted.entry(copy.kind).or_default().entry(name(copy)).or_default() += 1,
        }
    }
    // The newest of several with the same words is the one that was kept.
    for draft in drafts.iter_mut().rev().filter(|draft| draft.standing == Standing::Held) {
        let text = name(draft);
        let count = wanted.get_mut(&draft.kind).and_then(|copies| copies.get_mut(text));
        if let Some(count) = count.filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let fits = |(kind, head, tail): &(Kind, &str, &str)| {
            *kind == draft.kind && text.starts_with(head) && text.ends_with(tail)
        };
        match shortened.iter().position(fits) {
            Some(index) => drop(shortened.swap_remove(index)),
            None => draft.standing = lost(at),
        }
    }
    let says_what_was_dropped = |copy: &Draft| {
        matches!(copy.kind, Kind::Summary | Kind::Opaque)
            && wanted.get(&copy.kind).and_then(|copies| copies.get(name(copy))).is_some_and(|count| *count > 0)
    };
    let left: Vec<Draft> = copies.iter().filter(|copy| says_what_was_dropped(copy)).cloned().collect();
    left.into_iter()
        .enumerate()
        .map(|(part, draft)| Draft { key: spot.key(part + 2), offset: spot.offset, ..draft })
        .collect()
}

/// The same where the log has no replacement history: what was set up before the first prompt is set up again, and the
/// newest prompts stay.
pub fn replace_by_rule(drafts: &mut [Draft], at: &Key) {
    let first = drafts.iter().position(|draft| draft.kind == Kind::Prompt).unwrap_or(drafts.len());
    let mut left = KEPT_PROMPT_BYTES;
    for (index, draft) in drafts.iter_mut().enumerate().rev().filter(|(_, draft)| draft.standing == Standing::Held) {
        let kept = match draft.kind {
            Kind::Prompt => {
                let fits = left > 0;
                left = left.saturating_sub(draft.text.len());
                fits
            }
            Kind::Injected => index < first,
            _ => false,
        };
        if !kept {
            draft.standing = lost(at);
        }
    }
}

fn lost(at: &Key) -> Standing {
    Standing::Lost { at: at.clone(), cause: LossCause::Compaction }
}

/// What tells an entry among those of its kind: the id of an exchange, else the words.
fn name(draft: &Draft) -> &str {
    match (&draft.kind, &draft.call_id) {
        (Kind::Call | Kind::Result, Some(id)) => id,
        _ => draft.text.trim(),
    }
}

/// Both ends of a text out of whose middle Codex cut some: "…12 tokens truncated…".
fn cut(copy: &Draft) -> Option<(&str, &str)> {
    let text = name(copy);
    let end = text.find(" tokens truncated…")?;
    let head = text[..end].trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('…')?;
    Some((head, &text[end + " tokens truncated…".len()..]))
}
