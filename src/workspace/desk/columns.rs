//! What lists ask of every entry at once, close together: an entry itself is ten times as large, and reading all of them
//! is what a key would wait for.

use std::{collections::HashMap, sync::Arc};

use crate::{
    model::{Clean, Entry, EntryId, ExclusionReason, Fate, Held, Kind, Marks, Role, Seen, Session},
    pack::price,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    pub rows: Vec<Row>,
    /// Names by number, each once.
    pub whos: Vec<String>,
    pub files: Vec<Clean>,
    pub tools: Vec<Arc<str>>,
    /// The whole texts, in order.
    pub texts: Arc<[(EntryId, Clean)]>,
    /// Those that names are looked for in.
    pub named: Arc<[(EntryId, Clean)]>,
    /// Cuts of the agent's context, by index, ascending.
    pub boundaries: Vec<usize>,
    /// By number of a name: where it stands among the names of who speaks, in lower case.
    who_ranks: Vec<u32>,
    /// By entry: where its text stands among all texts; equal texts stand in one place.
    text_ranks: Vec<u32>,
}

/// An entry, as lists see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub id: EntryId,
    pub seq: u32,
    pub kind: Kind,
    pub role: Role,
    pub marks: Marks,
    pub seen: Sight,
    pub pinned: bool,
    /// Whether a hand has set its importance, its level or a text.
    pub by_hand: bool,
    /// Why an edit has taken it out of every pack; `None`: none has.
    pub out: Option<ExclusionReason>,
    pub held: Held,
    pub importance: f32,
    pub costs: [u32; 4],
    pub who: u32,
    pub file: Option<u32>,
    pub tool: Option<u32>,
}

/// Whether the agent's own context still held it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Untold,
    Held,
    Lost,
}

impl Columns {
    pub fn new(session: &Session) -> Columns {
        let text = |entry: &Entry| (entry.id, entry.text.clone());
        let can_name = |kind: Kind| !matches!(kind, Kind::Boundary | Kind::Opaque | Kind::Note);
        let mut columns = Columns {
            rows: Vec::with_capacity(session.entries.len()),
            whos: Vec::new(),
            files: Vec::new(),
            tools: Vec::new(),
            texts: session.entries.iter().map(text).collect(),
            named: session.entries.iter().filter(|entry| can_name(entry.kind)).map(text).collect(),
            boundaries: Vec::new(),
            who_ranks: Vec::new(),
            text_ranks: ranks(session.entries.iter().map(|entry| entry.text.trim_start())),
        };
        let mut whos: HashMap<(Kind, Option<&str>, Marks), u32> = HashMap::new();
        let mut files: HashMap<&str, u32> = HashMap::new();
        let mut tools: HashMap<&str, u32> = HashMap::new();
        for entry in &session.entries {
            let who = *whos.entry((entry.kind, entry.tool.as_deref(), entry.marks)).or_insert_with(|| {
                let who = price::who(entry);
                let known = columns.whos.iter().position(|known| *known == who);
                known.unwrap_or_else(|| {
                    columns.whos.push(who);
                    columns.whos.len() - 1
                }) as u32
            });
            let file = entry.path.as_ref().map(|path| {
                *files.entry(path).or_insert_with(|| {
                    columns.files.push(path.clone());
                    columns.files.len() as u32 - 1
                })
            });
            let tool = entry.tool.as_ref().map(|tool| {
                *tools.entry(tool).or_insert_with(|| {
                    columns.tools.push(tool.clone());
                    columns.tools.len() as u32 - 1
                })
            });
            if entry.kind == Kind::Boundary {
                columns.boundaries.push(columns.rows.len());
            }
            columns.rows.push(Row::new(entry, who, file, tool));
        }
        let lower = columns.whos.iter().map(|who| who.to_lowercase());
        columns.who_ranks = ranks(lower.collect::<Vec<_>>().iter().map(|who| who.as_str()));
        columns
    }

    /// Takes in that the states of these entries have changed.
    pub fn update(&mut self, session: &Session, touched: &[usize]) {
        for &index in touched {
            let Row { who, file, tool, .. } = self.rows[index];
            self.rows[index] = Row::new(&session.entries[index], who, file, tool);
        }
    }

    pub fn who_rank(&self, index: usize) -> u32 {
        self.who_ranks[self.rows[index].who as usize]
    }

    pub fn text_rank(&self, index: usize) -> u32 {
        self.text_ranks[index]
    }

    pub fn tool(&self, index: usize) -> Option<&Arc<str>> {
        self.rows[index].tool.map(|tool| &self.tools[tool as usize])
    }
}

impl Row {
    fn new(entry: &Entry, who: u32, file: Option<u32>, tool: Option<u32>) -> Row {
        Row {
            id: entry.id,
            seq: entry.seq,
            kind: entry.kind,
            role: entry.role,
            marks: entry.marks,
            seen: match entry.seen {
                Seen::Unknown | Seen::Never => Sight::Untold,
                Seen::Held => Sight::Held,
                Seen::Lost { .. } => Sight::Lost,
            },
            pinned: entry.state.pinned,
            by_hand: entry.state.is_by_hand(),
            out: match entry.state.fate {
                Fate::Live => None,
                Fate::Evicted => Some(ExclusionReason::Evicted),
                Fate::Superseded { .. } => Some(ExclusionReason::Superseded),
                Fate::Archived => Some(ExclusionReason::Archived),
            },
            held: entry.state.held,
            importance: entry.importance(),
            costs: entry.costs,
            who,
            file,
            tool,
        }
    }
}

/// Bytes of a text that are compared before the text itself has to be looked at.
const PREFIX: usize = 32;

/// Where each text stands among all of them, from 0; equal ones stand in one place.
fn ranks<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u32> {
    let prefix = |text: &str| {
        let mut bytes = [0; PREFIX];
        let length = text.len().min(PREFIX);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        bytes
    };
    let mut order: Vec<([u8; PREFIX], &str, u32)> =
        texts.zip(0..).map(|(text, index)| (prefix(text), text, index)).collect();
    order.sort_unstable();
    let mut ranks = vec![0; order.len()];
    let mut rank = 0;
    for (at, &(_, text, index)) in order.iter().enumerate() {
        rank += u32::from(at > 0 && order[at - 1].1 != text);
        ranks[index as usize] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn texts_that_begin_alike_are_ranked_by_what_follows() {
        let long = "a".repeat(40);
        let texts = [format!("{long}c"), "b".into(), format!("{long}b"), "b".into(), String::new()];
        assert_eq!(ranks(texts.iter().map(String::as_str)), [2, 3, 1, 3, 0]);
    }
}
