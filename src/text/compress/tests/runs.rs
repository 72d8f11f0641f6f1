//! Renditions of test runs: what failed, and the totals.

use super::*;

#[test]
fn a_test_log_keeps_failures_and_totals() {
    let mut text = String::from("running 80 tests\n");
    (0..78).for_each(|n| text.push_str(&format!("test cart::case_{n} ... ok\n")));
    text.push_str("test cart::rounds_half ... FAILED\n\nfailures:\n\n---- cart::rounds_half stdout ----\n");
    text.push_str("thread 'cart::rounds_half' panicked at src/cart/total.rs:42:9:\nassertion `left == right` failed\n  left: 1049\n right: 1050\n\n");
    text.push_str("test result: FAILED. 79 passed; 1 failed; 0 ignored; finished in 0.31s\n");
    let [_, summary, sentence, keywords] = shown(&result("Bash", &text));
    assert_holds(
        &summary,
        &["panicked at src/cart/total.rs:42:9:", "left: 1049", "right: 1050", "79 passed; 1 failed"],
    );
    assert_lacks(&summary, &["case_7 ", "case_70 "]);
    let outcome = "FAILED cart::rounds_half: left 1049, right 1050 … 79 passed; 1 failed";
    assert_holds(&sentence, &[outcome, "(Bash: 90 lines, errors"]);
    assert_holds(&keywords, &["FAILED cart::rounds_half", "79 passed; 1 failed", "errors"]);
}

#[test]
fn failures_and_totals_of_other_runners_are_kept() {
    let passed = |form: &str| (0..60).map(|n| form.replace('#', &n.to_string())).collect::<String>();
    for (text, kept) in [
        (
            passed("tests/test_cart.py::test_case_# PASSED\n")
                + "FAILED tests/test_cart.py::test_round - assert 1049 == 1050\n=== 1 failed, 60 passed in 0.31s ===\n",
            ["FAILED tests/test_cart.py::test_round - assert 1049 == 1050", "1 failed, 60 passed"],
        ),
        (
            passed("--- PASS: TestCase# (0.00s)\n")
                + "--- FAIL: TestRound (0.00s)\n    total_test.go:12: got 1049, want 1050\nFAIL\nFAIL\tshop/cart\t0.3s\n",
            ["total_test.go:12: got 1049, want 1050", "FAIL\tshop/cart\t0.3s"],
        ),
        (
            passed("  ✓ case # (1 ms)\n")
                + "  ✕ rounds half to even (3 ms)\n\nTests:       1 failed, 60 passed, 61 total\n",
            ["✕ rounds half to even", "1 failed, 60 passed, 61 total"],
        ),
    ] {
        let [_, summary, sentence, _] = shown(&result("Bash", &text));
        assert_holds(&summary, &kept);
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_holds(&sentence, &[&kept[1].replace('\t', " "), "errors"]);
    }
}

/// Output of `cargo test` on a crate with an empty unit test binary and one suite, as a terminal shows it.
fn cargo_test(failed: &[(&str, &str)], passed: usize) -> String {
    let mut text = String::from("   Compiling tea v0.1.0 (/srv/tea)\n    Finished `test` profile\n");
    text.push_str("     Running unittests src/lib.rs (target/debug/deps/tea-0123456789abcdef)\n\nrunning 0 tests\n\n");
    text.push_str("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n");
    text.push_str("     Running tests/suite.rs (target/debug/deps/suite-0123456789abcdef)\n\n");
    text.push_str(&format!("running {} tests\n", passed + failed.len()));
    (0..passed).for_each(|n| text.push_str(&format!("test brew::step_{n} ... ok\n")));
    failed.iter().for_each(|(name, _)| text.push_str(&format!("test {name} ... FAILED\n")));
    if !failed.is_empty() {
        text.push_str("\nfailures:\n\n");
        for (name, told) in failed {
            text.push_str(&format!(
                "---- {name} stdout ----\n\nthread '{name}' panicked at tests/suite.rs:7:5:\n{told}\nnote: run with `RUST_BACKTRACE=1`\n\n"
            ));
        }
        text.push_str("\nfailures:\n");
        failed.iter().for_each(|(name, _)| text.push_str(&format!("    {name}\n")));
    }
    let outcome = if failed.is_empty() { "ok" } else { "FAILED" };
    let (count, rest) = (failed.len(), "0 ignored; 0 measured; 0 filtered out; finished in 6.18s");
    text.push_str(&format!("\ntest result: {outcome}. {passed} passed; {count} failed; {rest}\n"));
    text
}

