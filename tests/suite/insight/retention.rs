//! What goes, in which order, under tiny caps.

use haversack::{
    insight::retention::{Caps, Pass, Stored, plan},
    model::{SessionId, Time},
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const DAY: i64 = 86_400_000;
const NOW: Time = Time(1_000 * DAY);

fn stored(id: &str, days_ago: i64, bytes: u64, digested: bool) -> Stored {
    Stored { id: SessionId::new(id), last: Time(NOW.0 - days_ago * DAY), raw_bytes: bytes, digested, pins: 0 }
}

fn caps(soft: u64, hard: u64) -> Caps {
    Caps { soft, hard, age_days: 45, ..Caps::default() }
}

/// "age old 10": pass, session, bytes.
fn gone(stored: &[Stored], caps: Caps, can_digest: bool) -> Vec<String> {
    let plan = plan(stored, NOW, caps, |_| can_digest);
    plan.steps.iter().map(|step| format!("{} {} {}", step.pass, step.session_id, step.bytes)).collect()
}

/// Row "Retention (001)" of the checklist: each pass is driven by tiny caps.
#[test]
fn retention() {
    let all = [
        stored("new", 1, 40, true),
        stored("raw-new", 2, 30, false),
        stored("week", 7, 20, true),
        stored("raw-old", 60, 10, false),
        stored("old", 50, 5, true),
    ];
    let nothing: [&str; 0] = [];
    assert_eq!(gone(&all[..3], caps(1_000, 1_000), true), nothing);
    assert_eq!(gone(&all, caps(1_000, 1_000), true), ["age old 5"], "what has no digest stays, however old");
    assert_eq!(gone(&all, caps(80, 1_000), true), ["age old 5", "soft_cap week 20"], "the oldest digested first");
    assert_eq!(gone(&all, caps(0, 100), true), ["age old 5", "soft_cap week 20", "soft_cap new 40"]);
    let hard = ["age old 5", "soft_cap week 20", "soft_cap new 40", "hard_cap raw-old 10"];
    assert_eq!(gone(&all, caps(0, 30), true), hard, "over the hard cap: digested now, the oldest first");
    let lost = ["age old 5", "soft_cap week 20", "soft_cap new 40", "data_loss raw-old 10"];
    assert_eq!(gone(&all, caps(0, 30), false), lost, "what cannot be digested is lost by name");
    let told = plan(&all, NOW, caps(0, 0), |_| true);
    assert_eq!((told.bytes_before, told.bytes_after, told.over_hard_cap), (105, 0, false));
}

#[test]
fn pins_that_go_are_counted() {
    let pinned = Stored { pins: 3, ..stored("old", 50, 5, true) };
    assert_eq!(plan(&[pinned], NOW, caps(100, 100), |_| true).steps[0].pins, 3);
}

proptest! {
    #[test]
    fn nothing_goes_that_need_not(
        sizes in prop::collection::vec((1u64..100, 0i64..90, any::<bool>()), 0..12), soft in 0u64..400, more in 0u64..400,
    ) {
        let all: Vec<Stored> =
            sizes.iter().enumerate().map(|(n, &(bytes, days, digested))| stored(&format!("{n:02}"), days, bytes, digested)).collect();
        let caps = caps(soft, soft + more);
        let told = plan(&all, NOW, caps, |_| true);
        let freed: u64 = told.steps.iter().map(|step| step.bytes).sum();
        prop_assert_eq!(told.bytes_after, told.bytes_before - freed);
        prop_assert!(told.bytes_after <= caps.hard, "all could be digested");
        let mut left = told.bytes_before;
        for step in &told.steps {
            match step.pass {
                Pass::SoftCap => prop_assert!(left > caps.soft),
                Pass::HardCap => prop_assert!(left > caps.hard),
                Pass::Age => {}
                Pass::DataLoss => prop_assert!(false, "nothing is lost that can be digested"),
            }
            left -= step.bytes;
        }
        let digested_left = all.iter().any(|session| session.digested && !told.steps.iter().any(|step| step.session_id == session.id));
        prop_assert!(left <= caps.soft || !digested_left);
    }
}
