//! Files: which were changed and how, and which matter.

use std::collections::BTreeMap;

use super::Material;
use crate::{
    model::{Entry, Kind, Mark},
    pack::summary::{Line, excerpt},
    text::compress::names::{self, NameKind},
};

/// Files whose changes are told, the newest, and files that are named, the best.
const FILES: usize = 30;
/// Entries that a file's line names.
const SOURCES: usize = 3;
/// Characters of the changed line that is shown.
const CHANGED: usize = 90;

#[derive(Default)]
struct Touched {
    seqs: Vec<u32>,
    /// Each touch counts one and up to one more the later it is; an edit twice.
    weight: f64,
}

impl Material<'_> {
    /// Edits by file, in order of the last: how many, and the first line of the newest text.
    pub(super) fn changes(&self) -> Vec<Line> {
        let mut by_file: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for call in self.of_kind(Kind::Call).filter(|call| call.marks.has(Mark::Edit)) {
            let failed = self.result(call).is_some_and(|result| result.marks.has(Mark::Error));
            if !failed && let Some(path) = call.path.as_deref().or_else(|| first_path(&call.text)) {
                by_file.entry(path).or_default().push(call);
            }
        }
        let mut files: Vec<(&str, Vec<&Entry>)> = by_file.into_iter().collect();
        files.sort_by_key(|(_, edits)| edits.last().map(|edit| edit.seq));
        let skipped = files.len().saturating_sub(FILES);
        let line = |(path, edits): (&str, Vec<&Entry>)| {
            let times = if edits.len() == 1 { String::new() } else { format!(" ({} edits)", edits.len()) };
            let new = edits.last().and_then(|edit| changed_line(&edit.text));
            let new = new.map_or(String::new(), |new| format!(": {}", excerpt::one_line(new, CHANGED)));
            let text = excerpt::one_line(&format!("{path}{times}{new}"), excerpt::LONGEST);
            Line { text, sources: newest(edits.iter().map(|edit| edit.seq).collect()) }
        };
        files.into_iter().skip(skipped).map(line).collect()
    }

    /// Paths by how often and how late they came up in calls and in what was said.
    pub(super) fn files(&self) -> Vec<Line> {
        let mut by_file: BTreeMap<&str, Touched> = BTreeMap::new();
        let count = self.indices.len().max(1) as f64;
        for (at, entry) in self.entries().enumerate() {
            let late = 1.0 + at as f64 / count;
            let mut touch = |path, weight: f64| {
                let touched: &mut Touched = by_file.entry(path).or_default();
                touched.weight += weight * late;
                touched.seqs.push(entry.seq);
            };
            match (entry.kind, entry.path.as_deref()) {
                (Kind::Call, Some(path)) => touch(path, if entry.marks.has(Mark::Edit) { 2.0 } else { 1.0 }),
                (Kind::Prompt | Kind::Message, _) => {
                    let paths = names::names(&entry.text).filter(|name| name.kind == NameKind::Path);
                    paths.take(SAID).for_each(|name| touch(name.text, 0.5));
                }
                _ => {}
            }
        }
        let mut files: Vec<(&str, Touched)> = by_file.into_iter().collect();
        files.sort_by(|(one_path, one), (path, other)| other.weight.total_cmp(&one.weight).then(one_path.cmp(path)));
        let line = |(path, touched): (&str, Touched)| Line {
            text: excerpt::one_line(path, excerpt::LONGEST),
            sources: newest(touched.seqs),
        };
        files.into_iter().take(FILES).map(line).filter(|line| !line.text.is_empty()).collect()
    }
}

/// Paths of one message that count.
const SAID: usize = 12;

/// The newest few of ascending numbers, each once.
fn newest(mut seqs: Vec<u32>) -> Vec<u32> {
    seqs.dedup();
    seqs.drain(..seqs.len().saturating_sub(SOURCES));
    seqs
}

fn first_path(text: &str) -> Option<&str> {
    names::names(text).find(|name| name.kind == NameKind::Path).map(|name| name.text)
}

/// The first line that an edit writes and that is not in what it replaces.
fn changed_line(text: &str) -> Option<&str> {
    let (before, new) = text.split_once("\nnew:\n")?;
    let told = |line: &&str| line.chars().any(char::is_alphanumeric);
    new.lines().filter(told).find(|line| !before.contains(line.trim()))
}
