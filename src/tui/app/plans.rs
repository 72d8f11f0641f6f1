//! Plans that are made apart: asked for as soon as the desk awaits one, taken in when they come.

use super::{Effect, State, Tone, budget, inspector::Inspector, state::Screen};
use crate::{
    pack::{chosen::Chosen, strategy::Strategy},
    workspace::desk::Edition,
};

/// Entries up to which every plan is made within a key press.
pub const AT_ONCE: usize = 10_000;

/// What a plan is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    edition: Edition,
    strategy: Strategy,
    budget: u32,
}

impl Asked {
    fn of(inspector: &Inspector) -> Asked {
        let desk = &inspector.desk;
        Asked { edition: desk.edition().clone(), strategy: desk.settings().strategy, budget: desk.budget().tokens() }
    }
}

/// Asks for the plan that the desk awaits, if it has not been asked for yet.
pub fn ask(state: &mut State) -> Option<Effect> {
    let tokenizer = state.tokenizer.clone()?;
    let Screen::Session(inspector) = &mut state.screen else { return None };
    let wanted = inspector.desk.is_awaiting().then(|| Asked::of(inspector));
    if inspector.asked == wanted {
        return None;
    }
    inspector.asked = wanted;
    inspector.asked.as_ref()?;
    state.plans += 1;
    let budget = inspector.desk.budget().tokens();
    Some(Effect::Plan { job: state.plans, basis: inspector.desk.basis(tokenizer), budget })
}

/// Takes a plan in, unless another one is awaited by now.
pub fn arrived(state: &mut State, job: u64, plan: Chosen) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    if job != state.plans || !inspector.desk.is_awaiting() {
        return;
    }
    let said = inspector.desk.take_plan(plan);
    inspector.refresh();
    match inspector.moving.take() {
        Some((what, before)) => budget::say_what_moved(state, what, before),
        None => {
            if let Some(said) = said {
                state.say(Tone::Done, said);
            }
        }
    }
}

/// Makes an awaited plan at once: what leaves the program is exact.
pub fn settle(inspector: &mut Inspector) {
    if inspector.desk.is_awaiting() {
        inspector.desk.settle();
        inspector.moving = None;
        inspector.refresh();
    }
}
