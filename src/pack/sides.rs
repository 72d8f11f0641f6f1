//! Two packs side by side: what only one carries, what they carry at other levels, and their texts block by block.
//!
//! A side is what a strategy carries under a budget: of the session as it is, as it was at the end of a turn, or as it came
//! in before anything was edited; or it is what the agent's own context still held.

use std::{collections::HashMap, sync::Arc};

use super::{
    basis::Basis,
    chosen::{Chosen, Part, Piece, PieceKind},
    price, render, replay,
    settings::PlanSettings,
    strategy::{Folding, Given, Strategy, balanced::Ledger, texts::Texts},
    sweep, value,
};
use crate::{
    model::{EntryId, EntryState, FactId, Held, HeldBy, Kind, Level, Seen, Session},
    score::Mentions,
};

/// What a side is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub of: Of,
    pub strategy: Strategy,
    pub budget: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Of {
    /// The session as it is, with every edit.
    #[default]
    Now,
    /// As it was at the end of a turn, from 1: only what was written until then counts.
    Turn(usize),
    /// As it came in: nothing pinned, evicted, superseded, archived, scored, shortened or rewritten, and without the notes
    /// and summaries made here.
    Untouched,
    /// What the agent's own context still held at the end of its log, in full, whatever that cost.
    Agent,
}

/// A side with its pack.
#[derive(Clone, Debug)]
pub struct Packed {
    pub asked: Asked,
    /// The session that the pack is of; entries are those of the desk's, or fewer.
    pub session: Arc<Session>,
    pub chosen: Chosen,
}

/// How an entry is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    pub level: Level,
    pub tokens: u32,
    pub text: CarriedText,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedText {
    Whole,
    /// Only a note of what was lost.
    Note,
}

/// An entry that at least one side carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: EntryId,
    pub seq: u32,
    pub left: Option<Carried>,
    pub right: Option<Carried>,
    /// How the sides differ in it.
    pub differs: Differs,
    /// Its first block.
    pub block: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    OnlyLeft,
    OnlyRight,
    /// At another level, or with another text.
    Changed,
    Same,
}

/// A stretch of the two packs: a piece of each by number, where both have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub left: Option<usize>,
    pub right: Option<usize>,
    pub differs: Differs,
}

/// Two sides, with all that differs.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub left: Packed,
    pub right: Packed,
    /// By number of the entry.
    pub rows: Vec<Row>,
    /// In the order of the packs.
    pub blocks: Vec<Block>,
}

impl Comparison {
    pub fn new(left: Packed, right: Packed) -> Comparison {
        let blocks = blocks(&left, &right);
        let rows = rows(&left, &right, &blocks);
        Comparison { left, right, rows, blocks }
    }

    /// How many rows differ in a way.
    pub fn count(&self, differs: Differs) -> usize {
        self.rows.iter().filter(|row| row.differs == differs).count()
    }

    /// The text of a block's piece on each side, inert.
    pub fn texts(&self, block: usize) -> [Option<String>; 2] {
        let Some(block) = self.blocks.get(block) else { return [None, None] };
        [block.left.map(|piece| self.left.text(piece)), block.right.map(|piece| self.right.text(piece))]
    }
}

impl Packed {
    fn text(&self, piece: usize) -> String {
        render::piece_text(&self.session, &self.chosen, &self.chosen.pieces[piece])
    }
}

/// The pack of a side. A turn that the session does not have is its last one.
pub fn packed(basis: &Basis, texts: &Texts, asked: Asked) -> Packed {
    let settings = PlanSettings { strategy: asked.strategy, ..basis.settings };
    let of = |session: Session, as_of| Basis::of(session, settings, as_of, basis.tokenizer.clone());
    let basis = match asked.of {
        Of::Now | Of::Agent => Basis { settings, ..basis.clone() },
        Of::Untouched => of(untouched(basis), basis.as_of),
        Of::Turn(turn) => {
            let session = &basis.session;
            let turns = session.turns();
            let end = turns.get(turn.saturating_sub(1)).or(turns.last()).map_or(0, |turn| turn.end);
            let part = replay::until(session, &Mentions::new(session), end, texts);
            let as_of = part.entries.iter().filter_map(|entry| entry.at).max().unwrap_or_default();
            of(part, as_of)
        }
    };
    let given = basis.given(texts, Folding::Written);
    let mut chosen = match asked.of {
        Of::Agent => agent(&given),
        Of::Now | Of::Turn(_) | Of::Untouched => asked.strategy.choose(&given, asked.budget),
    };
    // As the header and the sweep tell it: everything is kept where every entry is in, in full.
    chosen.kept = sweep::of(&given, &chosen).kept;
    Packed { asked, session: basis.session, chosen }
}

