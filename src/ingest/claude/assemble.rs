//! A group of rows → a session: entries numbered and named, with what the agent's context still held of them.

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{
    boundary,
    branch::{self, Branches, Standing},
    entries::{self, Audience, Draft, Prompts},
    group::Group,
    read::{Log, PlacedRow},
    title::title,
    usage,
};
use crate::{
    ingest::{moment::rfc3339, plural::counted},
    model::{
        Entry, EntryId, EntryState, Kind, LossCause, Place, Role, Score, Seen, Session, SessionId, SourceFile, Time,
        Usage,
    },
    text::{
        redact::{clean, clean_counted},
        sanitize::inert_line,
    },
};

/// Renditions, costs and scores are left for `pack` and `score`.
pub fn assemble(mut group: Group, logs: &[(&Path, Log)]) -> Session {
    let prompts = Prompts::of(group.rows.iter().map(|(_, placed)| placed));
    let drafts = entries::drafts(group.rows.iter_mut().map(|(_, placed)| placed), prompts);
    group.rows.iter_mut().for_each(|(_, placed)| placed.record.shed());
    let group = &group;
    let rows: Vec<&PlacedRow> = group.rows.iter().map(|(_, placed)| placed).collect();
    let mut session = Session::new(session_id(&group.native_id));
    session.parent = group.parent.as_deref().map(session_id);
    session.sources = group.logs.iter().map(|&log| source(logs[log].0, &logs[log].1)).collect();
    session.models = models(&rows);
    session.project = clean(rows.iter().find_map(|placed| placed.record.cwd.as_deref()).unwrap_or_default());
    let mut assembly = Assembly {
        id: session.id.clone(),
        group,
        branches: branch::follow(&rows),
        usages: usage::by_message(&rows),
        cleared: cleared_results(&rows),
        secrets: 0,
        rows,
    };
    session.entries = assembly.entries(drafts);
    session.title = clean(&title(&assembly.rows, &session.entries));
    session.problems = group.logs.iter().flat_map(|&log| logs[log].1.tally.problems()).collect();
    if assembly.secrets > 0 {
        session.problems.push(counted(assembly.secrets, "secret was redacted", "secrets were redacted"));
    }
    session
}

/// A log can name its session anything; an id is one line without secrets.
pub fn session_id(native: &str) -> SessionId {
    SessionId::new(format!("claude:{}", inert_line(&clean(native))))
}

struct Assembly<'a> {
    id: SessionId,
    group: &'a Group,
    rows: Vec<&'a PlacedRow>,
    branches: Branches,
    usages: HashMap<String, Usage>,
    /// Call id → the micro-compaction row that dropped its result.
    cleared: HashMap<&'a str, usize>,
    secrets: u64,
}

/// What stands in the session at one place: an entry of the log, or the mark of a dead branch's end.
enum Item {
    Draft(Draft),
    Rewind(usize),
}

impl Item {
    fn kind(&self) -> Kind {
        match self {
            Item::Draft(draft) => draft.kind,
            Item::Rewind(_) => Kind::Boundary,
        }
    }
}

impl<'a> Assembly<'a> {
    fn entries(&mut self, drafts: Vec<Draft>) -> Vec<Entry> {
        let items = self.items(drafts);
        let seen: Vec<Seen> = items.iter().map(|item| self.seen(item)).collect();
        let mut lost: HashMap<EntryId, u64> = HashMap::new();
        for seen in &seen {
            if let Seen::Lost { at, .. } = seen {
                *lost.entry(*at).or_default() += 1;
            }
        }
        let mut compactions = 0;
        let mut microcompactions = 0;
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        let mut reported: Option<&str> = None;
        for (index, (item, seen)) in items.into_iter().zip(seen).enumerate() {
            let seq = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let id = self.item_id(&item);
            let lost = lost.get(&id).copied().unwrap_or(0);
            let (row, draft) = match item {
                Item::Rewind(branch) => {
                    let text = boundary::rewind(lost);
                    entries.push(self.boundary(id, seq, self.branches.dead[branch].last, &text));
                    continue;
                }
                Item::Draft(draft) => (draft.row, draft),
            };
            if draft.kind == Kind::Boundary {
                let text = if self.rows[row].record.is_system("compact_boundary") {
                    compactions += 1;
                    boundary::compaction(&self.rows, row, compactions, lost)
                } else {
                    microcompactions += 1;
                    boundary::microcompaction(self.rows[row], microcompactions, lost)
                };
                entries.push(self.boundary(id, seq, row, &text));
                continue;
            }
            // Usage belongs to the reply; its first entry shows it.
            let message = self.rows[row].record.message_id().filter(|_| draft.role == Role::Assistant);
            let usage = message.filter(|_| message != reported).and_then(|message| self.usages.remove(message));
            reported = message.or(reported);
            entries.push(self.entry(draft, id, seq, seen, usage));
        }
        entries
    }