#[test]
fn a_failing_run_says_what_failed_and_nothing_of_what_passed() {
    let sides = "assertion `left == right` failed\n  left: 500\n right: 409";
    let told = "assertion `left == right` failed: cups of pot 7\n  left: 3\n right: 4";
    for (failed, outcome, compared) in [
        (
            vec![("steep::second_pour_is_409", sides)],
            "FAILED steep::second_pour_is_409: left 500, right 409 … 47 passed; 1 failed",
            vec![sides],
        ),
        (
            vec![("steep::pour", told), ("steep::cool", "attempt to divide by zero")],
            "FAILED steep::pour: cups of pot 7, left 3, right 4; steep::cool: attempt to divide by zero … 47 passed; 2 failed",
            vec![told],
        ),
    ] {
        let text = cargo_test(&failed, 47);
        let [_, summary, sentence, keywords] = shown(&Subject { failed: true, ..result("Bash", &text) });
        assert_holds(&summary, &compared);
        assert_holds(&sentence, &[outcome]);
        assert_holds(&keywords, &["FAILED steep::", "47 passed"]);
        for level in [&summary, &sentence, &keywords] {
            assert_lacks(level, &["running ", "result: ok", "unittests", "... ok", "RUST_BACKTRACE"]);
        }
    }
}

#[test]
fn many_failures_lose_their_details_before_their_names() {
    let names: Vec<String> = (0..30).map(|n| format!("steep::pour_{n}")).collect();
    let failed: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "the pot is empty")).collect();
    let [.., sentence, keywords] = shown(&result("Bash", &cargo_test(&failed, 2)));
    assert_holds(&sentence, &["FAILED steep::pour_0", "steep::pour_3", " more … 2 passed; 30 failed"]);
    assert_holds(&keywords, &["FAILED steep::pour_0", " more … 2 passed; 30 failed"]);
}

#[test]
fn the_outcome_of_other_runners_has_names_and_values() {
    for (text, outcome) in [
        (
            "tests/test_tea.py::test_pour FAILED [100%]\n____ test_pour ____\nE       assert 3 == 4\nFAILED tests/test_tea.py::test_pour - assert 3 == 4\n=== 1 failed, 60 passed in 0.3s ===\n",
            "FAILED tests/test_tea.py::test_pour: assert 3 == 4 … 1 failed, 60 passed",
        ),
        (
            "=== RUN   TestPour\n    tea_test.go:12: got 3, want 4\n--- FAIL: TestPour (0.00s)\n--- PASS: TestSip (0.00s)\nFAIL\nFAIL\ttea/pot\t0.3s\n",
            "FAILED TestPour: tea_test.go:12: got 3, want 4 … FAIL tea/pot 0.3s",
        ),
        (
            "--- FAIL: TestPour (0.00s)\n        \tError:  Not equal:\n        \t  expected: 4\n        \t  actual  : 3\nFAIL\ttea/pot\t0.3s\nok  \ttea/cup\t0.1s\n",
            "FAILED TestPour: expected 4, actual 3 … FAIL tea/pot 0.3s (",
        ),
        ("  ✓ boils\n  ✗ pours\n\n  60 passing (1s)\n  1 failing\n", "FAILED pours … 60 passing … 1 failing"),
        (
            "  ✕ pours twice (3 ms)\n  ● pours twice\n\n    Expected: 4\n    Received: 3\n\nTests:       1 failed, 60 passed, 61 total\n",
            "FAILED pours twice: expected 4, received 3 … 1 failed, 60 passed, 61 total",
        ),
    ] {
        let text = (0..30).map(|n| format!("/srv/tea/pot_{n}.log: {n} bytes\n")).collect::<String>() + text;
        assert_holds(&shown(&result("Bash", &text))[2], &[outcome]);
    }
}

#[test]
fn a_passing_run_shortens_to_its_counts() {
    let text = cargo_test(&[], 46).replace("ok", "\x1b[32mok\x1b[0m");
    let [_, summary, sentence, keywords] = shown(&result("Bash", &text));
    for level in [&summary, &sentence, &keywords] {
        assert_holds(level, &["46 passed; 0 failed"]);
        assert_lacks(level, &["running ", "unittests", "\x1b", "[32m"]);
    }
    assert_lacks(&keywords, &["filtered out", "0123456789abcdef", "... ok"]);
}

#[test]
fn a_passing_run_is_no_error() {
    let mut text = String::new();
    (0..50).for_each(|n| text.push_str(&format!("test case_{n} ... ok\n")));
    text.push_str("test result: ok. 50 passed; 0 failed; 0 ignored\n");
    let [_, summary, sentence, _] = shown(&result("Bash", &text));
    for level in [summary, sentence] {
        assert_holds(&level, &["50 passed; 0 failed", "(Bash: 51 lines)"]);
    }
}
