//! Where the agent's context lost entries: compactions and rewinds of the stream.

use std::{collections::HashSet, path::Path};

use super::{folder, updates::whole};
use crate::{
    ingest::{
        conversation::{boundary, lose},
        draft::{Draft, Key, Spot, Standing},
        json::Json,
        plural::thousands,
    },
    model::{Kind, LossCause, Role},
};

#[derive(Default)]
pub struct Compactions {
    number: u32,
    /// What the start of the compaction that is under way told.
    started: Option<Started>,
    /// The boundary of the latest one; it is told by two rows, in either order.
    latest: Option<Latest>,
    /// Summaries, and the file that holds their whole text.
    summaries: Vec<(usize, Option<String>)>,
}

struct Started {
    tokens: Option<u64>,
    reason: Option<String>,
}

struct Latest {
    boundary: usize,
    checkpoint: Option<String>,
    tells_tokens: bool,
}

impl Compactions {
    pub fn started(&mut self, update: &Json) {
        let tokens = update.get("tokens_used").and_then(whole);
        self.started = Some(Started { tokens, reason: update.text("reason").map(str::to_owned) });
    }

    /// A compaction, or the checkpoint that was written with it.
    pub fn completed(&mut self, update: &Json, stand: &Spot, drafts: &mut Vec<Draft>) {
        let checkpoint = update.text("checkpoint_id").map(str::to_owned);
        let is_checkpoint = update.text("sessionUpdate") == Some("compaction_checkpoint");
        let same = self.latest.as_ref().filter(|latest| {
            let nothing_since = drafts[latest.boundary + 1..].iter().all(|draft| draft.kind == Kind::Summary);
            let other_half = if is_checkpoint { latest.checkpoint.is_none() } else { !latest.tells_tokens };
            nothing_since && other_half
        });
        let at = match same.map(|latest| latest.boundary) {
            Some(at) => at,
            None => {
                self.number += 1;
                drafts.push(boundary(
                    (stand.name.clone(), 0),
                    stand.line,
                    stand.offset,
                    format!("compaction {}", self.number),
                ));
                let at = drafts.len() - 1;
                drafts[at].at = stand.at;
                let key = drafts[at].key.clone();
                lose(&mut drafts[..at], &key, LossCause::Compaction);
                self.latest = Some(Latest { boundary: at, checkpoint: None, tells_tokens: false });
                at
            }
        };
        let Some(latest) = &mut self.latest else { return };
        if is_checkpoint {
            latest.checkpoint = checkpoint;
            if let Some((_, file)) = self.summaries.last_mut().filter(|(summary, _)| *summary > at) {
                *file = latest.checkpoint.clone();
            }
            return;
        }
        latest.tells_tokens = true;
        let started = self.started.take();
        drafts[at].text.push_str(&words(update, started.as_ref()));
        if let Some(preview) = update.text("summary_preview").filter(|preview| !preview.trim().is_empty()) {
            drafts.push(stand.draft(1, Kind::Summary, Role::System, preview));
            self.summaries.push((drafts.len() - 1, latest.checkpoint.clone()));
        }
    }

    /// The stream holds only the beginning of a summary: the rest is in the checkpoint, where there is one.
    pub fn finish(&mut self, folder: Option<&Path>, drafts: &mut [Draft]) {
        for (summary, checkpoint) in &self.summaries {
            let text = folder
                .zip(checkpoint.as_deref())
                .and_then(|(folder, id)| whole_summary(folder, id, &drafts[*summary].text));
            if let Some(text) = text {
                drafts[*summary].text = text;
            }
        }
    }
}

/// " (threshold): 165,000 → 9,000 tokens".
fn words(update: &Json, started: Option<&Started>) -> String {
    let number = |key: &str| update.get(key).and_then(whole);
    let before = number("tokens_before").or(started.and_then(|started| started.tokens));
    let kind = match started.and_then(|started| started.reason.as_deref()) {
        Some("threshold") => " (auto)".into(),
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    };
    match (before, number("tokens_after")) {
        (Some(before), Some(after)) => format!("{kind}: {} → {} tokens", thousands(before), thousands(after)),
        (Some(before), None) => format!("{kind}: {} tokens", thousands(before)),
        (None, Some(after)) => format!("{kind}: → {} tokens", thousands(after)),
        (None, None) => kind,
    }
}

/// The text in a checkpoint that begins as `preview` does.
fn whole_summary(folder: &Path, id: &str, preview: &str) -> Option<String> {
    // The id is a file's name: it must not lead out of the folder.
    id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(())?;
    let checkpoint = folder::json(&folder.join("compaction_checkpoints").join(format!("{id}.json")))?;
    let rows = checkpoint.get("compacted_history")?.items();
    let mut texts = rows.iter().map(|row| super::content::told(row.get("content").unwrap_or(&Json::Null)).text);
    texts.find(|text| begins_as(text, preview))
}

/// Whether a text begins with a preview of it, which may end in dots.
pub fn begins_as(text: &str, preview: &str) -> bool {
    let preview = preview.trim().trim_end_matches(['.', '…']).trim_end();
    !preview.is_empty() && text.trim_start().starts_with(preview)
}

/// Takes back all from the draft `from` on. What a compaction in there had dropped is there again.
pub fn rewind(target: u64, from: usize, stand: &Spot, drafts: &mut Vec<Draft>) {
    let undone: HashSet<Key> =
        drafts[from..].iter().filter(|draft| draft.kind == Kind::Boundary).map(|draft| draft.key.clone()).collect();
    for draft in &mut drafts[..from] {
        if matches!(&draft.standing, Standing::Lost { at, cause: LossCause::Compaction } if undone.contains(at)) {
            draft.standing = Standing::Held;
        }
    }
    let key: Key = (stand.name.clone(), 0);
    let held = drafts[from..].iter().any(|draft| draft.standing == Standing::Held);
    lose(&mut drafts[from..], &key, LossCause::Rewind);
    if held {
        let words = format!("rewind to prompt {}", target.saturating_add(1));
        drafts.push(Draft { at: stand.at, ..boundary(key, stand.line, stand.offset, words) });
    }
}
