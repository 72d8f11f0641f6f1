//! Digests: how sessions ended, what they cost, and the signals in them.

use haversack::{
    insight::{Digest, Outcome, Signal, SignalKind},
    model::{Actor, EntryId, JournalRow, JournalStatus, Kind, LossCause, Mark, Seen, Session, Time, Usage, Verb},
};
use pretty_assertions::assert_eq;

use crate::build::{Builder, session};

fn outcome(session: Session) -> (Outcome, String) {
    let digest = Digest::of(&session);
    let evidence = digest.evidence.expect("a session with entries has evidence");
    (digest.outcome, format!("#{} {}", evidence.seq, evidence.line))
}

fn signal(session: &Session, kind: SignalKind) -> Vec<Signal> {
    Digest::of(session).signals.into_iter().filter(|signal| signal.kind == kind).collect()
}

/// A call that failed.
pub fn failed(builder: Builder, tool: &str, input: &str, output: &str) -> Builder {
    let id: std::sync::Arc<str> = format!("{tool}{input}{output}").into();
    let tool: std::sync::Arc<str> = tool.into();
    let at = builder.clone().done().entries.len();
    let id: std::sync::Arc<str> = format!("{id}{at}").into();
    builder.with(Kind::Call, input, |entry| (entry.call_id, entry.tool) = (Some(id.clone()), Some(tool.clone()))).with(
        Kind::Result,
        output,
        |entry| {
            (entry.call_id, entry.tool) = (Some(id.clone()), Some(tool.clone()));
            entry.marks = entry.marks.with(Mark::Error);
        },
    )
}

/// Row "Digest/outcome (001)" of the checklist.
#[test]
fn digest_outcome() {
    let asked = || session().prompt("Round the total of the cart once, and run the tests.");
    let passed = asked().tests("cargo test", "running 12 tests\n12 passed, 0 failed").message("Here is what I did.");
    assert_eq!(outcome(passed.done()), (Outcome::Success, "#3 12 passed, 0 failed".into()));

    let token = asked().call("Bash", "cat notes", "the token is in the broker").message("The notes name a broker.");
    assert_eq!(outcome(token.done()).0, Outcome::Success, "an answer, not the 'ok' inside 'token'");

    let red = asked().tests("cargo test", "test result: FAILED. 11 passed; 1 failed").message("I changed cart.rs.");
    assert_eq!(outcome(red.done()), (Outcome::Fail, "#3 test result: FAILED. 11 passed; 1 failed".into()));

    let mended = asked()
        .tests("cargo test", "test result: FAILED. 11 passed; 1 failed")
        .tests("cargo test", "test result: ok. 12 passed; 0 failed")
        .message("It rounds once now.");
    assert_eq!(outcome(mended.done()).0, Outcome::Success);

    let stuck = failed(asked(), "Bash", "npm run build", "error TS2305: no exported member 'Theme'");
    assert_eq!(outcome(stuck.clone().done()).0, Outcome::Fail, "it ends on the failed call");
    assert_eq!(outcome(stuck.message("These errors look like two versions of one API.").done()).0, Outcome::Fail);

    assert_eq!(outcome(asked().done()).0, Outcome::Abandoned, "nobody answered");
    assert_eq!(outcome(asked().message("Done.").prompt("And the tax?").done()).0, Outcome::Abandoned);
    assert_eq!(outcome(asked().message("Now let me run the tests:").done()).0, Outcome::Abandoned);
    assert_eq!(outcome(asked().entry(Kind::Call, "sleep 100").done()).0, Outcome::Abandoned);
    assert_eq!(outcome(asked().message("Which of the two totals do you mean?").done()).0, Outcome::Unknown);
    assert_eq!(Digest::of(&session().done()).outcome, Outcome::Unknown);
}

