//! The words of a text as hashes, without the line numbers that a file reader put before its lines.

use xxhash_rust::xxh3::xxh3_64;

/// One hash a word, in order. Words are what white space parts.
pub(super) fn hashes(text: &str) -> Vec<u64> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut add = |part: &str| words.extend(part.split_whitespace().map(|word| xxh3_64(word.as_bytes())));
    let Some(first) = first_number(text) else {
        add(text);
        return words;
    };
    let mut next = first;
    for line in text.lines() {
        match numbered(line).filter(|(number, _)| *number == next) {
            Some((number, rest)) => {
                next = number + 1;
                add(rest);
            }
            None => add(line),
        }
    }
    words
}

/// The number of the first line, where the second line has the next: one numbered line alone may be data.
fn first_number(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let (first, _) = numbered(lines.next()?)?;
    let (second, _) = numbered(lines.next()?)?;
    (second == first + 1).then_some(first)
}

/// `     12→rest` and `    12<tab>rest`: the number and the rest.
fn numbered(line: &str) -> Option<(u64, &str)> {
    let line = line.trim_start_matches(' ');
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 {
        return None;
    }
    let (number, rest) = line.split_at(digits);
    let rest = rest.strip_prefix('\t').or_else(|| rest.strip_prefix('→'))?;
    Some((number.parse().ok()?, rest))
}
