//! Finding entries: fuzzily by number, speaker, tool and path at once; letter by letter in whole texts as soon as the
//! worker answers.

use std::{fmt::Write, ops::Range, sync::Arc};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use regex::{Regex, RegexBuilder};

use crate::{
    model::{Clean, EntryId},
    workspace::desk::Columns,
};

/// The texts of a session in order, as a search is given them.
pub type Texts = Arc<[(EntryId, Clean)]>;

/// What the person looks for, and the entries that are known to have it.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    letters: Option<Regex>,
    texts: Texts,
    /// By place in `texts`.
    by_label: Vec<bool>,
    /// The same; `None` until the texts have been looked through.
    in_text: Option<Vec<bool>>,
}

impl Query {
    /// Compares the labels of all entries; their texts are for `search`.
    pub fn new(text: &str, columns: &Columns) -> Self {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Self::default();
        }
        let by_label = by_label(&text, columns);
        Self { letters: Some(letters(&text)), text, by_label, in_text: None, texts: columns.texts.clone() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes in the worker's answer: places in the texts that it was given.
    pub fn found(&mut self, places: &[u32]) {
        let mut in_text = vec![false; self.texts.len()];
        places.iter().for_each(|&place| in_text[place as usize] = true);
        self.in_text = Some(in_text);
    }

    /// Whether texts are still being looked through.
    pub fn is_searching(&self) -> bool {
        !self.is_empty() && self.in_text.is_none()
    }

    /// `index`: where the entry stands now. Entries may have come or gone since it was looked for.
    pub fn finds(&self, id: EntryId, index: usize) -> bool {
        if self.is_empty() {
            return true;
        }
        let is_it = |place: &usize| self.texts.get(*place).is_some_and(|(known, _)| *known == id);
        let near = || (index.saturating_sub(NEAR)..=index + NEAR).find(is_it);
        let Some(place) = Some(index).filter(is_it).or_else(near) else { return false };
        self.by_label[place] || self.in_text.as_ref().is_some_and(|found| found[place])
    }

    /// Where the letters stand in a line, in bytes.
    pub fn place_in(&self, line: &str) -> Option<Range<usize>> {
        self.letters.as_ref()?.find(line).map(|found| found.range())
    }
}

/// So many notes and summaries may have come or gone before an entry since it was looked for.
const NEAR: usize = 64;

/// The places of the texts that hold the needle. Letters in lower case find both cases.
pub fn search(needle: &str, texts: &[(EntryId, Clean)]) -> Vec<u32> {
    search_in(needle, texts, 0..texts.len() as u32)
}

/// The same among these places: what a longer needle finds, a shorter one that it holds has found too.
pub fn search_in(needle: &str, texts: &[(EntryId, Clean)], places: impl Iterator<Item = u32>) -> Vec<u32> {
    let letters = letters(needle);
    places.filter(|&place| letters.is_match(&texts[place as usize].1)).collect()
}

/// Whether all that a needle finds has been found by an earlier one.
pub fn narrows(needle: &str, earlier: &str) -> bool {
    // A capital letter makes a needle look at the case: that finds less too.
    needle.contains(earlier) || needle.to_lowercase().contains(earlier)
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

/// The entries of whose names one matches fuzzily, by index. Names are few, so each is looked at once.
fn by_label(needle: &str, columns: &Columns) -> Vec<bool> {
    let pattern = Pattern::parse(needle, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut matches =
        |name: &str| !name.is_empty() && pattern.score(Utf32Str::new(name, &mut buffer), &mut matcher).is_some();
    let files: Vec<bool> = columns.files.iter().map(|path| matches(file(path, needle))).collect();
    let whos: Vec<bool> = columns.whos.iter().map(|who| matches(who)).collect();
    let by_number = can_be_number(needle);
    let mut number = String::new();
    let found = columns.rows.iter().map(|row| {
        let named = whos[row.who as usize] || row.file.is_some_and(|file| files[file as usize]);
        named
            || by_number && {
                number.clear();
                let written = write!(number, "#{}", row.seq);
                written.is_ok() && matches(&number)
            }
    });
    found.collect()
}

/// Whether the needle may match something like `#12`. One that excludes (`!`) may whatever letters it has.
fn can_be_number(needle: &str) -> bool {
    needle.contains('!') || !needle.chars().any(char::is_alphabetic)
}

pub(super) fn letters(needle: &str) -> Regex {
    let any_case = !needle.chars().any(char::is_uppercase);
    let regex = RegexBuilder::new(&regex::escape(needle)).case_insensitive(any_case).size_limit(64 << 20).build();
    regex.unwrap_or_else(|_| Regex::new("[^\\s\\S]").expect("a pattern that matches nothing is valid"))
}

/// Besides its number and who speaks, an entry is called by its file. Whole paths match nearly everything fuzzily, so they
/// are looked at only when the needle is a path itself.
fn file<'a>(path: &'a str, needle: &str) -> &'a str {
    if needle.contains('/') { path } else { path.rsplit('/').next().unwrap_or("") }
}

#[cfg(test)]
mod tests {
    use super::narrows;

    #[test]
    fn a_needle_that_grows_finds_no_more() {
        assert!(narrows("round", "roun") && narrows("a round", "round") && narrows("Round", "round"));
        assert!(!narrows("roun", "round") && !narrows("round", "Round") && !narrows("ROUND", "Round"));
    }
}
