//! Output of programs: a test run keeps its failures and totals, a build its errors, warnings and last lines.

use std::collections::HashSet;

use super::{
    code,
    line::Line,
    names, prose,
    severity::{self, Severity},
    shape::{IDLE, Unit},
    test_run::{self, TestRun},
    words,
};

/// Lines after an error that belong to it: the message, the place, the values compared.
const AFTERMATH: usize = 6;

/// Whether lines are the output of a test run: a runner's own total stands somewhere, or a count of passed or failed
/// tests in what is neither prose nor source code.
pub fn is_test_log(lines: &[Line]) -> bool {
    let mut is_counted = false;
    for line in lines {
        let lower = lowered(line.body);
        if is_runner_total(&lower) {
            return true;
        }
        is_counted = is_counted || counted(&lower, TESTS);
    }
    is_counted && !prose::is_prose(lines) && !code::is_code(lines)
}

/// Totals weigh most, then failures and what follows them; passed tests weigh next to nothing.
pub fn test_units(lines: &[Line]) -> Vec<Unit> {
    let has_failed =
        lines.iter().any(|line| is_failed(line.body) || is_run_total(line.body) && words::tells_error(line.body));
    let has_tests = lines.iter().any(|line| is_run_total(line.body) && !is_empty_total(line.body));
    // A list of the failed tests' names behind what is said of each.
    let run = TestRun::new(lines);
    let names: HashSet<&str> = run.names().collect();
    let units = weigh(lines, |line| {
        if line.starts_with("ok  ") {
            // One package of a Go run.
            0.4
        } else if line.starts_with("Exit code ") || line.starts_with("error: test failed, to rerun") {
            2.0
        } else if is_total(line) {
            TOTAL
        } else if is_passed(line) || is_progress(line) {
            0.05
        } else if is_failed(line) {
            6.5
        } else if words::tells_error(line) {
            5.0
        } else {
            0.5
        }
    });
    let tells = |bare: &str| {
        let is_start = is_start_of_run(bare) || is_empty_total(bare);
        let is_known = bare == "failures:"
            || bare.ends_with(" stdout ----")
            || bare.starts_with("note: run with ")
            || names.contains(bare);
        !(is_start && has_tests) && !(has_failed && (is_start || is_known || is_passed(bare) || is_passed_total(bare)))
    };
    if lines.iter().any(|line| tells(line.body.trim())) {
        compared_together(lines, units, |line| tells(line.body.trim()))
    } else {
        units
    }
}

/// The units that tell, those of one comparison as one: half of what was compared says nothing.
fn compared_together(lines: &[Line], units: Vec<Unit>, tells: impl Fn(&Line) -> bool) -> Vec<Unit> {
    let mut together: Vec<Unit> = Vec::with_capacity(units.len());
    let mut joins = false;
    for (line, unit) in lines.iter().zip(units) {
        if !tells(line) {
            joins = false;
            continue;
        }
        let is_comparison = test_run::is_comparison(line.body.trim());
        match together.last_mut() {
            Some(last) if joins && is_comparison && unit.range.end - last.range.start <= LONG_COMPARISON => {
                last.range.end = unit.range.end;
                last.weight = COMPARISON;
            }
            _ => together.push(unit),
        }
        joins = is_comparison;
    }
    together
}

/// The weight of a total.
pub const TOTAL: f32 = 8.0;
/// The weight of what a test compared; only totals and the failed tests' names weigh more.
const COMPARISON: f32 = 6.0;
/// Bytes of a comparison that is kept as one.
const LONG_COMPARISON: usize = 400;

/// What a build says before the tests run.
fn is_progress(line: &str) -> bool {
    ["Compiling ", "Finished ", "Running ", "Downloaded ", "Blocking "]
        .iter()
        .any(|start| line.trim().starts_with(start))
}

/// What a runner says before its tests: `running 6 tests`, `Running unittests src/lib.rs`.
fn is_start_of_run(bare: &str) -> bool {
    bare.strip_prefix("running ").is_some_and(|rest| {
        rest.starts_with(|char: char| char.is_ascii_digit()) && (rest.ends_with(" tests") || rest.ends_with(" test"))
    }) || bare.starts_with("Running unittests ")
        || bare.starts_with("Doc-tests ")
}

/// The total of a run that had no tests.
fn is_empty_total(bare: &str) -> bool {
    bare.contains("test result: ok. 0 passed; 0 failed") || bare.ends_with("[no test files]")
}

/// The total of one of several binaries or packages, all of whose tests passed.
fn is_passed_total(bare: &str) -> bool {
    bare.starts_with("test result: ok.") || bare.starts_with("ok  ")
}

/// Whether a line is the total of a test run, in a runner's own words or as a count of tests.
pub fn is_run_total(line: &str) -> bool {
    let lower = lowered(line);
    is_runner_total(&lower) || counted(&lower, TESTS)
}

/// Errors weigh most, then warnings, the last lines and the first.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    if severity::is_service_log(lines) {
        return service_units(lines);
    }
    weigh(lines, |line| {
        if words::tells_error(line) {
            5.0
        } else if is_warning(line) {
            2.0
        } else if is_total(line) {
            4.0
        } else if is_diagnostic(line) {
            3.0
        } else {
            0.6
        }
    })
}

