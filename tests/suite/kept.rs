//! What an edit does not touch is kept; what is kept is what a fresh start would make, to the last digit.

use std::sync::Arc;

use haversack::{
    model::{Budget, EntryId, Importance, Level, Session, Verb},
    pack::{mirror::Mirror, settings::PlanSettings, strategy::balanced::Ledger},
    tui::app::list::{Column, Facet, Filter, List, Order, Sort},
    workspace::desk::{Columns, Desk, Moved},
};
use proptest::prelude::*;
use strum::VariantArray;

use crate::{
    invariants::{NOW, sessions},
    screen::TOKENIZER,
};

/// What a hand does: a verb on one or two entries, another budget, or an undo of the last edit.
#[derive(Clone, Debug)]
enum Step {
    Edit { verb: u8, on: [usize; 2] },
    Budget(u32),
    Undo,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (any::<u8>(), any::<[usize; 2]>()).prop_map(|(verb, on)| Step::Edit { verb, on }),
        1 => (60..6_000u32).prop_map(Step::Budget),
        2 => Just(Step::Undo),
    ];
    proptest::collection::vec(step, 1..16)
}

fn verb(number: u8) -> Verb {
    match number % 8 {
        0 => Verb::Pin,
        1 => Verb::Unpin,
        2 => Verb::Rescore(Importance::new(f32::from(number) / 255.0).expect("it is between 0 and 1")),
        3 => Verb::CompactTo(Level::Keywords),
        4 => Verb::Evict,
        5 => Verb::Restore,
        6 => Verb::Archive,
        _ => Verb::CompactDeeper,
    }
}

fn fresh(desk: &Desk) -> Desk {
    Desk::new(Session::clone(desk.session()), desk.settings(), desk.budget(), NOW)
}

/// One list for every column and both orders, each with another filter.
fn lists() -> Vec<List> {
    let facets = [Some(Facet::In), Some(Facet::Out), None, Some(Facet::ByHand), Some(Facet::Packed(Level::Keywords))];
    let orders = [Order::Ascending, Order::Descending];
    let sorts = Column::VARIANTS.iter().flat_map(|&by| orders.map(|order| Sort { by, order }));
    let list = |(sort, facet): (Sort, &Option<Facet>)| {
        List::by(sort, Filter { facets: facet.iter().cloned().collect(), ..Filter::default() })
    };
    sorts.zip(facets.iter().cycle()).map(list).collect()
}

proptest! {
    #[test]
    fn what_is_kept_from_edit_to_edit_is_what_is_made_anew(session in sessions(), steps in steps()) {
        if session.entries.is_empty() {
            return Ok(());
        }
        let mut desk = Desk::new(session, PlanSettings::default(), Budget::Tokens(900), NOW);
        let mut lists = lists();
        lists.iter_mut().for_each(|list| list.refresh(&desk, &Moved::Any));
        let (mut done, mut mirror) = (Vec::new(), Mirror::default());
        for step in steps {
            let entries = desk.session().entries.len();
            match step {
                Step::Edit { verb: number, on } => {
                    let targets: Vec<EntryId> =
                        on.iter().map(|at| desk.session().entries[at % entries].id).collect();
                    done.extend(desk.edit(&verb(number), &targets).map(|done| done.edit));
                }
                Step::Budget(budget) => desk.set_budget(Budget::Tokens(budget)),
                Step::Undo => if let Some(edit) = done.pop() {
                    desk.absorb(&edit.inverse(), None).expect("nothing came between");
                },
            }
            let fresh = fresh(&desk);
            prop_assert_eq!(&**desk.ledger(), &Ledger::new(desk.session(), desk.settings(), NOW));
            prop_assert_eq!(desk.columns(), &Columns::new(desk.session()));
            prop_assert_eq!(desk.totals(), fresh.totals());
            prop_assert_eq!(desk.suggestions(), fresh.suggestions());
            prop_assert_eq!(desk.chosen(), fresh.chosen());
            let mirrored = mirror.of(desk.basis(TOKENIZER.clone()));
            prop_assert!(!Arc::ptr_eq(&mirrored.session, &desk.basis(TOKENIZER.clone()).session));
            prop_assert_eq!(&*mirrored.session, desk.session());
            prop_assert_eq!(&mirrored.ledger, desk.ledger());
            let moved = desk.take_moved();
            for list in &mut lists {
                list.refresh(&desk, &moved);
                let mut anew = List::by(list.sort, list.filter.clone());
                anew.refresh(&fresh, &Moved::Any);
                prop_assert_eq!(&list.rows, &anew.rows, "{:?} {:?}", list.sort, list.filter.facets);
            }
        }
    }
}
