//! The policy through the one way in: what an agent is refused, with its sentence, and that nothing has changed then.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    facts::Draft,
    model::{Budget, EntryId, FactKind, Importance, Level, Role, Scope, Session, SessionSettings, Trust, Verb, Via},
    pack::settings::PlanSettings,
    text::redact,
    workspace::{Push, PushRules},
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
    fn edit(&mut self, actor: &Actor, verb: Verb, entry: usize) -> Result<()> {
        let on = [self.entries[entry]];
        self.workspace.edit(&self.id, actor, Budget::Tokens(8_000), &verb, &on).map(|_| ())
    }

    fn row(&self) -> i64 {
        self.workspace.journal(&self.id).unwrap().last().unwrap().id
    }

    /// What an agent is told of it; nothing has changed then.
    fn refused(&mut self, verb: Verb, entry: usize) -> String {
        let before = self.workspace.session(&self.id).unwrap();
        let told = self.edit(&agent(), verb, entry).expect_err("it is refused").to_string();
        assert_eq!(self.workspace.session(&self.id).unwrap(), before);
        told
    }
}

fn agent() -> Actor {
    "agent:claude".parse().unwrap()
}

#[test]
fn an_agent_is_refused_what_a_person_set_and_told_whom_to_ask() {
    let mut demo = demo();
    let person = Actor::person();
    let score = |value| Verb::Rescore(Importance::new(value).unwrap());
    demo.edit(&person, Verb::Pin, 0).unwrap();
    let row = demo.row();
    assert_eq!(demo.refused(Verb::Unpin, 0), format!("a person pinned #1 (journal row {row}): ask them to unpin it"));
    demo.edit(&person, score(0.9), 2).unwrap();
    let told = format!("a person set the importance of #3 (journal row {}): ask them to clear it", demo.row());
    assert_eq!((demo.refused(score(0.1), 2), demo.refused(Verb::ScoreByRule, 2)), (told.clone(), told));
    demo.edit(&person, Verb::CompactTo(Level::Keywords), 2).unwrap();
    let told = format!("a person set the level of #3 (journal row {}): ask them to restore it", demo.row());
    assert_eq!((demo.refused(Verb::Restore, 2), demo.refused(Verb::Pin, 2)), (told.clone(), told));
    demo.edit(&person, Verb::Evict, 3).unwrap();
    let told = demo.refused(Verb::Restore, 3);
    assert_eq!(told, format!("a person took #4 out (journal row {}): ask them to restore it", demo.row()));
    // What no person has set is an agent's to change, and its own.
    for verb in [Verb::Pin, Verb::Unpin, score(0.2), score(0.3), Verb::CompactTo(Level::Sentence), Verb::Restore] {
        demo.edit(&agent(), verb, 9).unwrap();
    }
    // A person may do everything.
    for (verb, entry) in [(Verb::Unpin, 0), (score(0.1), 2), (Verb::Restore, 2), (Verb::Restore, 3)] {
        demo.edit(&person, verb, entry).unwrap();
    }
}

#[test]
fn an_agent_takes_back_its_own_rows_and_a_person_anybodys() {
    let mut demo = demo();
    demo.edit(&Actor::person(), Verb::Pin, 0).unwrap();
    let persons = demo.row();
    let told = demo.workspace.undo_row(&demo.id, persons, &agent()).unwrap_err().to_string();
    assert_eq!(told, format!("a person pinned #1 (journal row {persons}): ask them to undo that"));
    demo.edit(&agent(), Verb::Pin, 2).unwrap();
    let agents = demo.row();
    demo.workspace.undo_row(&demo.id, agents, &agent()).unwrap();
    demo.workspace.redo(&demo.id, &agent()).unwrap();
    demo.workspace.undo_row(&demo.id, agents, &Actor::person()).unwrap();
    demo.workspace.undo_row(&demo.id, persons, &Actor::person()).unwrap();
}

#[test]
fn a_purge_is_for_a_person_alone() {
    let mut demo = demo();
    let told = demo.workspace.purge(&demo.id, &agent()).unwrap_err().to_string();
    assert!(told.starts_with("only a person may purge"), "{told}");
    assert_eq!(demo.workspace.sessions().unwrap().len(), 1);
    demo.workspace.purge(&demo.id, &Actor::person()).unwrap();
}

