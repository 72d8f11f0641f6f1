//! The entry list: which entries it shows, in which order, which of them is under the cursor and which are marked.

use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

use strum::VariantArray;

use super::search::Query;
use crate::{
    model::{Entry, EntryId, Fate, HeldBy, Kind, Level, Mark, Role, Seen},
    pack::price,
    workspace::desk::Desk,
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
    /// Derives the rows again and keeps the cursor on its entry, or near where it was.
    pub fn refresh(&mut self, desk: &Desk) {
        let before = self.current();
        let entries = &desk.session().entries;
        let position = self.cursor;
        let groups = self.filter.groups();
        self.rows = (0..entries.len()).filter(|&index| self.filter.shows(&groups, desk, index)).collect();
        if self.sort.by != Column::Seq || !self.filter.is_empty() {
            self.rows.retain(|&index| entries[index].kind != Kind::Boundary || self.filter.names(Kind::Boundary));
        }
        self.order(desk);
        let same = before.and_then(|index| self.rows.iter().position(|&row| row == index));
        self.cursor = same.unwrap_or(position).min(self.rows.len().saturating_sub(1));
        self.marked.retain(|&id| desk.session().index_of(id).is_some());
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

    fn order(&mut self, desk: &Desk) {
        let Sort { by, order } = self.sort;
        match by {
            // In that order already.
            Column::Seq => {}
            // What has to be worked out is, once for each row; the sort is stable.
            Column::Who => {
                let entries = &desk.session().entries;
                self.rows.sort_by_cached_key(|&index| price::who(&entries[index]).to_lowercase());
            }
            Column::ValuePerToken => {
                let worth = |&index: &usize| (desk.value_per_token(index), index);
                let mut worths: Vec<(f64, usize)> = self.rows.iter().map(worth).collect();
                worths.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.rows = worths.into_iter().map(|(_, index)| index).collect();
            }
            _ => self.rows.sort_by(|&a, &b| by.compare(desk, a, b)),
        }
        if order == Order::Descending {
            self.rows.reverse();
        }
    }
}

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
        self.query.finds(&desk.session().entries[index]) && groups.iter().all(in_group)
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
        let entry = &desk.session().entries[index];
        let fate = entry.state.fate;
        match self {
            Facet::In => desk.packed(index).is_some(),
            Facet::Out => desk.packed(index).is_none() && entry.kind != Kind::Boundary,
            Facet::Pinned => entry.state.pinned,
            Facet::ByHand => is_by_hand(entry),
            Facet::Evicted => fate == Fate::Evicted,
            Facet::Superseded => matches!(fate, Fate::Superseded { .. }),
            Facet::Archived => fate == Fate::Archived,
            Facet::Lost => matches!(entry.seen, Seen::Lost { .. }),
            Facet::StillSeen => entry.seen == Seen::Held,
            Facet::Role(role) => entry.role == *role && entry.kind != Kind::Boundary,
            Facet::Kind(kind) => entry.kind == *kind,
            Facet::Packed(level) => desk.packed(index) == Some(*level),
            Facet::Mark(mark) => entry.marks.has(*mark),
            Facet::Tool(tool) => entry.tool.as_ref() == Some(tool),
        }
    }
}

/// Whether a hand has set its importance, its level or a text.
pub fn is_by_hand(entry: &Entry) -> bool {
    let state = &entry.state;
    state.importance.is_some() || state.held.by == HeldBy::Hand || !state.rewrites.is_empty()
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

    fn compare(self, desk: &Desk, a: usize, b: usize) -> Ordering {
        let entries = &desk.session().entries;
        let (left, right) = (&entries[a], &entries[b]);
        // What is not packed comes after every level.
        let depth = |index: usize| desk.packed(index).map_or(Level::ALL.len(), Level::index);
        match self {
            // Not sorted by comparing: see `List::order`.
            Column::Seq | Column::Who | Column::ValuePerToken => Ordering::Equal,
            Column::Held => left.state.held.level.cmp(&right.state.held.level),
            Column::Packed => depth(a).cmp(&depth(b)),
            Column::Importance => left.importance().total_cmp(&right.importance()),
            Column::Tokens => left.cost(Level::Full).cmp(&right.cost(Level::Full)),
            Column::PackedTokens => desk.packed_tokens(a).cmp(&desk.packed_tokens(b)),
            Column::Text => left.text.trim_start().cmp(right.text.trim_start()),
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