#[test]
fn what_a_session_cost_is_added_up_from_its_log() {
    let used = Usage { input: 10, output: 5, cache_read: 100, cache_write: 20 };
    let built = session()
        .prompt("Fix the rounding of the cart, please.")
        .with(Kind::Message, "I read it.", |entry| entry.usage = Some(used))
        .read("/home/kim/shop/src/cart.rs", "fn total() {}")
        .with(Kind::Message, "Fixed.", |entry| entry.usage = Some(used))
        .done();
    let digest = Digest::of(&built);
    assert_eq!((digest.cost.input, digest.cost.output), (20, 10));
    assert_eq!((digest.cost.cache_read, digest.cost.cache_write, digest.cost.turns), (200, 40, 1));
    assert_eq!(digest.cost.wall_clock_s, 4 * 30, "five entries, 30 s apart");
    assert_eq!(digest.spent(), 270);
    assert_eq!(digest.goal.as_str(), "Fix the rounding of the cart, please.");
    assert_eq!(digest.tools["Read"].calls, 1);
    assert_eq!(digest.files[0].path.as_str(), "/home/kim/shop/src/cart.rs");
    let full: u64 = built.entries.iter().map(|entry| u64::from(entry.costs[0])).sum();
    assert_eq!((digest.tokens.full, digest.days.values().sum::<u64>()), (full, full));
    let json = serde_json::to_string(&digest).expect("a digest is JSON");
    assert_eq!(serde_json::from_str::<Digest>(&json).expect("and comes back"), digest);
}

#[test]
fn trying_the_same_three_times_is_a_storm_and_twice_is_a_second_try() {
    let try_again = |times: usize| {
        let start = session().prompt("Apply the patch to the cart.");
        (0..times)
            .fold(start, |built, _| failed(built, "Bash", "cargo test -p cart", "error: cannot find `total`"))
            .done()
    };
    assert_eq!(signal(&try_again(2), SignalKind::RetryStorm), []);
    let storm = signal(&try_again(4), SignalKind::RetryStorm);
    assert_eq!((storm.len(), storm[0].magnitude, storm[0].locus.as_str()), (1, 4, "cargo test"));
    assert_eq!(storm[0].places.iter().map(|place| place.seq).collect::<Vec<_>>(), [2, 4, 6, 8]);
    assert_eq!(signal(&try_again(4), SignalKind::RepeatedErrors)[0].locus.as_str(), "error: cannot find `total`");
}

#[test]
fn a_status_is_no_error_that_repeats() {
    let start = session().prompt("Find out why the build fails.");
    let built = (0..5).fold(start, |built, n| failed(built, "Bash", &format!("grep {n} a.txt"), "Exit code 1"));
    assert_eq!(signal(&built.done(), SignalKind::RepeatedErrors), []);
}

#[test]
fn a_clean_pass_has_no_error_and_a_recovery_has_one_that_went_through() {
    let clean = session().prompt("Say what the cart does.").message("Done: it adds prices.").done();
    assert_eq!(signal(&clean, SignalKind::CleanPass).len(), 1);
    let start = session().prompt("Make the tests of the cart pass.");
    let recovered =
        failed(start, "Bash", "npm test", "1 failing").call("Bash", "npm test", "3 passing").message("Fixed.");
    let recovered = recovered.done();
    assert_eq!(signal(&recovered, SignalKind::CleanPass), []);
    assert_eq!(signal(&recovered, SignalKind::ErrorThenRecovery)[0].locus.as_str(), "npm test");
}

#[test]
fn a_file_that_is_read_again_right_after_its_loss_is_a_memory_fault() {
    let built = session()
        .prompt("Mend the cart.")
        .read("/shop/src/cart.rs", "fn total() {}")
        .entry(Kind::Boundary, "compaction 1")
        .read("/shop/src/cart.rs", "fn total() {}")
        .message("Done.");
    let mut lost = built.done();
    let boundary: EntryId = lost.entries[3].id;
    lost.entries[2].path = lost.entries[1].path.clone();
    lost.entries[2].seen = Seen::Lost { at: boundary, cause: LossCause::Compaction };
    let found = signal(&lost, SignalKind::RereadAfterLoss);
    assert_eq!(found[0].places.iter().map(|place| place.seq).collect::<Vec<_>>(), [3, 5]);
    lost.entries[2].seen = Seen::Held;
    assert_eq!(
        signal(&lost, SignalKind::RereadAfterLoss),
        [],
        "nothing was lost, so reading again is no fault of memory"
    );
}

