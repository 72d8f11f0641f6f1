//! What a strategy has chosen, before any text is written: the pieces of the pack in order, what stands at which level,
//! and why the rest is out.

use super::strategy::balanced::Ledger;
use crate::model::{ExclusionReason, Level, Overflow, Session};

/// Entries and facts by their index in the session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    pub budget: u32,
    /// Frame and pieces; 0 where the budget does not even hold the frame.
    pub used: u32,
    pub frame: u32,
    pub value: f64,
    /// `value` ÷ value with everything in, 0 to 1; 1 for an empty session.
    pub kept: f64,
    /// The most that any plan could be worth; `None` where the pins do not fit or the strategy adds blocks of its own.
    pub bound: Option<f64>,
    pub levels: Vec<Option<Level>>,
    /// Why an entry is not in; `None` = it is.
    pub out: Vec<Option<ExclusionReason>>,
    pub facts_out: Vec<Option<ExclusionReason>>,
    /// Pins and pinned facts that do not fit.
    pub overflow: Vec<Overflow>,
    pub pieces: Vec<Piece>,
    /// Texts that stand for several entries, by the number in their piece.
    pub folded: Vec<Folded>,
    /// What the strategy did, in words: "layer 2", "cut before #120".
    pub notes: Vec<String>,
}

impl Chosen {
    /// By entry: what its block costs; `None` = it has none. A note of loss costs something else than any level.
    pub fn block_tokens(&self) -> Vec<Option<u32>> {
        let mut tokens = vec![None; self.levels.len()];
        for piece in &self.pieces {
            if let PieceKind::Entry { index, .. } | PieceKind::Stripped { index } = piece.kind {
                tokens[index] = Some(piece.tokens);
            }
        }
        tokens
    }

    /// Whether only a note of its loss is carried of an entry.
    pub fn strips(&self, entry: usize) -> bool {
        self.pieces.iter().any(|piece| piece.kind == PieceKind::Stripped { index: entry })
    }
}

/// A text made from several entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The whole block: it starts with `#` or `[` and ends with a blank line.
    pub text: String,
    pub covers: Vec<usize>,
    pub tokens: u32,
}

/// One stretch of the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub kind: PieceKind,
    pub part: Part,
    pub tokens: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Part of the frame, by number.
    Heading(usize),
    /// An entry by its index in the session.
    Entry { index: usize, level: Level },
    /// A tool's output of which only a note of its loss is left.
    Stripped { index: usize },
    /// A fact by its index in the session.
    Fact { fact: usize },
    /// A text made from several entries, by number.
    Folded { number: usize },
    /// A row of the index of names, by number.
    Row { row: usize, place: RowPlace },
}

/// Whether a row shows the number of its entry or stands under one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPlace {
    First,
    Under,
}

/// The parts of a pack, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Frame,
    Pinned,
    Facts,
    Earlier,
    Names,
    Tail,
}

/// What goes into a pack; [`lay`] puts it in order.
pub struct Contents<'a> {
    pub session: &'a Session,
    pub ledger: &'a Ledger,
    pub frame: u32,
    pub levels: &'a [Option<Level>],
    /// Entries of which only a note of loss is carried, with its cost.
    pub stripped: &'a [(usize, u32)],
    /// Facts that are in, by index.
    pub facts: &'a [usize],
    pub folded: &'a [Folded],
    /// Index rows that are in, by number.
    pub rows: &'a [usize],
}

/// The pieces in order. Their texts one after the other are the pack.
pub fn lay(contents: &Contents) -> Vec<Piece> {
    let Contents { session, ledger, .. } = *contents;
    if contents.frame == 0 {
        return Vec::new();
    }
    let mut part_of_unit = vec![Part::Earlier; ledger.units.len()];
    for (at, &unit) in ledger.forced.iter().enumerate() {
        part_of_unit[unit] = if at < ledger.pins { Part::Pinned } else { Part::Tail };
    }
    let mut entries: Vec<(Part, usize, Piece)> = Vec::with_capacity(contents.levels.len());
    for (index, level) in contents.levels.iter().enumerate() {
        let (Some(level), Ok((unit, _))) = (*level, ledger.place[index]) else { continue };
        let part = part_of_unit[unit];
        let stripped = contents.stripped.binary_search_by_key(&index, |&(at, _)| at).ok();
        let (kind, tokens) = match stripped {
            Some(at) => (PieceKind::Stripped { index }, contents.stripped[at].1),
            None => (PieceKind::Entry { index, level }, session.entries[index].cost(level)),
        };
        entries.push((part, ledger.stands_at[index], Piece { kind, part, tokens }));
    }
    // A summary stands where the first of what it stands for stood; the others are in order already.
    if ledger.stands_at.iter().enumerate().any(|(index, &at)| index != at) {
        entries.sort_by_key(|&(part, at, _)| (part, at));
    }
    let heading = |number: usize| Piece {
        kind: PieceKind::Heading(number),
        part: Part::Frame,
        tokens: if number == 0 { contents.frame } else { 0 },
    };
    let of = |wanted: Part| entries.iter().filter(move |(part, ..)| *part == wanted).map(|&(.., piece)| piece);
    let mut pieces = vec![heading(0), heading(1)];
    pieces.extend(of(Part::Pinned));
    pieces.push(heading(2));
    pieces.extend(contents.facts.iter().map(|&fact| Piece {
        kind: PieceKind::Fact { fact },
        part: Part::Facts,
        tokens: session.facts[fact].cost,
    }));
    pieces.push(heading(3));
    pieces.extend(contents.folded.iter().enumerate().map(|(number, folded)| Piece {
        kind: PieceKind::Folded { number },
        part: Part::Earlier,
        tokens: folded.tokens,
    }));
    pieces.extend(of(Part::Earlier));
    pieces.push(heading(4));
    pieces.extend(rows(contents));
    pieces.push(heading(5));
    pieces.extend(of(Part::Tail));
    pieces
}

fn rows(contents: &Contents) -> Vec<Piece> {
    let (session, ledger) = (contents.session, contents.ledger);
    let mut rows = contents.rows.to_vec();
    rows.sort_by_key(|&row| (ledger.row_entries[row], session.names[row].at, row));
    let mut last = None;
    let piece = |row: usize| {
        let entry = Some(session.names[row].entry);
        let place = if std::mem::replace(&mut last, entry) == entry { RowPlace::Under } else { RowPlace::First };
        Piece { kind: PieceKind::Row { row, place }, part: Part::Names, tokens: session.names[row].cost }
    };
    rows.into_iter().map(piece).collect()
}
