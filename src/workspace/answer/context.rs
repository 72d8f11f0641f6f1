//! A plan, and the same as distill says it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{Block, Entry, EntryId, Plan, Role, Time},
    pack::statistics::Statistics,
    text::sanitize,
    workspace::Desk,
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Context<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    entries: Vec<Carried<'a>>,
    stats: Statistics,
}

/// An entry that the pack carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Carried<'a> {
    id: EntryId,
    role: Role,
    /// Its text at `level`, inert.
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    /// 0 for full to 3 for keywords.
    level: u8,
    /// What its block takes, header included.
    tokens: u32,
    /// "42s", "5m", "3h", "12d": how long before the plan's `as_of` it was written.
    age: String,
    seq: u32,
}

impl<'a> Context<'a> {
    pub fn new(plan: &'a Plan, desk: &'a Desk) -> Context<'a> {
        Context::listing(plan, desk, |_| true)
    }

    /// What `plan`, which may be a part of the desk's, says of those entries that are listed.
    pub fn of_role(plan: &'a Plan, desk: &'a Desk, role: Role) -> Context<'a> {
        Context::listing(plan, desk, |entry| entry.role == role)
    }

    fn listing(plan: &'a Plan, desk: &'a Desk, listed: impl Fn(&Entry) -> bool) -> Context<'a> {
        Context { plan, entries: Carried::of(plan, desk), stats: statistics(desk, listed) }
    }
}

/// What these entries of the pack add up to.
pub(super) fn statistics(desk: &Desk, listed: impl Fn(&Entry) -> bool) -> Statistics {
    let carried = |index: usize| Some((desk.packed(index)?, desk.packed_tokens(index)));
    let rows = desk.session().entries.iter().enumerate().filter(|(_, entry)| listed(entry));
    Statistics::of(rows.map(|(index, entry)| (entry, carried(index))))
}

/// The part of a plan that is about entries of one role: a listing, no pack.
pub fn plan_of_role(plan: &Plan, desk: &Desk, role: Role) -> Plan {
    let of_role = |seq| desk.session().by_seq(seq).is_some_and(|entry| entry.role == role);
    let mut plan = plan.clone();
    plan.blocks.retain(|block| block.role == Some(role));
    plan.excluded.retain(|one| one.seq.is_some_and(of_role));
    plan
}

impl<'a> Carried<'a> {
    /// The entries of a plan, in its order.
    pub(super) fn of(plan: &Plan, desk: &'a Desk) -> Vec<Carried<'a>> {
        plan.blocks.iter().filter_map(|block| Carried::new(block, plan.as_of, desk)).collect()
    }

    fn new(block: &Block, as_of: Time, desk: &'a Desk) -> Option<Carried<'a>> {
        let session = desk.session();
        let (entry, level) = (session.by_seq(block.seq?)?, block.level?);
        Some(Carried {
            id: entry.id,
            role: entry.role,
            content: sanitize::inert(&desk.packed_text(session.index_of(entry.id)?)?).into_owned(),
            source: entry.path.as_deref().or(entry.tool.as_deref()),
            level: entry.effective_level(level) as u8,
            tokens: block.tokens,
            age: age(entry.at, as_of),
            seq: entry.seq,
        })
    }
}

/// "42s", "5m", "3h", "12d": how long ago, as distill says it; "0s" where it is not known.
fn age(at: Option<Time>, now: Time) -> String {
    let seconds = at.map_or(0, |at| (now.0 - at.0).max(0) / 1000);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