/// A session in which a file is read, a question asked, and the file read again, a second after another.
fn read_twice() -> Session {
    let mut session = session()
        .prompt("Mend the cart.")
        .read("/shop/src/cart.rs", "fn total() {}")
        .message("It adds prices.")
        .prompt("Now round it.")
        .read("/shop/src/cart.rs", "fn total() {}")
        .message("Done.")
        .done();
    (0..).zip(&mut session.entries).for_each(|(at, entry)| entry.at = Some(Time(1_000 * at)));
    session
}

/// The edit of a person at a time, done to the session too.
fn edited(session: &mut Session, row: i64, verb: &Verb, on: usize, at: i64) -> JournalRow {
    let (edit, _) = session.edit_for(verb, &[session.entries[on].id]).expect("the verb goes");
    session.apply(&edit).expect("the session is as it was");
    let (actor, status) = (Actor::person(), JournalStatus::Done);
    JournalRow { id: row, actor, via: None, at: Time(at), status, edit, undone_by: None, stamp: row }
}

fn rereads(session: &Session, journal: &[JournalRow]) -> Vec<(u32, Vec<u32>)> {
    let signals = Digest::with_edits(session, journal).signals.into_iter();
    let found = signals.filter(|signal| signal.kind == SignalKind::RereadAfterEviction);
    found.map(|signal| (signal.magnitude, signal.places.iter().map(|place| place.seq).collect())).collect()
}

#[test]
fn a_file_that_is_read_again_right_after_an_edit_took_it_out_is_a_memory_fault() {
    let mut session = read_twice();
    assert_eq!(rereads(&session, &[]), []);
    // After the first reply, before the next prompt.
    let evicted = edited(&mut session, 1, &Verb::Evict, 2, 3_500);
    assert_eq!(rereads(&session, std::slice::from_ref(&evicted)), [(1, vec![2, 6])]);
    let late = JournalRow { at: Time(9_000), ..evicted.clone() };
    assert_eq!(rereads(&session, &[late]), [], "it was there when it was read again");
    let undone = JournalRow { status: JournalStatus::Undone, ..evicted.clone() };
    assert_eq!(rereads(&session, &[undone]), []);

    let mut restored = session.clone();
    let back = edited(&mut restored, 2, &Verb::Restore, 2, 3_700);
    assert_eq!(rereads(&restored, &[evicted.clone(), back]), [], "it was back by then");

    let mut later = session.clone();
    later.entries.iter_mut().skip(4).for_each(|entry| entry.at = entry.at.map(|at| Time(at.0 + 60_000)));
    assert_eq!(rereads(&later, std::slice::from_ref(&evicted)).len(), 1, "a pause is no turn");
    let mut third = read_twice();
    third.entries[3].kind = Kind::Prompt;
    let evicted = edited(&mut third, 1, &Verb::Evict, 2, 2_500);
    assert_eq!(rereads(&third, &[evicted]), [], "two turns later it may be wanted for something else");

    let mut copied = read_twice();
    let first = edited(&mut copied, 1, &Verb::Evict, 2, 3_500);
    copied.entries[0].kind = Kind::Result;
    copied.entries[0].path = copied.entries[1].path.clone();
    assert_eq!(rereads(&copied, &[first]), [], "another copy of it was there");
}

#[test]
fn doing_what_a_pin_forbids_by_name_is_a_violation() {
    let mut built = session()
        .prompt("Never run `git push --force` on this repository.")
        .call("Bash", "git push", "ok")
        .call("Bash", "git push --force origin main", "forced update")
        .message("Pushed.")
        .done();
    assert_eq!(signal(&built, SignalKind::ConstraintViolated), [], "it is not pinned");
    built.entries[0].state.pinned = true;
    let found = signal(&built, SignalKind::ConstraintViolated);
    assert_eq!(found[0].locus.as_str(), "git push --force");
    assert_eq!(found[0].places.iter().map(|place| place.seq).collect::<Vec<_>>(), [1, 4]);
}