#[test]
fn what_a_person_deleted_only_a_person_brings_back() {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap();
    let id = SessionId::new("haversack:a");
    workspace.create(&id, SessionSettings::default(), &agent()).unwrap();
    let push = [Push::new(Role::User, "the port is 4000")];
    workspace.push(&id, &agent(), &push, PushRules::default()).unwrap();
    workspace.delete(&id, &agent()).unwrap();
    workspace.undelete(&id, &agent()).unwrap();
    workspace.delete(&id, &Actor::person()).unwrap();
    for who in [agent(), Actor::rule()] {
        let told = workspace.undelete(&id, &who).unwrap_err().to_string();
        assert!(told.starts_with("a person deleted haversack:a (journal row "), "{told}");
    }
    // Nor by a push, which was warm, or by a new session of its id: that is an empty one.
    assert!(workspace.push(&id, &agent(), &push, PushRules::default()).is_err());
    let aside = workspace.create(&id, SessionSettings::default(), &agent()).unwrap().expect("it is set aside");
    assert_eq!(workspace.session(&id).unwrap().entries.len(), 0);
    assert!(workspace.session(&aside).is_err());
    assert!(workspace.undelete(&aside, &agent()).is_err(), "whatever it is called");
    workspace.undelete(&aside, &Actor::person()).unwrap();
    assert_eq!(workspace.session(&aside).unwrap().entries.len(), 1);
}

#[test]
fn nobody_is_believed_more_than_they_may_say() {
    let mut demo = demo();
    let mut write = |actor: &Actor, trust: Trust| {
        let (key, value) = ("port".to_owned(), "4000".to_owned());
        let (kind, scope) = (FactKind::Context, Scope::Session);
        let draft = Draft { key, value, kind, scope, trust, pinned: false, ttl: None, source: None };
        demo.workspace.set_fact(&demo.id, actor, draft).map(|fact| fact.trust).map_err(|why| why.to_string())
    };
    assert_eq!(write(&agent(), Trust::Tool), Ok(Trust::Tool));
    assert!(write(&agent(), Trust::Policy).unwrap_err().contains("does not count as that of policy: give tool"));
    assert_eq!(write(&Actor::rule(), Trust::Policy), Ok(Trust::Policy));
    assert!(write(&Actor::rule(), Trust::User).is_err());
    assert_eq!(write(&Actor::person(), Trust::User), Ok(Trust::User));
}

#[test]
fn a_fact_that_a_person_pinned_stays_also_from_another_session_of_the_project() {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap();
    let ids = ["haversack:a", "haversack:b"].map(SessionId::new);
    for id in &ids {
        let session = Session { project: redact::clean("/shop"), ..Session::new(id.clone()) };
        workspace.put(&session, &Actor::person()).unwrap();
    }
    let draft = |key: &str, scope| Draft {
        key: key.into(),
        value: "4000".into(),
        kind: FactKind::Context,
        scope,
        trust: Trust::Tool,
        pinned: false,
        ttl: None,
        source: None,
    };
    workspace.set_fact(&ids[0], &agent(), draft("port", Scope::Session)).unwrap();
    workspace.pin_fact(&ids[0], &agent(), "port").unwrap();
    workspace.unpin_fact(&ids[0], &agent(), "port").unwrap();
    workspace.pin_fact(&ids[0], &Actor::person(), "port").unwrap();
    for told in [
        workspace.unpin_fact(&ids[0], &agent(), "port").unwrap_err().to_string(),
        workspace.expire_fact(&ids[0], &agent(), "port").unwrap_err().to_string(),
    ] {
        assert!(told.starts_with("a person pinned fact port (journal row "), "{told}");
    }
    workspace.expire_fact(&ids[0], &Actor::person(), "port").unwrap();
    workspace.set_fact(&ids[0], &Actor::person(), draft("host", Scope::Project)).unwrap();
    workspace.pin_fact(&ids[0], &Actor::person(), "host").unwrap();
    let told = workspace.unpin_fact(&ids[1], &agent(), "host").unwrap_err().to_string();
    assert!(told.starts_with("a person pinned fact host"), "{told}");
}

#[test]
fn a_push_passes_a_persons_pin_on_and_it_stays_the_persons() {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap().through(Via::Mcp);
    let id = SessionId::new("haversack:push");
    workspace.create(&id, SessionSettings::default(), &agent()).unwrap();
    let text = "the port of the staging database is 4000 and never 5432, whatever the compose file says";
    let push = [Push::new(Role::User, text)];
    let first = workspace.push(&id, &agent(), &push, PushRules::default()).unwrap().added[0].0;
    workspace.edit(&id, &Actor::person(), Budget::Tokens(8_000), &Verb::Pin, &[first]).unwrap();
    let second = workspace.push(&id, &agent(), &push, PushRules::default()).unwrap();
    assert_eq!(second.superseded.len(), 1, "the pin does not hold a push up");
    let unpin = workspace.edit(&id, &agent(), Budget::Tokens(8_000), &Verb::Unpin, &[second.added[0].0]);
    assert!(unpin.unwrap_err().to_string().starts_with("a person pinned #2"));
    let journal = workspace.journal(&id).unwrap();
    assert!(journal.iter().all(|row| row.via == Some(Via::Mcp)), "every row tells the way in");
}
