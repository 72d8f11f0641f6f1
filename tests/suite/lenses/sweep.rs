//! Sweep: the cursor is the live budget; curves come from the numbers and follow every edit.

use crossterm::event::{MouseButton, MouseEventKind};
use haversack::{
    model::*,
    pack::{
        strategy::Strategy,
        sweep::{self, Point},
    },
    tui::{
        app::{Effect, Event, Lens, state::Look, sweep::Sweep},
        view::theme::Theme,
    },
};
use insta::assert_snapshot;
use strum::VariantArray;

use super::SIZES;
use crate::screen::{Harness, checkout, entry, session};

fn lens(harness: &Harness) -> &Sweep {
    match &harness.state.lens {
        Some(Lens::Sweep(lens)) => lens,
        _ => panic!("the sweep is not open"),
    }
}

fn budget(harness: &Harness) -> u32 {
    harness.desk().budget().tokens()
}

/// Long enough that every strategy has to choose.
fn long() -> Session {
    let text = |seq: u32| {
        let line =
            format!("line {seq} of src/part_{}.rs: the total is {} cents and must not be rounded\n", seq % 7, seq * 37);
        line.repeat(1 + (seq as usize * 7) % 23)
    };
    let kind = |seq: u32| if seq % 9 == 1 { Kind::Prompt } else { Kind::Message };
    session("Sweep", (1..=120).map(|seq| entry(seq, kind(seq), &text(seq))).collect())
}

#[test]
fn sweep_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("W");
        assert_snapshot!(format!("sweep_{width}x{height}"), harness.picture());
    }
}

#[test]
fn sweep_of_nothing_of_a_fall_and_beyond_its_ends() {
    let mut empty = Harness::open(80, 24, session("Nothing yet", Vec::new()));
    empty.keys("W");
    assert_snapshot!("sweep_empty_80x24", empty.picture());
    let mut window = Harness::open(120, 36, long());
    window.keys("Wjjjb1M<enter>");
    assert_snapshot!("sweep_window_120x36", window.picture());
}

#[test]
fn keys_move_the_live_budget() {
    let mut harness = Harness::open(80, 24, long());
    harness.keys("W");
    let start = budget(&harness);
    harness.keys("l");
    assert!(budget(&harness) > start);
    harness.keys("<left>h");
    assert!(budget(&harness) < start);
    let before = budget(&harness);
    harness.event(Event::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char('>'))));
    assert_eq!(budget(&harness), before * 2);
    harness.keys("<pagedown>");
    assert_eq!(budget(&harness), before);
    harness.keys("G");
    assert_eq!(Some(budget(&harness)), lens(&harness).scale.map(|scale| scale.high));
    harness.keys("n");
    let curve = lens(&harness).curve(Strategy::Balanced);
    assert_eq!(budget(&harness), curve[sweep::knee(&curve).expect("the curve bends")].budget);
    harness.keys("j");
    assert_eq!(harness.desk().settings().strategy, Strategy::Ladder);
    harness.keys("kk");
    assert_eq!(harness.desk().settings().strategy, Strategy::Rolling);
    assert!(harness.state.lens.is_some());
}

#[test]
fn the_mouse_sets_the_budget_of_its_column() {
    let mut harness = Harness::open(80, 24, long());
    harness.keys("W");
    let (plot, scale) = (harness.state.areas.lens, lens(&harness).scale.expect("there is something to sweep"));
    harness.click(plot.x, plot.y + 2);
    assert_eq!(budget(&harness), scale.low);
    harness.mouse(MouseEventKind::Down(MouseButton::Left), plot.x + plot.width / 2, plot.y + 2);
    let middle = budget(&harness);
    assert!(scale.low < middle && middle < scale.high);
    // Beyond the edge of the plot it is the end of the axis.
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), 79, 23);
    assert_eq!(budget(&harness), scale.high);
    harness.mouse(MouseEventKind::ScrollDown, plot.x, plot.y);
    assert!(budget(&harness) < scale.high);
}

#[test]
fn curves_are_what_plans_say_and_follow_an_edit() {
    let mut harness = Harness::open(80, 24, long());
    harness.keys("W");
    let points = |harness: &Harness| -> Vec<(Strategy, Point)> {
        let lens = lens(harness);
        Strategy::VARIANTS.iter().flat_map(|&by| lens.curve(by).into_iter().map(move |point| (by, point))).collect()
    };
    let known = points(&harness);
    assert_eq!(known.len(), lens(&harness).budgets.len() * Strategy::VARIANTS.len(), "every curve is complete");
    let asked = harness.effects.len();
    harness.keys("l");
    let wanted = harness.effects[asked..].iter().find_map(|effect| match effect {
        Effect::Sweep { wanted, .. } => Some(wanted.clone()),
        _ => None,
    });
    let wanted = wanted.expect("the new budget is asked for");
    assert!(wanted.iter().all(|&(_, at)| at == budget(&harness)), "what is known is not planned again: {wanted:?}");
    // Another program, or undo in a lens, changes the session: every curve is made anew.
    let id = harness.desk().session().entries[0].id;
    let edit = harness.desk().session().edit_for(&Verb::Pin, &[id]).expect("it can be pinned").0;
    let session = harness.desk().session().id.clone();
    harness.event(Event::Undone { session, way: haversack::tui::app::event::Way::Redo, edit });
    let after = points(&harness);
    assert_ne!(known, after);
    for at in [300, 2_000] {
        harness.keys(&format!("b{at}<enter>"));
        for &by in Strategy::VARIANTS {
            harness.state.popup = None;
            let kept = lens(&harness).point(by, at).expect("it is worked out").kept;
            let mut desk = harness.desk().replanned();
            desk.set_strategy(by);
            assert!((desk.totals().kept - kept).abs() < 1e-9, "{by} at {at}: the header says {}", desk.totals().kept);
        }
    }
}

#[test]
fn answers_to_an_older_job_are_dropped() {
    let mut harness = Harness::open(80, 24, long());
    harness.keys("W");
    let job = harness.state.jobs;
    let wrong = Point { budget: 77, used: 0, value: 0.0, kept: 0.0, entries: [0; 4], out: 0 };
    harness.event(Event::Swept { job: job - 1, points: vec![(Strategy::Window, wrong.clone())] });
    assert_eq!(lens(&harness).point(Strategy::Window, 77), None);
    harness.event(Event::Swept { job, points: vec![(Strategy::Window, wrong.clone())] });
    assert_eq!(lens(&harness).point(Strategy::Window, 77), Some(&wrong));
}

#[test]
fn without_colour_every_curve_has_its_letter() {
    let mut harness = Harness::open(120, 36, long());
    harness.theme = Theme::of(Look::Plain);
    harness.keys("W");
    let plot = harness.state.areas.lens;
    let picture = harness.picture();
    let drawn: String = picture
        .lines()
        .skip(usize::from(plot.y))
        .take(usize::from(plot.height))
        .flat_map(|line| line.chars().skip(usize::from(plot.x)).take(usize::from(plot.width)))
        .collect();
    for strategy in Strategy::VARIANTS {
        let letter = strategy.to_string().chars().next().expect("it has a name");
        assert!(drawn.contains(letter), "{letter} is not in the plot:\n{picture}");
    }
}
