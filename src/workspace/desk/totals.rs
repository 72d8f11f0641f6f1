//! The numbers over the list: what fills the pack, what fills the session.

use std::{collections::HashMap, ops::Deref, sync::Arc};

use crate::{
    model::{Clean, Kind, Level, Seen, Session},
    pack::chosen::{Chosen, Part, PieceKind},
};

/// All in tokens unless said otherwise. `frame + pinned + facts + index + packed + tail = used`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    pub budget: u32,
    pub used: u32,
    pub free: u32,
    pub frame: u32,
    pub pinned: u32,
    pub facts: u32,
    pub index: u32,
    /// Older entries.
    pub packed: u32,
    pub tail: u32,
    /// Entries in the pack, and entries that a plan could carry.
    pub carried: usize,
    pub carriable: usize,
    /// Live entries at their held levels.
    pub held: u64,

    /// Entries that are carried at less than their full text, and the tokens that this leaves out.
    pub shortened: usize,
    pub shortened_tokens: u64,
    /// Full tokens of entries that are not carried, for whatever reason.
    pub left_out_tokens: u64,
    /// Share of the value with everything in, 0 to 1. 1 is said only where nothing is shortened or left out for the
    /// budget, or where that makes no difference at all.
    pub kept: f64,
    /// `value ÷ bound`, 0 to 1; `None` where the pins do not fit.
    pub bound_share: Option<f64>,
    /// Pins that do not fit.
    pub overflow: usize,
    /// Held tokens by tool and by file, largest first.
    pub by_tool: Vec<(String, u64)>,
    pub by_path: Vec<(String, u64)>,
    /// Our count of what the agent's own context still held; `None` where the log does not tell.
    pub seen: Option<u64>,
    /// Entries that the agent's own context lost.
    pub lost: usize,
    /// The context size that the log itself states last.
    pub logged_context: Option<u64>,
}

/// What the session alone tells, whatever the budget. Kept as running sums: an edit changes what it touches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    /// Live entries, and their tokens at their held levels.
    live: Sum,
    /// Full tokens of all that is no boundary.
    whole: u64,
    by_tool: Vec<(Arc<str>, Sum)>,
    by_path: Vec<(Clean, Sum)>,
    seen: Option<u64>,
    lost: usize,
    logged_context: Option<u64>,
    /// By entry.
    counted: Vec<Counted>,
}

/// What an entry adds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counted {
    /// Numbers into the sums by tool and by file.
    tool: Option<u32>,
    path: Option<u32>,
    /// Tokens at its held level; `None` where it is not live.
    held: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sum {
    entries: usize,
    tokens: u64,
}

impl Sum {
    fn add(&mut self, held: Option<u32>) {
        self.entries += usize::from(held.is_some());
        self.tokens += u64::from(held.unwrap_or(0));
    }

    fn subtract(&mut self, held: Option<u32>) {
        self.entries -= usize::from(held.is_some());
        self.tokens -= u64::from(held.unwrap_or(0));
    }
}

impl Totals {
    pub fn of(holdings: &Holdings, session: &Session, chosen: &Chosen) -> Totals {
        let bound_share = |bound: f64| if bound > 0.0 { (chosen.value / bound).min(1.0) } else { 1.0 };
        let mut totals = Totals {
            budget: chosen.budget,
            used: chosen.used,
            free: chosen.budget - chosen.used,
            frame: chosen.frame,
            kept: chosen.kept,
            bound_share: chosen.bound.map(bound_share),
            overflow: chosen.overflow.len(),
            carriable: holdings.live.entries,
            held: holdings.live.tokens,
            left_out_tokens: holdings.whole,
            by_tool: largest(&holdings.by_tool),
            by_path: largest(&holdings.by_path),
            seen: holdings.seen,
            lost: holdings.lost,
            logged_context: holdings.logged_context,
            ..Totals::default()
        };
        for piece in &chosen.pieces {
            match piece.part {
                Part::Frame => {}
                Part::Pinned => totals.pinned += piece.tokens,
                Part::Facts => totals.facts += piece.tokens,
                Part::Earlier => totals.packed += piece.tokens,
                Part::Names => totals.index += piece.tokens,
                Part::Tail => totals.tail += piece.tokens,
            }
            let (PieceKind::Entry { index, .. } | PieceKind::Stripped { index }) = piece.kind else { continue };
            totals.carried += 1;
            let full = u64::from(session.entries[index].cost(Level::Full));
            totals.left_out_tokens -= full;
            let less = full.saturating_sub(piece.tokens.into());
            totals.shortened += usize::from(less > 0);
            totals.shortened_tokens += less;
        }
        if totals.carried == totals.carriable && totals.shortened == 0 {
            // Sums of the same values in another order differ in the last digits.
            totals.kept = 1.0;
        }
        totals
    }
}

