//! The text of a pack, in pieces whose costs add up, and the plan as a report.
//!
//! ```text
//! # Session memory            frame: constant text, always there
//! ## Pinned                   pinned exchanges, in order
//! ## Earlier                  everything else, in order
//! ## Names                    the index: a few words around each name, with the entry where they stand
//! ## Current turn             the tail
//! ```

use super::{
    price,
    strategy::balanced::{self, Ledger, Selection},
};
use crate::{
    model::{Block, BlockKind, Exclusion, Kind, Level, NameRow, Overflow, Plan, Session, Source, Time},
    text::{sanitize, tokens::Encoding},
};

/// Headings and constant text, each starting with `#` so that counts add up.
const FRAME: [&str; 5] = [
    "# Session memory\n\nEntries are numbered; ~ marks a shortened one.\n\n",
    "## Pinned\n\n",
    "## Earlier\n\n",
    "## Names and where they stand\n\n",
    "## Current turn\n\n",
];

/// Tokens of the frame, by encoding. Constants, so that the first paint need not wait for a vocabulary; a test counts
/// them again.
pub fn frame_tokens(encoding: Encoding) -> u32 {
    match encoding {
        Encoding::O200k | Encoding::Cl100k => 32,
        Encoding::Claude => 40,
        Encoding::Bytes4 => 36,
    }
}

/// One stretch of the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub kind: PieceKind,
    pub tokens: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Part of the frame, by number.
    Heading(usize),
    /// An entry by its index in the session.
    Entry { index: usize, level: Level },
    /// A row of the index of names, by number.
    Row { row: usize, place: RowPlace },
}

/// Whether a row shows the number of its entry or stands under one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPlace {
    First,
    Under,
}

#[derive(Clone, Copy)]
enum Section {
    Pinned,
    Earlier,
    Tail,
}

/// The pack's pieces in order. Their texts one after the other are the pack.
pub fn outline(session: &Session, ledger: &Ledger, selection: &Selection) -> Vec<Piece> {
    let mut pinned = Vec::new();
    let mut tail = Vec::new();
    let mut earlier = Vec::new();
    let mut section = vec![Section::Earlier; ledger.units.len()];
    for (at, &unit) in ledger.forced.iter().enumerate() {
        section[unit] = if at < ledger.pins { Section::Pinned } else { Section::Tail };
    }
    for (index, level) in selection.levels.iter().enumerate() {
        let (Some(level), Ok((unit, _))) = (*level, ledger.place[index]) else { continue };
        let piece = Piece { kind: PieceKind::Entry { index, level }, tokens: session.entries[index].cost(level) };
        match section[unit] {
            Section::Pinned => pinned.push(piece),
            Section::Earlier => earlier.push(piece),
            Section::Tail => tail.push(piece),
        }
    }
    let mut rows = selection.rows.clone();
    rows.sort_by_key(|&row| (ledger.row_entries[row], session.names[row].at, row));
    let mut last = None;
    let rows = rows.into_iter().map(|row| {
        let entry = Some(session.names[row].entry);
        let place = if std::mem::replace(&mut last, entry) == entry { RowPlace::Under } else { RowPlace::First };
        Piece { kind: PieceKind::Row { row, place }, tokens: session.names[row].cost }
    });

    if selection.frame == 0 {
        return Vec::new();
    }
    let heading = |number: usize| Piece { kind: PieceKind::Heading(number), tokens: 0 };
    let mut pieces = vec![heading(0), heading(1)];
    pieces[0].tokens = selection.frame;
    pieces.extend(pinned);
    pieces.push(heading(2));
    pieces.extend(earlier);
    pieces.push(heading(3));
    pieces.extend(rows);
    pieces.push(heading(4));
    pieces.extend(tail);
    pieces
}

/// A piece's text, inert.
pub fn piece_text(session: &Session, piece: &Piece) -> String {
    match piece.kind {
        PieceKind::Heading(number) => FRAME[number].to_string(),
        PieceKind::Entry { index, level } => price::block_text(&session.entries[index], level),
        PieceKind::Row { row, place } => {
            let row = &session.names[row];
            row_text(row, session.entry(row.entry).map_or(0, |entry| entry.seq), place)
        }
    }
}

/// An index row as it stands in the pack, one line: `[#12] words`, and `- words` for further rows of the same entry. Both
/// start with a character at which counts add up.
fn row_text(row: &NameRow, seq: u32, place: RowPlace) -> String {
    let text = sanitize::inert_line(&row.text);
    match place {
        RowPlace::First => format!("[#{seq}] {}\n", text.trim_end()),
        RowPlace::Under => format!("- {}\n", text.trim_end()),
    }
}

/// The whole pack.
pub fn text(session: &Session, pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece_text(session, piece)).collect()
}