/// The session with its entries as they came in.
fn untouched(basis: &Basis) -> Session {
    let mut session = Session::clone(&basis.session);
    session.entries.retain(|entry| entry.kind != Kind::Note && entry.made.is_none());
    // A session of distill brings shorter texts of its own, and levels: those are as they came in.
    let brings_texts = session.id.agent() == "distill";
    for entry in &mut session.entries {
        let held = match entry.state.held.by {
            HeldBy::Hand => Held::default(),
            HeldBy::Rule => entry.state.held,
        };
        let rewrites = std::mem::take(&mut entry.state.rewrites);
        let was_rewritten = !rewrites.is_empty() && !brings_texts;
        entry.state = EntryState { held, ..EntryState::default() };
        if brings_texts {
            entry.state.rewrites = rewrites;
        }
        if was_rewritten {
            price::price(entry, &basis.tokenizer);
        }
    }
    session
}

/// What the agent's own context still held, as a pack: in full, in order, without headings.
pub fn agent(given: &Given) -> Chosen {
    let (session, ledger) = (given.session, given.ledger);
    let held = |index: usize| {
        let entry = &session.entries[index];
        entry.seen == Seen::Held && !matches!(entry.kind, Kind::Boundary | Kind::Opaque)
    };
    let levels: Vec<Option<Level>> =
        (0..session.entries.len()).map(|index| held(index).then_some(Level::Full)).collect();
    let worth = |index: usize| {
        let (unit, _) = ledger.place[index].ok()?;
        Some(value::weight(&session.entries[index], ledger.units[unit].standing) * value::fidelity(Level::Full))
    };
    let inside = || (0..levels.len()).filter(|&index| levels[index].is_some());
    let value = value::sum(inside().filter_map(worth));
    let parts = parts(ledger);
    let piece = |index: usize| Piece {
        kind: PieceKind::Entry { index, level: Level::Full },
        part: ledger.place[index].map_or(Part::Earlier, |(unit, _)| parts[unit]),
        tokens: session.entries[index].cost(Level::Full),
    };
    let mut pieces: Vec<Piece> = inside().map(piece).collect();
    pieces.sort_by_key(|piece| piece.part);
    let known = session.entries.iter().any(|entry| entry.seen != Seen::Unknown);
    let note =
        if known { "in full, without its system prompt and tools" } else { "the log does not tell what it held" };
    Chosen {
        used: pieces.iter().map(|piece| piece.tokens).sum(),
        value,
        kept: ledger.share(value),
        levels,
        pieces,
        notes: vec![note.into()],
        ..Chosen::default()
    }
}

/// By unit: the part of a pack that it stands in.
fn parts(ledger: &Ledger) -> Vec<Part> {
    let mut parts = vec![Part::Earlier; ledger.units.len()];
    for (at, &unit) in ledger.forced.iter().enumerate() {
        parts[unit] = if at < ledger.pins { Part::Pinned } else { Part::Tail };
    }
    parts
}

/// What a piece is, in whichever pack it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Name {
    Heading(usize),
    Entry(EntryId),
    Fact(FactId),
    Folded(usize),
    Row(EntryId, u32),
}

/// Pieces are told apart by what they are and by the part that they stand in: within a part both packs have the same order.
fn name(packed: &Packed, piece: &Piece) -> (u8, Name) {
    let session = &packed.session;
    let name = match piece.kind {
        PieceKind::Heading(number) => Name::Heading(number),
        PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => Name::Entry(session.entries[index].id),
        PieceKind::Fact { fact } => Name::Fact(session.facts[fact].id),
        PieceKind::Folded { number } => Name::Folded(number),
        PieceKind::Row { row, .. } => Name::Row(session.names[row].entry, session.names[row].at),
    };
    (piece.part as u8, name)
}

