//! A chat as one JSON document: its messages are handed over one by one.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

use super::history::{History, Place};
use crate::ingest::{json::Json, lines::mend, tally::Tally};

/// Reads a document into `history`. Of one that is cut the whole messages are taken, and the rest is a bad span.
pub fn read(bytes: &[u8], history: &mut History) -> Tally {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut tally = Tally::default();
    let first = parse(&mut serde_json::Deserializer::from_slice(body), history, &mut tally);
    if let Err(error) = first {
        if !error.is_eof() {
            // Half a surrogate pair, or bytes that are not UTF-8: once more with these made good.
            *history = History::default();
            tally = Tally::default();
            let mended = mend(body);
            let again = parse(&mut serde_json::Deserializer::from_str(&mended), history, &mut tally);
            tally.bad_spans += u64::from(again.is_err());
        } else {
            tally.bad_spans += 1;
            tally.torn = true;
        }
    }
    tally.bytes = bytes.len() as u64;
    tally
}

fn parse<'de, R: serde_json::de::Read<'de>>(
    document: &mut serde_json::Deserializer<R>,
    history: &mut History,
    tally: &mut Tally,
) -> serde_json::Result<()> {
    document.deserialize_map(Document { history, tally })?;
    document.end()
}

struct Document<'a> {
    history: &'a mut History,
    tally: &'a mut Tally,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a chat")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let place = Place { line: 1, offset: 0, index: 0 };
        while let Some(key) = map.next_key::<String>()? {
            if key == "messages" {
                map.next_value_seed(Messages { history: self.history, tally: self.tally })?;
            } else {
                let value = Json::Map(vec![(key, map.next_value()?)]);
                self.history.describe(self.tally, &value, place);
            }
        }
        Ok(())
    }
}

struct Messages<'a> {
    history: &'a mut History,
    tally: &'a mut Tally,
}

impl<'de> DeserializeSeed<'de> for Messages<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(record) = list.next_element::<Json>()? {
            index += 1;
            match record {
                Json::Map(_) => {
                    self.tally.records += 1;
                    let line = u32::try_from(index).unwrap_or(u32::MAX);
                    self.history.message(self.tally, record, Place { line, offset: 0, index });
                }
                _ => self.tally.odd_records += 1,
            }
        }
        Ok(())
    }
}
