//! Parts of a text as Grok writes them: text, images, resources, edits.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::{
    json::Json,
    media::{data_url, decoded, media_line},
};

/// Text as it was logged, and how many images are named in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub text: String,
    pub images: u32,
}

impl Told {
    fn push_line(&mut self, line: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }
}

/// A content: a text, one part, or a list of them.
pub fn told(content: &Json) -> Told {
    let mut told = Told::default();
    add(content, &mut told);
    told
}

fn add(content: &Json, told: &mut Told) {
    match content {
        Json::Text(text) => told.push_line(text),
        Json::List(parts) => parts.iter().for_each(|part| push(part, told)),
        part => push(part, told),
    }
}

fn push(part: &Json, told: &mut Told) {
    match part.text("type").unwrap_or_default() {
        // What a call gave back comes wrapped once more.
        "content" => add(part.get("content").unwrap_or(&Json::Null), told),
        "diff" => told.push_line(&format!("edited {}", part.text("path").unwrap_or("a file"))),
        "image" | "image_url" | "audio" => {
            let (kind, size) = media(part);
            let is_image = part.text("type") != Some("audio");
            told.push_line(&media_line(if is_image { "image" } else { "audio" }, kind, size));
            told.images += u32::from(is_image);
        }
        "resource_link" => told.push_line(part.text("uri").or(part.text("name")).unwrap_or_default()),
        "resource" => {
            let resource = part.get("resource").unwrap_or(&Json::Null);
            told.push_line(resource.text("uri").unwrap_or_default());
            told.push_line(resource.text("text").unwrap_or_default());
        }
        _ => match part {
            Json::Text(text) => told.push_line(text),
            part => told.push_line(part.text("text").unwrap_or_default()),
        },
    }
}

/// The type and the size of an image that is part of the row, or that a `data:` URL holds.
fn media(part: &Json) -> (Option<&str>, u64) {
    let url = part.text("url").or_else(|| part.get("image_url").and_then(|url| url.as_str().or(url.text("url"))));
    match (url.and_then(data_url), part.text("data")) {
        (Some((kind, size)), _) => (Some(kind), size),
        (None, Some(data)) => (part.text("mimeType"), decoded(data.len() as u64)),
        (None, None) => (part.text("mimeType"), 0),
    }
}

static EXIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\A\s*(?:(?:process |command )?exit(?:ed)?(?: with)?(?: code| status)?):?\s+(\d+)\b")
        .expect("a constant pattern")
});

/// Whether an output begins with an exit code other than 0.
pub fn tells_failure(output: &str) -> bool {
    EXIT.captures(output).is_some_and(|found| found[1].bytes().any(|digit| digit != b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_told_from_words() {
        for output in ["Exit code 1\nx", "exit: 2\n", "Process exited with code 101", "Command exited with status 1"] {
            assert!(tells_failure(output), "{output}");
        }
        for output in ["exit: 0\n", "Exit code 00", "exited", "the exit code 1", "Exit code 1st"] {
            assert!(!tells_failure(output), "{output}");
        }
    }
}
