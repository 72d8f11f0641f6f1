//! Finds names in text: paths, identifiers, flags, hashes, URLs, error names, versions and measured numbers.
//!
//! One pass over the bytes, no regular expressions. A *chunk* is a run of characters that names are made of; most are
//! plain words and are passed over at once, the others are taken as a whole or split at ever weaker separators
//! (`:`, `/`, `@`, `.`, `-`) until the parts are names or plain. Chunks over `LONGEST_CHUNK` bytes are no names.

mod chunk;
mod identifier;
mod number;
mod path;

use chunk::{Chunk, Shape, next_chunk};

/// A name and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    pub kind: NameKind,
    pub text: &'a str,
    /// Byte offset of `text` in the scanned text.
    pub start: usize,
}

impl Name<'_> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A file or folder: `src/db.rs`, `/etc/hosts`, `main.go`, `lib/Makefile`, `C:\dev\app.cs`; without `:42` after it.
    Path,
    /// `camelCase`, `snake_case`, `SCREAMING_CASE`, `module::item`, or any one word between backticks.
    Identifier,
    /// `--share`, without `=value`.
    Flag,
    /// A commit or content hash of 7 to 64 hexadecimal digits, or a UUID.
    Hash,
    Url,
    /// `TypeError`, `ErrNotFound`, `E0382`, `TS2345`, `ENOENT`, `SIGSEGV`.
    Error,
    /// A version, date, issue number or colour (`#42`), or a number with a unit. Bare numbers are no names.
    Number,
}

/// All names of a text, in order, none overlapping another. Linear in the length of the text.
pub fn names(text: &str) -> Names<'_> {
    Names { text, at: 0, found: Vec::new(), handed_out: 0 }
}

/// The iterator that [`names`] gives.
pub struct Names<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Name<'a>>,
    handed_out: usize,
}

/// Paths and URLs are longer than any other name; beyond this it is base64, a minified line or a run of one character.
const LONGEST_CHUNK: usize = 1024;
/// Longest identifier, flag or number.
const LONGEST_WORD: usize = 80;

impl<'a> Iterator for Names<'a> {
    type Item = Name<'a>;

    fn next(&mut self) -> Option<Name<'a>> {
        while self.handed_out == self.found.len() {
            self.found.clear();
            self.handed_out = 0;
            let chunk = next_chunk(self.text, self.at)?;
            self.at = chunk.end;
            if chunk.may_hold_names() {
                chunk.split(&mut self.found);
            }
        }
        self.handed_out += 1;
        self.found.get(self.handed_out - 1).copied()
    }
}

impl<'a> Chunk<'a> {
    fn split(&self, found: &mut Vec<Name<'a>>) {
        match self.shape {
            Shape::Url => {
                let url = self.text.trim_end_matches(['.', ',', ';', ':', '!', '?']);
                found.push(Name { kind: NameKind::Url, text: url, start: self.start });
            }
            Shape::Drive => {
                let path = self.text.trim_end_matches(['.', ':', '\\']);
                found.push(Name { kind: NameKind::Path, text: path, start: self.start });
            }
            Shape::Plain | Shape::Mixed => Splitter { chunk: self, found }.whole(),
        }
    }
}

/// Takes a chunk apart; finds come in order.
struct Splitter<'c, 'a> {
    chunk: &'c Chunk<'a>,
    found: &'c mut Vec<Name<'a>>,
}

impl<'a> Splitter<'_, 'a> {
    fn whole(&mut self) {
        let chunk = self.chunk.text;
        if self.chunk.before == b'`' && self.chunk.after == b'`' && identifier::is_word(chunk) {
            return self.add(NameKind::Identifier, chunk);
        }
        if let Some(flag) = identifier::flag(chunk) {
            return self.add(NameKind::Flag, flag);
        }
        if let Some(reference) = number::reference(chunk, self.chunk.after) {
            return self.add(NameKind::Number, reference);
        }
        if number::is_local_address(chunk) {
            return self.add(NameKind::Url, chunk);
        }
        // A single colon joins a path with its line, a key with its value, an image with its tag; a double one does not.
        let mut rest = chunk;
        while let Some(colon) = single_colon(rest) {
            self.between_colons(&rest[..colon]);
            rest = &rest[colon + 1..];
        }
        self.between_colons(rest);
    }

    fn between_colons(&mut self, part: &'a str) {
        let part = part.trim_start_matches(['-', ':', '#']).trim_end_matches(['-', ':', '#', '@', '.', '~']);
        if !part.contains('/') {
            return self.between_slashes(part);
        }
        let before = if self.offset(part) == 0 { self.chunk.before } else { b' ' };
        match path::with_slashes(part, before) {
            Some(path) => self.add(NameKind::Path, path),
            None => part.split('/').for_each(|part| self.between_slashes(part)),
        }
    }

    fn between_slashes(&mut self, part: &'a str) {
        if path::is_file_name(part) && !self.is_called(part) {
            return self.add(NameKind::Path, part);
        }
        for part in part.split(['@', '~', '#']) {
            if let Some(kind) = number::kind(part) {
                self.add(kind, part);
            } else if part.contains("::") {
                self.joined(part);
            } else {
                part.split('.').for_each(|part| self.between_dots(part));
            }
        }
    }

    /// `module::item`, taken whole.
    fn joined(&mut self, part: &'a str) {
        let part = part.trim_matches(':');
        match part.split("::").all(identifier::is_segment) {
            true if part.contains("::") => self.add(identifier::kind(part).unwrap_or(NameKind::Identifier), part),
            _ => part.split([':', '.']).for_each(|part| self.between_dots(part)),
        }
    }

    fn between_dots(&mut self, part: &'a str) {
        if let Some(kind) = number::kind(part).or_else(|| identifier::kind(part)) {
            self.add(kind, part);
        } else if part.contains('-') {
            for part in part.split('-') {
                if let Some(kind) = number::kind(part).or_else(|| identifier::kind(part)) {
                    self.add(kind, part);
                }
            }
        }
    }

    /// Whether the part is called like a function: `res.json(`.
    fn is_called(&self, part: &str) -> bool {
        self.chunk.after == b'(' && self.offset(part) + part.len() == self.chunk.text.len()
    }

    fn add(&mut self, kind: NameKind, text: &'a str) {
        let longest = if kind == NameKind::Path { LONGEST_CHUNK } else { LONGEST_WORD };
        if text.len() <= longest {
            self.found.push(Name { kind, text, start: self.chunk.start + self.offset(text) });
        }
    }

    /// Where a part, which is always a slice of the chunk, begins in it.
    fn offset(&self, part: &str) -> usize {
        part.as_ptr() as usize - self.chunk.text.as_ptr() as usize
    }
}

fn single_colon(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b':' if bytes.get(at + 1) == Some(&b':') => at += 2,
            b':' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests;
