//! Tells what the human wrote from what a program wrapped around it, where it stands in `<user_query>` or beside other
//! tags (Cursor, Grok Build).

/// A user text, divided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Divided {
    /// What the human wrote, trimmed; empty if nothing.
    pub human: String,
    /// What the program wrote, in order; empty if nothing.
    pub injected: String,
}

const OPEN: &str = "<user_query>";
const CLOSE: &str = "</user_query>";

/// Elements of the program that a text can begin with.
const PROGRAM: [&str; 14] = [
    "system-reminder",
    "system_reminder",
    "system_notification",
    "user_info",
    "git_status",
    "environment_context",
    "project_layout",
    "open_and_recently_viewed_files",
    "attached_files",
    "additional_data",
    "agent_transcripts",
    "rules",
    "timestamp",
    "hook_context",
];

/// Begins a text that is the program's to its end.
const NOTIFICATION: &str = "<task-notification>";

/// Divides a user text.
pub fn divide(text: &str) -> Divided {
    if text.contains(OPEN) {
        return by_query(text);
    }
    if text.trim_start().starts_with(NOTIFICATION) {
        return Divided { human: String::new(), injected: text.trim().into() };
    }
    let mut rest = text.trim_start();
    let whole = rest;
    while let Some(length) = leading_element(rest) {
        rest = rest[length..].trim_start();
    }
    Divided { human: rest.trim().into(), injected: whole[..whole.len() - rest.len()].trim().into() }
}

fn by_query(text: &str) -> Divided {
    let (mut human, mut injected) = (String::new(), String::new());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(OPEN) {
        append(&mut injected, before);
        // A query that is cut reaches to the end.
        let (query, after) = inside.split_once(CLOSE).unwrap_or((inside, ""));
        append(&mut human, query);
        rest = after;
    }
    append(&mut injected, rest);
    Divided { human, injected }
}

fn append(text: &mut String, part: &str) {
    let part = part.trim();
    if !part.is_empty() && !text.is_empty() {
        text.push('\n');
    }
    text.push_str(part);
}

/// Bytes of the program's element that the text begins with; to the end where it is not closed.
fn leading_element(text: &str) -> Option<usize> {
    let name = PROGRAM.into_iter().find(|name| {
        let after = text.strip_prefix('<').and_then(|rest| rest.strip_prefix(name));
        after.is_some_and(|after| after.starts_with(['>', ' ', '\n']))
    })?;
    let close = format!("</{name}>");
    Some(text.find(&close).map_or(text.len(), |at| at + close.len()))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn divided(human: &str, injected: &str) -> Divided {
        Divided { human: human.into(), injected: injected.into() }
    }

    #[test]
    fn the_humans_words_are_inside_the_query() {
        let text = "<user_info>\nmacos\n</user_info>\n<user_query>\nfix it\n</user_query>\n<rules>short</rules>";
        assert_eq!(divide(text), divided("fix it", "<user_info>\nmacos\n</user_info>\n<rules>short</rules>"));
        assert_eq!(divide("<user_query>a</user_query><user_query>b"), divided("a\nb", ""));
    }

    #[test]
    fn without_a_query_leading_elements_are_the_programs() {
        assert_eq!(
            divide("<system-reminder>be brief</system-reminder>\ngo"),
            divided("go", "<system-reminder>be brief</system-reminder>")
        );
        assert_eq!(divide("<T> is <rules>not</rules> a tag"), divided("<T> is <rules>not</rules> a tag", ""));
        assert_eq!(divide("<user_info>torn"), divided("", "<user_info>torn"));
        assert_eq!(divide("<task-notification>x</task-notification>\nRead it").human, "");
    }
}
