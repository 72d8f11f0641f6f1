//! Tells what the human wrote from what the program put into user messages.

/// A text of a user message, or a part of it.
#[derive(Debug, PartialEq)]
pub enum Piece<'a> {
    Human(&'a str),
    Injected(&'a str),
    /// Says that the human stopped the turn.
    Interruption(&'a str),
    /// What a compaction left of what stood before.
    Summary(&'a str),
    /// Wraps an image, which says the same.
    Wrapper,
}

/// Tags around texts of the program. They open the text and close it; what a human quotes does not do both.
const TAGS: [&str; 17] = [
    "environment_context",
    "user_instructions",
    "user_shell_command",
    "user_action",
    "skill",
    "subagent_notification",
    "subagents",
    "codex_internal_context",
    "goal_context",
    "hook_prompt",
    "permissions instructions",
    "collaboration_mode",
    "model_switch",
    "multi_agent_mode",
    "personality_spec",
    "realtime_conversation",
    "recommended_plugins",
];

/// Begins what the program writes after the human stopped a turn.
const INTERRUPTION: &str = "<turn_aborted>";

/// Beginnings of texts that are the program's to their end.
const OPENINGS: [&str; 6] = [
    "# AGENTS.md instructions",
    "<external_",
    "You are performing a CONTEXT CHECKPOINT COMPACTION",
    "Warning: The maximum number of unified exec processes",
    "Warning: apply_patch was requested via",
    "Warning: Your account was flagged",
];

/// Begins what a model is given in place of what was compacted.
const SUMMARY: &str = "Another language model started to solve this problem";

/// In an editor the prompt follows what the editor knows (open files, selection), under this heading.
const REQUEST: &str = "\n## My request for Codex:";

/// The pieces of one text, in order.
pub fn divide(text: &str) -> Vec<Piece<'_>> {
    let trimmed = text.trim();
    if is_image_wrapper(trimmed) {
        return vec![Piece::Wrapper];
    }
    if trimmed.starts_with(INTERRUPTION) {
        return vec![Piece::Interruption(trimmed)];
    }
    if trimmed.starts_with(SUMMARY) {
        return vec![Piece::Summary(trimmed)];
    }
    if OPENINGS.iter().any(|opening| trimmed.starts_with(opening)) || is_tagged(trimmed) {
        return vec![Piece::Injected(trimmed)];
    }
    match trimmed.find(REQUEST) {
        Some(at) if trimmed.starts_with("# ") => {
            vec![Piece::Injected(trimmed[..at].trim()), Piece::Human(trimmed[at + REQUEST.len()..].trim())]
        }
        _ => vec![Piece::Human(trimmed)],
    }
}

/// Whether a tag of the program opens the text and closes it.
fn is_tagged(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) else { return false };
    TAGS.iter().any(|tag| {
        let opened = inner.strip_prefix(tag).is_some_and(|rest| rest.starts_with(['>', ' ']));
        opened && inner.strip_suffix(tag).is_some_and(|rest| rest.ends_with("</"))
    })
}

/// `<image name=[Image #1]>` before an image and `</image>` behind it.
fn is_image_wrapper(text: &str) -> bool {
    text == "</image>" || (text.starts_with("<image") && text.ends_with('>') && text.matches('<').count() == 1)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_the_program_wrote_is_told_from_the_prompt() {
        for injected in [
            "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>",
            "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>",
            "<user_instructions>\n\nBe brief.\n\n</user_instructions>",
            "<codex_internal_context source=\"goal\">\nGo on.\n</codex_internal_context>",
            "<skill>\n<name>bake</name>\n</skill>",
            "<user_shell_command>\nls\n</user_shell_command>",
        ] {
            assert_eq!(divide(injected), [Piece::Injected(injected)]);
        }
        let stop = "<turn_aborted>\nThe user stopped it.\n</turn_aborted>";
        assert_eq!(divide(stop), [Piece::Interruption(stop)]);
        for human in ["Why is <environment_context> in my prompt?", "<skill> what is it", "# A plan\nStep one."] {
            assert_eq!(divide(human), [Piece::Human(human)]);
        }
    }

    #[test]
    fn a_prompt_of_an_editor_is_what_stands_under_its_heading() {
        let text = "# Context from my IDE setup:\n\n## Active file: a.rs\n\n## My request for Codex:\nFix a.rs\n";
        let context = "# Context from my IDE setup:\n\n## Active file: a.rs";
        assert_eq!(divide(text), [Piece::Injected(context), Piece::Human("Fix a.rs")]);
    }

    #[test]
    fn tags_around_an_image_say_nothing() {
        assert_eq!(divide("<image name=[Image #1]>"), [Piece::Wrapper]);
        assert_eq!(divide("</image>"), [Piece::Wrapper]);
        assert_eq!(divide("<image> is <b>"), [Piece::Human("<image> is <b>")]);
    }
}
