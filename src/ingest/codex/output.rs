//! What a call gave back: text, images, and whether the text says that it failed.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    ingest::{
        json::Json,
        media::{cipher_line, data_url, media_line},
    },
    model::{Mark, Marks},
};

/// Content of a message or an output.
#[derive(Debug, Default, PartialEq)]
pub struct Content {
    pub text: String,
    pub images: u32,
    /// What the text tells: an error, a human's refusal, an image.
    pub marks: Marks,
}

/// Reads an output: a text, a text that is JSON (before autumn 2025), a list of parts, or an object with `content`.
pub fn read(output: &Json) -> Content {
    match output {
        Json::Text(text) => match exec_output(text) {
            Some((output, 0)) => told(output),
            Some((output, code)) => told(format!("Exit code: {code}\n{output}")),
            None => told(text.clone()),
        },
        Json::Map(_) if output.get("content").is_some() => {
            let mut content = read(&output.get("content").cloned().unwrap_or_default());
            if output.get("success") == Some(&Json::Bool(false)) {
                content.marks = content.marks.with(Mark::Error);
            }
            content
        }
        Json::List(_) => {
            let parts: Vec<Part> = output.items().iter().filter_map(part).collect();
            let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
            let mut content = told(texts.join("\n"));
            content.images = parts.iter().map(|part| part.images).sum();
            if content.images > 0 {
                content.marks = content.marks.with(Mark::Image);
            }
            content
        }
        other => told(other.outline()),
    }
}

/// A part of a list of content.
pub struct Part {
    pub text: String,
    pub images: u32,
}

/// The part's text, or a line for what is not text.
pub fn part(item: &Json) -> Option<Part> {
    let part = |text: String, images: u32| Some(Part { text, images });
    if let Some(text) = item.text("text") {
        return part(text.to_owned(), 0);
    }
    let kind = item.text("type").unwrap_or_default();
    if kind.contains("image") {
        return part(image(item), 1);
    }
    match item.text("encrypted_content") {
        Some(cipher) => part(cipher_line("content", cipher.len() as u64), 0),
        None if kind.is_empty() => None,
        None => part(format!("[{kind}]"), 0),
    }
}

/// `image_url` is a `data:` URL, or where an image lies.
fn image(item: &Json) -> String {
    let url = item.text("image_url").or(item.get("image_url").and_then(|url| url.text("url"))).unwrap_or_default();
    match data_url(url) {
        Some((media_type, bytes)) => media_line("image", Some(media_type), bytes),
        None if url.is_empty() => media_line("image", None, 0),
        None => format!("[image: {url}]"),
    }
}

/// `{"output": "…", "metadata": {"exit_code": 0}}`.
fn exec_output(text: &str) -> Option<(String, i64)> {
    if !text.starts_with('{') {
        return None;
    }
    let Ok(Json::Map(fields)) = serde_json::from_str(text) else { return None };
    let output = Json::Map(fields);
    let code = match output.get("metadata")?.get("exit_code") {
        Some(Json::Number(code)) => code.as_i64().unwrap_or(0),
        _ => 0,
    };
    Some((output.text("output")?.to_owned(), code))
}

fn told(text: String) -> Content {
    let mut marks = Marks::default();
    if says_failed(&text) {
        marks = marks.with(Mark::Error);
    }
    if says_refused(&text) {
        marks = marks.with(Mark::Intervention);
    }
    Content { text: without_bookkeeping(text), images: 0, marks }
}

/// The output without what Codex puts above it: the command once more, a chunk's id, times and sizes. A failure stays, and
/// what still runs; so does the end of a command that printed nothing.
fn without_bookkeeping(text: String) -> String {
    static ABOVE: LazyLock<Regex> = LazyLock::new(|| {
        // The command can be of several lines; nothing else can.
        Regex::new(r"(?x) \A (?: Command: \x20 (?s: .*?) \n )?? (?: Chunk\ ID: .* \n )? (?: (?: Script | Exit\ code: ) .* \n )?
                          Wall\ time .* \n (?: (?: Process | Original\ token\ count: | Total\ output\ lines: ) .* \n )* Output: (?: \n | \z )")
            .expect("a constant pattern")
    });
    let Some(above) = ABOVE.find(&text) else { return text };
    let output = &text[above.end()..];
    let keeps = |line: &&str| {
        let ended_well = ["Process exited with code 0", "Exit code: 0", "Script completed"].contains(&line.trim_end());
        let state = ["Process ", "Exit code:", "Script "].iter().any(|beginning| line.starts_with(beginning));
        state && (!ended_well || output.trim().is_empty())
    };
    // The states stand behind the command.
    let states = above.as_str().rsplit_once("Chunk ID:").map_or(above.as_str(), |(_, states)| states);
    let mut kept: Vec<&str> = states.lines().filter(keeps).collect();
    kept.push(output);
    kept.join("\n")
}

/// Beginnings of outputs that are an error of the tool itself.
const FAILURES: [&str; 8] = [
    "apply_patch verification failed",
    "failed to parse function arguments",
    "exec_command failed",
    "write_stdin failed",
    "execution error",
    "unsupported call",
    "unable to ",
    "Script failed",
];

/// Whether what stands above the output itself names an exit code other than 0.
fn says_failed(text: &str) -> bool {
    static EXIT_CODE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^(?:Process exited with code|Exit code:) (-?\d+)\s*$").expect("a constant pattern")
    });
    let head = text.find("\nOutput:").map_or(text, |at| &text[..at]);
    let code = EXIT_CODE.captures(head).map(|found| found[1].to_owned());
    code.is_some_and(|code| !code.trim_start_matches(['-', '0']).is_empty())
        || FAILURES.iter().any(|beginning| text.starts_with(beginning))
}

