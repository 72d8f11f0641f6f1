//! A session with everything in it that no reader should ever make.

use std::{collections::BTreeMap, iter};

use haversack::{model::*, text::redact::clean};

use crate::screen::{entry, session};

const BAD: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil\u{0}\r\u{9b}31m\u{200b}x\u{1b}]52;c;aGk=\u{7}\u{2066}\u{200d}";
const NOWHERE: EntryId = EntryId(u64::MAX);

pub fn corrupt() -> Session {
    let mut entries = Vec::new();
    let mut add = |kind, text: &str| {
        let seq = entries.len() as u32 + 1;
        entries.push(entry(seq, kind, text));
    };
    add(Kind::Boundary, "compaction 1: 0 entries lost");
    add(Kind::Result, "a result before its call");
    add(Kind::Call, r#"{"command":"cargo test"}"#);
    add(Kind::Call, "{not json");
    add(Kind::Result, "error: nobody called");
    for kind in [Kind::Prompt, Kind::Injected, Kind::Message, Kind::Thought, Kind::Summary, Kind::Note, Kind::Opaque] {
        add(kind, "");
        add(kind, BAD);
        add(kind, &format!("{kind} of src/pricing/round.rs:41, 結帳 👩‍👩‍👧 ", kind = kind));
    }
    add(Kind::Message, &"x".repeat(1_000_000));
    add(Kind::Message, &"line\n".repeat(20_000));
    add(Kind::Thought, &"\u{301}".repeat(3_000));
    for turn in 0..6 {
        add(Kind::Prompt, &format!("Turn {turn}: {BAD}"));
        add(Kind::Call, r#"{"file_path":"src/pricing/round.rs"}"#);
        add(Kind::Result, &"let total = cart.items[4].price * quantity; // cents\n".repeat(30));
        add(Kind::Boundary, BAD);
    }
    add(Kind::Call, "the last call has no result");
    add(Kind::Boundary, "");

    for (index, entry) in entries.iter_mut().enumerate() {
        if matches!(entry.kind, Kind::Call | Kind::Result) {
            entry.tool = [Some("Read".into()), Some(BAD.into()), Some("".into()), None][index % 4].clone();
            // Both halves under one name: the result first, and several calls of the same name.
            entry.call_id = [Some("one".into()), Some("two".into()), Some("".into()), None][index % 4].clone();
            entry.path =
                [Some(clean("src/pricing/round.rs")), Some(clean(BAD)), Some(clean("")), None][index % 4].clone();
        }
        entry.at = [None, Some(Time(i64::MIN)), Some(Time(i64::MAX)), Some(Time(0))][index % 4];
    }
    let mut session = session(BAD, entries);
    session.project = clean(BAD);
    session.parent = Some(SessionId::new("claude:nowhere"));
    session.models = vec![BAD.into(), String::new()];
    session.problems = vec![BAD.into(); 3];
    session.settings.preserve_recent = Some(3);
    for index in 0..6 {
        session.names.push(NameRow {
            entry: if index % 2 == 0 { NOWHERE } else { session.entries[index].id },
            at: u32::MAX,
            text: clean(BAD),
            opens: index % 3 == 0,
            cost: index as u32,
            weight: u32::MAX,
        });
    }
    spoil(&mut session.entries);
    session.facts = (1..=12).map(fact).collect();
    session
}

/// What preparing would have put right.
fn spoil(entries: &mut [Entry]) {
    for (index, entry) in entries.iter_mut().enumerate() {
        match index % 11 {
            0 => entry.costs = [0; 4],
            1 => entry.seen = Seen::Lost { at: NOWHERE, cause: LossCause::Rewind },
            2 => entry.state.fate = Fate::Superseded { by: NOWHERE },
            3 => entry.state.fate = Fate::Archived,
            4 => entry.place = Place { file: 99, line: u32::MAX, offset: u64::MAX },
            5 => entry.state.rewrites = BTreeMap::from([(Level::Keywords, clean(BAD)), (Level::Summary, clean(""))]),
            6 => entry.usage = Some(Usage { input: u64::MAX / 8, output: 0, cache_read: u64::MAX / 8, cache_write: 0 }),
            7 => entry.score = Score { value: 7.0, reasons: vec![Reason { words: BAD.into(), points: -3.0 }] },
            8 => entry.made = Some(Box::new(Made { generation: 255, sources: vec![NOWHERE], source_tokens: u32::MAX })),
            9 => entry.state.held = Held { level: Level::Keywords, by: HeldBy::Hand },
            _ => entry.marks = Marks::from_bits(u8::MAX),
        }
    }
    // Two of the same number, three times.
    for index in [5, 12, 40] {
        entries[index].seq = entries[index - 1].seq;
    }
}

fn fact(number: u32) -> Fact {
    let text = iter::repeat_n(BAD, number as usize % 3).collect::<String>();
    Fact {
        id: FactId(number.into()),
        key: clean(if number.is_multiple_of(2) { "verify" } else { &text }),
        value: clean(&text),
        kind: FactKind::ShortLived,
        scope: Scope::Session,
        trust: if number.is_multiple_of(3) { Trust::User } else { Trust::Inferred },
        pinned: number.is_multiple_of(5),
        at: Time(i64::from(number % 4)),
        arrived: number / 2,
        expires: [None, Some(Time(i64::MIN)), Some(Time(1)), Some(Time(i64::MAX))][number as usize % 4],
        removed: number.is_multiple_of(7).then_some(Time(2)),
        source: Some(if number.is_multiple_of(2) { NOWHERE } else { EntryId(3) }),
        cost: number % 2 * 20,
    }
}
