//! Tells what the human wrote from what the program put into user rows.

/// Tags that wrap text of the program, not of the human.
const WRAPPERS: [&str; 24] = [
    "system-reminder",
    "command-name",
    "command-message",
    "command-args",
    "command-contents",
    "local-command-caveat",
    "local-command-stdout",
    "local-command-stderr",
    "bash-input",
    "bash-stdout",
    "bash-stderr",
    "task-notification",
    "agent-notification",
    "ide_opened_file",
    "ide_selection",
    "ide_diagnostics",
    "new-diagnostics",
    "user-prompt-submit-hook",
    "session-start-hook",
    "post-tool-use-hook",
    "user-memory-input",
    "background-task-output",
    "teammate-message",
    "tick",
];

/// Rows that the program writes when the human stops the agent.
const INTERRUPTION: &str = "[Request interrupted by user";

/// Begins a text that is the program's to its end, though more follows the tag ("Full transcript available at …").
const NOTIFICATION: &str = "<task-notification>";

/// A user text, divided.
#[derive(Debug, Default, PartialEq)]
pub struct Divided {
    /// What the human wrote, trimmed; empty if nothing.
    pub human: String,
    /// What the program wrapped or wrote itself, in order; empty if nothing.
    pub injected: String,
}

/// Takes the program's wrapper tags, with what they hold, out of a user text.
pub fn divide(text: &str) -> Divided {
    if is_interruption(text) || text.trim_start().starts_with(NOTIFICATION) {
        return Divided { human: String::new(), injected: text.trim().into() };
    }
    let (mut human, mut injected) = (String::new(), String::new());
    let mut rest = text;
    while let Some((start, end)) = next_wrapped(rest) {
        human.push_str(&rest[..start]);
        if !injected.is_empty() {
            injected.push('\n');
        }
        injected.push_str(rest[start..end].trim());
        rest = &rest[end..];
    }
    human.push_str(rest);
    Divided { human: human.trim().into(), injected }
}

pub fn is_interruption(text: &str) -> bool {
    text.trim_start().starts_with(INTERRUPTION)
}

/// The byte range of the first wrapper element; to the end of the text where it is not closed.
fn next_wrapped(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('<') {
        let start = from + at;
        let name_end = text[start + 1..].find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        let name = &text[start + 1..name_end.map_or(text.len(), |length| start + 1 + length)];
        if WRAPPERS.contains(&name) {
            let close = format!("</{name}>");
            let end = text[start..].find(&close).map_or(text.len(), |length| start + length + close.len());
            return Some((start, end));
        }
        from = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn wrappers_are_taken_out_of_what_the_human_wrote() {
        let text =
            "<ide_opened_file>src/a.rs</ide_opened_file>why is <T> here?\n<system-reminder>be brief</system-reminder>";
        let divided = divide(text);
        assert_eq!(divided.human, "why is <T> here?");
        assert_eq!(
            divided.injected,
            "<ide_opened_file>src/a.rs</ide_opened_file>\n<system-reminder>be brief</system-reminder>"
        );
    }

    #[test]
    fn an_unclosed_wrapper_reaches_to_the_end() {
        assert_eq!(divide("hi <bash-stdout>torn").human, "hi");
    }

    #[test]
    fn what_follows_a_notification_is_the_programs_too() {
        let text = "<task-notification>\n<status>done</status>\n</task-notification>\nFull transcript: /tmp/a";
        assert_eq!(divide(text), Divided { human: String::new(), injected: text.into() });
    }

    #[test]
    fn an_interruption_is_not_the_humans_text() {
        assert_eq!(divide("[Request interrupted by user for tool use]").human, "");
    }

    #[test]
    fn many_unclosed_brackets_take_linear_time() {
        assert_eq!(divide(&"<".repeat(200_000)).human.len(), 200_000);
    }
}
