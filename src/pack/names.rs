//! The index of names: for names that recur, a few words around each, verbatim, with the entry where they stand.
//!
//! Made once from the immutable texts, so that no edit has to read text again: an edit only hides the rows whose entry
//! it takes out. Windows of words compete for the names they are the first to show, by weight per token, so one line
//! that holds three names is taken before three lines.

use std::{cmp::Ordering, collections::BinaryHeap, ops::Range};

use super::render;
use crate::{
    model::{Kind, NameRow, Session},
    score::{Mentions, mentions::Term},
    text::{compress::names::NameKind, redact, sanitize, tokens::Tokenizer},
};

/// Tokens of rows at the most; what a budget can use is decided by their value.
const TOKENS_AT_MOST: u32 = 4_000;
/// And at most one token for this many of the session.
const SHARE_AT_MOST: u64 = 5;
/// Words of a window.
const WORDS: usize = 6;
/// A line of up to this many words and bytes is shown whole.
const LINE_WORDS: usize = 8;
const LINE_BYTES: usize = 72;
/// Rows of one entry at the most: who needs more opens the entry. A long one may have one more for so many tokens.
const ROWS_OF_ENTRY: usize = 8;
const TOKENS_FOR_A_ROW: u32 = 300;
/// Bytes of a window at the most: words of minified code can be any length.
const BYTES_AT_MOST: usize = 160;
/// A longer word than this is not prose and seldom a name: minified code, data.
const READABLE_WORD: usize = 60;
const FIRST_PLACES: usize = 3;
const LAST_PLACES: usize = 5;

/// The rows, best first.
pub fn index(session: &Session, mentions: &Mentions, tokenizer: &Tokenizer) -> Vec<NameRow> {
    let weights: Vec<f64> = mentions.terms.iter().map(|term| weight(term, session)).collect();
    let windows = windows(session, mentions, &weights);
    let mut of_entry: Vec<Vec<usize>> = vec![Vec::new(); session.entries.len()];
    for (number, window) in windows.iter().enumerate() {
        of_entry[window.entry].push(number);
    }
    let mut auction = Auction {
        windows: &windows,
        weights,
        shown: vec![false; mentions.terms.len()],
        rows_of: vec![0; of_entry.len()],
    };
    let mut bids: BinaryHeap<Bid> = (0..windows.len()).map(|number| auction.bid(number)).collect();
    let whole: u64 = session.entries.iter().map(|entry| u64::from(entry.costs[0])).sum();
    let at_most = TOKENS_AT_MOST.min((whole / SHARE_AT_MOST) as u32);
    let (mut rows, mut tokens) = (Vec::new(), 0);
    while let Some(bid) = bids.pop() {
        let window = &windows[bid.window];
        let now = auction.bid(bid.window);
        if now.gain <= 0.0 || auction.rows_of[window.entry] >= most(session, window.entry) {
            continue;
        }
        if bids.peek().is_some_and(|next| now.cmp(next) == Ordering::Less) {
            bids.push(now);
            continue;
        }
        let entry = &session.entries[window.entry];
        let text = redact::clean(&one_line(&entry.text[window.at.clone()]));
        let opens = auction.rows_of[window.entry] == 0;
        let mut row = NameRow {
            entry: entry.id,
            at: window.at.start as u32,
            text,
            opens,
            cost: 0,
            weight: (now.gain * 1000.0) as u32,
        };
        row.cost = render::row_cost(&row, entry.seq, tokenizer);
        tokens += row.cost;
        if tokens > at_most || row.weight == 0 {
            break;
        }
        window.terms.iter().for_each(|&term| auction.shown[term as usize] = true);
        auction.rows_of[window.entry] += 1;
        if opens {
            // Further rows of this entry need no number and bid higher from now on.
            bids.extend(of_entry[window.entry].iter().map(|&number| auction.bid(number)));
        }
        rows.push(row);
    }
    rows
}

fn most(session: &Session, entry: usize) -> usize {
    ROWS_OF_ENTRY + (session.entries[entry].costs[0] / TOKENS_FOR_A_ROW) as usize
}

