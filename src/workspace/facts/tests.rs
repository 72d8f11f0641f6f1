//! Writing facts through the workspace: order, refusals, and what is counted.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{FactKind, Scope, SessionSettings, Trust},
    pack::settings::PlanSettings,
};

fn person() -> Actor {
    Actor::person()
}

fn workspace() -> (Workspace, SessionId) {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap();
    let id = SessionId::new("haversack:t");
    workspace.create(&id, SessionSettings::default(), &person()).unwrap();
    (workspace, id)
}

fn draft(value: &str, trust: Trust) -> Draft {
    Draft {
        key: "verify".into(),
        value: value.into(),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust,
        pinned: false,
        ttl: None,
        source: None,
    }
}

fn words(workspace: &mut Workspace, id: &SessionId) -> Vec<&'static str> {
    let facts = workspace.facts(id).unwrap();
    facts::standings(&facts, workspace.now()).iter().map(|standing| standing.word()).collect()
}

#[test]
fn the_later_of_two_writes_is_the_newer_however_fast_they_come() {
    let (mut workspace, id) = workspace();
    for n in 0..8 {
        let fact = workspace.set_fact(&id, &person(), draft(&format!("v{n}"), Trust::User)).unwrap();
        assert_eq!(fact.arrived, n + 1);
        let facts = workspace.facts(&id).unwrap();
        assert_eq!(facts::active(&facts, workspace.now()), [&fact]);
    }
}

#[test]
fn a_write_that_loses_is_kept_and_the_next_takes_the_winners_place() {
    let (mut workspace, id) = workspace();
    workspace.set_fact(&id, &person(), draft("cargo test", Trust::User)).unwrap();
    let lost = workspace.set_fact(&id, &person(), draft("make test", Trust::Agent)).unwrap();
    assert_eq!(words(&mut workspace, &id), ["active", "rejected_lower_trust"]);
    workspace.expire_fact(&id, &person(), " verify ").unwrap();
    assert_eq!(words(&mut workspace, &id), ["removed", "active"]);
    workspace.pin_fact(&id, &person(), &lost.id.to_string()).unwrap();
    workspace.undo(&id, &person()).unwrap();
    workspace.undo(&id, &person()).unwrap();
    assert_eq!(words(&mut workspace, &id), ["active", "rejected_lower_trust"]);
    assert_eq!(workspace.journal(&id).unwrap().last().unwrap().edit.words, "pinned fact verify");
}

#[test]
fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let (mut workspace, id) = workspace();
    let fact = workspace.set_fact(&id, &person(), draft("cargo test", Trust::User)).unwrap();
    let by_id = fact.id.to_string();
    let rows = workspace.journal(&id).unwrap().len();
    let said = |result: Result<Fact>| result.unwrap_err().to_string();
    assert_eq!(
        said(workspace.expire_fact(&id, &person(), "Verify")),
        "no fact 'Verify' is in force in haversack:t: `haversack facts list --all` shows every write"
    );
    assert_eq!(said(workspace.unpin_fact(&id, &person(), "verify")), "fact 'verify' is not pinned");
    assert!(
        said(workspace.set_fact(&id, &person(), draft(&"v".repeat(281), Trust::User))).contains("281 characters, 280")
    );
    assert_eq!(workspace.journal(&id).unwrap().len(), rows);
    workspace.pin_fact(&id, &person(), "verify").unwrap();
    assert_eq!(said(workspace.pin_fact(&id, &person(), "verify")), "fact 'verify' is pinned already");
    workspace.unpin_fact(&id, &person(), "verify").unwrap();
    workspace.expire_fact(&id, &person(), "verify").unwrap();
    assert_eq!(said(workspace.expire_fact(&id, &person(), &by_id)), "fact 'verify' is removed already");
    assert!(said(workspace.pin_fact(&id, &person(), &by_id)).contains("write it again"));
    let nowhere = SessionId::new("haversack:none");
    assert!(said(workspace.set_fact(&nowhere, &person(), draft("v", Trust::User))).contains("there is no session"));
}

#[test]
fn facts_are_counted_once_and_sessions_without_them_wait_for_no_tokenizer() {
    let (mut workspace, id) = workspace();
    workspace.session(&id).unwrap();
    workspace.set_fact(&id, &person(), draft("cargo test -p pricing", Trust::User)).unwrap();
    assert!(workspace.counters.get().is_none());
    let facts = workspace.session(&id).unwrap().facts;
    assert_eq!(facts[0].cost, workspace.counters().costs().count("[fact verify] cargo test -p pricing\n"));
    workspace.counters = std::sync::OnceLock::new();
    assert_eq!(workspace.facts(&id).unwrap()[0].cost, facts[0].cost);
    assert!(workspace.counters.get().is_none(), "it is remembered");
}
