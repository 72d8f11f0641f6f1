//! Several writers and readers on one store file at once: no error reaches anybody, and nothing is lost.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use haversack::{
    model::{Actor, Role, SessionId, SessionSettings, Via},
    pack::settings::PlanSettings,
    workspace::{Push, PushRules, Workspace},
};
use pretty_assertions::assert_eq;

const WRITERS: usize = 8;
/// Each, into a session of its own: how long one session may take 8 writers is another question.
const PUSHES: usize = 40;

fn open(path: &Path) -> Workspace {
    Workspace::open(path, PlanSettings::default()).expect("the store opens")
}

fn session(writer: usize) -> SessionId {
    SessionId::new(format!("haversack:w{writer}"))
}

/// Words that no other push has, so that none supersedes another.
fn text(writer: usize, push: usize) -> String {
    (0..8).map(|word| format!("w{writer}p{push}x{word}")).collect::<Vec<_>>().join(" ")
}

/// Readers end with the writers, also with those that fail.
struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn eight_writers_and_two_readers_meet_no_error_and_lose_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let store = folder.path().join("store.db");
    drop(open(&store));
    let writing = AtomicUsize::new(WRITERS);
    let (store, left) = (&store, &writing);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                let _done = Done(left);
                let actor: Actor = format!("agent:w{writer}").parse().expect("an actor");
                let mut workspace = open(store).through(if writer % 2 == 0 { Via::Http } else { Via::Mcp });
                workspace.create(&session(writer), SessionSettings::default(), &actor).expect("it is new");
                for push in 0..PUSHES {
                    let pushes = [Push::new(Role::User, text(writer, push))];
                    let pushed = workspace.push(&session(writer), &actor, &pushes, PushRules::default());
                    assert_eq!(pushed.expect("no writer meets an error").added.len(), 1);
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(move || {
                let mut workspace = open(store).through(Via::Screen);
                let mut seen = 0;
                while left.load(Ordering::Relaxed) > 0 {
                    if workspace.changed().expect("no reader meets an error") {
                        let rows = workspace.sessions().expect("no reader meets an error");
                        let entries = rows.iter().map(|row| row.entries as usize).sum();
                        assert!(entries >= seen, "{entries} after {seen}: a reader saw something go");
                        seen = entries;
                    }
                    thread::yield_now();
                }
            });
        }
    });
    let mut workspace = open(store);
    for writer in 0..WRITERS {
        let session = workspace.session(&session(writer)).expect("it loads");
        let texts: Vec<String> = session.entries.iter().map(|entry| entry.text.to_string()).collect();
        assert_eq!(texts, (0..PUSHES).map(|push| text(writer, push)).collect::<Vec<_>>());
        let journal = workspace.journal(&session.id).expect("it can be read");
        assert!(journal.iter().all(|row| row.actor.as_str() == format!("agent:w{writer}") && row.via.is_some()));
    }
}
