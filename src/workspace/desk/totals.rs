//! The numbers over the list: what fills the pack, what fills the session.

use std::collections::HashMap;

use crate::{
    model::{Kind, Level, Seen, Session},
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

/// What the session alone tells, whatever the budget: counted again after an edit, not when the budget moves.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    carriable: usize,
    held: u64,
    /// Full tokens of all that is no boundary.
    whole: u64,
    by_tool: Vec<(String, u64)>,
    by_path: Vec<(String, u64)>,
    seen: Option<u64>,
    lost: usize,
    logged_context: Option<u64>,
}

impl Totals {
    pub fn of(holdings: &Holdings, session: &Session, chosen: &Chosen) -> Totals {
        let bound_share = |bound: f64| if bound > 0.0 { (chosen.value / bound).min(1.0) } else { 1.0 };
        let Holdings { carriable, held, whole, by_tool, by_path, seen, lost, logged_context } = holdings.clone();
        let mut totals = Totals {
            budget: chosen.budget,
            used: chosen.used,
            free: chosen.budget - chosen.used,
            frame: chosen.frame,
            kept: chosen.kept,
            bound_share: chosen.bound.map(bound_share),
            overflow: chosen.overflow.len(),
            carriable,
            held,
            left_out_tokens: whole,
            by_tool,
            by_path,
            seen,
            lost,
            logged_context,
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
        let mut tools: HashMap<&str, u64> = HashMap::new();
        let mut paths: HashMap<&str, u64> = HashMap::new();
        let mut path_of_call: HashMap<&str, &str> = HashMap::new();
        let (mut seen, mut seen_known) = (0, false);
        for entry in &session.entries {
            if let (Some(call), Some(path)) = (entry.call_id.as_deref(), entry.path.as_deref()) {
                path_of_call.insert(call, path);
            }
            let full = u64::from(entry.cost(Level::Full));
            match entry.seen {
                Seen::Held => (seen, seen_known) = (seen + full, true),
                Seen::Lost { .. } => (holdings.lost, seen_known) = (holdings.lost + 1, true),
                Seen::Never | Seen::Unknown => {}
            }
            if let Some(usage) = entry.usage {
                let context = Some(usage.context()).filter(|&context| context > 0);
                holdings.logged_context = context.or(holdings.logged_context);
            }
            if entry.kind != Kind::Boundary {
                holdings.whole += full;
            }
            if !entry.is_live() {
                continue;
            }
            holdings.carriable += 1;
            let held = u64::from(entry.cost(entry.state.held.level));
            holdings.held += held;
            if let (Kind::Call | Kind::Result, Some(tool)) = (entry.kind, entry.tool.as_deref()) {
                *tools.entry(tool).or_default() += held;
            }
            let path = entry.path.as_deref().or_else(|| path_of_call.get(entry.call_id.as_deref()?).copied());
            if let Some(path) = path {
                *paths.entry(path).or_default() += held;
            }
        }
        holdings.seen = seen_known.then_some(seen);
        holdings.by_tool = largest(tools);
        holdings.by_path = largest(paths);
        holdings
    }
}

fn largest(sums: HashMap<&str, u64>) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = sums.into_iter().map(|(name, tokens)| (name.to_string(), tokens)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    rows.truncate(12);
    rows
}
