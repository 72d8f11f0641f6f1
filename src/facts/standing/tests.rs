//! One winner for a key whatever the order of arrival, and a reason for every other write.

use proptest::prelude::*;

use super::*;
use crate::{
    facts::{Draft, FactSettings},
    model::{FactKind, Scope, SessionId},
};

const MINUTE: i64 = 60_000;

fn write(key: &str, value: &str, trust: Trust, at: i64, arrived: u32) -> Fact {
    let draft = Draft {
        key: key.into(),
        value: value.into(),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust,
        pinned: false,
        ttl: None,
        source: None,
    };
    let settings = FactSettings::default();
    draft.fact(&SessionId::new("haversack:t"), Time(at), arrived, &settings).expect("the draft is fine")
}

fn short_lived(at: i64) -> Fact {
    let draft = Draft {
        key: "port".into(),
        value: "4000".into(),
        kind: FactKind::ShortLived,
        scope: Scope::Session,
        trust: Trust::Tool,
        pinned: false,
        ttl: None,
        source: None,
    };
    draft.fact(&SessionId::new("haversack:t"), Time(at), 1, &FactSettings::default()).expect("the draft is fine")
}

/// Who is in force, by value, and what each write is called, in the order given.
fn told(facts: &[Fact], as_of: i64) -> (Vec<&str>, Vec<&'static str>) {
    let standings = standings(facts, Time(as_of));
    (active(facts, Time(as_of)).iter().map(|fact| &*fact.value).collect(), standings.iter().map(|s| s.word()).collect())
}

#[test]
fn ttl() {
    let facts = [short_lived(1_000)];
    let just_before = 1_000 + 29 * MINUTE + 59_999;
    assert_eq!(standings(&facts, Time(1_000 + 29 * MINUTE + 59_000)), [Standing::Active], "29:59");
    assert_eq!(standings(&facts, Time(just_before)), [Standing::Active]);
    assert_eq!(standings(&facts, Time(1_000 + 30 * MINUTE)), [Standing::Expired], "30:00");
    assert_eq!(standings(&facts, Time(999)), [Standing::NotYet]);
    let pinned = [Fact { pinned: true, ..facts[0].clone() }];
    assert_eq!(standings(&pinned, Time(1_000 + 30 * MINUTE)), [Standing::Active], "a pinned fact does not expire");
    let usual = [write("k", "v", Trust::User, 0, 1)];
    assert_eq!(told(&usual, 180 * MINUTE - 1).1, ["active"]);
    assert_eq!(told(&usual, 180 * MINUTE).1, ["expired"]);
}

#[test]
fn conflict() {
    let times = [5, 9, 9, 3, 7, 9];
    let trusts = [Trust::User, Trust::Policy, Trust::User, Trust::User, Trust::Inferred, Trust::Agent];
    let mut facts: Vec<Fact> =
        (0..6).map(|n| write("verify", &format!("command {n}"), trusts[n], times[n], 0)).collect();
    let winner = facts[2].id;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..100 {
        for last in (1..facts.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            facts.swap(last, (random >> 33) as usize % (last + 1));
        }
        for (place, fact) in facts.iter_mut().enumerate() {
            fact.arrived = place as u32 + 1;
        }
        let standings = standings(&facts, Time(10));
        for (fact, standing) in facts.iter().zip(standings) {
            assert_eq!(fact.id == winner, standing == Standing::Active, "{facts:?}");
            assert!(standing == Standing::Active || standing.by() == Some(winner), "each loser names the winner");
        }
    }
}

#[test]
fn a_loser_has_a_reason() {
    let agent = write("verify", "make test", Trust::Agent, 5, 1);
    let old = write("verify", "cargo test", Trust::User, 1, 2);
    let new = write("verify", "cargo test -p pricing", Trust::User, 4, 3);
    let late = write("verify", "cargo check", Trust::User, 2, 4);
    let other = write("Verify", "another key", Trust::Inferred, 1, 5);
    let by = new.id;
    let facts = [agent, old, new, late, other];
    assert_eq!(
        standings(&facts, Time(10)),
        [
            Standing::RejectedLowerTrust { by },
            Standing::Superseded { by },
            Standing::Active,
            Standing::RejectedStale { by },
            Standing::Active,
        ]
    );
    // Before the newest was written the others stood otherwise.
    assert_eq!(
        told(&facts, 3),
        (vec!["cargo check", "another key"], vec!["not_yet", "superseded", "not_yet", "active", "active"])
    );
}

