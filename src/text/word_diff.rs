//! Two texts word by word: which of them only one has.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Words (or lines) of both texts together that are compared one by one: the comparison takes as long as their number
/// squared where nothing is the same (20 ms for 4,000, measured). Of longer texts the lines are compared first, and what is
/// too long even so counts as other as a whole.
const MOST: usize = 4_000;

/// Stretches in bytes, in order, that the other text does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordDiff {
    pub left: Vec<Range<usize>>,
    pub right: Vec<Range<usize>>,
}

pub fn word_diff(left: &str, right: &str) -> WordDiff {
    let mut diff = WordDiff::default();
    if left == right {
        return diff;
    }
    let (lefts, rights) = (words(left), words(right));
    if lefts.len() + rights.len() <= MOST {
        compare(left, right, &lefts, &rights, &mut diff, &mut |diff, a, b| other(diff, a, b));
    } else {
        by_lines(left, right, &mut diff);
    }
    diff.left = without_space(left, diff.left);
    diff.right = without_space(right, diff.right);
    diff
}

fn by_lines(left: &str, right: &str, diff: &mut WordDiff) {
    let (lefts, rights) = (lines(left), lines(right));
    if lefts.len() + rights.len() > MOST {
        return other(diff, 0..left.len(), 0..right.len());
    }
    compare(left, right, &lefts, &rights, diff, &mut |diff, a, b| {
        let (lefts, rights) = (words(&left[a.clone()]), words(&right[b.clone()]));
        if lefts.is_empty() || rights.is_empty() || lefts.len() + rights.len() > MOST {
            return other(diff, a, b);
        }
        let moved = |words: Vec<Range<usize>>, by: usize| -> Vec<Range<usize>> {
            words.into_iter().map(|word| word.start + by..word.end + by).collect()
        };
        compare(left, right, &moved(lefts, a.start), &moved(rights, b.start), diff, &mut |diff, a, b| {
            other(diff, a, b)
        });
    });
}

/// Told of each stretch that differs, in bytes of both texts.
type Differs<'d> = dyn FnMut(&mut WordDiff, Range<usize>, Range<usize>) + 'd;

/// Compares parts one by one and gives each stretch that differs, in bytes of both texts.
fn compare(
    left: &str,
    right: &str,
    lefts: &[Range<usize>],
    rights: &[Range<usize>],
    diff: &mut WordDiff,
    differs: &mut Differs,
) {
    let a: Vec<&str> = lefts.iter().map(|part| &left[part.clone()]).collect();
    let b: Vec<&str> = rights.iter().map(|part| &right[part.clone()]).collect();
    for op in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let bytes = |parts: &[Range<usize>], range: Range<usize>| match parts.get(range.clone()) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.clone(),
            _ => 0..0,
        };
        differs(diff, bytes(lefts, op.old_range()), bytes(rights, op.new_range()));
    }
}

fn other(diff: &mut WordDiff, left: Range<usize>, right: Range<usize>) {
    diff.left.extend(Some(left).filter(|range| !range.is_empty()));
    diff.right.extend(Some(right).filter(|range| !range.is_empty()));
}

/// White space between words that differ is no difference by itself, and a mark on it is seen badly.
fn without_space(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let trimmed = |range: Range<usize>| {
        let part = &text[range.clone()];
        let start = range.start + part.len() - part.trim_start().len();
        start..start + part.trim().len()
    };
    ranges.into_iter().map(trimmed).filter(|range| !range.is_empty()).collect()
}

/// Words, each sign between them by itself; white space is no part of any.
fn words(text: &str) -> Vec<Range<usize>> {
    let bounds = text.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty());
    bounds.map(|(at, word)| at..at + word.len()).collect()
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let line = |line: &str| {
        let from = at;
        at += line.len();
        from..at
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn differs<'t>(left: &'t str, right: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
        let diff = word_diff(left, right);
        let of = |text: &'t str, ranges: Vec<Range<usize>>| ranges.into_iter().map(|range| &text[range]).collect();
        (of(left, diff.left), of(right, diff.right))
    }

    #[test]
    fn only_the_words_that_one_has_are_marked() {
        assert_eq!(differs("one two three", "one three"), (vec!["two"], vec![]));
        assert_eq!(differs("one two three", "one 2 3 three"), (vec!["two"], vec!["2 3"]));
        assert_eq!(differs("the same", "the same"), (vec![], vec![]));
        assert_eq!(differs("", "new"), (vec![], vec!["new"]));
        assert_eq!(differs("a  b\n", "a b"), (vec![], vec![]), "white space is no word");
        assert_eq!(differs("四捨 x", "五入 x").1.concat(), "五入");
    }

    #[test]
    fn long_texts_are_compared_by_lines_first() {
        let line = |number: usize| format!("line {number} says that the total is {} cents\n", number * 7);
        let left: String = (0..900).map(line).collect();
        let right = left.replace("line 500 says", "line 500 tells");
        assert_eq!(differs(&left, &right), (vec!["says"], vec!["tells"]));
        let (long, short) = ("word ".repeat(9_000), "other ".repeat(9_000));
        assert_eq!(differs(&long, &short), (vec![long.trim()], vec![short.trim()]), "one line each: other as a whole");
    }
}
