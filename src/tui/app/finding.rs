//! What the list shows, and in which order: searching, filtering, sorting.

use super::{
    Effect, State,
    inspector::Inspector,
    list::{Column, Filter, Sort},
    search::Query,
    state::Screen,
};

/// Shows every entry again.
pub fn clear_filter(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    inspector.list.filter = Filter::default();
    inspector.refresh();
}

/// Looks for a text: labels at once, whole texts by the worker.
pub fn find(state: &mut State, text: &str) -> Vec<Effect> {
    let generation = state.next_generation();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let entries = &inspector.desk.session().entries;
    let query = Query::new(text, entries);
    let needle = query.text().to_owned();
    let texts = entries.iter().map(|entry| (entry.id, entry.text.clone())).collect();
    inspector.list.filter.query = query;
    inspector.refresh();
    match needle.is_empty() {
        true => Vec::new(),
        false => vec![Effect::Search { generation, needle, texts }],
    }
}

/// Sorts by a column, or the other way round where it is sorted by that already.
pub fn sort_by(inspector: &mut Inspector, column: Column) {
    let sort = &mut inspector.list.sort;
    *sort = match sort.by == column {
        true => Sort { by: column, order: sort.order.reversed() },
        false => Sort { by: column, order: column.first_order() },
    };
    inspector.refresh();
}
