//! Scores kept up are the scores made anew.

use proptest::prelude::*;

use super::*;
use crate::{
    model::{EntryId, GrowingExchanges, Mark, SessionId},
    pack::strategy::tests::entry,
    score::scores,
    text::redact,
};

#[derive(Clone, Debug)]
enum Step {
    Comes(Box<Entry>),
    /// An entry goes out; superseded by the newest where that is another.
    Goes(prop::sample::Index, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = [
        Kind::Prompt,
        Kind::Message,
        Kind::Message,
        Kind::Thought,
        Kind::Call,
        Kind::Call,
        Kind::Result,
        Kind::Injected,
        Kind::Note,
        Kind::Boundary,
    ];
    let kind = proptest::sample::select(kinds.to_vec());
    let names = proptest::collection::vec(0..8u8, 0..5);
    let come = (kind, names, proptest::option::of(0..4u8), 0..3u8, any::<bool>()).prop_map(
        |(kind, names, call, path, is_test)| {
            const NAMES: [&str; 8] =
                ["src/a.rs", "src/b.rs", "never", "round_half_up", "TypeError", "--share", "v1.2.3", "parse_tokens"];
            let text: Vec<&str> = names.iter().map(|&name| NAMES[usize::from(name)]).collect();
            let mut entry = entry(0, kind, &text.join(" "));
            entry.call_id = call.map(|call| format!("call-{call}").into());
            (entry.tool, entry.path) = (Some("Read".into()), Some(redact::clean(&format!("/{path}.rs"))));
            if is_test {
                entry.marks = entry.marks.with(Mark::TestRun);
            }
            Step::Comes(entry.into())
        },
    );
    let go = (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(at, by)| Step::Goes(at, by));
    proptest::collection::vec(prop_oneof![4 => come, 1 => go], 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_changes_is_scored_as_if_all_were(steps in steps(), known in 0..40usize) {
        let mut session = Session::new(SessionId::new("haversack:running"));
        let (mut mentions, mut exchanges) = (Mentions::default(), GrowingExchanges::default());
        let mut running = Running::default();
        for (at, step) in steps.into_iter().enumerate() {
            let index = session.entries.len();
            match step {
                Step::Comes(mut entry) => {
                    (entry.seq, entry.id) = (index as u32 + 1, EntryId(index as u64 + 1));
                    mentions.add(&entry);
                    exchanges.add(&entry);
                    session.entries.push(*entry);
                    if at >= known {
                        running.add(&session, &mentions, &exchanges, index);
                    }
                }
                Step::Goes(which, is_superseded) if index > 0 => {
                    let (which, by) = (which.index(index), session.entries[index - 1].id);
                    let was = session.entries[which].state.fate;
                    session.entries[which].state.fate = match was {
                        Fate::Live if is_superseded && which + 1 < index => Fate::Superseded { by },
                        Fate::Live => Fate::Evicted,
                        out => out,
                    };
                    if at >= known && was == Fate::Live {
                        running.out(&session, &exchanges, which);
                    }
                }
                Step::Goes(_, _) => {}
            }
            if at + 1 == known {
                running = Running::new(&session, &mentions, &exchanges);
            }
            if at + 1 >= known {
                for (index, score) in running.take_changed(&session, &exchanges) {
                    session.entries[index].score = score;
                }
                let kept: Vec<Score> = session.entries.iter().map(|entry| entry.score.clone()).collect();
                prop_assert_eq!(kept, scores(&session, &Mentions::new(&session)));
            }
        }
    }
}
