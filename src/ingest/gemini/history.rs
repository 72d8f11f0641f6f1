//! Lines of a chat → its history: repeated ids replace, `$set` patches, `$rewindTo` takes back. What is taken back stays
//! known, with the boundary that dropped it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    content,
    message::{self, Message},
    user,
};
use crate::{
    ingest::{draft::Key, json::Json, lines::Placed, tally::Tally},
    model::{LossCause, Time},
};

/// All that was ever said in a chat, and which of it the agent still has.
#[derive(Debug, Default)]
pub struct History {
    pub session_id: Option<String>,
    /// "main" or "subagent".
    pub kind: Option<String>,
    /// A title that the program made.
    pub summary: Option<String>,
    /// The folder the agent worked in; only newer logs tell.
    pub directory: Option<String>,
    /// In the order in which they came up.
    pub items: Vec<Item>,
    /// What the agent has now: indexes into `items`, in its order.
    held: Vec<usize>,
    /// By every id under which a held message is known.
    places: HashMap<String, usize>,
    /// How often each id began a message.
    uses: HashMap<String, u32>,
    compactions: u32,
}

#[derive(Debug)]
pub enum Item {
    Said(Box<Message>),
    Boundary(Boundary),
}

/// Where the agent lost messages.
#[derive(Debug)]
pub struct Boundary {
    pub key: Key,
    pub line: u32,
    pub offset: u64,
    pub at: Option<Time>,
    pub words: String,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub line: u32,
    pub offset: u64,
    /// Number of a message in a list that the record holds.
    pub index: usize,
}