/// The pack as Markdown: headers as bold lines, tool text fenced.
pub fn markdown(session: &Session, pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        let text = piece_text(session, piece);
        match piece.kind {
            PieceKind::Heading(_) => out.push_str(&format!("\n{text}")),
            PieceKind::Row { .. } => out.push_str(&format!("- {text}")),
            PieceKind::Entry { index, .. } => {
                let (header, body) = text.split_once('\n').unwrap_or((&text, ""));
                let header = header.trim_matches(['[', ']']);
                let fenced = matches!(session.entries[index].kind, Kind::Call | Kind::Result);
                let fence = "`".repeat(longest_fence(body).max(2) + 1);
                match fenced {
                    true => out.push_str(&format!("**{header}**\n\n{fence}\n{}\n{fence}\n\n", body.trim_end())),
                    false => out.push_str(&format!("**{header}**\n\n{}\n\n", body.trim_end())),
                }
            }
        }
    }
    out.trim_start().to_string()
}

fn longest_fence(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The plan as its JSON says it.
pub fn plan(session: &Session, ledger: &Ledger, selection: &Selection, encoding: Encoding, as_of: Time) -> Plan {
    let pieces = outline(session, ledger, selection);
    let mut blocks: Vec<Block> = Vec::with_capacity(pieces.len());
    for piece in &pieces {
        let Some(next) = block(session, piece) else { continue };
        match blocks.last_mut() {
            Some(last) if continues(piece) => {
                last.text.push_str(&next.text);
                last.tokens += next.tokens;
            }
            _ => blocks.push(next),
        }
    }
    let mut needs_of_unit = vec![None; ledger.units.len()];
    let excluded = (0..session.entries.len())
        .filter_map(|index| {
            let reason = ledger.excluded(selection, index)?;
            let needs = match ledger.place[index] {
                Ok((unit, _)) => *needs_of_unit[unit].get_or_insert_with(|| ledger.needs(selection.budget, index)),
                Err(_) => None,
            };
            let entry = &session.entries[index];
            Some(Exclusion { entry_id: entry.id, seq: entry.seq, reason, needs })
        })
        .collect();
    let overflow = selection
        .overflow
        .iter()
        .flat_map(|&unit| ledger.units[unit].members.iter().map(|&index| &session.entries[index]))
        .filter(|entry| entry.state.pinned)
        .map(|entry| Overflow {
            id: entry.id,
            seq: entry.seq,
            why: "pinned, and the budget does not hold it".into(),
            tokens: entry.cost(Level::Full),
        })
        .collect();
    Plan {
        session_id: session.id.clone(),
        as_of,
        strategy: balanced::NAME.into(),
        budget: selection.budget,
        used: selection.used,
        frame_tokens: selection.frame,
        tokenizer: encoding.to_string(),
        exact: encoding.is_exact(),
        value: selection.value,
        kept: selection.kept,
        bound: selection.bound,
        overflow,
        blocks,
        excluded,
    }
}

/// Whether a piece is a further index row of the entry before it: the same block.
fn continues(piece: &Piece) -> bool {
    matches!(piece.kind, PieceKind::Row { place: RowPlace::Under, .. })
}

fn block(session: &Session, piece: &Piece) -> Option<Block> {
    let (entry, kind, level) = match piece.kind {
        PieceKind::Heading(_) => return None,
        PieceKind::Row { row, .. } => (session.entry(session.names[row].entry)?, BlockKind::Index, None),
        PieceKind::Entry { index, level } => {
            let entry = &session.entries[index];
            let kind = match entry.kind {
                Kind::Note => BlockKind::Note,
                Kind::Summary => BlockKind::Summary,
                _ => BlockKind::Entry,
            };
            (entry, kind, Some(level))
        }
    };
    let source = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
    let source = source.map(|file| Source { seq: entry.seq, file: file.path.clone(), line: entry.place.line });
    Some(Block {
        kind,
        entry_id: level.map(|_| entry.id),
        seq: level.map(|_| entry.seq),
        role: level.map(|_| entry.role),
        level,
        tokens: piece.tokens,
        text: piece_text(session, piece),
        covers: 1,
        sources: source.into_iter().collect(),
    })
}

/// The cost of an index row.
pub fn row_cost(row: &NameRow, seq: u32, tokenizer: &crate::text::tokens::Tokenizer) -> u32 {
    let place = if row.opens { RowPlace::First } else { RowPlace::Under };
    tokenizer.count(&row_text(row, seq, place))
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::text::tokens::Tokenizer;

    #[test]
    fn the_frame_costs_what_it_says() {
        for &encoding in Encoding::VARIANTS {
            let tokenizer = Tokenizer::new(encoding);
            let counted: u32 = FRAME.iter().map(|text| tokenizer.count(text)).sum();
            assert_eq!(frame_tokens(encoding), counted, "{encoding}");
            assert!(tokenizer.count(&FRAME.concat()) <= counted);
        }
    }
}
