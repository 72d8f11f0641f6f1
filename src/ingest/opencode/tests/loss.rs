//! What compactions, cleared outputs and reverts left in the context.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn a_compaction_loses_what_was_before_and_leaves_its_summary() {
    let (session, counts) = of(vec![
        user(1, vec![text("Fix it.")]),
        assistant(2, vec![text("Done.")]),
        user(3, vec![json!({"type": "compaction", "auto": true})]),
        compaction(4, 3, json!({})),
        user(5, vec![text("Go on.")]),
        assistant(6, vec![text("Going.")]),
    ]);
    let lost = Some((3, LossCause::Compaction));
    assert_eq!(
        told(&session),
        [
            (Kind::Prompt, "Fix it.", lost),
            (Kind::Message, "Done.", lost),
            (Kind::Boundary, "compaction 1 (auto): 1,107 → 1,107 tokens at the next reply, 2 entries lost", None),
            (Kind::Summary, "We round half up.", None),
            (Kind::Prompt, "Go on.", None),
            (Kind::Message, "Going.", None),
        ]
    );
    assert_eq!((counts.compactions, counts.messages, counts.prompts), (Some(1), 3, 2));
}

#[test]
fn a_compaction_keeps_the_tail_that_it_names_and_the_next_one_loses_its_summary() {
    let (session, counts) = of(vec![
        user(1, vec![text("Fix it.")]),
        user(2, vec![text("And test it.")]),
        user(3, vec![json!({"type": "compaction", "auto": false, "tail_start_id": "msg_2"})]),
        compaction(4, 3, json!({})),
        user(5, vec![json!({"type": "compaction", "auto": true})]),
        compaction(6, 5, json!({})),
    ]);
    let (first, second) = (Some((3, LossCause::Compaction)), Some((5, LossCause::Compaction)));
    assert_eq!(
        told(&session),
        [
            (Kind::Prompt, "Fix it.", first),
            (Kind::Prompt, "And test it.", second),
            (Kind::Boundary, "compaction 1 (manual): 0 tokens, 1 entry lost", None),
            (Kind::Summary, "We round half up.", second),
            (Kind::Boundary, "compaction 2 (auto): 0 tokens, 2 entries lost", None),
            (Kind::Summary, "We round half up.", None),
        ]
    );
    assert_eq!(counts.compactions, Some(2));
}

#[test]
fn a_compaction_that_failed_or_has_not_ended_loses_nothing() {
    for more in
        [json!({"error": {"name": "ContextOverflowError", "data": {"message": "too long"}}}), json!({"finish": null})]
    {
        let mut reply = compaction(3, 2, more);
        if reply["info"]["finish"].is_null() {
            reply["info"].as_object_mut().expect("an object").remove("finish");
        }
        let (session, _) =
            of(vec![user(1, vec![text("Fix it.")]), user(2, vec![json!({"type": "compaction", "auto": true})]), reply]);
        assert_eq!(session.entries[0].seen, Seen::Held);
        assert!(session.entries.iter().all(|entry| entry.kind != Kind::Boundary));
    }
}

#[test]
fn cleared_outputs_are_lost_at_a_boundary_of_their_moment() {
    let cleared = |at: u64| {
        let time = json!({"start": 1, "end": 2, "compacted": 1_700_000_000_000_u64 + at});
        tool("read", json!({"status": "completed", "input": {}, "output": "long", "time": time}))
    };
    let (session, counts) = of(vec![
        assistant(1, vec![cleared(2_400), cleared(2_600), done("ls", "short")]),
        user(2, vec![text("Next.")]),
        user(3, vec![text("And next.")]),
    ]);
    let lost = Some((8, LossCause::Microcompaction));
    let told = told(&session);
    assert_eq!(told.iter().filter(|(_, _, at)| *at == lost).count(), 2);
    assert_eq!(told[1], (Kind::Result, "long", lost));
    assert_eq!(told[5], (Kind::Result, "short", None));
    assert_eq!(told[6], (Kind::Prompt, "Next.", None));
    assert_eq!(told[7], (Kind::Boundary, "micro-compaction 1: old tool outputs were cleared, 2 entries lost", None));
    assert_eq!(told[8], (Kind::Prompt, "And next.", None));
    assert_eq!(counts.compactions, Some(0));
}

#[test]
fn what_was_taken_back_is_lost_at_a_rewind() {
    let mut log = session(vec![
        user(1, vec![text("Fix it.")]),
        assistant(2, vec![text("One."), text("Two.")]),
        user(3, vec![text("No.")]),
    ]);
    log["info"]["revert"] = json!({"messageID": "msg_2", "partID": "prt_2_2"});
    let place = Place::new();
    let session = read(&place.export(&log));
    let lost = Some((5, LossCause::Rewind));
    assert_eq!(
        told(&session),
        [
            (Kind::Prompt, "Fix it.", None),
            (Kind::Message, "One.", None),
            (Kind::Message, "Two.", lost),
            (Kind::Prompt, "No.", lost),
            (Kind::Boundary, "rewind: taken back, not yet deleted, 2 entries lost", None),
        ]
    );
}

#[test]
fn a_stopped_reply_stays_and_a_broken_one_was_never_sent_again() {
    let ended = |name: &str| json!({"role": "assistant", "modelID": "glm-5", "error": {"name": name, "data": {"message": "why"}}});
    let (session, counts) = of(vec![
        message(1, ended("MessageAbortedError"), vec![text("Half of")]),
        message(2, ended("APIError"), vec![text("Half of")]),
        message(3, ended("MessageAbortedError"), vec![]),
    ]);
    assert_eq!(
        kinds(&session),
        [
            (Kind::Message, "Half of"),
            (Kind::Message, "Half of"),
            (Kind::Injected, "APIError: why"),
            (Kind::Injected, "MessageAbortedError: why"),
        ]
    );
    assert!(session.entries[0].marks.has(Mark::Intervention) && session.entries[0].seen == Seen::Held);
    assert_eq!(session.entries[1].seen, Seen::Never);
    assert!(session.entries[2].marks.has(Mark::Error) && session.entries[3].marks.has(Mark::Intervention));
    assert_eq!(counts.models, Some(["glm-5".to_owned()].into()));
}