/// A stretch of words of an entry and the names in it.
struct Window {
    entry: usize,
    at: Range<usize>,
    terms: Vec<u32>,
    /// How much better this kind of entry explains a name than another.
    telling: f64,
}

/// How much a name matters: more entries, later entries, and entries in which someone spoke of it.
fn weight(term: &Term, session: &Session) -> f64 {
    let mut known: f64 = 0.0;
    for &entry in &term.entries {
        known += match session.entries[entry as usize].kind {
            Kind::Prompt | Kind::Message | Kind::Summary => 2.5,
            Kind::Thought | Kind::Call => 2.0,
            _ => 0.8,
        };
    }
    let known = (1.0 + known).ln();
    let last = f64::from(*term.entries.last().expect("a term stands somewhere"));
    let recency = last / session.entries.len().max(1) as f64;
    let kind = match term.kind {
        NameKind::Path | NameKind::Identifier | NameKind::Flag | NameKind::Error => 1.0,
        NameKind::Url => 0.8,
        NameKind::Hash => 0.6,
        NameKind::Number => 0.4,
    };
    known * (0.6 + 0.4 * recency) * kind
}

fn windows(session: &Session, mentions: &Mentions, weights: &[f64]) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for (number, term) in mentions.terms.iter().enumerate() {
        if weights[number] < 0.2 {
            continue;
        }
        for entry in anchors(term) {
            let entry = entry as usize;
            let Some(mention) = mentions.of_entry[entry].iter().find(|mention| mention.term == number as u32) else {
                continue;
            };
            let text = &session.entries[entry].text;
            let Some(at) = window(text, &mention.at()) else { continue };
            let own = &mentions.of_entry[entry];
            let from = own.partition_point(|mention| mention.at().start < at.start);
            let mut terms: Vec<u32> = own[from..]
                .iter()
                .take_while(|mention| mention.at().start < at.end)
                .filter(|mention| mention.at().end <= at.end)
                .map(|mention| mention.term)
                .collect();
            terms.sort_unstable();
            terms.dedup();
            terms.retain(|&term| anchors(&mentions.terms[term as usize]).any(|anchor| anchor as usize == entry));
            let telling = match session.entries[entry].kind {
                Kind::Prompt | Kind::Message | Kind::Summary => 1.25,
                Kind::Call => 1.1,
                _ => 1.0,
            };
            // Minified code and data explain nothing.
            let longest = text[at.clone()].split_whitespace().map(str::len).max().unwrap_or(0);
            let telling = if longest > READABLE_WORD { telling * 0.6 } else { telling };
            // Words of two lines run together read badly, worse with a line number between them.
            let telling = match &text[at.clone()] {
                words if words.contains('→') && words.contains('\n') => telling * 0.8,
                words if words.contains('\n') => telling * 0.9,
                _ => telling,
            };
            windows.push(Window { entry, at, terms, telling });
        }
    }
    windows
}

/// The entries that a row for this name may point to: where it came in, and where it was last used. What lies between
/// says less.
fn anchors(term: &Term) -> impl Iterator<Item = u32> {
    let (first, last) = term.entries.split_at(term.entries.len().min(FIRST_PLACES));
    let newest = last.iter().rev().take(LAST_PLACES);
    first.iter().chain(newest).copied()
}

/// `WORDS` or a few more words around a name: of its line, which is taken whole where it is short, and of the lines
/// beside it where it is shorter than that. `None` on a line that only says that a test has passed.
fn window(text: &str, name: &Range<usize>) -> Option<Range<usize>> {
    let line = line_of(text, name);
    if passed(&text[line.clone()]) {
        return None;
    }
    let mut words = words(text, line.clone());
    if words.len() <= LINE_WORDS && words.len() >= WORDS && line.len() <= LINE_BYTES {
        return Some(line);
    }
    if words.len() < WORDS {
        words = beside(text, line, words);
    }
    let at = words.iter().position(|word| word.end > name.start).unwrap_or(0);
    let first = at.saturating_sub(WORDS / 2).min(words.len().saturating_sub(WORDS));
    let last = (first + WORDS - 1).max(at).min(words.len().saturating_sub(1));
    let (start, end) = match (words.get(first), words.get(last)) {
        (Some(first), Some(last)) => (first.start.min(name.start), last.end.max(name.end)),
        _ => (name.start, name.end),
    };
    Some(shortened(text, start..end, name))
}