fn blocks(left: &Packed, right: &Packed) -> Vec<Block> {
    let names = right.chosen.pieces.iter().enumerate().map(|(at, piece)| (name(right, piece), at));
    let place: HashMap<(u8, Name), usize> = names.collect();
    let only_right = |piece: usize| Block { left: None, right: Some(piece), differs: Differs::OnlyRight };
    let mut blocks = Vec::with_capacity(left.chosen.pieces.len() + right.chosen.pieces.len() / 4);
    let mut next = 0;
    for (at, piece) in left.chosen.pieces.iter().enumerate() {
        match place.get(&name(left, piece)).copied().filter(|&other| other >= next) {
            Some(other) => {
                blocks.extend((next..other).map(only_right));
                let same = is_same(left, piece, right, &right.chosen.pieces[other]);
                let differs = if same { Differs::Same } else { Differs::Changed };
                blocks.push(Block { left: Some(at), right: Some(other), differs });
                next = other + 1;
            }
            None => blocks.push(Block { left: Some(at), right: None, differs: Differs::OnlyLeft }),
        }
    }
    blocks.extend((next..right.chosen.pieces.len()).map(only_right));
    blocks
}

fn is_same(left: &Packed, piece: &Piece, right: &Packed, other: &Piece) -> bool {
    let text = |packed: &Packed, piece: &Piece| render::piece_text(&packed.session, &packed.chosen, piece);
    match (piece.kind, other.kind) {
        (PieceKind::Heading(_), PieceKind::Heading(_)) => true,
        (PieceKind::Entry { index, level }, PieceKind::Entry { index: at, level: other_level }) => {
            let (entry, other) = (&left.session.entries[index], &right.session.entries[at]);
            entry.effective_level(level) == other.effective_level(other_level)
                && entry.text_at(level) == other.text_at(other_level)
        }
        (PieceKind::Stripped { .. }, PieceKind::Stripped { .. }) => true,
        _ => text(left, piece) == text(right, other),
    }
}

fn rows(left: &Packed, right: &Packed, blocks: &[Block]) -> Vec<Row> {
    let (lefts, rights) = (carried(left), carried(right));
    let mut of_entry: HashMap<EntryId, (usize, Differs)> = HashMap::new();
    for (number, block) in blocks.iter().enumerate() {
        let entry = |packed: &Packed, piece: Option<usize>| match packed.chosen.pieces.get(piece?)?.kind {
            PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => Some(packed.session.entries[index].id),
            _ => None,
        };
        if let Some(id) = entry(left, block.left).or_else(|| entry(right, block.right)) {
            of_entry.entry(id).or_insert((number, block.differs));
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    let row = |id: EntryId, seq: u32, left: Option<Carried>, right: Option<Carried>| {
        let &(block, differs) = of_entry.get(&id)?;
        let differs = match (left, right) {
            (Some(_), None) => Differs::OnlyLeft,
            (None, _) => Differs::OnlyRight,
            // In another part of the pack, it has no block in common: the text may still be the same.
            (Some(left), Some(right)) if differs != Differs::Same && differs != Differs::Changed => {
                if (left.level, left.text) == (right.level, right.text) { Differs::Same } else { Differs::Changed }
            }
            _ => differs,
        };
        Some(Row { id, seq, left, right, differs, block })
    };
    let (mut l, mut r) = (lefts.iter().peekable(), rights.iter().peekable());
    loop {
        let first = match (l.peek(), r.peek()) {
            (Some(a), Some(b)) => a.1.min(b.1),
            (Some(a), None) => a.1,
            (None, Some(b)) => b.1,
            (None, None) => break,
        };
        let left = l.next_if(|entry| entry.1 == first);
        let right = r.next_if(|entry| entry.1 == first);
        let id = left.or(right).map(|entry| entry.0);
        rows.extend(id.and_then(|id| row(id, first, left.map(|entry| entry.2), right.map(|entry| entry.2))));
    }
    rows
}

/// The entries that a side carries, by number.
fn carried(packed: &Packed) -> Vec<(EntryId, u32, Carried)> {
    let mut carried: Vec<(EntryId, u32, Carried)> = Vec::new();
    for piece in &packed.chosen.pieces {
        let (index, level, text) = match piece.kind {
            PieceKind::Entry { index, level } => (index, level, CarriedText::Whole),
            PieceKind::Stripped { index } => (index, Level::Keywords, CarriedText::Note),
            _ => continue,
        };
        let entry = &packed.session.entries[index];
        let level = entry.effective_level(level);
        carried.push((entry.id, entry.seq, Carried { level, tokens: piece.tokens, text }));
    }
    carried.sort_by_key(|entry| entry.1);
    carried
}
