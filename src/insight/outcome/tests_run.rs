//! What a test run says of itself: its totals.

use crate::text::compress::{is_run_total, tells_error};

/// Whether a run passed, with the line that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    Passed(&'a str),
    Failed(&'a str),
}

/// `None` where the output has no totals: it was cut, or piped through something that hides them. One failing binary or
/// package among several makes the run a failure.
pub fn verdict(output: &str) -> Option<Verdict<'_>> {
    let totals = || output.lines().filter(|line| is_run_total(line));
    match totals().find(|line| tells_error(line)) {
        Some(failed) => Some(Verdict::Failed(failed)),
        None => totals().next_back().map(Verdict::Passed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_failures_are_a_success_and_ok_inside_a_word_is_nothing() {
        assert_eq!(verdict("12 passed, 0 failed"), Some(Verdict::Passed("12 passed, 0 failed")));
        assert_eq!(
            verdict("test result: ok. 3 passed; 0 failed; 0 ignored"),
            Some(Verdict::Passed("test result: ok. 3 passed; 0 failed; 0 ignored"))
        );
        assert_eq!(verdict("read the token from the broker"), None);
        let two = "test result: FAILED. 2 passed; 1 failed\ntest result: ok. 9 passed; 0 failed";
        assert_eq!(verdict(two), Some(Verdict::Failed("test result: FAILED. 2 passed; 1 failed")));
    }
}
