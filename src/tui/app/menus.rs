//! The menus: what each offers, and what choosing does.

use std::{collections::BTreeSet, sync::Arc};

use strum::VariantArray;

use super::{
    Effect, Popup, State, budget, compare, finding,
    inspector::Inspector,
    lessons,
    list::{Column, Facet, offset_for},
    picker::{Picker, SessionColumn, SessionFacet},
    popup::{Choice, Item, ItemState, Line, LinePurpose, Menu, MenuKind},
    state::Screen,
    update, verbs,
};
use crate::{
    model::{Kind, Level, Mark, Role, Verb},
    pack::strategy::Strategy,
    text::words,
    tui::action::{Action, Scope},
};

pub fn budgets(inspector: &Inspector) -> Menu {
    let now = inspector.desk.budget().tokens();
    let mut items: Vec<Item> = budget::PRESETS
        .iter()
        .map(|&tokens| Item {
            label: words::exact(tokens.into()),
            detail: "tokens".into(),
            state: if tokens == now { ItemState::On } else { ItemState::Off },
            choice: Choice::Budget(tokens),
        })
        .collect();
    items.push(Item {
        label: "another number…".into(),
        detail: String::new(),
        state: ItemState::Plain,
        choice: Choice::TypeBudget,
    });
    Menu::new(MenuKind::Budget, items)
}

pub fn strategies(inspector: &Inspector) -> Menu {
    let now = inspector.desk.settings().strategy;
    let items = Strategy::VARIANTS.iter().map(|&strategy| Item {
        label: strategy.to_string(),
        detail: strategy.words().into(),
        state: if strategy == now { ItemState::On } else { ItemState::Off },
        choice: Choice::Strategy(strategy),
    });
    Menu::new(MenuKind::Strategy, items.collect())
}

pub fn levels(inspector: &Inspector) -> Menu {
    let entries = &inspector.desk.session().entries;
    let targets = inspector.targets();
    let one = targets.first().and_then(|&id| inspector.desk.session().index_of(id)).map(|index| &entries[index]);
    let cost = |level: Level| -> u64 {
        targets
            .iter()
            .filter_map(|&id| inspector.desk.session().entry(id))
            .map(|entry| u64::from(entry.cost(level)))
            .sum()
    };
    let items = Level::ALL.into_iter().map(|level| Item {
        label: level.to_string(),
        detail: format!("{} tok", words::exact(cost(level))),
        state: match one.filter(|_| targets.len() == 1) {
            Some(entry) if entry.state.held.level == level => ItemState::On,
            _ => ItemState::Off,
        },
        choice: Choice::Level(level),
    });
    Menu::new(MenuKind::Level, items.collect())
}

pub fn columns(inspector: &Inspector) -> Menu {
    let items = Column::VARIANTS.iter().map(|&column| Item {
        label: column.words().into(),
        detail: String::new(),
        state: if inspector.list.sort.by == column { ItemState::On } else { ItemState::Off },
        choice: Choice::Sort(column),
    });
    Menu::new(MenuKind::Sort, items.collect())
}

pub fn session_orders(picker: &Picker) -> Menu {
    let items = SessionColumn::VARIANTS.iter().map(|&column| Item {
        label: column.words().into(),
        detail: String::new(),
        state: if picker.sort.by == column { ItemState::On } else { ItemState::Off },
        choice: Choice::SortSessions(column),
    });
    Menu::new(MenuKind::SortSessions, items.collect())
}

/// Every agent and project there is, with the number of its sessions.
pub fn session_facets(picker: &Picker) -> Menu {
    let all = Item {
        label: "every session".into(),
        detail: words::exact(picker.sessions.len() as u64),
        state: if picker.only.is_none() { ItemState::On } else { ItemState::Off },
        choice: Choice::EverySession,
    };
    let facets = picker.facets().into_iter().map(|(facet, count)| Item {
        label: facet.words(),
        detail: words::exact(count as u64),
        state: if picker.only.as_ref() == Some(&facet) { ItemState::On } else { ItemState::Off },
        choice: Choice::OnlySessions(facet),
    });
    Menu::new(MenuKind::FilterSessions, [all].into_iter().chain(facets).collect())
}

/// Every facet that some entry has, with the number of entries.
pub fn facets(inspector: &Inspector) -> Menu {
    let desk = &inspector.desk;
    let entries = &desk.session().entries;
    let columns = desk.columns();
    let mut tools: Vec<(&Arc<str>, usize)> = columns.tools.iter().map(|tool| (tool, 0)).collect();
    columns.rows.iter().filter_map(|row| row.tool).for_each(|tool| tools[tool as usize].1 += 1);
    tools.sort_by_key(|&(tool, count)| (std::cmp::Reverse(count), tool));
    let fates = [Facet::Pinned, Facet::ByHand, Facet::Evicted, Facet::Superseded, Facet::Archived];
    let others = [Facet::In, Facet::Out, Facet::Lost, Facet::StillSeen]
        .into_iter()
        .chain(fates)
        .chain(Level::ALL.map(Facet::Packed))
        .chain(Mark::VARIANTS.iter().copied().map(Facet::Mark));
    let mut all: Vec<(Facet, usize)> = others.map(|facet| (facet, 0)).collect();
    // Kinds and roles are counted by number, as tools are: an entry has one of each.
    let (mut kinds, mut roles) = ([0; Kind::VARIANTS.len()], [0; Role::VARIANTS.len()]);
    for (index, row) in columns.rows.iter().enumerate() {
        all.iter_mut().for_each(|(facet, count)| *count += usize::from(facet.holds(desk, index)));
        kinds[row.kind as usize] += 1;
        roles[row.role as usize] += usize::from(row.kind != Kind::Boundary);
    }
    all.extend(tools.into_iter().map(|(tool, count)| (Facet::Tool(tool.clone()), count)));
    all.extend(Kind::VARIANTS.iter().map(|&kind| (Facet::Kind(kind), kinds[kind as usize])));
    all.extend(Role::VARIANTS.iter().map(|&role| (Facet::Role(role), roles[role as usize])));
    let chosen = &inspector.list.filter.facets;
    let mut items = vec![Item {
        label: "every entry".into(),
        detail: words::exact(entries.len() as u64),
        state: if chosen.is_empty() { ItemState::On } else { ItemState::Off },
        choice: Choice::ShowAll,
    }];
    for (facet, count) in all {
        if count > 0 || chosen.contains(&facet) {
            items.push(Item {
                label: facet.words(),
                detail: words::exact(count as u64),
                state: if chosen.contains(&facet) { ItemState::On } else { ItemState::Off },
                choice: Choice::Facet(facet),
            });
        }
    }
    Menu::new(MenuKind::Filter, items)
}

