//! Planning, on 10,000 synthetic entries: an edit and a budget move, as ratios to a baseline of the same run (sorting
//! as many keys, scanning as many entries). `cargo bench --bench plan`
//!
//! Goals: a plan after one edit under 5 ms, a budget move under 1 ms.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use haversack::{
    model::{Budget, Entry, EntryId, Importance, Kind, Role, Score, Session, SessionId, Time, Verb},
    pack::{settings::PlanSettings, strategy::balanced::Ledger},
    text::redact,
    workspace::desk::Desk,
};

const ENTRIES: u32 = 10_000;
const ROUNDS: usize = 31;

fn main() {
    let session = session();
    let mut keys: Vec<u64> = Vec::new();
    let sort = median(|| {
        keys = (0..u64::from(ENTRIES) * 3).map(|key| key.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        keys.sort_unstable();
        black_box(&keys);
    });
    let build = median(|| {
        black_box(Ledger::new(&session, PlanSettings::default(), Time(0)));
    });
    let ledger = Ledger::new(&session, PlanSettings::default(), Time(0));
    let mut budget = 100_000;
    let select = median(|| {
        budget += 997;
        black_box(ledger.select(budget));
    });
    let mut desk = Desk::new(session, PlanSettings::default(), Budget::Tokens(200_000), Time(0));
    let mut move_budget = 200_000;
    let moved = median(|| {
        move_budget += 997;
        desk.set_budget(Budget::Tokens(move_budget));
    });
    let mut tenths = 0;
    let target = [desk.session().entries[5_001].id];
    let edit = median(|| {
        tenths = (tenths + 1) % 10;
        let importance = Importance::new(tenths as f32 / 10.0 + 0.05).expect("in range");
        desk.edit(&Verb::Rescore(importance), &target).expect("any entry can be scored");
    });
    println!("{ENTRIES} entries, median of {ROUNDS}; ratio to sorting {} u64 keys", ENTRIES * 3);
    for (what, time) in [
        ("baseline: sort keys", sort),
        ("ledger built anew", build),
        ("one budget selected", select),
        ("budget move on the desk, all panes", moved),
        ("edit on the desk, all panes", edit),
    ] {
        println!("{what:36} {:9.3} ms  {:6.2}×", time.as_secs_f64() * 1e3, time.as_secs_f64() / sort.as_secs_f64());
    }
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn session() -> Session {
    let mut session = Session::new(SessionId::new("bench:plan"));
    let mut random = 0x1234_5678_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for seq in 1..=ENTRIES {
        let most = next(4_000) + 1;
        let full = 20 + next(most) as u32;
        let pair = seq % 4;
        let kind = match pair {
            0 => Kind::Message,
            1 => Kind::Prompt,
            2 => Kind::Call,
            _ => Kind::Result,
        };
        session.entries.push(Entry {
            call_id: (pair >= 2).then(|| format!("call-{}", seq / 4).into()),
            costs: [full, full / 5 + 10, full / 20 + 8, (full / 40 + 5).min(full / 20 + 8)],
            score: Score { value: next(100) as f32 / 100.0, reasons: Vec::new() },
            ..Entry::new(EntryId(u64::from(seq)), seq, kind, Role::Assistant, redact::clean("text"))
        });
    }
    session
}
