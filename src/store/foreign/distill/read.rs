//! Rows of distill as sessions and entries of the model.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::{
    raw::Raw,
    rows::{self, Stored},
};
use crate::{
    model::{
        Entry, EntryId, Kind, Mark, Marks, Place, Role, Score, Seen, Session, SessionId, SessionSettings, SourceFile,
        Time,
    },
    store::Result,
    text::{
        redact::{clean, clean_counted},
        words::plural,
    },
};

/// Numbers above are damage: distill counts up from 1.
const HIGHEST_SEQ: u32 = 1_000_000_000;

/// A session as distill names and sets it.
pub struct Head {
    pub native: Raw,
    pub created_at: Raw,
    pub updated_at: Raw,
    settings: SessionSettings,
}

impl Head {
    pub fn id(&self) -> SessionId {
        SessionId::new(format!("distill:{}", self.native.text()))
    }

    pub fn settings(&self) -> SessionSettings {
        self.settings
    }
}

/// The sessions of the file, oldest first.
pub fn heads(view: &Connection) -> Result<Vec<Head>> {
    let mut statement = view.prepare_cached(
        "SELECT id, max_tokens, dedup_threshold, preserve_recent, created_at, updated_at FROM sessions
         ORDER BY created_at, rowid",
    )?;
    let mut found = statement.query([])?;
    let mut heads = Vec::new();
    while let Some(row) = found.next()? {
        heads.push(Head {
            native: row.get(0)?,
            settings: settings(row)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
        });
    }
    Ok(heads)
}

fn settings(row: &Row) -> Result<SessionSettings> {
    let amount = |value: Raw| u32::try_from(value.integer().max(0)).unwrap_or(u32::MAX);
    Ok(SessionSettings {
        max_tokens: amount(row.get(1)?),
        dedup_threshold: row.get::<_, Raw>(2)?.real() as f32,
        preserve_recent: Some(amount(row.get(3)?)),
    })
}

/// A session with its entries in the order of `seq`, the evicted ones too: levels, importance and settings as distill holds
/// them, its shortened text as the rewrite of its level. Renditions, costs and scores are left empty.
pub fn session(view: &Connection, head: &Head, source: &SourceFile) -> Result<Session> {
    let mut session = Session::new(head.id());
    session.title = clean(&head.native.text());
    session.settings = head.settings;
    session.sources = vec![source.clone()];
    let mut found = Findings::default();
    for row in rows::of_session(view, &head.native)? {
        let seq = found.number(&row, session.entries.last().map_or(0, |entry| entry.seq));
        session.entries.push(entry(row, &session.id, seq, &mut found));
    }
    let last = session.entries.last().map_or(0, |entry| u64::from(entry.seq));
    found.gone = last - session.entries.len() as u64;
    session.problems = found.words();
    Ok(session)
}

/// The numbers that [`session`] gives the entries of a session, without reading their texts.
pub fn numbers(view: &Connection, native: &Raw) -> Result<Vec<(Raw, u32)>> {
    let mut last = 0;
    let mut found = Findings::default();
    let numbered = rows::numbers(view, native)?.into_iter().map(|(id, seq)| {
        last = found.next_number(&seq, last);
        (id, last)
    });
    Ok(numbered.collect())
}

pub fn time(text: &Raw) -> Option<Time> {
    text.text().parse::<jiff::Timestamp>().ok().map(|at| Time(at.as_millisecond()))
}

/// What a reader of the session should know, counted.
#[derive(Default)]
struct Findings {
    /// Numbers that no entry has: distill evicted it.
    gone: u64,
    renumbered: usize,
    odd_levels: usize,
    blank: usize,
    secrets: usize,
}

impl Findings {
    fn number(&mut self, row: &Stored, last: u32) -> u32 {
        self.next_number(&row.seq, last)
    }

    /// Its own number, where that is above the last one.
    fn next_number(&mut self, seq: &Raw, last: u32) -> u32 {
        let own = u32::try_from(seq.integer()).ok().filter(|&seq| seq > last && seq <= HIGHEST_SEQ);
        own.unwrap_or_else(|| {
            self.renumbered += 1;
            last.saturating_add(1)
        })
    }

    fn words(&self) -> Vec<String> {
        let gone = usize::try_from(self.gone).unwrap_or(usize::MAX);
        let problems = [
            (gone, "entry was evicted by distill and is gone", "entries were evicted by distill and are gone"),
            (
                self.renumbered,
                "entry had no number of its own and got a new one",
                "entries had no number of their own and got new ones",
            ),
            (
                self.odd_levels,
                "entry has a level that distill does not have",
                "entries have a level that distill does not have",
            ),
            (self.blank, "shortened text is blank and was dropped", "shortened texts are blank and were dropped"),
            (
                self.secrets,
                "secret is masked; distill's file still holds it",
                "secrets are masked; distill's file still holds them",
            ),
        ];
        let found = problems.into_iter().filter(|(count, _, _)| *count > 0);
        found.map(|(count, one, many)| plural(count, one, many)).collect()
    }
}

fn entry(row: Stored, session: &SessionId, seq: u32, found: &mut Findings) -> Entry {
    let source = row.source.text();
    let (kind, role) = kind_and_role(&row.role.text(), &source);
    let (full, secrets) = clean_counted(&row.original.text());
    found.secrets += secrets as usize;
    match row.columns.level() {
        None => found.odd_levels += 1,
        Some(level) if level as u8 > 0 && !row.columns.is_original && row.columns.shortened().is_none() => {
            found.blank += 1;
        }
        Some(_) => {}
    }
    let carries_tool = matches!(kind, Kind::Call | Kind::Result) && !source.trim().is_empty();
    Entry {
        id: EntryId::of(session, &row.id.text(), 0),
        seq,
        kind,
        role,
        marks: if full.starts_with("[image") { Marks::default().with(Mark::Image) } else { Marks::default() },
        tool: carries_tool.then(|| Arc::from(clean(&source).as_str())),
        call_id: None,
        path: None,
        text: full,
        renditions: [None, None, None],
        costs: [0; 4],
        score: Score::default(),
        at: time(&row.created_at),
        place: Place { file: 0, line: u32::try_from(row.rowid).unwrap_or(u32::MAX), offset: 0 },
        // distill's own context is what it holds; the agent's is not known.
        seen: Seen::Unknown,
        usage: None,
        made: None,
        state: row.state,
    }
}

/// distill knows roles only; `source` is free text, of which writers use `tool_use` for calls.
fn kind_and_role(role: &str, source: &str) -> (Kind, Role) {
    match (role, source) {
        ("user", _) => (Kind::Prompt, Role::User),
        ("assistant", "tool_use") => (Kind::Call, Role::Assistant),
        ("assistant", _) => (Kind::Message, Role::Assistant),
        ("tool", _) => (Kind::Result, Role::Tool),
        _ => (Kind::Injected, Role::System),
    }
}
