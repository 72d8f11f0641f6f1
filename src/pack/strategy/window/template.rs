//! The template of the structured summary: text with a name in double braces for each section.

use crate::pack::summary::{Section, WorkingSummary};

/// The built-in template: M31A's sections, and those that lore has beside them.
pub const TEMPLATE: &str = "\
# Summary of the work so far

## Goal
{{goal}}

## Constraints
{{constraints}}

## Current State
{{current_state}}

## Key Decisions
{{key_decisions}}

## Technical Changes
{{technical_changes}}

## Progress
### Done
{{done}}
### In Progress
{{in_progress}}
### Blocked
{{blocked}}

## Next Steps
{{next_steps}}

## Critical Context
{{critical_context}}

## Relevant Files
{{relevant_files}}

## Session Timeline
{{session_timeline}}
";

const SECTIONS: [(&str, Section); 12] = [
    ("{{goal}}", Section::Goal),
    ("{{constraints}}", Section::Constraints),
    ("{{current_state}}", Section::CurrentState),
    ("{{key_decisions}}", Section::KeyDecisions),
    ("{{technical_changes}}", Section::TechnicalChanges),
    ("{{done}}", Section::Done),
    ("{{in_progress}}", Section::InProgress),
    ("{{blocked}}", Section::Blocked),
    ("{{next_steps}}", Section::NextSteps),
    ("{{critical_context}}", Section::CriticalContext),
    ("{{relevant_files}}", Section::RelevantFiles),
    ("{{session_timeline}}", Section::SessionTimeline),
];

/// The template with each section's lines, and the entries that they came from, in place of its name. A section without
/// lines gives "(none)".
pub fn fill(template: &str, summary: &WorkingSummary) -> String {
    SECTIONS.iter().fold(template.to_owned(), |text, &(name, section)| {
        if !text.contains(name) {
            return text;
        }
        let line = |line: &crate::pack::summary::Line| {
            let sources: Vec<String> = line.sources.iter().map(|seq| format!("#{seq}")).collect();
            format!("- {} [{}]", line.text, sources.join(", "))
        };
        let lines: Vec<String> = summary.lines(section).iter().map(line).collect();
        text.replace(name, &if lines.is_empty() { "(none)".to_owned() } else { lines.join("\n") })
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::pack::summary::Line;

    #[test]
    fn a_template_names_every_section_and_is_filled_with_sources() {
        let line = Line { text: "Never round early".into(), sources: vec![1, 4] };
        let summary = WorkingSummary { sections: vec![(Section::Constraints, vec![line])] };
        assert_eq!(fill("C:\n{{constraints}}\nG: {{goal}}", &summary), "C:\n- Never round early [#1, #4]\nG: (none)");
        assert!(SECTIONS.iter().all(|(name, _)| TEMPLATE.contains(name)));
        assert!(!fill(TEMPLATE, &summary).contains("{{"));
    }
}
