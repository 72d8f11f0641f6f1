//! Finding entries: fuzzily by number, speaker, tool and path at once; letter by letter in whole texts as soon as the
//! worker answers.

use std::{collections::HashSet, ops::Range};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use regex::{Regex, RegexBuilder};

use crate::{
    model::{Clean, Entry, EntryId},
    pack::price,
};

/// What the person looks for, and the entries that are known to have it.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    letters: Option<Regex>,
    by_label: HashSet<EntryId>,
    in_text: HashSet<EntryId>,
}

impl Query {
    /// Compares the labels of all entries; their texts are for `search`.
    pub fn new(text: &str, entries: &[Entry]) -> Self {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Self::default();
        }
        let by_label = by_label(&text, entries);
        Self { letters: Some(letters(&text)), text, by_label, in_text: HashSet::new() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes in the worker's answer.
    pub fn found(&mut self, ids: HashSet<EntryId>) {
        self.in_text = ids;
    }

    pub fn finds(&self, entry: &Entry) -> bool {
        self.is_empty() || self.in_text.contains(&entry.id) || self.by_label.contains(&entry.id)
    }

    /// Where the letters stand in a line, in bytes.
    pub fn place_in(&self, line: &str) -> Option<Range<usize>> {
        self.letters.as_ref()?.find(line).map(|found| found.range())
    }
}

/// The entries whose text holds the needle. Letters in lower case find both cases.
pub fn search(needle: &str, texts: &[(EntryId, Clean)]) -> HashSet<EntryId> {
    let letters = letters(needle);
    texts.iter().filter(|(_, text)| letters.is_match(text)).map(|&(id, _)| id).collect()
}

/// The lines that match fuzzily, by index.
pub fn fuzzy<'a>(needle: &str, lines: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let pattern = Pattern::parse(needle, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut matches = |line: &str| pattern.score(Utf32Str::new(line, &mut buffer), &mut matcher).is_some();
    lines.enumerate().filter(|(_, line)| matches(line)).map(|(index, _)| index).collect()
}

/// The same, the best match first.
pub fn ranked<'a>(needle: &str, lines: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let pattern = Pattern::parse(needle, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut score = |line: &str| pattern.score(Utf32Str::new(line, &mut buffer), &mut matcher);
    let mut found: Vec<(u32, usize)> =
        lines.enumerate().filter_map(|(index, line)| Some((score(line)?, index))).collect();
    found.sort_by_key(|&(score, index)| (std::cmp::Reverse(score), index));
    found.into_iter().map(|(_, index)| index).collect()
}

/// The entries of whose names one matches fuzzily.
fn by_label(needle: &str, entries: &[Entry]) -> HashSet<EntryId> {
    let pattern = Pattern::parse(needle, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut matches =
        |name: &str| !name.is_empty() && pattern.score(Utf32Str::new(name, &mut buffer), &mut matcher).is_some();
    let found = entries.iter().filter(|entry| {
        matches(file(entry, needle)) || matches(&price::who(entry)) || matches(&format!("#{}", entry.seq))
    });
    found.map(|entry| entry.id).collect()
}

pub(super) fn letters(needle: &str) -> Regex {
    let any_case = !needle.chars().any(char::is_uppercase);
    let regex = RegexBuilder::new(&regex::escape(needle)).case_insensitive(any_case).size_limit(64 << 20).build();
    regex.unwrap_or_else(|_| Regex::new("[^\\s\\S]").expect("a pattern that matches nothing is valid"))
}

/// Besides its number and who speaks, an entry is called by its file. Whole paths match nearly everything fuzzily, so they
/// are looked at only when the needle is a path itself.
fn file<'a>(entry: &'a Entry, needle: &str) -> &'a str {
    let path = entry.path.as_deref().unwrap_or("");
    if needle.contains('/') { path } else { path.rsplit('/').next().unwrap_or("") }
}