    /// Entries in the order of the file; a dead branch is marked where it ends.
    fn items(&self, drafts: Vec<Draft>) -> Vec<Item> {
        let mut with_entries = vec![false; self.branches.dead.len()];
        for draft in &drafts {
            if let Standing::Dead(branch) = self.branches.standings[draft.row] {
                with_entries[branch] = true;
            }
        }
        let mut ends: Vec<usize> = (0..with_entries.len()).filter(|&branch| with_entries[branch]).collect();
        ends.sort_by_key(|&branch| self.branches.dead[branch].last);
        let mut ends = ends.into_iter().peekable();
        let mut items = Vec::with_capacity(drafts.len());
        for draft in drafts {
            while let Some(branch) = ends.next_if(|&branch| self.branches.dead[branch].last < draft.row) {
                items.push(Item::Rewind(branch));
            }
            items.push(Item::Draft(draft));
        }
        items.extend(ends.map(Item::Rewind));
        items
    }

    fn seen(&self, item: &Item) -> Seen {
        let Item::Draft(draft) = item else { return Seen::Never };
        if item.kind() == Kind::Boundary || draft.audience == Audience::Human {
            return Seen::Never;
        }
        let standing = self.branches.standings[draft.row];
        let microcompaction =
            draft.call_id.as_deref().filter(|_| draft.kind == Kind::Result).and_then(|call| self.cleared.get(call));
        match (standing, microcompaction) {
            (Standing::Dead(branch), _) => {
                Seen::Lost { at: self.rewind_id(self.branches.dead[branch].root), cause: LossCause::Rewind }
            }
            // Compaction dropped it before micro-compaction could.
            (Standing::Compacted(boundary), Some(&cleared)) if boundary < cleared => self.compacted(boundary),
            (_, Some(&cleared)) if !matches!(self.branches.standings[cleared], Standing::Dead(_)) => {
                Seen::Lost { at: self.row_id(cleared, 0), cause: LossCause::Microcompaction }
            }
            (Standing::Compacted(boundary), _) => self.compacted(boundary),
            (Standing::Held, _) => Seen::Held,
        }
    }

    fn compacted(&self, boundary: usize) -> Seen {
        Seen::Lost { at: self.row_id(boundary, 0), cause: LossCause::Compaction }
    }

    fn item_id(&self, item: &Item) -> EntryId {
        match item {
            Item::Draft(draft) => self.row_id(draft.row, draft.part),
            Item::Rewind(branch) => self.rewind_id(self.branches.dead[*branch].root),
        }
    }

    fn row_id(&self, row: usize, part: u32) -> EntryId {
        let placed = self.rows[row];
        match &placed.record.uuid {
            Some(uuid) => EntryId::of(&self.id, uuid, part),
            None => EntryId::of(&self.id, &format!("{}@{}", self.group.rows[row].0, placed.offset), part),
        }
    }

    fn rewind_id(&self, root: usize) -> EntryId {
        EntryId::of(&self.id, &format!("rewind {}", self.row_id(root, 0)), 0)
    }

    fn entry(&mut self, draft: Draft, id: EntryId, seq: u32, seen: Seen, usage: Option<Usage>) -> Entry {
        let (text, secrets) = clean_counted(&draft.text);
        self.secrets += u64::from(secrets);
        Entry {
            id,
            seq,
            kind: draft.kind,
            role: draft.role,
            marks: draft.marks,
            tool: draft.tool,
            call_id: draft.call_id,
            path: draft.path.as_deref().map(clean),
            text,
            renditions: [None, None, None],
            costs: [0; 4],
            score: Score::default(),
            at: self.time(draft.row),
            place: self.place(draft.row),
            seen,
            usage,
            made: None,
            state: EntryState::default(),
        }
    }

    fn boundary(&self, id: EntryId, seq: u32, row: usize, text: &str) -> Entry {
        Entry {
            at: self.time(row),
            place: self.place(row),
            seen: Seen::Never,
            ..Entry::new(id, seq, Kind::Boundary, Role::System, clean(text))
        }
    }

    fn time(&self, row: usize) -> Option<Time> {
        rfc3339(self.rows[row].record.timestamp.as_deref()?)
    }

    fn place(&self, row: usize) -> Place {
        let (file, placed) = &self.group.rows[row];
        Place { file: *file, line: placed.line, offset: placed.offset }
    }
}

fn source(path: &Path, log: &Log) -> SourceFile {
    SourceFile { path: Arc::from(path.to_string_lossy()), bytes: log.tally.bytes }
}

/// Names that answered, in order of first use; the program's own error rows name none.
fn models(rows: &[&PlacedRow]) -> Vec<String> {
    let mut models: Vec<String> = Vec::new();
    for placed in rows.iter().filter(|placed| &*placed.record.kind == "assistant") {
        let model = placed.record.message.as_ref().and_then(|message| message.model.as_deref());
        if let Some(model) = model.filter(|name| *name != "<synthetic>" && !models.iter().any(|known| known == name)) {
            models.push(clean(model).to_string());
        }
    }
    models
}

/// Call ids whose results a micro-compaction dropped, with its row; the first one counts.
fn cleared_results<'a>(rows: &[&'a PlacedRow]) -> HashMap<&'a str, usize> {
    let mut cleared = HashMap::new();
    for (index, placed) in rows.iter().enumerate() {
        for id in placed.record.microcompact_metadata.iter().flat_map(|metadata| &metadata.compacted_tool_ids) {
            cleared.entry(id.as_str()).or_insert(index);
        }
    }
    cleared
}
