//! The entry list: which entries it shows, in which order, which of them is under the cursor and which are marked.

use std::{collections::BTreeSet, sync::Arc};

use strum::VariantArray;

use super::search::Query;
use crate::{
    model::{EntryId, ExclusionReason, Kind, Level, Mark, Role},
    workspace::desk::{Desk, Moved, Sight},
};

/// State of the list. `rows` is derived and kept in step by `refresh`.
#[derive(Default)]
pub struct List {
    /// Indices into the session's entries, as shown.
    pub rows: Vec<usize>,
    /// Position in `rows`.
    pub cursor: usize,
    /// First row on the screen.
    pub offset: usize,
    pub marked: BTreeSet<EntryId>,
    pub sort: Sort,
    pub filter: Filter,
    /// What `rows` were made by; `None`: they are to be made anew.
    made_by: Option<MadeBy>,
}

/// What decides which rows there are, and in which order, beside the entries themselves.
#[derive(Clone, Debug, PartialEq)]
struct MadeBy {
    shape: u64,
    sort: Sort,
    facets: BTreeSet<Facet>,
    /// What is looked for, and whether texts are still being looked through.
    query: (String, bool),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: Column,
    pub order: Order,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Ascending,
    Descending,
}

/// What the list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Column {
    #[default]
    Seq,
    Who,
    Held,
    Packed,
    Importance,
    Tokens,
    PackedTokens,
    ValuePerToken,
    Text,
}

/// What is shown. Facets of one group widen each other, groups and the query narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub facets: BTreeSet<Facet>,
    pub query: Query,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    In,
    Out,
    Pinned,
    ByHand,
    Evicted,
    Superseded,
    Archived,
    Lost,
    StillSeen,
    Role(Role),
    Kind(Kind),
    Packed(Level),
    Mark(Mark),
    Tool(Arc<str>),
}

impl List {
    /// An empty list that is to be sorted and filtered so.
    pub fn by(sort: Sort, filter: Filter) -> List {
        List { sort, filter, ..List::default() }
    }

    /// Derives the rows again, of which only these entries can stand elsewhere, and keeps the cursor on its entry, or near
    /// where it was.
    pub fn refresh(&mut self, desk: &Desk, moved: &Moved) {
        let before = self.current();
        let position = self.cursor;
        let made_by = self.made_by(desk);
        let same_shape = self.made_by.as_ref().is_some_and(|by| by.shape == made_by.shape);
        let is_every_row = self.filter.is_empty() && self.sort == Sort::default();
        match moved {
            // Every entry in its own order: no edit of one moves any.
            Moved::Only(_) if self.made_by.as_ref() == Some(&made_by) && is_every_row => return,
            Moved::Only(moved)
                if self.made_by.as_ref() == Some(&made_by) && moved.len() <= desk.columns().rows.len() / FEW =>
            {
                self.put_again(desk, moved);
            }
            _ => self.put_all(desk),
        }
        self.made_by = Some(made_by);
        let same = before.and_then(|index| self.rows.iter().position(|&row| row == index));
        self.cursor = same.unwrap_or(position).min(self.rows.len().saturating_sub(1));
        if !same_shape {
            self.marked.retain(|&id| desk.session().index_of(id).is_some());
        }
    }

    /// The session was read again.
    pub fn forget(&mut self) {
        self.made_by = None;
    }

    fn made_by(&self, desk: &Desk) -> MadeBy {
        let query = (self.filter.query.text().to_owned(), self.filter.query.is_searching());
        MadeBy { shape: desk.shape(), sort: self.sort, facets: self.filter.facets.clone(), query }
    }

    fn put_all(&mut self, desk: &Desk) {
        let shown = self.shown(desk, 0..desk.columns().rows.len());
        self.rows = self.in_order(desk, shown);
    }

    /// Takes these out and puts those of them that are shown where they belong.
    fn put_again(&mut self, desk: &Desk, moved: &[usize]) {
        let again = self.shown(desk, moved.iter().copied());
        let again = self.in_order(desk, again);
        let stays = self.rows.iter().copied().filter(|index| moved.binary_search(index).is_err());
        let stays: Vec<usize> = stays.collect();
        let Sort { by, order } = self.sort;
        let key = |index: usize| (by.key(desk, index), index);
        let is_before = |one: usize, other: usize| match order {
            Order::Ascending => key(one) < key(other),
            Order::Descending => key(one) > key(other),
        };
        let mut rows = Vec::with_capacity(stays.len() + again.len());
        let mut rest = stays.as_slice();
        for index in again {
            let (earlier, later) = rest.split_at(rest.partition_point(|&other| is_before(other, index)));
            rows.extend_from_slice(earlier);
            rows.push(index);
            rest = later;
        }
        rows.extend_from_slice(rest);
        self.rows = rows;
    }

