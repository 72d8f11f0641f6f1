//! The outcome of a failing test run: which tests failed, what they compared, and the totals.

use super::{line::Line, log, select, size, words};

/// What is known of one failed test.
#[derive(Debug)]
struct Failure<'a> {
    name: &'a str,
    /// The values compared or the message, each on one line.
    details: Vec<String>,
}

/// The failed tests of a run in their order, and the totals that tell of failures.
#[derive(Debug)]
pub struct TestRun<'a> {
    failures: Vec<Failure<'a>>,
    totals: Vec<&'a str>,
}

/// Details of a failure at the most.
const DETAILS: usize = 3;
/// A detail longer than this many bytes is cut.
const LONG_DETAIL: usize = 120;
/// Failed tests named at the most.
const NAMED: usize = 12;

impl<'a> TestRun<'a> {
    pub fn new(lines: &[Line<'a>]) -> Self {
        let mut run = TestRun { failures: Vec::new(), totals: Vec::new() };
        // The failure that the lines read now are about, if any.
        let mut current: Option<usize> = None;
        // Runners that stream write what was compared before they say that it failed.
        let mut early: Vec<String> = Vec::new();
        let mut after_panic = false;
        for line in lines {
            let bare = line.body.trim();
            if let Some(name) = failed_name(bare) {
                let index = run.index_of(name);
                let details = &mut run.failures[index].details;
                if details.is_empty() {
                    details.append(&mut early);
                }
                let told = bare.split_once(" - ").filter(|_| bare.starts_with("FAILED ")).map(|(_, told)| short(told));
                if let Some(told) = told.filter(|told| !details.contains(told)) {
                    details.push(told);
                }
                current = Some(index);
            } else if ["=== RUN", "--- PASS", "ok "].iter().any(|start| bare.starts_with(start)) {
                (current, early) = (None, Vec::new());
            } else if let Some(detail) = detail(bare, after_panic) {
                match current {
                    Some(index) if run.failures[index].details.len() < DETAILS => {
                        let details = &mut run.failures[index].details;
                        if !details.contains(&detail) {
                            details.push(detail);
                        }
                    }
                    None if early.len() < DETAILS => early.push(detail),
                    _ => {}
                }
            }
            after_panic = bare.starts_with("thread '") && bare.contains(" panicked at ");
        }
        run.totals = totals(lines);
        run
    }

    /// Whether the output names a failed test.
    pub fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// The names of the failed tests.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.failures.iter().map(|failure| failure.name)
    }

    /// `FAILED cart::rounds: left 1049, right 1050 … 79 passed; 1 failed`, within about `tokens` by the guess. Details
    /// go before names do, those of the first failure last.
    pub fn outcome(&self, tokens: u32) -> String {
        let count = self.failures.len();
        for named in (1..=count.min(NAMED)).rev() {
            for detailed in [named, 1, 0] {
                let line = self.line(named, detailed);
                if size::guess(&line) <= tokens {
                    return line;
                }
            }
        }
        select::one_line(&self.line(1, 0), tokens)
    }