/// Whether the human stopped the call or said no to it.
fn says_refused(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    ["aborted by user", "rejected by user", "rejected by the user"].iter().any(|words| first.contains(words))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn output(json: &str) -> Content {
        read(&serde_json::from_str(json).expect("a literal of this test"))
    }

    #[test]
    fn an_output_in_json_is_unwrapped() {
        let text = r#"{"output":"till\n","metadata":{"exit_code":0,"duration_seconds":0.1}}"#;
        let done = read(&Json::Text(text.into()));
        assert_eq!(done, Content { text: "till\n".into(), ..Content::default() });
        let failed = read(&Json::Text(r#"{"output":"no such file","metadata":{"exit_code":2}}"#.into()));
        assert_eq!(failed.text, "Exit code: 2\nno such file");
        assert!(failed.marks.has(Mark::Error));
        // A file that is JSON itself stays as it is.
        let file = r#"{"output":"dist","name":"till"}"#;
        assert_eq!(read(&Json::Text(file.into())).text, file);
    }

    #[test]
    fn a_list_holds_texts_and_images() {
        let content = output(
            r#"[{"type":"input_text","text":"Script completed\nOutput:\n"},{"type":"input_image","image_url":"data:image/png;base64,AAAAAAAA"},
                {"type":"input_audio","data":"AA"}]"#,
        );
        assert_eq!(content.text, "Script completed\nOutput:\n\n[image: image/png, 6 bytes]\n[input_audio]");
        assert_eq!((content.images, content.marks), (1, Marks::default().with(Mark::Image)));
    }

    #[test]
    fn only_what_stands_above_an_output_tells_a_failure() {
        let failed = |text: &str| read(&Json::Text(text.into())).marks.has(Mark::Error);
        assert!(failed("Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 101\nOutput:\nx"));
        assert!(failed("Exit code: 1\nWall time: 0 seconds\nOutput:\n"));
        assert!(failed("apply_patch verification failed: no such line"));
        assert!(!failed("Exit code: 0\nWall time: 0 seconds\nOutput:\nExit code: 1\n"));
        assert!(!failed("Process exited with code 0\nOutput:\n"));
        assert!(output(r#"{"content":"no","success":false}"#).marks.has(Mark::Error));
    }

    #[test]
    fn what_stands_above_an_output_goes_but_for_failures() {
        let text = |text: &str| read(&Json::Text(text.into())).text;
        let unified = "Command: /bin/zsh -lc 'cat a\n  b'\nChunk ID: 1a\nWall time: 0.1 seconds\nProcess exited with code 0\nOriginal token count: 3\nOutput:\n";
        assert_eq!(text(&format!("{unified}oven\nOutput:\nx")), "oven\nOutput:\nx");
        assert_eq!(text(unified), "Process exited with code 0\n");
        let failed =
            "Chunk ID: 1a\nWall time: 0.1 seconds\nProcess exited with code 2\nOriginal token count: 3\nOutput:\nno";
        assert_eq!(text(failed), "Process exited with code 2\nno");
        let runs = "Chunk ID: 1a\nWall time: 9 seconds\nProcess running with session ID 7\nOutput:\n";
        assert_eq!(text(runs), "Process running with session ID 7\n");
        assert_eq!(text("Exit code: 0\nWall time: 0 seconds\nTotal output lines: 9\nOutput:\noven"), "oven");
        assert_eq!(text("Exit code: 1\nWall time: 0 seconds\nOutput:\noven"), "Exit code: 1\noven");
        for plain in ["Wall time: long", "Exit code: 3 is what it gave", "Command: oven\nheats"] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn a_refusal_is_the_humans() {
        assert!(read(&Json::Text("exec command rejected by user".into())).marks.has(Mark::Intervention));
        assert!(read(&Json::Text("aborted by user after 2.1s".into())).marks.has(Mark::Intervention));
    }
}
