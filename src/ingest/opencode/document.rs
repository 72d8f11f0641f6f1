//! The document of `opencode export`: `{info, messages: [{info, parts}]}`, one message in memory at a time.

use std::{fmt, path::Path};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{
    part::Part,
    reader::{Read, Reader},
};
use crate::ingest::{error::IngestError, input, json::Json, lines::mend, probe::Probe, tally::Tally};

pub fn recognises(probe: &Probe) -> bool {
    let keys = probe.document_keys();
    let has = |name: &str| keys.iter().any(|key| key == name);
    let Some(head) = probe.text().filter(|_| has("info") && has("messages")) else { return false };
    let names = ["\"sessionID\"", "\"projectID\"", "\"ses_"];
    names.iter().any(|name| head.windows(name.len()).any(|bytes| bytes == name.as_bytes()))
}

/// Reads the document as far as it is whole.
pub fn read(path: &Path) -> Result<(Vec<Read>, Tally), IngestError> {
    let bytes = input::whole(path)?;
    let mut document = Document::new(path, bytes.len() as u64);
    if let Err(first) = document.parse(&bytes) {
        // JavaScript writes half of a character that was cut in two; the parser takes none.
        let mended = mend(&bytes);
        let mut again = Document::new(path, bytes.len() as u64);
        match again.parse(mended.as_bytes()) {
            Ok(()) => document = again,
            Err(error) => {
                if again.tally.records > document.tally.records {
                    document = again;
                }
                document.tally.bad_spans += 1;
                document.tally.torn = first.is_eof() || error.is_eof();
            }
        }
    }
    document.tally.bytes = bytes.len() as u64;
    let tally = std::mem::take(&mut document.tally);
    Ok((document.reader.map(Reader::finish).into_iter().collect(), tally))
}

struct Document<'a> {
    path: &'a Path,
    bytes: u64,
    tally: Tally,
    reader: Option<Reader>,
    /// Messages that stand before the session's record.
    early: Vec<Json>,
}

impl<'a> Document<'a> {
    fn new(path: &'a Path, bytes: u64) -> Document<'a> {
        Document { path, bytes, tally: Tally::default(), reader: None, early: Vec::new() }
    }

    fn parse(&mut self, bytes: &[u8]) -> serde_json::Result<()> {
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let ended = Whole(self).deserialize(&mut parser).and_then(|()| parser.end());
        if self.reader.is_none() && !self.early.is_empty() {
            self.begin(&Json::Null);
        }
        ended
    }

    /// The session's record is known.
    fn begin(&mut self, info: &Json) {
        let stem = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let id = info.text("id").map_or_else(stem, str::to_owned);
        self.reader = Some(Reader::new(self.path, self.bytes, &id, info));
        for message in std::mem::take(&mut self.early) {
            self.message(message);
        }
    }

    fn message(&mut self, message: Json) {
        let Some(reader) = &mut self.reader else { return self.early.push(message) };
        let Json::Map(fields) = message else {
            self.tally.bad_spans += 1;
            return;
        };
        self.tally.records += 1;
        let line = u32::try_from(self.tally.records).unwrap_or(u32::MAX);
        let (mut info, mut parts) = (Json::Null, Vec::new());
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("info", value) => info = value,
                ("parts", Json::List(items)) => parts = items,
                _ => {}
            }
        }
        let part = |body: Json| Part { id: body.text("id").unwrap_or_default().to_owned(), body };
        let parts: Vec<Part> = parts.into_iter().map(part).collect();
        reader.message(&mut self.tally, info.text("id").unwrap_or_default(), line, &info, &parts);
    }
}

/// The document itself.
struct Whole<'a, 'b>(&'a mut Document<'b>);
/// Its list of messages.
struct Messages<'a, 'b>(&'a mut Document<'b>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an exported session")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "info" => {
                    let info = map.next_value()?;
                    self.0.begin(&info);
                }
                "messages" => map.next_value_seed(Messages(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Messages<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(message) = list.next_element()? {
            self.0.message(message);
        }
        Ok(())
    }
}