    fn line(&self, named: usize, detailed: usize) -> String {
        let shown: Vec<String> = self.failures[..named]
            .iter()
            .enumerate()
            .map(|(at, failure)| match failure.details.is_empty() || at >= detailed {
                true => failure.name.to_owned(),
                false => format!("{}: {}", failure.name, failure.details.join(", ")),
            })
            .collect();
        let mut line = format!("FAILED {}", shown.join("; "));
        let rest = self.failures.len() - named;
        if rest > 0 {
            line.push_str(&format!("; {rest} more"));
        }
        for total in self.totals.iter().take(3) {
            line.push_str(" … ");
            line.push_str(&total.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        line
    }

    /// The failure of this name, new if there is none. `a.py::rounds` and `rounds` are one test; the longer name stays.
    fn index_of(&mut self, name: &'a str) -> usize {
        let is_same = |known: &str, name: &str| {
            known == name
                || known.strip_suffix(name).is_some_and(|before| before.ends_with([':', ' ', '.', '/', '›', '>']))
        };
        let found = self.failures.iter().position(|known| is_same(known.name, name) || is_same(name, known.name));
        match found {
            Some(index) => {
                if name.len() > self.failures[index].name.len() {
                    self.failures[index].name = name;
                }
                index
            }
            None => {
                self.failures.push(Failure { name, details: Vec::new() });
                self.failures.len() - 1
            }
        }
    }
}

/// The name of the test that a line says has failed, in the words of the usual runners.
fn failed_name(bare: &str) -> Option<&str> {
    let name = if let Some(rest) = bare.strip_prefix("test ") {
        rest.strip_suffix("FAILED")?.trim_end().strip_suffix("...")?
    } else if let Some(rest) = bare.strip_prefix("---- ") {
        rest.strip_suffix(" stdout ----")?
    } else if let Some(rest) = bare.strip_prefix("--- FAIL: ") {
        rest.split(" (").next()?
    } else if let Some(rest) = bare.strip_prefix("FAILED ") {
        // `FAILED (failures=1)` and `FAILED. 3 passed` are totals.
        rest.split(" - ").next().filter(|name| name.contains("::") || name.contains('/'))?
    } else if let Some(rest) = bare.strip_prefix("FAIL: ") {
        rest
    } else if let Some(rest) = bare.strip_prefix("not ok ") {
        rest.split_once(" - ")?.1
    } else if let Some(rest) = bare.strip_prefix(['✗', '✘', '✕', '×', '✖', '●']) {
        // The time that a test took is no part of its name.
        rest.rsplit_once(" (").filter(|(_, time)| time.ends_with("ms)") || time.ends_with("s)")).map_or(rest, |it| it.0)
    } else {
        let (name, rest) = bare.split_once(" FAILED")?;
        (name.contains("::") && (rest.is_empty() || rest.trim_start().starts_with('['))).then_some(name)?
    };
    let name = name.trim();
    (!name.is_empty() && name.len() <= 200 && !name.starts_with(|char: char| char.is_ascii_digit())).then_some(name)
}

/// What a line says of why a test failed: a value compared, an assertion, a message.
fn detail(bare: &str, after_panic: bool) -> Option<String> {
    if let Some((side, value)) = compared(bare) {
        return Some(format!("{side} {}", short(value)));
    }
    // Rust names the form of the assertion; what was asserted stands behind it.
    if let Some(rest) = bare.strip_prefix("assertion `") {
        let (_, message) = rest.split_once("` failed")?;
        return message.strip_prefix(": ").map(short);
    }
    let is_told = after_panic || is_got_want(bare) || is_message(bare);
    if let Some(assertion) = bare.strip_prefix("E  ") {
        return Some(short(assertion.trim()));
    }
    is_told.then(|| short(bare))
}

/// `left: 500`, `Expected: "a"`, `got: 3`: the side in lower case and the value.
fn compared(bare: &str) -> Option<(String, &str)> {
    let (side, value) = bare.split_once(':')?;
    let side = side.trim_start_matches(['+', '-', ' ']).trim_end().to_ascii_lowercase();
    let is_side = ["left", "right", "expected", "actual", "received", "got", "want", "wanted"].contains(&side.as_str());
    (is_side && !value.trim().is_empty()).then(|| (side, value.trim()))
}

fn is_got_want(bare: &str) -> bool {
    bare.contains("got ") && (bare.contains("want ") || bare.contains("expected "))
        || bare.contains("expected ") && (bare.contains(" to ") || bare.contains("actual") || bare.contains("but "))
}

/// `TypeError: x is undefined`, `AssertionError [ERR_ASSERTION]: …`
fn is_message(bare: &str) -> bool {
    let head = bare.split([':', ' ']).next().unwrap_or("");
    (head.ends_with("Error") || head.ends_with("Exception")) && bare.len() > head.len() + 2 && !bare.ends_with(':')
}

/// Whether a line belongs to what a failed test compared, and stays with the lines around it that do.
pub fn is_comparison(bare: &str) -> bool {
    compared(bare).is_some() || bare.starts_with("assertion ") || bare.starts_with("E  ") || is_got_want(bare)
}

fn short(detail: &str) -> String {
    let end = size::between_graphemes(detail, LONG_DETAIL);
    format!("{}{}", &detail[..end], if end < detail.len() { "…" } else { "" })
}

/// The counts of the totals that tell of failures, and of those that count what passed where the former do not.
fn totals<'a>(lines: &[Line<'a>]) -> Vec<&'a str> {
    let all = || lines.iter().map(|line| line.body.trim()).filter(|bare| log::is_run_total(bare));
    let mut told: Vec<&str> = all().filter(|bare| words::tells_error(bare)).collect();
    if !told.iter().any(|bare| bare.contains("pass")) {
        // Mocha counts what passed on a line of its own.
        told = all().filter(|bare| *bare != "FAIL" && (words::tells_error(bare) || bare.contains("passing"))).collect();
    }
    told.iter_mut().for_each(|total| *total = counts(total));
    told.dedup();
    told
}

/// `47 passed; 1 failed` of `test result: FAILED. 47 passed; 1 failed; 0 ignored`; the whole line where it has no counts.
pub fn counts(total: &str) -> &str {
    const COUNTED: &[&str] =
        &["passed", "failed", "passing", "failing", "total", "skipped", "ignored", "errors", "error", "failures"];
    let mut range: Option<std::ops::Range<usize>> = None;
    let mut before: Option<std::ops::Range<usize>> = None;
    for word in total.split([' ', '\t']) {
        let start = word.as_ptr() as usize - total.as_ptr() as usize;
        let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
        let from = start + (bare.as_ptr() as usize - word.as_ptr() as usize);
        if let Some(number) = before.take().filter(|_| COUNTED.contains(&bare)) {
            // `50 passed; 0 failed` says more than `50 passed`.
            if &total[number.clone()] != "0" || range.is_some() && bare == "failed" {
                let first = range.map_or(number.start, |range| range.start);
                range = Some(first..from + bare.len());
            }
        }
        if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            before = Some(from..from + bare.len());
        }
    }
    range.map_or(total, |range| &total[range])
}