impl Holdings {
    pub fn of(session: &Session) -> Holdings {
        let mut holdings = Holdings::default();
        let mut tools = Numbers::default();
        let mut paths = Numbers::default();
        let mut path_of_call: HashMap<&str, u32> = HashMap::new();
        for entry in &session.entries {
            let own = entry.path.as_ref().map(|path| paths.number(path, &mut holdings.by_path));
            if let (Some(call), Some(path)) = (entry.call_id.as_deref(), own) {
                path_of_call.insert(call, path);
            }
            let full = u64::from(entry.cost(Level::Full));
            match entry.seen {
                Seen::Held => *holdings.seen.get_or_insert(0) += full,
                Seen::Lost { .. } => {
                    holdings.lost += 1;
                    holdings.seen.get_or_insert(0);
                }
                Seen::Never | Seen::Unknown => {}
            }
            if let Some(usage) = entry.usage {
                let context = Some(usage.context()).filter(|&context| context > 0);
                holdings.logged_context = context.or(holdings.logged_context);
            }
            if entry.kind != Kind::Boundary {
                holdings.whole += full;
            }
            let tool = entry.tool.as_ref().filter(|_| matches!(entry.kind, Kind::Call | Kind::Result));
            let of_call = || path_of_call.get(entry.call_id.as_deref()?).copied();
            holdings.counted.push(Counted {
                tool: tool.map(|tool| tools.number(tool, &mut holdings.by_tool)),
                path: own.or_else(of_call),
                held: None,
            });
        }
        holdings.update(session, 0..session.entries.len());
        holdings
    }

    /// Takes in that the states of these entries have changed.
    pub fn update(&mut self, session: &Session, touched: impl Iterator<Item = usize>) {
        for index in touched {
            let Counted { tool, path, held: before } = self.counted[index];
            let entry = &session.entries[index];
            let held = entry.is_live().then(|| entry.cost(entry.state.held.level));
            let sums = [
                Some(&mut self.live),
                tool.map(|tool| &mut self.by_tool[tool as usize].1),
                path.map(|path| &mut self.by_path[path as usize].1),
            ];
            for sum in sums.into_iter().flatten() {
                sum.subtract(before);
                sum.add(held);
            }
            self.counted[index].held = held;
        }
    }
}

/// Names by number, from 0.
#[derive(Default)]
struct Numbers<'a>(HashMap<&'a str, u32>);

impl<'a> Numbers<'a> {
    fn number<N: Clone + Deref<Target = str>>(&mut self, name: &'a N, sums: &mut Vec<(N, Sum)>) -> u32 {
        *self.0.entry(name).or_insert_with(|| {
            sums.push((name.clone(), Sum::default()));
            sums.len() as u32 - 1
        })
    }
}

/// The names that hold most; those of which nothing is live are not among them.
fn largest<N: Deref<Target = str>>(sums: &[(N, Sum)]) -> Vec<(String, u64)> {
    const SHOWN: usize = 12;
    let mut rows: Vec<(&str, u64)> =
        sums.iter().filter(|(_, sum)| sum.entries > 0).map(|(name, sum)| (&**name, sum.tokens)).collect();
    rows.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    rows.iter().take(SHOWN).map(|&(name, tokens)| (name.to_owned(), tokens)).collect()
}
