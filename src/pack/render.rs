//! The text of a pack, in pieces whose costs add up, and the plan as a report.
//!
//! ```text
//! # Session memory            frame: constant text, always there
//! ## Pinned                   pinned exchanges, in order
//! ## Facts                    a line each, the most trusted first
//! ## Earlier                  everything else, in order
//! ## Names                    the index: a few words around each name, with the entry where they stand
//! ## Current turn             the tail
//! ```

use super::{
    chosen::{Chosen, Piece, PieceKind, RowPlace},
    price,
};
use crate::{
    model::{Block, BlockKind, Entry, Exclusion, Kind, Level, NameRow, Plan, Session, Source, Time},
    text::{sanitize, tokens::Encoding},
};

/// Headings and constant text, each starting with `#` so that counts add up.
const FRAME: [&str; 6] = [
    "# Session memory\n\nEntries are numbered; ~ marks a shortened one.\n\n",
    "## Pinned\n\n",
    "## Facts\n\n",
    "## Earlier\n\n",
    "## Names and where they stand\n\n",
    "## Current turn\n\n",
];

/// Tokens of the frame, by encoding. Constants, so that the first paint need not wait for a vocabulary; a test counts
/// them again.
pub fn frame_tokens(encoding: Encoding) -> u32 {
    match encoding {
        Encoding::O200k | Encoding::Cl100k => 35,
        Encoding::Claude => 44,
        Encoding::Bytes4 => 39,
    }
}

/// A piece's text, inert.
pub fn piece_text(session: &Session, chosen: &Chosen, piece: &Piece) -> String {
    match piece.kind {
        PieceKind::Heading(number) => FRAME[number].to_string(),
        PieceKind::Entry { index, level } => price::block_text(&session.entries[index], level),
        PieceKind::Stripped { index } => price::stripped_text(&session.entries[index]),
        PieceKind::Fact { fact } => price::fact_text(&session.facts[fact]),
        PieceKind::Folded { number } => chosen.folded[number].text.clone(),
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
pub fn text(session: &Session, chosen: &Chosen) -> String {
    chosen.pieces.iter().map(|piece| piece_text(session, chosen, piece)).collect()
}

/// The pack as Markdown: headers as bold lines, tool text fenced.
pub fn markdown(session: &Session, chosen: &Chosen) -> String {
    let mut out = String::new();
    for piece in &chosen.pieces {
        let text = piece_text(session, chosen, piece);
        match piece.kind {
            PieceKind::Heading(_) => out.push_str(&format!("\n{text}")),
            PieceKind::Row { .. } | PieceKind::Fact { .. } => out.push_str(&format!("- {text}")),
            PieceKind::Folded { .. } => out.push_str(&text),
            PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => {
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

/// What a plan tells beside what was chosen.
pub struct About<'a> {
    pub strategy: &'a str,
    pub encoding: Encoding,
    pub as_of: Time,
    /// By entry and by fact: the least extra budget at which it comes in.
    pub needs: Vec<Option<u32>>,
    pub facts_need: Vec<Option<u32>>,
    pub cached_tokens: Option<u32>,
}

/// The plan as its JSON says it.
pub fn plan(session: &Session, chosen: &Chosen, about: &About) -> Plan {
    let mut blocks: Vec<Block> = Vec::with_capacity(chosen.pieces.len());
    for piece in &chosen.pieces {
        let Some(next) = block(session, chosen, piece) else { continue };
        match blocks.last_mut() {
            Some(last) if continues(piece) => {
                last.text.push_str(&next.text);
                last.tokens += next.tokens;
            }
            _ => blocks.push(next),
        }
    }
    let entries = chosen.out.iter().enumerate().filter_map(|(index, reason)| {
        let entry = &session.entries[index];
        Some(Exclusion {
            entry_id: Some(entry.id),
            fact_id: None,
            seq: Some(entry.seq),
            reason: (*reason)?,
            needs: about.needs[index],
        })
    });
    let facts = chosen.facts_out.iter().enumerate().filter_map(|(fact, reason)| {
        Some(Exclusion {
            entry_id: None,
            fact_id: Some(session.facts[fact].id),
            seq: None,
            reason: (*reason)?,
            needs: about.facts_need[fact],
        })
    });
    Plan {
        session_id: session.id.clone(),
        as_of: about.as_of,
        strategy: about.strategy.into(),
        budget: chosen.budget,
        used: chosen.used,
        frame_tokens: chosen.frame,
        tokenizer: about.encoding.to_string(),
        exact: about.encoding.is_exact(),
        value: chosen.value,
        kept: chosen.kept,
        bound: chosen.bound,
        notes: chosen.notes.clone(),
        cached_tokens: about.cached_tokens,
        overflow: chosen.overflow.clone(),
        blocks,
        excluded: entries.chain(facts).collect(),
    }
}

/// Whether a piece is a further index row of the entry before it: the same block.
fn continues(piece: &Piece) -> bool {
    matches!(piece.kind, PieceKind::Row { place: RowPlace::Under, .. })
}

fn block(session: &Session, chosen: &Chosen, piece: &Piece) -> Option<Block> {
    let text = piece_text(session, chosen, piece);
    let bare = |kind: BlockKind| Block {
        kind,
        entry_id: None,
        fact_id: None,
        seq: None,
        role: None,
        level: None,
        tokens: piece.tokens,
        text: text.clone(),
        covers: 1,
        sources: Vec::new(),
    };
    Some(match piece.kind {
        PieceKind::Heading(_) => return None,
        PieceKind::Fact { fact } => {
            let fact = &session.facts[fact];
            let from = fact.source.and_then(|source| session.entry(source));
            Block {
                fact_id: Some(fact.id),
                sources: from.into_iter().flat_map(|entry| sources(session, entry)).collect(),
                ..bare(BlockKind::Fact)
            }
        }
        PieceKind::Folded { number } => {
            let covered = &chosen.folded[number].covers;
            Block {
                covers: covered.len() as u32,
                sources: covered.iter().flat_map(|&index| sources(session, &session.entries[index])).collect(),
                ..bare(BlockKind::Summary)
            }
        }
        PieceKind::Row { row, .. } => {
            let entry = session.entry(session.names[row].entry)?;
            Block { seq: Some(entry.seq), sources: sources(session, entry), ..bare(BlockKind::Index) }
        }
        PieceKind::Entry { index, level } => of_entry(session, index, level, bare),
        PieceKind::Stripped { index } => of_entry(session, index, Level::Keywords, bare),
    })
}

fn of_entry(session: &Session, index: usize, level: Level, bare: impl Fn(BlockKind) -> Block) -> Block {
    let entry = &session.entries[index];
    let kind = match entry.kind {
        Kind::Note => BlockKind::Note,
        Kind::Summary => BlockKind::Summary,
        _ => BlockKind::Entry,
    };
    let made = entry
        .made
        .as_ref()
        .map(|made| made.sources.iter().filter_map(|&source| session.entry(source)).collect::<Vec<_>>());
    Block {
        entry_id: Some(entry.id),
        seq: Some(entry.seq),
        role: Some(entry.role),
        level: Some(level),
        covers: made.as_ref().map_or(1, |made| made.len() as u32),
        sources: match made {
            Some(made) => made.into_iter().flat_map(|source| sources(session, source)).collect(),
            None => sources(session, entry),
        },
        ..bare(kind)
    }
}

/// Where an entry stands in its log.
fn sources(session: &Session, entry: &Entry) -> Vec<Source> {
    let file = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
    file.map(|file| Source { seq: entry.seq, file: file.path.clone(), line: entry.place.line }).into_iter().collect()
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
