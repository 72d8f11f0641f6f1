//! Output of programs: a test run keeps its failures and totals, a build its errors, warnings and last lines.

use super::{code, line::Line, names, prose, shape::Unit, words};

/// Lines after an error that belong to it: the message, the place, the values compared.
const AFTERMATH: usize = 6;

/// Whether lines are the output of a test run: a runner's own total stands somewhere, or a count of passed or failed
/// tests in what is neither prose nor source code.
pub fn is_test_log(lines: &[Line]) -> bool {
    lines.iter().any(|line| is_runner_total(&lowered(line.body)))
        || (lines.iter().any(|line| counted(&lowered(line.body), TESTS))
            && !prose::is_prose(lines)
            && !code::is_code(lines))
}

/// Totals weigh most, then failures and what follows them; passed tests weigh next to nothing.
pub fn test_units(lines: &[Line]) -> Vec<Unit> {
    weigh(lines, |line| {
        if line.starts_with("ok  ") {
            // One package of a Go run.
            0.4
        } else if is_total(line) {
            8.0
        } else if is_passed(line) {
            0.05
        } else if words::tells_error(line) || is_failed(line) {
            5.0
        } else {
            0.5
        }
    })
}

/// Errors weigh most, then warnings, the last lines and the first.
pub fn units(lines: &[Line]) -> Vec<Unit> {
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

fn weigh(lines: &[Line], own: impl Fn(&str) -> f32) -> Vec<Unit> {
    let mut aftermath = 0;
    let mut said: std::collections::HashSet<String> = std::collections::HashSet::new();
    let count = lines.len();
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut weight = own(line.body);
            if weight >= 5.0 {
                aftermath = AFTERMATH;
            } else if aftermath > 0 && weight > 0.1 {
                aftermath -= 1;
                weight = weight.max(1.2 + aftermath as f32 * 0.2);
            }
            // The last lines tell how it ended, the first what it was.
            let from_end = count - at;
            if from_end <= 3 && weight > 0.1 {
                weight += 1.6 - from_end as f32 * 0.3;
            } else if at == 0 {
                weight += 0.8;
            }
            weight += names::names(line.body).take(4).count() as f32 * 0.08;
            // A line that differs from an earlier one in its numbers only is noise.
            let form: String = line.body.chars().take(120).filter(|char| !char.is_ascii_digit()).collect();
            if !said.insert(form) {
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
    words.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            lower[..at].ends_with(|char: char| char.is_ascii_digit())
                && !lower[at + word.len()..].starts_with(|char: char| char.is_alphanumeric())
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
