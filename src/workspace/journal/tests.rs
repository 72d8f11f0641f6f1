//! Back to a point of the journal, and forward again.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{Budget, EntryId, Fate, Importance, JournalStatus::*, Verb},
    pack::settings::PlanSettings,
};

struct Opened {
    workspace: Workspace,
    id: SessionId,
    entries: Vec<EntryId>,
}

fn demo() -> Opened {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap();
    let id = workspace.demo().unwrap();
    let entries = workspace.session(&id).unwrap().entries.iter().map(|entry| entry.id).collect();
    Opened { workspace, id, entries }
}

impl Opened {
    fn edit(&mut self, actor: &Actor, verb: &Verb, entry: usize) -> i64 {
        let on = [self.entries[entry]];
        self.workspace.edit(&self.id, actor, Budget::Tokens(8_000), verb, &on).unwrap();
        self.workspace.journal(&self.id).unwrap().last().unwrap().id
    }

    fn step(&mut self, point: Point) -> Stepped {
        self.workspace.step_to(&self.id, &Actor::person(), point).unwrap()
    }

    fn pinned(&mut self) -> Vec<usize> {
        let session = self.workspace.session(&self.id).unwrap();
        (0..session.entries.len()).filter(|&index| session.entries[index].state.pinned).collect()
    }

    fn statuses(&self) -> Vec<JournalStatus> {
        let journal = self.workspace.journal(&self.id).unwrap();
        journal.iter().map(|row| row.status).filter(|&status| status != Append).collect()
    }
}

fn agent() -> Actor {
    "agent:claude".parse().unwrap()
}

#[test]
fn back_to_a_point_takes_back_what_one_actor_did_since_and_nothing_else() {
    let mut demo = demo();
    let before = demo.workspace.session(&demo.id).unwrap();
    let person = Actor::person();
    let first = demo.edit(&person, &Verb::Pin, 0);
    demo.edit(&person, &Verb::Pin, 2);
    demo.edit(&agent(), &Verb::Pin, 4);
    let last = demo.edit(&person, &Verb::Unpin, 2);
    let after = demo.workspace.session(&demo.id).unwrap();

    let stepped = demo.step(Point::After(first));
    assert!(stepped.stopped.is_none());
    assert_eq!(stepped.edits.len(), 2);
    assert_eq!(demo.pinned(), [0, 4], "what the agent did stays");
    assert_eq!(demo.statuses(), [Done, Undone, Done, Undone]);
    let mut screen = after.clone();
    screen.apply(&stepped.edits.into_iter().fold(Edit::default(), Edit::then)).expect("as one edit it is the same");
    assert_eq!(screen.entries, demo.workspace.session(&demo.id).unwrap().entries);

    demo.step(Point::Again(last));
    assert_eq!(demo.workspace.session(&demo.id).unwrap().entries, after.entries);
    let journal = demo.workspace.journal(&demo.id).unwrap();
    let agents = journal.iter().find(|row| row.actor == agent()).unwrap().id;
    demo.step(Point::Without(agents));
    let import = demo.workspace.journal(&demo.id).unwrap()[0].id;
    demo.step(Point::After(import));
    assert_eq!(demo.workspace.session(&demo.id).unwrap().entries, before.entries);
}

#[test]
fn another_actors_edit_in_the_way_ends_it_and_what_was_done_stays() {
    let mut demo = demo();
    let person = Actor::person();
    let first = demo.edit(&person, &Verb::Pin, 0);
    demo.edit(&person, &Verb::Evict, 4);
    demo.edit(&agent(), &Verb::Rescore(Importance::new(0.9).unwrap()), 4);
    demo.edit(&person, &Verb::Pin, 2);
    let stepped = demo.step(Point::After(first));
    assert_eq!(stepped.edits.len(), 1, "the newest came back");
    let why = stepped.stopped.expect("the agent's edit is in the way").to_string();
    assert!(why.contains("agent:claude") && why.contains("stands on it"), "{why}");
    assert_eq!(demo.statuses(), [Done, Done, Done, Undone]);
    let journal = demo.workspace.journal(&demo.id).unwrap();
    let [evicted, scored] = [&journal[journal.len() - 3], &journal[journal.len() - 2]];
    assert!(scored.stands_on(evicted) && !evicted.stands_on(scored));

    demo.step(Point::Without(scored.id));
    let session = demo.workspace.session(&demo.id).unwrap();
    assert_eq!(session.entries[4].state.fate, Fate::Evicted);
    demo.step(Point::After(first));
    assert_eq!(demo.pinned(), [0]);
}

#[test]
fn only_who_took_an_edit_back_brings_it_again() {
    let mut demo = demo();
    let row = demo.edit(&"agent:other".parse().unwrap(), &Verb::Pin, 0);
    demo.workspace.undo_row(&demo.id, row, &agent()).unwrap();
    let journal = demo.workspace.journal(&demo.id).unwrap();
    assert_eq!(journal.last().unwrap().undone_by, Some(agent()));
    assert!(undone_until(&journal, row, &Actor::person()).is_empty());
    assert!(demo.step(Point::Again(row)).edits.is_empty());
    assert!(demo.workspace.step_to(&demo.id, &agent(), Point::After(row + 99)).is_err());
}
