//! The budget: by step, by number, from the menu, and by dragging the edge of its bar.

use super::{
    Popup, State, Tone, menus,
    popup::{Line, LinePurpose},
    state::Screen,
};
use crate::{model::Budget, pack::strategy::Strategy, text::words, tui::action::Action, workspace::desk::Desk};

/// Budgets that are one key and one choice away.
pub const PRESETS: [u32; 5] = [8_000, 32_000, 128_000, 200_000, 1_000_000];
pub const SMALLEST: u32 = 100;
pub const LARGEST: u32 = 10_000_000;

pub fn act(state: &mut State, action: Action) {
    let Some(inspector) = state.inspector() else { return };
    let now = inspector.desk.budget().tokens();
    match action {
        Action::BudgetDown => set(state, step_down(now)),
        Action::BudgetUp => set(state, step_up(now)),
        Action::Strategy => state.popup = Some(Popup::Menu(menus::strategies(inspector))),
        Action::BudgetPresets => state.popup = Some(Popup::Menu(menus::budgets(inspector))),
        _ => state.popup = Some(Popup::Line(Box::new(Line::selected(LinePurpose::Budget, &now.to_string())))),
    }
}

/// Moves the budget and says what that let in or pushed out.
pub fn set(state: &mut State, tokens: u32) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let before = inspector.desk.totals().carried as i64;
    inspector.desk.set_budget(Budget::Tokens(tokens.clamp(SMALLEST, LARGEST)));
    inspector.refresh();
    say_what_moved(state, Moving::Budget, before);
}

/// Plans by another strategy and says what that let in or pushed out.
pub fn plan_by(state: &mut State, strategy: Strategy) {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return };
    match tokenizer {
        Some(tokenizer) => inspector.desk.lend(tokenizer),
        None if strategy != Strategy::Balanced => {
            return state.say(Tone::Refused, "the tokenizer is still loading: try again in a moment");
        }
        None => {}
    }
    let before = inspector.desk.totals().carried as i64;
    inspector.desk.set_strategy(strategy);
    inspector.refresh();
    say_what_moved(state, Moving::Strategy, before);
}

/// What has moved the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    Budget,
    Strategy,
}

impl Moving {
    fn words(self, desk: &Desk) -> String {
        let notes = if desk.is_awaiting() { String::new() } else { desk.chosen().notes.join(", ") };
        match self {
            Moving::Budget => format!("budget {}", words::exact(desk.budget().tokens().into())),
            Moving::Strategy if notes.is_empty() => desk.settings().strategy.to_string(),
            Moving::Strategy => format!("{}, {notes}", desk.settings().strategy),
        }
    }
}

/// Says what another budget or strategy let in or pushed out, of so many entries that were in before; or that the plan is
/// still to come.
pub fn say_what_moved(state: &mut State, moving: Moving, before: i64) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let what = moving.words(&inspector.desk);
    if inspector.desk.is_awaiting() {
        inspector.moving.get_or_insert((moving, before)).0 = moving;
        return state.say(Tone::Plain, format!("{what}: the pack is being planned anew"));
    }
    let totals = inspector.desk.totals();
    let moved = match totals.carried as i64 - before {
        0 => "the same entries are in".to_owned(),
        more if more > 0 => format!("{more} more in"),
        less => format!("{} fewer in", -less),
    };
    let kept = words::percent_reached(totals.kept);
    let said = format!("{what}: {moved}, {kept} of the value kept");
    state.say(Tone::Done, said);
}

/// A step that is about a twentieth of the budget and a round number.
pub fn step(tokens: u32) -> u32 {
    match tokens {
        0..2_000 => 100,
        2_000..10_000 => 500,
        10_000..50_000 => 1_000,
        50_000..200_000 => 5_000,
        _ => 20_000,
    }
}

fn step_up(tokens: u32) -> u32 {
    let step = step(tokens);
    (tokens / step).saturating_add(1).saturating_mul(step)
}

fn step_down(tokens: u32) -> u32 {
    let step = step(tokens.saturating_sub(1));
    tokens.saturating_sub(1) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_come_back() {
        assert_eq!([8_000, 8_200, 9_500, 49_000, 196_000].map(step_up), [8_500, 8_500, 10_000, 50_000, 200_000]);
        assert_eq!([8_000, 8_200, 10_000, 50_000, 200_000].map(step_down), [7_500, 8_000, 9_500, 49_000, 195_000]);
        assert_eq!(step_down(0), 0);
    }
}