/// Each line says itself how grave it is, and nothing that follows an error belongs to it.
fn service_units(lines: &[Line]) -> Vec<Unit> {
    let mut said: HashSet<String> = HashSet::new();
    let count = lines.len();
    let weight = |(at, line): (usize, &Line)| {
        let names = names::names(line.body).take(4).count() as f32 * 0.08;
        let is_new = said.insert(severity::form(line.body));
        let repeated = if is_new { 1.0 } else { 0.6 };
        let weight = match severity::severity(line.body).map(|(severity, _)| severity) {
            Some(Severity::Error) => 6.0 * repeated,
            Some(Severity::Warning) => 5.0 * repeated,
            // The lines of a stack trace, or of a message over several lines.
            None if words::tells_error(line.body) => 2.5 * repeated,
            Some(Severity::Ordinary) | None => {
                let edge = if at == 0 || at + 1 == count { 0.8 } else { 0.0 };
                (0.6 + edge + names.min(0.2)) * if is_new { 1.0 } else { 0.3 }
            }
        };
        Unit { range: line.range.clone(), weight }
    };
    lines.iter().enumerate().map(weight).collect()
}

fn weigh(lines: &[Line], own: impl Fn(&str) -> f32) -> Vec<Unit> {
    let mut aftermath = 0;
    let mut said: HashSet<String> = HashSet::new();
    let count = lines.len();
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut weight = own(line.body);
            if weight >= 5.0 {
                aftermath = AFTERMATH;
            } else if aftermath > 0 && weight > IDLE {
                aftermath -= 1;
                weight = weight.max(1.2 + aftermath as f32 * 0.2);
            }
            // The last lines tell how it ended, the first what it was.
            let from_end = count - at;
            if from_end <= 3 && weight > IDLE {
                weight += 1.6 - from_end as f32 * 0.3;
            } else if at == 0 && weight > IDLE {
                weight += 0.8;
            }
            if weight > IDLE {
                weight += names::names(line.body).take(4).count() as f32 * 0.08;
            }
            // A line that differs from an earlier one in its numbers only is noise, unless the numbers are its point.
            if !said.insert(severity::form(line.body)) && weight < TOTAL {
                weight *= 0.3;
            }
            if line.body.chars().filter(|char| char.is_alphanumeric()).take(3).count() < 3 {
                weight = 0.01;
            }
            Unit { range: line.range.clone(), weight }
        })
        .collect()
}

/// A line that says how a whole run ended.
fn is_total(line: &str) -> bool {
    let lower = lowered(line);
    is_runner_total(&lower)
        || counted(&lower, TESTS)
        || counted(&lower, FINDINGS)
        || ["exit code", "finished in"].iter().any(|start| lower.starts_with(start))
}

const TESTS: &[&str] = &[" passed", " failed", " passing", " failing", " failures", " examples", " tests"];
const FINDINGS: &[&str] = &[" issues", " problems", " errors", " warnings"];

/// `test result: ok. 12 passed`, `Tests: 2 failed, 10 total`, `===== 5 passed in 0.3s =====`, `ok  <tab>pkg`, `Ran 4 tests`.
fn is_runner_total(lower: &str) -> bool {
    lower.starts_with("test result:")
        || lower.starts_with("ok  ")
        || lower.starts_with("fail\t")
        || ["tests:", "test suites:", "test files", "tests ", "ran ", "pass ", "fail "].iter().any(|start| {
            lower
                .strip_prefix(start)
                .is_some_and(|rest| rest.trim_start().starts_with(|char: char| char.is_ascii_digit()))
        })
}

/// The start of a line in lower case, without the rule that some runners draw around a total.
fn lowered(line: &str) -> String {
    let line = line.trim().trim_start_matches(['=', ' ', '#', '✖', '✔', 'ℹ']);
    line[..line.floor_char_boundary(200)].to_ascii_lowercase()
}

/// A number directly before one of the words.
fn counted(lower: &str, words: &[&str]) -> bool {
    let bytes = lower.as_bytes();
    // All of the words begin with their space.
    (1..bytes.len()).filter(|&at| bytes[at] == b' ' && bytes[at - 1].is_ascii_digit()).any(|at| {
        words.iter().any(|word| {
            lower[at..].strip_prefix(word).is_some_and(|rest| !rest.starts_with(|char: char| char.is_alphanumeric()))
        })
    })
}

fn is_passed(line: &str) -> bool {
    let bare = line.trim();
    bare.starts_with(['✓', '✔', '√'])
        || bare.starts_with("--- PASS")
        || bare.starts_with("PASS ")
        || bare.starts_with("=== RUN")
        || bare.starts_with("ok ") && !is_total(line)
        || (bare.starts_with("test ") && bare.ends_with("... ok"))
        || bare.contains(" PASSED")
}

fn is_failed(line: &str) -> bool {
    let bare = line.trim();
    bare.starts_with(['✗', '✘', '✕', '×', '●', '❌'])
        || bare.starts_with("--- FAIL")
        || bare.starts_with("FAIL")
        || bare.starts_with("not ok ")
        || (bare.starts_with("test ") && bare.ends_with("FAILED"))
        || bare.starts_with("E  ")
        || bare.starts_with("assert")
}

/// `src/a.go:19:13: message`, as compilers and linters write it.
fn is_diagnostic(line: &str) -> bool {
    let place = line.trim().split(' ').next().unwrap_or("");
    let mut parts = place.split(':');
    let file = parts.next().unwrap_or("");
    file.contains('.')
        && parts.next().is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_warning(line: &str) -> bool {
    let lower = line[..line.floor_char_boundary(60)].to_ascii_lowercase();
    lower.contains("warning") || lower.contains("warn ") || lower.contains("deprecated")
}
