//! What the list shows, and in which order: searching, filtering, sorting.

use super::{
    Effect, State, Tone,
    inspector::Inspector,
    list::{Column, Facet, Filter, Sort},
    search::Query,
    state::Screen,
};
use crate::text::words;

/// Shows every entry again.
pub fn clear_filter(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    inspector.list.filter = Filter::default();
    inspector.relist();
}

/// Shows only what the agent's own context lost, or everything again.
pub fn toggle_lost(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let lost = inspector.desk.totals().lost;
    let facets = &mut inspector.list.filter.facets;
    let said = if facets.remove(&Facet::Lost) {
        "every entry is shown again".to_owned()
    } else if lost == 0 {
        return state.say(Tone::Refused, "the log names nothing that the agent's own context lost");
    } else {
        facets.insert(Facet::Lost);
        format!("{} that the agent's own context lost", words::plural(lost, "entry", "entries"))
    };
    inspector.relist();
    state.say(Tone::Plain, said);
}

/// Looks for a text: labels at once, whole texts by the worker.
pub fn find(state: &mut State, text: &str) -> Vec<Effect> {
    // A search of its own number: what is typed while a session is read again does not turn that answer away.
    state.searches += 1;
    let generation = state.searches;
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let columns = inspector.desk.columns();
    let query = Query::new(text, columns);
    let needle = query.text().to_owned();
    let texts = columns.texts.clone();
    inspector.list.filter.query = query;
    inspector.relist();
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
    inspector.relist();
}
