//! Bytes of a Claude Code log → its records, each with its place; what is no record is counted, never fatal.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Deserializer, Map, Value};

use super::record::Row;
use crate::{ingest::plural::counted, text::redact::clean};

/// A log, decoded.
#[derive(Debug, Default)]
pub struct Log {
    pub rows: Vec<PlacedRow>,
    /// JSON objects, whatever their type.
    pub records: u64,
    /// Stretches that are no JSON object, each to the end of its line.
    pub bad_spans: u64,
    /// Records with a field of an unexpected type; the field was left out.
    pub odd_records: u64,
    /// Records of a type that this importer does not know, by type.
    pub unknown: BTreeMap<String, u64>,
    pub bytes: u64,
}

#[derive(Debug)]
pub struct PlacedRow {
    pub row: Row,
    /// 1-based line on which the record starts.
    pub line: u32,
    /// Byte offset at which the record starts.
    pub offset: u64,
}

/// Record types seen in logs of versions 2.0 to 2.1.219.
const KNOWN_TYPES: [&str; 18] = [
    "user",
    "assistant",
    "system",
    "attachment",
    "progress",
    "summary",
    "custom-title",
    "ai-title",
    "agent-name",
    "last-prompt",
    "file-history-snapshot",
    "permission-mode",
    "mode",
    "queue-operation",
    "pr-link",
    "bridge-session",
    "frame-link",
    "tag",
];

/// Decodes a whole log. Several objects on one line are several records (a missing newline is the most common damage);
/// a line that is torn, commented out or garbage is one bad span. `progress` gets the bytes done, about once a megabyte.
pub fn decode(bytes: &[u8], progress: &mut dyn FnMut(u64)) -> Log {
    let mut log = Log { bytes: bytes.len() as u64, ..Log::default() };
    let mut start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut line = 1;
    let mut told = 0;
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| start + length);
        log.decode_line(&bytes[start..end], line, start as u64);
        (start, line) = (end + 1, line + 1);
        if end - told > 1 << 20 {
            progress(end as u64);
            told = end;
        }
    }
    log
}

impl Log {
    /// What the reader could not use, in words.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.bad_spans > 0 {
            problems.push(counted(
                self.bad_spans,
                "line is not JSON and was skipped",
                "lines are not JSON and were skipped",
            ));
        }
        if self.odd_records > 0 {
            let (one, many) = ("record has a field of an unexpected type", "records have fields of an unexpected type");
            problems.push(counted(self.odd_records, one, many));
        }
        let unknown: u64 = self.unknown.values().sum();
        if unknown > 0 {
            let types = counted(self.unknown.len() as u64, "unknown type", "unknown types");
            let name = |name: &String| format!("'{}'", clean(name).chars().take(40).collect::<String>().escape_debug());
            let names: Vec<String> = self.unknown.keys().take(5).map(name).collect();
            problems.push(format!("{} of {types} ({})", counted(unknown, "record", "records"), names.join(", ")));
        }
        problems
    }

    fn decode_line(&mut self, bytes: &[u8], line: u32, offset: u64) {
        let mut rest = 0;
        while let Some(gap) = bytes[rest..].iter().position(|byte| !byte.is_ascii_whitespace()) {
            rest += gap;
            let Some((row, length)) = self.decode_record(&bytes[rest..]) else {
                self.bad_spans += 1;
                return;
            };
            self.records += 1;
            if !KNOWN_TYPES.contains(&row.kind.as_str()) {
                *self.unknown.entry(row.kind.clone()).or_default() += 1;
            }
            self.rows.push(PlacedRow { row, line, offset: offset + rest as u64 });
            rest += length;
        }
    }

    /// The record at the start of the bytes and its length; `None` where they do not start with a JSON object.
    fn decode_record(&mut self, bytes: &[u8]) -> Option<(Row, usize)> {
        if bytes.first() != Some(&b'{') {
            return None;
        }
        let mut stream = Deserializer::from_slice(bytes).into_iter::<Row>();
        match stream.next()? {
            Ok(row) => Some((row, stream.byte_offset())),
            Err(_) => {
                let mended = mend(bytes);
                let whole = mended.len() == bytes.len();
                let mut stream = Deserializer::from_str(&mended).into_iter::<Value>();
                let Some(Ok(Value::Object(fields))) = stream.next() else { return None };
                // Lengths of mended text and raw bytes differ only where bytes were not UTF-8: then the record has the
                // whole line.
                let length = if whole { stream.byte_offset() } else { bytes.len() };
                Some((self.lenient(fields), length))
            }
        }
    }

    /// The record without those of its fields that have an unexpected type.
    fn lenient(&mut self, fields: Map<String, Value>) -> Row {
        let all = fields.len();
        let fits = |key: &String, value: &Value| {
            serde_json::from_value::<Row>(Value::Object(Map::from_iter([(key.clone(), value.clone())]))).is_ok()
        };
        let kept: Map<String, Value> = fields.into_iter().filter(|(key, value)| fits(key, value)).collect();
        self.odd_records += u64::from(kept.len() < all);
        serde_json::from_value(Value::Object(kept)).unwrap_or_default()
    }
}

/// The line with two kinds of damage that writers leave made good: bytes that are not UTF-8, and half of a surrogate
/// pair (`\ud83d` from an emoji cut in two), which becomes `\ufffd`.
fn mend(bytes: &[u8]) -> Cow<'_, str> {
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