#[test]
fn the_next_takes_the_place_of_what_expires_or_is_removed() {
    let mut facts = [
        write("verify", "first", Trust::Agent, 100 * MINUTE, 1),
        write("verify", "second", Trust::User, 0, 2),
        write("verify", "third", Trust::User, 1, 3),
    ];
    assert_eq!(told(&facts, 100 * MINUTE), (vec!["third"], vec!["rejected_lower_trust", "superseded", "active"]));
    facts[2].removed = Some(Time(101 * MINUTE));
    assert_eq!(told(&facts, 101 * MINUTE - 1).0, ["third"], "it was in force until it was removed");
    assert_eq!(told(&facts, 101 * MINUTE), (vec!["second"], vec!["rejected_lower_trust", "active", "removed"]));
    assert_eq!(told(&facts, 180 * MINUTE), (vec!["first"], vec!["active", "expired", "removed"]));
    assert_eq!(told(&facts, 280 * MINUTE), (vec![], vec!["expired", "expired", "removed"]));
}

#[test]
fn keys_are_compared_trimmed_and_by_case() {
    let mut spaced = write("verify", "a", Trust::User, 3, 1);
    spaced.key = crate::text::redact::clean(" verify ");
    let facts = [spaced, write("verify", "b", Trust::User, 2, 2), write("VERIFY", "c", Trust::User, 1, 3)];
    assert_eq!(told(&facts, 10), (vec!["a", "c"], vec!["active", "rejected_stale", "active"]));
}

fn any_write() -> impl Strategy<Value = Fact> {
    let trust = prop::sample::select(vec![Trust::Inferred, Trust::Agent, Trust::Tool, Trust::Policy, Trust::User]);
    let times = (0i64..6, prop::option::of(0i64..8), prop::option::of(0i64..8));
    (0u8..3, 0u8..6, trust, times, any::<bool>()).prop_map(|(key, value, trust, (at, expires, removed), pinned)| Fact {
        expires: expires.map(Time),
        removed: removed.map(Time),
        pinned,
        ..write(&format!("key {key}"), &format!("value {value}"), trust, at, 0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was written, in whatever order: at most one write of a key is in force, it is the same one, and nothing
    /// that could be in force beats it.
    #[test]
    fn any_order_of_arrival_has_the_same_winners(
        facts in prop::collection::vec(any_write(), 0..24),
        order in prop::collection::vec(any::<u32>(), 24),
        as_of in 0i64..9,
    ) {
        let as_of = Time(as_of);
        let mut seen = std::collections::HashSet::new();
        let mut facts: Vec<Fact> = facts.into_iter().filter(|fact| seen.insert(fact.id)).collect();
        for (fact, place) in facts.iter_mut().zip(&order) {
            fact.arrived = *place;
        }
        let ids = |facts: &[Fact]| active(facts, as_of).iter().map(|fact| fact.id).collect::<Vec<_>>();
        let winners = ids(&facts);
        for (fact, standing) in facts.iter().zip(standings(&facts, as_of)) {
            prop_assert_eq!(standing == Standing::Active, winners.contains(&fact.id));
            let could = fact.at <= as_of && fact.removed.is_none_or(|at| at > as_of)
                && (fact.pinned || fact.expires.is_none_or(|at| at > as_of));
            prop_assert_eq!(could, standing == Standing::Active || standing.by().is_some());
            if let Some(by) = standing.by() {
                let winner = facts.iter().find(|other| other.id == by).expect("it is one of them");
                prop_assert!(winners.contains(&by) && winner.key == fact.key);
                prop_assert!((winner.trust, winner.at, winner.id) > (fact.trust, fact.at, fact.id));
            }
        }
        facts.sort_by_key(|fact| fact.arrived);
        for (place, fact) in facts.iter_mut().enumerate() {
            fact.arrived = place as u32;
        }
        prop_assert_eq!(ids(&facts), winners);
    }
}
