//! A copy of a desk's numbers for a thread of its own: brought up to date in little time, so that the desk is soon alone
//! with its session again. An edit of a session that is shared has to copy all of it first.

use std::sync::Arc;

use super::{basis::Basis, strategy::balanced::Ledger};
use crate::model::{EntryId, Session};

/// The basis of before, to be brought up to date.
#[derive(Default)]
pub struct Mirror(Option<Basis>);

impl Mirror {
    /// A basis that says the same as this one and shares nothing with it.
    pub fn of(&mut self, basis: Basis) -> Basis {
        let known = self.0.take().filter(|known| is_of(known, &basis));
        let mirrored = match known {
            Some(known) => brought_up(known, basis),
            None => Basis {
                session: Arc::new(Session::clone(&basis.session)),
                ledger: Arc::new(Ledger::clone(&basis.ledger)),
                ..basis
            },
        };
        self.0 = Some(mirrored.clone());
        mirrored
    }
}

/// Whether both hold the same entries, however they have been edited.
fn is_of(one: &Basis, other: &Basis) -> bool {
    let ids = |basis: &Basis| basis.session.entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
    one.session.id == other.session.id
        && one.session.entries.len() == other.session.entries.len()
        && (one.settings.tail, one.settings.encoding) == (other.settings.tail, other.settings.encoding)
        && one.session.settings == other.session.settings
        && ids(one) == ids(other)
}

fn brought_up(known: Basis, basis: Basis) -> Basis {
    let pairs = known.session.entries.iter().zip(&basis.session.entries).enumerate();
    let changed = pairs.filter(|(_, (old, new))| old.state != new.state || old.costs != new.costs);
    let changed: Vec<_> = changed.map(|(at, (_, new))| (at, new.state.clone(), new.costs)).collect();
    let facts = basis.session.facts.clone();
    let Basis { settings, as_of, tokenizer, .. } = basis;
    let Basis { mut session, mut ledger, .. } = known;
    let own = Arc::make_mut(&mut session);
    let mut touched: Vec<EntryId> = Vec::with_capacity(changed.len());
    for (at, state, costs) in changed {
        let entry = &mut own.entries[at];
        (entry.state, entry.costs) = (state, costs);
        touched.push(entry.id);
    }
    own.facts = facts;
    Arc::make_mut(&mut ledger).update(&session, settings, as_of, &touched);
    Basis { session, ledger, settings, as_of, tokenizer }
}