/// The name's line without white space, list mark and the line number that file readers put before it.
fn line_of(text: &str, name: &Range<usize>) -> Range<usize> {
    let start = text[..name.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[name.end..].find('\n').map_or(text.len(), |at| name.end + at);
    let lead = &text[start..name.start];
    let mut rest = lead.trim_start();
    let unnumbered = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if let Some(after) = unnumbered.strip_prefix('→').filter(|_| unnumbered.len() < rest.len()) {
        rest = after.trim_start();
    }
    for mark in ["- ", "* ", "• "] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    start + (lead.len() - rest.len())..name.end + text[name.end..end].trim_end().len()
}

fn passed(line: &str) -> bool {
    let line = sanitize::inert_line(line);
    line.ends_with("... ok") || line.starts_with("PASS") || line.starts_with("ok ") || line.starts_with('✓')
}

fn words(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = within.start;
    for part in text[within].split(char::is_whitespace) {
        if !part.is_empty() {
            words.push(at..at + part.len());
        }
        at += part.len() + text[at + part.len()..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

/// The line's words and as many of the lines after it, then before it, as make a window.
fn beside(text: &str, line: Range<usize>, own: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let far = |at: usize| boundary(text, (at + BYTES_AT_MOST).min(text.len()));
    let mut all = own;
    let after = words(text, line.end..far(line.end));
    all.extend(after.into_iter().take(WORDS - all.len()));
    if all.len() < WORDS {
        let from = boundary(text, line.start.saturating_sub(BYTES_AT_MOST));
        let mut before = words(text, from..line.start);
        let missing = WORDS - all.len();
        before.drain(..before.len().saturating_sub(missing));
        before.append(&mut all);
        all = before;
    }
    all
}

/// At most `BYTES_AT_MOST` around the name.
fn shortened(text: &str, at: Range<usize>, name: &Range<usize>) -> Range<usize> {
    if at.len() <= BYTES_AT_MOST {
        return at;
    }
    let slack = BYTES_AT_MOST.saturating_sub(name.len()) / 2;
    let start = boundary(text, name.start.saturating_sub(slack)).max(at.start);
    let end = boundary(text, (name.end + slack).min(text.len())).min(at.end).max(name.end);
    start..end
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A window's claim to be next: what it would newly show, per token.
struct Bid {
    window: usize,
    gain: f64,
    rate: f64,
}

/// The state of the competition.
struct Auction<'a> {
    windows: &'a [Window],
    weights: Vec<f64>,
    /// By name: whether a row shows it.
    shown: Vec<bool>,
    /// By entry: how many rows it has.
    rows_of: Vec<usize>,
}

impl Auction<'_> {
    fn bid(&self, number: usize) -> Bid {
        let window = &self.windows[number];
        let new = window.terms.iter().filter(|&&term| !self.shown[term as usize]);
        let gain = new.map(|&term| self.weights[term as usize]).sum::<f64>() * window.telling;
        // About what a row costs: number or dash, line end, and a token for three bytes of code.
        let frame = if self.rows_of[window.entry] > 0 { 2.0 } else { 6.0 };
        Bid { window: number, gain, rate: gain / (frame + window.at.len() as f64 / 3.2) }
    }
}

impl Ord for Bid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rate.total_cmp(&other.rate).then(other.window.cmp(&self.window))
    }
}

impl PartialOrd for Bid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Bid {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Bid {}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Entry, EntryId, SessionId},
        pack::strategy::tests::entry,
        text::tokens::Encoding,
    };

    fn tokenizer() -> &'static Tokenizer {
        static TOKENIZER: OnceLock<Tokenizer> = OnceLock::new();
        TOKENIZER.get_or_init(|| Tokenizer::new(Encoding::O200k))
    }

    fn rows(texts: &[(Kind, &str)]) -> (Session, Vec<NameRow>) {
        let priced = |(number, (kind, text)): (usize, &(Kind, &str))| {
            let mut entry: Entry = entry(number as u32 + 1, *kind, text);
            entry.costs = [2_000; 4];
            entry
        };
        let mut session = Session::new(SessionId::new("claude:names"));
        session.entries = texts.iter().enumerate().map(priced).collect();
        let rows = index(&session, &Mentions::new(&session), tokenizer());
        (session, rows)
    }

    fn around(text: &str, name: &str) -> Option<String> {
        let start = text.find(name).expect("the name is in the text");
        window(text, &(start..start + name.len())).map(|at| text[at].to_string())
    }

    #[test]
    fn a_row_is_verbatim_text_of_its_entry_and_costs_what_it_says() {
        let (session, rows) = rows(&[
            (Kind::Prompt, "Fix src/cart/total.rs, order 18231 is wrong."),
            (Kind::Message, "The cause is round_half_up in src/cart/total.rs."),
            (Kind::Result, "src/cart/total.rs:40: fn round_half_up(cents: i64)"),
        ]);
        assert!(!rows.is_empty());
        for row in &rows {
            let entry = session.entry(row.entry).expect("a row is of an entry");
            let from = &entry.text[row.at as usize..];
            assert!(one_line(from).starts_with(&*row.text), "{row:?}");
            assert_eq!(row.cost, render::row_cost(row, entry.seq, tokenizer()));
            assert!(row.weight > 0);
        }
        let opened: Vec<EntryId> = rows.iter().filter(|row| row.opens).map(|row| row.entry).collect();
        let mut once = opened.clone();
        once.dedup();
        assert_eq!(once, opened, "an entry is opened once");
        assert!(rows.iter().any(|row| row.text.contains("src/cart/total.rs")));
    }

    #[test]
    fn the_index_is_a_share_of_a_small_session() {
        let (session, rows) = rows(&[(Kind::Message, "See src/a.rs and src/b.rs and parse_tokens.")]);
        let whole: u64 = session.entries.iter().map(|entry| u64::from(entry.costs[0])).sum();
        let tokens: u64 = rows.iter().map(|row| u64::from(row.cost)).sum();
        assert!(tokens <= whole / SHARE_AT_MOST, "{tokens} of {whole}");
    }

    #[test]
    fn a_short_line_is_shown_whole_and_a_long_one_around_the_name() {
        let text = "# Plan\n- first fix round_half_up in the pricing crate\n- rest";
        assert_eq!(around(text, "round_half_up").as_deref(), Some("first fix round_half_up in the pricing crate"));
        let long = "one two three four five six seven parse_tokens eight nine ten eleven twelve";
        assert_eq!(around(long, "parse_tokens").as_deref(), Some("five six seven parse_tokens eight nine"));
    }

    #[test]
    fn line_numbers_are_no_part_of_a_line_and_passed_tests_are_none() {
        let text = "    12→pub fn round_half_up(cents: i64) -> Result<i64, Overflow> {\n    13→    todo!()";
        let shown = around(text, "round_half_up").expect("it is shown");
        assert!(shown.starts_with("pub fn"), "{shown}");
        assert_eq!(around("test cart::round_half_up ... ok", "round_half_up"), None);
        assert!(around("test cart::round_half_up ... FAILED", "round_half_up").is_some());
    }

    #[test]
    fn windows_end_at_characters_and_stay_short() {
        let wide = format!("{} parse_tokens {}", "漢".repeat(300), "字".repeat(300));
        let shown = around(&wide, "parse_tokens").expect("it is shown");
        assert!(shown.len() <= BYTES_AT_MOST + 4 && shown.contains("parse_tokens"), "{} bytes", shown.len());
        let name = "x".repeat(400);
        assert_eq!(around(&name, &name).as_deref(), Some(name.as_str()), "a long name is not cut");
    }
}