    /// Those of these entries that are shown.
    fn shown(&self, desk: &Desk, entries: impl Iterator<Item = usize>) -> Vec<usize> {
        let groups = self.filter.groups();
        let rows = &desk.columns().rows;
        let cuts = (self.sort.by == Column::Seq && self.filter.is_empty()) || self.filter.names(Kind::Boundary);
        entries
            .filter(|&index| cuts || rows[index].kind != Kind::Boundary)
            .filter(|&index| self.filter.shows(&groups, desk, index))
            .collect()
    }

    /// The index of the entry under the cursor.
    pub fn current(&self) -> Option<usize> {
        self.rows.get(self.cursor).copied()
    }

    /// Puts the cursor on an entry; false where the filter hides it.
    pub fn go_to(&mut self, index: usize) -> bool {
        let at = self.rows.iter().position(|&row| row == index);
        self.cursor = at.unwrap_or(self.cursor);
        at.is_some()
    }

    fn in_order(&self, desk: &Desk, mut entries: Vec<usize>) -> Vec<usize> {
        let Sort { by, order } = self.sort;
        if by != Column::Seq {
            let mut keys: Vec<(u64, usize)> = entries.iter().map(|&index| (by.key(desk, index), index)).collect();
            keys.sort_unstable();
            entries = keys.into_iter().map(|(_, index)| index).collect();
        }
        if order == Order::Descending {
            entries.reverse();
        }
        entries
    }
}

/// Where more than every so many entries have moved, all are put in order again.
const FEW: usize = 16;

/// The first row to show so that the cursor is on the screen, as near to `offset` as can be.
pub fn offset_for(cursor: usize, offset: usize, height: usize, len: usize) -> usize {
    let height = height.max(1);
    let lowest = (cursor + 1).saturating_sub(height);
    offset.clamp(lowest, cursor.max(lowest)).min(len.saturating_sub(height))
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.facets.is_empty() && self.query.is_empty()
    }

    /// Whether an entry is shown; `groups`: those of the facets.
    fn shows(&self, groups: &BTreeSet<Group>, desk: &Desk, index: usize) -> bool {
        let in_group = |&group: &Group| {
            let mut facets = self.facets.iter().filter(|facet| facet.group() == group);
            facets.any(|facet| facet.holds(desk, index))
        };
        self.query.finds(desk.columns().rows[index].id, index) && groups.iter().all(in_group)
    }

    fn groups(&self) -> BTreeSet<Group> {
        self.facets.iter().map(Facet::group).collect()
    }

    fn names(&self, kind: Kind) -> bool {
        self.facets.contains(&Facet::Kind(kind))
    }

    /// "left out, tool Bash, "rounding"".
    pub fn words(&self) -> String {
        let query = (!self.query.is_empty()).then(|| format!("“{}”", self.query.text()));
        self.facets.iter().map(Facet::words).chain(query).collect::<Vec<_>>().join(", ")
    }
}

/// Facets that widen each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Pack,
    Fate,
    Seen,
    Role,
    Kind,
    Level,
    Mark,
    Tool,
}

impl Facet {
    pub fn group(&self) -> Group {
        match self {
            Facet::In | Facet::Out => Group::Pack,
            Facet::Pinned | Facet::ByHand | Facet::Evicted | Facet::Superseded | Facet::Archived => Group::Fate,
            Facet::Lost | Facet::StillSeen => Group::Seen,
            Facet::Role(_) => Group::Role,
            Facet::Kind(_) => Group::Kind,
            Facet::Packed(_) => Group::Level,
            Facet::Mark(_) => Group::Mark,
            Facet::Tool(_) => Group::Tool,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Facet::In => "in the pack".into(),
            Facet::Out => "left out".into(),
            Facet::Pinned => "pinned".into(),
            Facet::ByHand => "set by hand".into(),
            Facet::Evicted => "evicted".into(),
            Facet::Superseded => "superseded".into(),
            Facet::Archived => "archived".into(),
            Facet::Lost => "lost by the agent".into(),
            Facet::StillSeen => "still seen by the agent".into(),
            Facet::Role(role) => format!("role {role}"),
            Facet::Kind(kind) => format!("kind {kind}"),
            Facet::Packed(level) => format!("carried at {level}"),
            Facet::Mark(mark) => mark.to_string().replace('_', " "),
            Facet::Tool(tool) => format!("tool {tool}"),
        }
    }

