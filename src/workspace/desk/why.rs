//! The answer to "why did my agent forget that?": where an entry stood, when the agent lost it, why the plan leaves it
//! out, what would bring it back.

use super::{Desk, honoured};
use crate::{
    model::{Entry, ExclusionReason, HeldBy, Kind, Level, LossCause, Seen, Session},
    pack::strategy::{Strategy, balanced::Price},
    score,
    text::words::exact,
};

/// `price`: what it takes to bring the entry in, as far as that is known.
pub fn why(desk: &Desk, index: usize, price: &Price) -> Vec<String> {
    let session = desk.session();
    let entry = &session.entries[index];
    let mut lines = vec![place(session, entry), seen(session, entry), state(session, entry)];
    lines.push(plan(desk, index));
    lines.extend(back(desk, index, price));
    if entry.kind != Kind::Boundary {
        lines.push(match entry.state.importance {
            Some(hand) => format!(
                "Importance {:.2} by hand; by rule {:.2}: {}.",
                hand.value(),
                entry.score.value,
                score::breakdown(entry)
            ),
            None if entry.score.reasons.is_empty() => format!("Importance {:.2}.", entry.score.value),
            None => format!("Importance {:.2}: {}.", entry.score.value, score::breakdown(entry)),
        });
    }
    lines.extend(honoured::of_entry(desk.kind(), entry).map(str::to_owned));
    lines.retain(|line| !line.is_empty());
    lines
}

fn place(session: &Session, entry: &Entry) -> String {
    let source = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
    let tool = entry.tool.as_deref().map_or(String::new(), |tool| format!(" of {tool}"));
    let kind = match entry.kind {
        kind @ (Kind::Injected | Kind::Opaque) => format!("an {kind} entry"),
        kind => format!("a {kind}"),
    };
    match source {
        Some(file) => {
            format!("#{} is {kind}{tool}, on line {} of {}.", entry.seq, entry.place.line, file.path)
        }
        None => format!("#{} is {kind}{tool}, made in Haversack.", entry.seq),
    }
}

fn seen(session: &Session, entry: &Entry) -> String {
    match entry.seen {
        Seen::Unknown => "The log does not tell whether the agent still had it.".into(),
        Seen::Held => "The agent still had it in its context at the end of the log.".into(),
        Seen::Never => "The agent's context never held it.".into(),
        Seen::Lost { at, cause } => {
            let boundary = session.entry(at).map_or_else(String::new, |boundary| {
                format!(" at #{} ({})", boundary.seq, boundary.text.lines().next().unwrap_or("").trim())
            });
            match cause {
                LossCause::Compaction => format!("The agent lost it to a compaction{boundary}."),
                LossCause::Microcompaction => format!("The agent lost this output to a micro-compaction{boundary}."),
                LossCause::Rewind => format!("It is on a branch that was abandoned{boundary}."),
            }
        }
    }
}

fn state(session: &Session, entry: &Entry) -> String {
    use crate::model::Fate;
    match entry.state.fate {
        Fate::Evicted => "It was evicted here by an edit.".into(),
        Fate::Superseded { by } => {
            format!(
                "It is superseded by #{}.",
                session.entry(by).map_or_else(|| by.to_string(), |entry| entry.seq.to_string())
            )
        }
        Fate::Archived => "It is archived: a more general summary stands for it.".into(),
        Fate::Live if entry.state.pinned => "It is pinned.".into(),
        Fate::Live if entry.state.held.by == HeldBy::Hand && entry.state.held.level != Level::Full => {
            format!("A hand holds it at {}: no plan shows more.", entry.state.held.level)
        }
        Fate::Live => String::new(),
    }
}

fn plan(desk: &Desk, index: usize) -> String {
    let budget = exact(desk.budget().tokens().into());
    match (desk.packed(index), desk.chosen.out[index]) {
        (Some(level), _) => {
            let tokens = exact(desk.packed_tokens(index).into());
            let full = exact(desk.session().entries[index].cost(Level::Full).into());
            match desk.chosen.strips(index) {
                true => format!(
                    "At a budget of {budget} the plan carries only a note of its loss: {tokens} of {full} tokens."
                ),
                false => format!("At a budget of {budget} the plan carries it at {level}: {tokens} of {full} tokens."),
            }
        }
        (None, Some(ExclusionReason::OverBudget)) => match desk.settings().strategy {
            Strategy::Balanced => {
                format!("At a budget of {budget} the plan leaves it out: other entries give more value per token.")
            }
            strategy => format!("At a budget of {budget} the strategy {strategy} has no room for it."),
        },
        (None, Some(ExclusionReason::Opaque)) => "It holds no text that could be carried.".into(),
        (None, Some(reason)) => format!("The plan leaves it out: {}.", reason.words()),
        (None, None) => String::new(),
    }
}

fn back(desk: &Desk, index: usize, price: &Price) -> Option<String> {
    let entry = &desk.session().entries[index];
    match desk.chosen.out[index]? {
        ExclusionReason::OverBudget => {
            let Price::Known(needs) = *price else {
                return Some(format!(
                    "It comes in at a larger budget, which is still being worked out, or pinned, for {} tokens in full.",
                    exact(entry.cost(Level::Full).into())
                ));
            };
            let needs = needs?;
            let budget = exact(u64::from(desk.budget().tokens()) + u64::from(needs));
            Some(format!(
                "It comes in at a budget of {budget} (+{}), or pinned, for {} tokens in full.",
                exact(needs.into()),
                exact(entry.cost(Level::Full).into())
            ))
        }
        ExclusionReason::Folded | ExclusionReason::OutsideWindow => Some(match *price {
            Price::Known(Some(needs)) => {
                let budget = exact(u64::from(desk.budget().tokens()) + u64::from(needs));
                format!("It comes in at a budget of {budget}, or pinned.")
            }
            _ => "Pinned it is always in.".into(),
        }),
        ExclusionReason::Opaque => None,
        _ => Some("Restore brings it back.".into()),
    }
}
