//! What is let in, what is refused and how, and for how long it holds.

use pretty_assertions::assert_eq;

use super::*;

fn draft(key: &str, value: &str) -> Draft {
    Draft {
        key: key.into(),
        value: value.into(),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust: Trust::User,
        pinned: false,
        ttl: None,
        source: None,
    }
}

fn written(draft: Draft, settings: &FactSettings) -> Result<Fact, FactRefusal> {
    draft.fact(&SessionId::new("haversack:t"), Time(1_000), 7, settings)
}

fn fact(key: &str, value: &str) -> Result<Fact, FactRefusal> {
    written(draft(key, value), &FactSettings::default())
}

#[test]
fn write_policy() {
    let fact = fact("  verify ", "\tcargo test -p pricing \n").expect("it is fine");
    assert_eq!((&*fact.key, &*fact.value), ("verify", "cargo test -p pricing"));
    assert_eq!((fact.at, fact.arrived, fact.removed, fact.cost), (Time(1_000), 7, None, 0));
    assert_eq!(fact.id, FactId::of("haversack:t", "verify", "cargo test -p pricing", Trust::User, Time(1_000)));
}

#[test]
fn what_is_refused_says_what_to_do_and_repeats_nothing() {
    let refused = |key: &str, value: &str| fact(key, value).expect_err("it is not fine").to_string();
    assert_eq!(refused(" \n", "v"), "a fact needs a key: name what it is about");
    assert_eq!(refused("a\nb", "v"), "the key of a fact is one line: leave its line breaks out");
    assert_eq!(refused("a\u{2028}b", "v"), "the key of a fact is one line: leave its line breaks out");
    assert_eq!(refused(&"k".repeat(81), "v"), "the key has 81 characters, 80 are allowed: give a shorter name");
    assert_eq!(refused("k", " \t "), "a fact needs a value: say what is known");
}

/// Rejected, not cut; in characters, not bytes.
#[test]
fn a_value_of_281_characters_is_refused_with_both_numbers() {
    let refusal = fact("k", &"v".repeat(281)).expect_err("one too many");
    assert_eq!(
        refusal.to_string(),
        "the value has 281 characters, 280 are allowed and nothing is cut: say it shorter, or as several facts"
    );
    assert_eq!(fact("k", &format!("  {}  ", "v".repeat(280))).expect("280 are fine").value.len(), 280);
    assert_eq!(fact(&"四".repeat(80), &"四".repeat(280)).expect("280 of three bytes are fine").value.len(), 840);
    assert_eq!(fact("k", &"四".repeat(281)), Err(FactRefusal::LongValue { has: 281, most: 280 }));
    let short = FactSettings { max_value_chars: 3, ..FactSettings::default() };
    assert_eq!(written(draft("k", "four"), &short), Err(FactRefusal::LongValue { has: 4, most: 3 }));
}

#[test]
fn secrets_are_masked_in_values_in_keys_and_between_them() {
    let token = "ghp_0123456789abcdefghijABCDEFGHIJ456789";
    let by_shape = fact(token, &format!("use {token} to push")).expect("masked, not refused");
    assert!(!by_shape.key.contains("ghp_01") && !by_shape.value.contains("ghp_01"), "{by_shape:?}");
    assert_eq!(&*fact("staging password", "hunter2-Zebra").expect("masked").value, "[redacted:password]");
    assert_eq!(&*fact("DB_PASSWORD", "hunter2-Zebra").expect("masked").value, "[redacted:password]");
    for (key, value) in [("token budget", "24000"), ("verify", "cargo test -p pricing"), ("goal", "totals: no floats")]
    {
        assert_eq!(&*fact(key, value).expect("it is fine").value, value);
    }
}

#[test]
fn each_kind_and_scope_has_its_time_to_live() {
    let settings = FactSettings::default();
    let minutes = |draft: Draft, settings: &FactSettings| {
        written(draft, settings).expect("it is fine").expires.map(|at| (at.0 - 1_000) / MINUTE)
    };
    let of = |kind, scope| Draft { kind, scope, ..draft("k", "v") };
    for scope in [Scope::Session, Scope::Project] {
        assert_eq!(minutes(of(FactKind::Context, scope), &settings), Some(180));
        assert_eq!(minutes(of(FactKind::ShortLived, scope), &settings), Some(30));
        for kind in [FactKind::Goal, FactKind::Constraint, FactKind::Verification] {
            assert_eq!(minutes(of(kind, scope), &settings), None);
        }
    }
    let per_scope = FactSettings { project_ttl_minutes: 1_440, session_ttl_minutes: 5, ..settings };
    assert_eq!(minutes(of(FactKind::Context, Scope::Project), &per_scope), Some(1_440));
    assert_eq!(minutes(of(FactKind::Context, Scope::Session), &per_scope), Some(5));
    assert_eq!(minutes(of(FactKind::ShortLived, Scope::Project), &per_scope), Some(30));
    let by_draft = |ttl| Draft { ttl: Some(ttl), ..of(FactKind::Goal, Scope::Session) };
    assert_eq!(minutes(by_draft(12), &per_scope), Some(12));
    assert_eq!(minutes(Draft { ttl: Some(0), ..draft("k", "v") }, &per_scope), None);
    let last =
        Draft { ttl: Some(u32::MAX), ..draft("k", "v") }.fact(&SessionId::new("x:y"), Time(i64::MAX), 1, &settings);
    assert_eq!(last.expect("it is fine").expires, Some(Time(i64::MAX)));
}
