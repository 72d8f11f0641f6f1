//! Logs of one JSON object a line: bytes → records, each with its place. What is no record is counted, never fatal.
//!
//! A log is read as a stream: no more than its longest line is held.

use std::{
    borrow::Cow,
    io::{self, BufRead},
    path::Path,
};

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Map, Value};

use super::{adapter::Progress, error::IngestError, input, json::Json, tally::Tally};

/// A record, and where it starts.
#[derive(Debug)]
pub struct Placed<R> {
    pub record: R,
    /// 1-based.
    pub line: u32,
    /// In bytes.
    pub offset: u64,
}

/// A log that is read line by line.
pub struct Lines<B> {
    reader: B,
    line: u32,
    offset: u64,
    tally: Tally,
}

/// Hands over every record of a log file; see [`Lines::read`].
///
/// # Errors
/// Where the file cannot be read.
pub fn each_record(
    path: &Path,
    progress: Progress,
    each: &mut dyn FnMut(&mut Tally, Placed<Json>),
) -> Result<Tally, IngestError> {
    Lines::new(input::lines(path)?).read(progress, each).map_err(|source| IngestError::io(path, source))
}

/// Bytes between two reports of progress.
const TELL_EVERY: u64 = 1 << 20;
/// A buffer that one long line has grown past this is given back.
const KEPT_BUFFER: usize = 4 << 20;

impl<B: BufRead> Lines<B> {
    pub fn new(reader: B) -> Self {
        Self { reader, line: 1, offset: 0, tally: Tally::default() }
    }

    /// Hands over every record, in order. Several objects on one line are several records (a missing newline is the
    /// most common damage); a line that is torn, commented out or garbage is one bad span. `progress` gets the bytes
    /// done, about once a megabyte.
    ///
    /// # Errors
    /// Where the reader fails.
    pub fn read<R: DeserializeOwned + Default>(
        mut self,
        progress: &mut dyn FnMut(u64),
        each: &mut dyn FnMut(&mut Tally, Placed<R>),
    ) -> io::Result<Tally> {
        let mut buffer = Vec::new();
        let mut told = 0;
        loop {
            buffer.clear();
            buffer.shrink_to(KEPT_BUFFER);
            let length = self.reader.read_until(b'\n', &mut buffer)?;
            if length == 0 {
                self.tally.bytes = self.offset;
                return Ok(self.tally);
            }
            let mark = if self.offset == 0 && buffer.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let bad = self.tally.bad_spans;
            self.decode_line(&buffer[mark..], mark as u64, each);
            self.tally.torn = self.tally.bad_spans > bad && !buffer.ends_with(b"\n") && looks_cut(&buffer[mark..]);
            self.offset += length as u64;
            self.line = self.line.saturating_add(1);
            if self.offset - told > TELL_EVERY {
                progress(self.offset);
                told = self.offset;
            }
        }
    }

    fn decode_line<R: DeserializeOwned + Default>(
        &mut self,
        bytes: &[u8],
        mark: u64,
        each: &mut dyn FnMut(&mut Tally, Placed<R>),
    ) {
        let mut rest = 0;
        while let Some(gap) = bytes[rest..].iter().position(|byte| !byte.is_ascii_whitespace()) {
            rest += gap;
            let Some((record, length)) = decode_record(&bytes[rest..], &mut self.tally) else {
                self.tally.bad_spans += 1;
                return;
            };
            self.tally.records += 1;
            each(&mut self.tally, Placed { record, line: self.line, offset: self.offset + mark + rest as u64 });
            rest += length;
        }
    }
}

/// Whether a last line without an end that is no record may be the beginning of one.
fn looks_cut(line: &[u8]) -> bool {
    line.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// The record at the start of the bytes and its length; `None` where they do not start with a JSON object.
fn decode_record<R: DeserializeOwned + Default>(bytes: &[u8], tally: &mut Tally) -> Option<(R, usize)> {
    if bytes.first() != Some(&b'{') {
        return None;
    }
    let mut stream = Deserializer::from_slice(bytes).into_iter::<R>();
    match stream.next()? {
        Ok(record) => Some((record, stream.byte_offset())),
        Err(_) => {
            let mended = mend(bytes);
            let whole = mended.len() == bytes.len();
            let mut stream = Deserializer::from_str(&mended).into_iter::<Value>();
            let Some(Ok(Value::Object(fields))) = stream.next() else { return None };
            // Lengths of mended text and raw bytes differ only where bytes were not UTF-8: then the record has the
            // whole line.
            let length = if whole { stream.byte_offset() } else { bytes.len() };
            Some((lenient(fields, tally), length))
        }
    }
}

/// The record without those of its fields that have an unexpected type.
fn lenient<R: DeserializeOwned + Default>(fields: Map<String, Value>, tally: &mut Tally) -> R {
    let all = fields.len();
    let fits = |key: &String, value: &Value| {
        serde_json::from_value::<R>(Value::Object(Map::from_iter([(key.clone(), value.clone())]))).is_ok()
    };
    let kept: Map<String, Value> = fields.into_iter().filter(|(key, value)| fits(key, value)).collect();
    tally.odd_records += u64::from(kept.len() < all);
    serde_json::from_value(Value::Object(kept)).unwrap_or_default()
}

/// The line with two kinds of damage that writers leave made good: bytes that are not UTF-8, and half of a surrogate
/// pair (`\ud83d` from an emoji cut in two), which becomes `\ufffd`.
pub fn mend(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\\u") {
        return text;
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        // An escape is two characters, or six for `\uXXXX`; a pair of surrogates is twelve.
        let length = match surrogate(rest) {
            Some(0xD800..=0xDBFF)
                if rest.get(6..).and_then(surrogate).is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) =>
            {
                12
            }
            Some(0xD800..=0xDFFF) => {
                mended.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            _ => rest.char_indices().nth(2).map_or(rest.len(), |(index, _)| index),
        };
        mended.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// The code unit of a `\uXXXX` escape at the start of the text.
fn surrogate(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}