impl History {
    /// Takes in one line of an append-only chat.
    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let place = Place { line: placed.line, offset: placed.offset, index: 0 };
        let record = placed.record;
        if let Some(target) = record.text("$rewindTo") {
            self.rewind(target, place);
        } else if record.text("id").is_some() {
            self.message(tally, record, place);
        } else if let Some(set) = record.get("$set") {
            self.describe(tally, set, place);
        } else if record.text("sessionId").is_some() || record.text("projectHash").is_some() {
            self.describe(tally, &record, place);
        } else if message::is_said(&record) {
            self.message(tally, record, place);
        } else {
            tally.count_unknown(record.text("type").unwrap_or("no type"));
        }
    }

    /// Takes in what a record tells of the chat as a whole.
    pub fn describe(&mut self, tally: &mut Tally, fields: &Json, place: Place) {
        for (name, value) in fields.fields() {
            match (name.as_str(), value) {
                ("sessionId", Json::Text(id)) => self.session_id = Some(id.clone()),
                ("kind", Json::Text(kind)) => self.kind = Some(kind.clone()),
                ("summary", Json::Text(summary)) => self.summary = Some(summary.clone()),
                ("directories", Json::List(folders)) => {
                    self.directory =
                        folders.first().and_then(Json::as_str).map(str::to_owned).or(self.directory.take());
                }
                ("messages", Json::List(messages)) => self.replace(tally, messages, place),
                ("messages", value) if *value != Json::Null => tally.odd_records += 1,
                _ => {}
            }
        }
    }

    /// Takes in a message; one with a known id stands for the earlier one.
    pub fn message(&mut self, tally: &mut Tally, record: Json, place: Place) {
        count_unknown(tally, &record);
        let known = record.text("id").and_then(|id| self.places.get(id).copied());
        match known.and_then(|at| self.items.get_mut(at)) {
            Some(Item::Said(message)) => {
                (message.line, message.offset) = (place.line, place.offset);
                message.record = record;
            }
            _ => {
                self.compressed(&record);
                self.append(record, place);
            }
        }
    }

    /// Indexes into `items` of what the agent has now.
    pub fn held(&self) -> HashSet<usize> {
        self.held.iter().copied().collect()
    }

    /// Compactions that the history itself shows.
    pub fn compactions(&self) -> u32 {
        self.compactions
    }

    fn append(&mut self, record: Json, place: Place) {
        let native = record.text("id").map(str::to_owned);
        let id: Arc<str> = match &native {
            None => format!("@{}/{}", place.offset, place.index).into(),
            Some(id) => {
                let uses = self.uses.entry(id.clone()).and_modify(|uses| *uses += 1).or_insert(1);
                if *uses == 1 { id.as_str().into() } else { format!("{id}~{uses}").into() }
            }
        };
        let at = self.items.len();
        self.held.push(at);
        if let Some(native) = native {
            self.places.insert(native, at);
        }
        let (line, offset) = (place.line, place.offset);
        self.items.push(Item::Said(Box::new(Message { id, line, offset, record, lost: None, masked: Vec::new() })));
    }

    /// Takes back a message and all after it; an unknown id takes back all, as the program itself reads it.
    fn rewind(&mut self, target: &str, place: Place) {
        let at = self.places.get(target);
        let from = at.and_then(|at| self.held.iter().position(|held| held == at)).unwrap_or(0);
        let dropped = self.held.split_off(from);
        self.drop_at(dropped, LossCause::Rewind, "rewind".into(), place);
    }

    /// Puts another history in place of the agent's: after a compaction, after a turn that was broken off, or with
    /// tool results masked.
    fn replace(&mut self, tally: &mut Tally, messages: &[Json], place: Place) {
        let prints: HashMap<u64, usize> = self
            .held
            .iter()
            .filter_map(|&at| Some((self.said(at).filter(|message| message.is_said())?.print()?, at)))
            .collect();
        let mut kept: Vec<usize> = Vec::new();
        let mut is_kept: HashSet<usize> = HashSet::new();
        let mut masked: Vec<(usize, String)> = Vec::new();
        let mut new = Vec::new();
        for (index, record) in messages.iter().enumerate() {
            let by_id = record.text("id").and_then(|id| self.places.get(id));
            let known =
                by_id.or_else(|| prints.get(&message::print(record)?)).copied().filter(|at| !is_kept.contains(at));
            match known {
                Some(at) => {
                    masked.extend(self.masked_calls(at, record).into_iter().map(|call| (at, call)));
                    self.complete(at, record, place);
                    if let Some(id) = record.text("id") {
                        self.places.insert(id.to_owned(), at);
                    }
                    kept.push(at);
                    is_kept.insert(at);
                }
                None => new.push((index, record.clone())),
            }
        }
        let dropped: Vec<usize> = self.held.iter().copied().filter(|at| !is_kept.contains(at)).collect();
        self.held = kept;
        if new.iter().any(|(_, record)| user::is_snapshot(record)) {
            self.compactions += 1;
            let words = format!("compaction {}{}", self.compactions, self.tokens_told());
            self.drop_at(dropped, LossCause::Compaction, words, place);
        } else {
            self.drop_at(dropped, LossCause::Rewind, "rewind: the program took the turn back".into(), place);
        }
        self.mask(masked, place);
        for (index, record) in new {
            match record {
                Json::Map(_) => {
                    count_unknown(tally, &record);
                    self.append(record, Place { index, ..place });
                }
                _ => tally.odd_records += 1,
            }
        }
    }

    fn said(&self, at: usize) -> Option<&Message> {
        match self.items.get(at)? {
            Item::Said(message) => Some(message),
            Item::Boundary(_) => None,
        }
    }

    /// Calls of a known message of whose results another record of it tells less.
    fn masked_calls(&self, at: usize, record: &Json) -> Vec<String> {
        let Some(known) = self.said(at) else { return Vec::new() };
        let now: HashMap<&str, &Json> =
            message::calls(record).iter().filter_map(|call| Some((call.text("id")?, message::result(call)?))).collect();
        let calls = message::calls(&known.record).iter().filter_map(|call| {
            let (id, before) = (call.text("id")?, message::result(call)?);
            let length = |result: &Json| content::result(result, id).text.len();
            let tells_less = now.get(id).is_some_and(|now| length(now) < length(before));
            (tells_less && !known.masked.iter().any(|(masked, _)| masked == id)).then(|| id.to_owned())
        });
        calls.collect()
    }

    /// A record that has results which the known one lacks stands for it.
    fn complete(&mut self, at: usize, record: &Json, place: Place) {
        let results = |record: &Json| message::calls(record).iter().filter_map(message::result).count();
        if let Some(Item::Said(known)) = self.items.get_mut(at)
            && results(record) > results(&known.record)
        {
            (known.record, known.line, known.offset) = (record.clone(), place.line, place.offset);
        }
    }

    fn mask(&mut self, masked: Vec<(usize, String)>, place: Place) {
        if masked.is_empty() {
            return;
        }
        let key: Key = (format!("@{}", place.offset).into(), 1);
        for (at, call) in masked {
            if let Some(Item::Said(message)) = self.items.get_mut(at) {
                message.masked.push((call, key.clone()));
            }
        }
        self.push_boundary(key, "micro-compaction".into(), place);
    }

    /// Marks messages as dropped, at a boundary of its own where the agent had any of them.
    fn drop_at(&mut self, dropped: Vec<usize>, cause: LossCause, words: String, place: Place) {
        let key: Key = (format!("@{}", place.offset).into(), 0);
        let mut had = cause == LossCause::Compaction;
        for &at in &dropped {
            if let Some(Item::Said(message)) = self.items.get_mut(at) {
                had |= message.is_said();
                message.lost = Some((key.clone(), cause));
            }
        }
        let dropped: HashSet<usize> = dropped.into_iter().collect();
        self.places.retain(|_, at| !dropped.contains(at));
        if had {
            self.push_boundary(key, words, place);
        }
    }

    fn push_boundary(&mut self, key: Key, words: String, place: Place) {
        let at = self.items.iter().rev().find_map(|item| match item {
            Item::Said(message) => message.at(),
            Item::Boundary(boundary) => boundary.at,
        });
        self.items.push(Item::Boundary(Boundary { key, line: place.line, offset: place.offset, at, words }));
    }

    /// ": 9,000 → 1,200 tokens", where the program has just said so.
    fn tokens_told(&self) -> String {
        let Some(Item::Said(last)) = self.items.last() else { return String::new() };
        message::tokens(&last.record).unwrap_or_default()
    }

    /// The program may say the tokens only after it has replaced the history.
    fn compressed(&mut self, record: &Json) {
        let Some(told) = message::tokens(record) else { return };
        for item in self.items.iter_mut().rev() {
            match item {
                Item::Boundary(boundary) if boundary.words.starts_with("compaction") => {
                    if !boundary.words.contains(':') {
                        boundary.words.push_str(&told);
                    }
                    return;
                }
                Item::Said(message) if message.at().is_some() && message.lost.is_some() => return,
                _ => {}
            }
        }
    }
}

fn count_unknown(tally: &mut Tally, record: &Json) {
    if !matches!(message::kind(record), "user" | "gemini" | "info" | "warning" | "error") {
        tally.count_unknown(record.text("type").unwrap_or("no type"));
    }
}