/// All that can be done to the entries chosen, with its key.
pub fn verbs(state: &State) -> Menu {
    let bindings = state.keymap.groups().iter().filter(|group| group.scope == Scope::Session).take(1);
    let read = [Action::Open, Action::Mark, Action::CopyEntry];
    let curate = bindings.flat_map(|group| &group.bindings).filter(|binding| binding.action != Action::Verbs);
    let read = read.into_iter().filter_map(|action| state.keymap.binding(action));
    let items = curate.chain(read).map(|binding| Item {
        label: binding.help.clone(),
        detail: binding.keys_in_words(),
        state: ItemState::Plain,
        choice: Choice::Act(binding.action),
    });
    Menu::new(MenuKind::Verbs, items.collect())
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let height = usize::from(state.areas.popup.height).max(1);
    let Some(Popup::Menu(menu)) = &mut state.popup else { return Vec::new() };
    let last = menu.items.len().saturating_sub(1);
    match action {
        Action::Down => menu.cursor = if menu.cursor == last { 0 } else { menu.cursor + 1 },
        Action::Up => menu.cursor = if menu.cursor == 0 { last } else { menu.cursor - 1 },
        Action::PageDown => menu.cursor = (menu.cursor + height).min(last),
        Action::PageUp => menu.cursor = menu.cursor.saturating_sub(height),
        Action::Top => menu.cursor = 0,
        Action::Bottom => menu.cursor = last,
        Action::Close => state.popup = None,
        Action::Choose => return choose(state),
        _ => {}
    }
    if let Some(Popup::Menu(menu)) = &mut state.popup {
        menu.offset = offset_for(menu.cursor, menu.offset, height, menu.items.len());
    }
    Vec::new()
}

fn choose(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Menu(menu)) = &state.popup else { return Vec::new() };
    let Some(item) = menu.items.get(menu.cursor) else { return Vec::new() };
    let choice = item.choice.clone();
    if !menu.kind.stays_open() {
        state.popup = None;
    }
    match choice {
        Choice::Budget(tokens) => budget::set(state, tokens),
        Choice::Strategy(strategy) => budget::plan_by(state, strategy),
        Choice::TypeBudget => state.popup = Some(Popup::Line(Box::new(Line::new(LinePurpose::Budget, "")))),
        Choice::Side(which, side) => compare::choose(state, which, side),
        Choice::SideTurn(which) => state.popup = compare::turns(state, which).map(Popup::Menu),
        Choice::TypeSideBudget(which) => {
            state.popup = Some(Popup::Line(Box::new(Line::new(LinePurpose::SideBudget(which), ""))));
        }
        Choice::Level(level) => {
            let targets = state.inspector().map(Inspector::targets).unwrap_or_default();
            return verbs::perform(state, &Verb::CompactTo(level), &targets);
        }
        Choice::Sort(column) => {
            if let Screen::Session(inspector) = &mut state.screen {
                finding::sort_by(inspector, column);
            }
        }
        Choice::SortSessions(column) => {
            if let Screen::Sessions(picker) = &mut state.screen {
                picker.sort_by(column);
            }
        }
        Choice::OnlySessions(facet) => only(state, Some(facet)),
        Choice::EverySession => only(state, None),
        Choice::EveryPattern => lessons::filter::change(state, |facets| facets.clear()),
        Choice::Pattern(facet) => lessons::filter::change(state, |facets| toggle(facets, facet)),
        Choice::Act(action) => return update::act(state, action),
        Choice::ShowAll => filter(state, |facets| facets.clear()),
        Choice::Facet(facet) => filter(state, |facets| toggle(facets, facet)),
    }
    Vec::new()
}

fn toggle<T: Ord>(facets: &mut BTreeSet<T>, facet: T) {
    if !facets.remove(&facet) {
        facets.insert(facet);
    }
}

fn only(state: &mut State, facet: Option<SessionFacet>) {
    if let Screen::Sessions(picker) = &mut state.screen {
        picker.only = facet;
        picker.refresh();
    }
}

fn filter(state: &mut State, change: impl FnOnce(&mut BTreeSet<Facet>)) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    change(&mut inspector.list.filter.facets);
    inspector.relist();
    if let Some(Popup::Menu(menu)) = &mut state.popup {
        let Menu { cursor, offset, .. } = *menu;
        *menu = Menu { cursor, offset, ..facets(inspector) };
    }
}