    pub fn holds(&self, desk: &Desk, index: usize) -> bool {
        let columns = desk.columns();
        let row = &columns.rows[index];
        match self {
            Facet::In => desk.packed(index).is_some(),
            Facet::Out => desk.packed(index).is_none() && row.kind != Kind::Boundary,
            Facet::Pinned => row.pinned,
            Facet::ByHand => row.by_hand,
            Facet::Evicted => row.out == Some(ExclusionReason::Evicted),
            Facet::Superseded => row.out == Some(ExclusionReason::Superseded),
            Facet::Archived => row.out == Some(ExclusionReason::Archived),
            Facet::Lost => row.seen == Sight::Lost,
            Facet::StillSeen => row.seen == Sight::Held,
            Facet::Role(role) => row.role == *role && row.kind != Kind::Boundary,
            Facet::Kind(kind) => row.kind == *kind,
            Facet::Packed(level) => desk.packed(index) == Some(*level),
            Facet::Mark(mark) => row.marks.has(*mark),
            Facet::Tool(tool) => columns.tool(index) == Some(tool),
        }
    }
}

impl Column {
    /// The heading in the list.
    pub fn heading(self) -> &'static str {
        match self {
            Column::Seq => "#",
            Column::Who => "who",
            Column::Held => "held",
            Column::Packed => "packed",
            Column::Importance => "importance",
            Column::Tokens => "tok",
            Column::PackedTokens => "packed",
            Column::ValuePerToken => "val/tok",
            Column::Text => "text",
        }
    }

    /// The name in a menu and in "by …".
    pub fn words(self) -> &'static str {
        match self {
            Column::Seq => "order in the session",
            Column::Who => "who",
            Column::Held => "held level",
            Column::Packed => "packed level",
            Column::Importance => "importance",
            Column::Tokens => "tokens in full",
            Column::PackedTokens => "tokens packed",
            Column::ValuePerToken => "value per token",
            Column::Text => "text",
        }
    }

    /// The order that a person most likely wants first.
    pub fn first_order(self) -> Order {
        match self {
            Column::Importance | Column::Tokens | Column::PackedTokens | Column::ValuePerToken => Order::Descending,
            _ => Order::Ascending,
        }
    }

    /// What sorts as the column does, of one entry; ties stand in the order of the session.
    fn key(self, desk: &Desk, index: usize) -> u64 {
        let columns = desk.columns();
        let row = &columns.rows[index];
        match self {
            Column::Seq => 0,
            Column::Who => columns.who_rank(index).into(),
            Column::Held => row.held.level.index() as u64,
            // What is not packed comes after every level.
            Column::Packed => desk.packed(index).map_or(Level::ALL.len(), Level::index) as u64,
            // Neither is negative, so their bits sort as they do.
            Column::Importance => row.importance.to_bits().into(),
            Column::ValuePerToken => desk.value_per_token(index).to_bits(),
            Column::Tokens => row.costs[Level::Full.index()].into(),
            Column::PackedTokens => desk.packed_tokens(index).into(),
            Column::Text => columns.text_rank(index).into(),
        }
    }
}

impl Order {
    pub fn reversed(self) -> Self {
        match self {
            Order::Ascending => Order::Descending,
            Order::Descending => Order::Ascending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::offset_for;

    #[test]
    fn the_cursor_stays_on_the_screen_and_the_list_fills_it() {
        assert_eq!(offset_for(0, 5, 10, 100), 0);
        assert_eq!(offset_for(14, 5, 10, 100), 5);
        assert_eq!(offset_for(15, 5, 10, 100), 6);
        assert_eq!(offset_for(99, 5, 10, 100), 90);
        assert_eq!(offset_for(3, 3, 10, 5), 0);
        assert_eq!(offset_for(0, 0, 0, 0), 0);
    }
}
