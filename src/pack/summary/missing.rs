//! What a text leaves out of what its sources hold, by rule: sections, and names of things.

use std::collections::HashMap;

use super::{Section, WorkingSummary};
use crate::{
    model::Entry,
    text::{compress::names, sanitize},
};

/// What a summary that somebody else wrote does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Of the rule's own summary of the same entries, in order.
    pub sections: Vec<Section>,
    /// Paths, identifiers, numbers, errors and other names, those first that the sources name most often.
    pub names: Vec<String>,
    /// Different names that the sources hold.
    pub names_of: usize,
}

impl Missing {
    /// Of a text that stands for one.
    pub fn of_text(source: &str, text: &str) -> Missing {
        let (names, names_of) = names(&[source], text);
        Missing { sections: Vec::new(), names, names_of }
    }

    /// Of a summary in place of several; `by_rule` is the one that the rule makes of them.
    pub fn of_summary(sources: &[&str], by_rule: &WorkingSummary, summary: &Entry) -> Missing {
        let written = WorkingSummary::read(summary);
        let sections = by_rule.sections.iter().map(|(section, _)| *section);
        let sections = sections.filter(|&section| written.lines(section).is_empty()).collect();
        let (names, names_of) = names(sources, &summary.text);
        Missing { sections, names, names_of }
    }

    pub fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.names.is_empty()
    }
}

/// The names that a text lacks, and how many different ones the sources hold. A path is there where its file is named.
fn names(sources: &[&str], text: &str) -> (Vec<String>, usize) {
    let mut found: HashMap<&str, (usize, usize)> = HashMap::new();
    for name in sources.iter().flat_map(|source| names::names(source)) {
        let next = found.len();
        found.entry(name.text).or_insert((0, next)).0 += 1;
    }
    let names_of = found.len();
    let mut missing: Vec<(&str, (usize, usize))> =
        found.into_iter().filter(|(name, _)| !text.contains(name) && !text.contains(last_part(name))).collect();
    missing.sort_by_key(|(_, (times, first))| (std::cmp::Reverse(*times), *first));
    (missing.into_iter().map(|(name, _)| sanitize::inert_line(name).into_owned()).collect(), names_of)
}

/// `src/db.rs` → `db.rs`; a name that is no path is its own last part.
fn last_part(name: &str) -> &str {
    name.trim_end_matches('/').rsplit('/').next().filter(|part| part.len() > 2).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{EntryId, Kind, Role},
        text::redact,
    };

    #[test]
    fn names_that_are_not_told_are_missing_the_most_named_first() {
        let source = "round_half in src/pricing/round.rs failed with E0308; round_half again, at v1.2.3, round_half.";
        let told = Missing::of_text(source, "Fixed `round_half` in round.rs.");
        assert_eq!((told.names, told.names_of), (vec!["E0308".to_owned(), "v1.2.3".into()], 4));
        let nothing = Missing::of_text(source, "Fixed it.");
        assert_eq!(nothing.names[0], "round_half");
        assert!(Missing::of_text("Plain words alone.", "").is_empty());
    }

    #[test]
    fn sections_of_the_rule_that_are_not_written_are_missing() {
        let summary = |text: &str| Entry::new(EntryId(1), 9, Kind::Summary, Role::System, redact::clean(text));
        let by_rule = WorkingSummary::read(&summary("### Goal\n- Fix it [#1]\n### Constraints\n- No floats [#2]\n"));
        let written = summary("### Goal\n- Fix the rounding [#1]\n");
        assert_eq!(Missing::of_summary(&[], &by_rule, &written).sections, [Section::Constraints]);
        assert!(
            Missing::of_summary(&[], &by_rule, &summary("### Constraints\n- No floats\n### Goal\n- Fix it")).is_empty()
        );
    }
}
