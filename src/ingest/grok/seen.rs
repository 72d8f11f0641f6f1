//! What happened and what the model sees now → one list: what of it is still seen, and what only the model was told.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::{chat::Seen, loss::begins_as};
use crate::{
    ingest::draft::{Draft, Standing},
    model::{Kind, LossCause},
};

/// Files of a session with both logs, as places of entries name them.
const UPDATES: u16 = 0;
const CHAT: u16 = 1;

/// All that happened, with what only the chat holds (instructions, environment, summaries, sealed thoughts) where it
/// stands there. What the chat still shows is held; what it does not is lost, or nobody knows where it went. Gives the
/// entries, and the file of each.
pub fn merge(mut happened: Vec<Draft>, prompts: HashMap<u64, usize>, chat: Seen) -> (Vec<Draft>, Vec<u16>) {
    if chat.drafts.is_empty() {
        let files = vec![UPDATES; happened.len()];
        return (happened, files);
    }
    let partners = partners(&happened, &prompts, &chat);
    judge(&mut happened, &partners);
    let last = partners.iter().rposition(Option::is_some);
    let mut files = vec![UPDATES; happened.len()];
    let mut inserted: Vec<(usize, Draft)> = Vec::new();
    let mut after = happened.len();
    for (at, seen) in chat.drafts.into_iter().enumerate().rev() {
        match partners[at] {
            Some(partner) => {
                after = after.min(partner);
                if seen.kind == Kind::Summary {
                    // The stream holds only a summary's beginning.
                    let draft = &mut happened[partner];
                    (draft.text, draft.line, draft.offset, files[partner]) = (seen.text, seen.line, seen.offset, CHAT);
                }
            }
            // What was said or done is in the stream, if perhaps in other words; after its end it is not yet.
            None if !only_in_chat(seen.kind) && last.is_some_and(|last| at < last) => {}
            None if seen.kind == Kind::Summary => inserted.push((after_compaction(&happened).unwrap_or(after), seen)),
            None => inserted.push((after, seen)),
        }
    }
    weave(happened, files, inserted)
}

fn only_in_chat(kind: Kind) -> bool {
    matches!(kind, Kind::Injected | Kind::Summary | Kind::Opaque)
}

fn after_compaction(happened: &[Draft]) -> Option<usize> {
    let last =
        happened.iter().rposition(|draft| draft.kind == Kind::Boundary && draft.text.starts_with("compaction"))?;
    Some(last + 1)
}

/// For each row of the chat the entry of the stream that it is. Texts are looked for from the end, because the chat is the
/// stream's end, and an earlier copy may be lost.
fn partners(happened: &[Draft], prompts: &HashMap<u64, usize>, chat: &Seen) -> Vec<Option<usize>> {
    let mut calls: HashMap<(Kind, &str), usize> = HashMap::new();
    let mut texts: HashMap<(Kind, u64), Vec<usize>> = HashMap::new();
    for (at, draft) in happened.iter().enumerate() {
        if let (Kind::Call | Kind::Result, Some(id)) = (draft.kind, draft.call_id.as_deref()) {
            calls.insert((draft.kind, id), at);
        }
        if is_text(draft.kind) {
            texts.entry((draft.kind, print(&draft.text))).or_default().push(at);
        }
    }
    let numbers: HashMap<usize, u64> = chat.prompts.iter().map(|(number, at)| (*at, *number)).collect();
    let mut before = happened.len();
    let mut partners = vec![None; chat.drafts.len()];
    for (at, seen) in chat.drafts.iter().enumerate().rev() {
        let by_text = || {
            let same = texts.get(&(seen.kind, print(&seen.text)))?;
            same.iter().rev().copied().find(|&at| at < before)
        };
        partners[at] = match seen.kind {
            Kind::Call | Kind::Result => seen.call_id.as_deref().and_then(|id| calls.get(&(seen.kind, id)).copied()),
            Kind::Prompt => numbers.get(&at).and_then(|number| prompts.get(number).copied()).or_else(by_text),
            Kind::Summary => happened[..before]
                .iter()
                .rposition(|draft| draft.kind == Kind::Summary && begins_as(&seen.text, &draft.text)),
            kind if is_text(kind) => by_text(),
            _ => None,
        };
        before = partners[at].map_or(before, |partner| before.min(partner));
    }
    partners
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Prompt | Kind::Message | Kind::Thought | Kind::Injected)
}

/// Fingerprint of a text, whatever its white space.
fn print(text: &str) -> u64 {
    xxh3_64(text.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes())
}

/// What stands in the chat is held. What does not, though nothing in the stream says that it was dropped, is unknown;
/// messages and thoughts among others that are held may only be worded otherwise.
fn judge(happened: &mut [Draft], partners: &[Option<usize>]) {
    let mut found = vec![false; happened.len()];
    partners.iter().flatten().for_each(|&at| found[at] = true);
    let (Some(first), Some(last)) = (found.iter().position(|&found| found), found.iter().rposition(|&found| found))
    else {
        return;
    };
    for (at, draft) in happened.iter_mut().enumerate() {
        match (&draft.standing, found[at]) {
            (Standing::Lost { cause: LossCause::Rewind, .. }, _) => {}
            (Standing::Lost { .. } | Standing::Unknown, true) => draft.standing = Standing::Held,
            (Standing::Held, false) if at < first => draft.standing = Standing::Unknown,
            (Standing::Held, false) if at < last && matches!(draft.kind, Kind::Call | Kind::Result | Kind::Prompt) => {
                draft.standing = Standing::Unknown;
            }
            _ => {}
        }
    }
}

/// Puts each inserted draft before the place that it names; they come in reverse order.
fn weave(happened: Vec<Draft>, files: Vec<u16>, inserted: Vec<(usize, Draft)>) -> (Vec<Draft>, Vec<u16>) {
    let mut by_place: HashMap<usize, Vec<Draft>> = HashMap::new();
    for (place, draft) in inserted.into_iter().rev() {
        by_place.entry(place).or_default().push(draft);
    }
    let (mut drafts, mut sources) = (Vec::new(), Vec::new());
    let mut put = |place: usize, drafts: &mut Vec<Draft>, sources: &mut Vec<u16>| {
        for draft in by_place.remove(&place).unwrap_or_default() {
            drafts.push(draft);
            sources.push(CHAT);
        }
    };
    let end = happened.len();
    for (at, (draft, file)) in happened.into_iter().zip(files).enumerate() {
        put(at, &mut drafts, &mut sources);
        drafts.push(draft);
        sources.push(file);
    }
    put(end, &mut drafts, &mut sources);
    (drafts, sources)
}
