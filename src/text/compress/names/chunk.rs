//! Cuts text into runs of characters that names are made of.

use super::{LONGEST_CHUNK, path::is_file_name};

/// A run of characters that names are made of, with what stands next to it.
pub(super) struct Chunk<'a> {
    pub text: &'a str,
    pub start: usize,
    pub end: usize,
    /// The byte in front of it, a space at the start of the text.
    pub before: u8,
    /// The byte behind it, a space at the end of the text.
    pub after: u8,
    pub shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Letters only, none but the first a capital.
    Plain,
    /// Something that a name may be made of: a digit, an inner capital or a sign.
    Mixed,
    Url,
    /// A path with backslashes.
    Drive,
}

/// The next chunk at or after a byte offset, which must be a character boundary.
pub(super) fn next_chunk(text: &str, from: usize) -> Option<Chunk<'_>> {
    let bytes = text.as_bytes();
    let mut start = from;
    loop {
        let byte = *bytes.get(start)?;
        match CLASS[byte as usize] {
            // An escaped line break of a quoted string is no part of the word after it.
            Class::Separator if byte == b'\\' && matches!(bytes.get(start + 1), Some(b'n' | b'r' | b't')) => start += 2,
            Class::Separator => start += 1,
            Class::Wide => match wide(text, start) {
                (true, _) => break,
                (false, width) => start += width,
            },
            _ => break,
        }
    }
    let mut end = start;
    let mut shape = Shape::Plain;
    while let Some(&byte) = bytes.get(end) {
        match CLASS[byte as usize] {
            Class::Lower => end += 1,
            Class::Upper => {
                if end > start {
                    shape = Shape::Mixed;
                }
                end += 1;
            }
            Class::Digit => {
                shape = Shape::Mixed;
                end += 1;
            }
            Class::Sign => {
                shape = Shape::Mixed;
                if byte == b':' && is_scheme(&bytes[start..end]) && bytes[end + 1..].starts_with(b"//") {
                    end += bytes[end..].iter().take_while(|byte| is_url_byte(**byte)).count();
                    shape = Shape::Url;
                    break;
                }
                if byte == b':' && end == start + 1 && is_drive(&bytes[start..]) {
                    end += 1 + bytes[end + 1..].iter().take_while(|byte| is_drive_path_byte(**byte)).count();
                    shape = Shape::Drive;
                    break;
                }
                end += 1;
            }
            Class::Wide => match wide(text, end) {
                (true, width) => end += width,
                (false, _) => break,
            },
            Class::Separator => {
                if let Some(length) = backslash_path(&bytes[start..]).filter(|_| byte == b'\\') {
                    end = start + length;
                    shape = Shape::Drive;
                    break;
                }
                // The one sign that belongs to the number before it.
                end += usize::from(byte == b'%' && bytes[end - 1].is_ascii_digit());
                break;
            }
        }
    }
    let before = start.checked_sub(1).map_or(b' ', |at| bytes[at]);
    let after = bytes.get(end).copied().unwrap_or(b' ');
    Some(Chunk { text: &text[start..end], start, end, before, after, shape })
}

impl Chunk<'_> {
    /// A quick look that passes over plain words.
    pub fn may_hold_names(&self) -> bool {
        self.text.len() <= LONGEST_CHUNK && (self.shape != Shape::Plain || self.before == b'`')
    }
}

fn is_scheme(bytes: &[u8]) -> bool {
    (2..=10).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphabetic)
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"'`<>()[]{}|\\^*".contains(&byte)
}

/// `C:\dev`; an escaped line break after one letter is none.
fn is_drive(bytes: &[u8]) -> bool {
    matches!(bytes, [drive, b':', b'\\', b'\\' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'_', more, ..]
        if drive.is_ascii_uppercase() && is_drive_path_byte(*more))
}

/// The length of a relative path with two or more backslashes and a file at its end: `src\cart\total.cs`. Backslashes
/// that are all followed by `n`, `r` or `t` are escaped line breaks of a quoted string.
fn backslash_path(bytes: &[u8]) -> Option<usize> {
    const LONGEST: usize = 260;
    let length = bytes.iter().take(LONGEST).take_while(|byte| is_drive_path_byte(**byte)).count();
    let path = std::str::from_utf8(&bytes[..length]).ok()?.trim_end_matches(['.', '\\', '-']);
    let mut folders = path.split('\\');
    let last = folders.next_back()?;
    let count = folders.clone().filter(|folder| !folder.is_empty()).count();
    let escapes = path.split('\\').skip(1).all(|part| part.starts_with(['n', 'r', 't']));
    (count >= 2 && !escapes && is_file_name(last)).then_some(path.len())
}

fn is_drive_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"\\._-@+~".contains(&byte)
}

/// Whether a character outside ASCII belongs to words that names are made of, and its width in bytes. Letters of
/// alphabetic scripts do; CJK, which is written without spaces around names, does not.
fn wide(text: &str, at: usize) -> (bool, usize) {
    let character = text[at..].chars().next().unwrap_or(' ');
    (character < '\u{2000}' && character.is_alphanumeric(), character.len_utf8())
}

#[derive(Clone, Copy)]
enum Class {
    Lower,
    Upper,
    Digit,
    Sign,
    Wide,
    Separator,
}

const CLASS: [Class; 256] = {
    let mut table = [Class::Separator; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'_' | b'-' | b'.' | b'/' | b':' | b'@' | b'~' | b'#' => Class::Sign,
            128.. => Class::Wide,
            _ => Class::Separator,
        };
        byte += 1;
    }
    table
};
