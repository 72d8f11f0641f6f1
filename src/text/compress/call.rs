//! The input of a tool call: its command or file stands first, then fields, then text to write.

use std::{collections::HashSet, ops::Range};

use super::{Subject, line::Line, names, sentence, shape::Unit, words};

/// The first line weighs most, then short fields, then the lines that an edit changes.
pub fn units(subject: &Subject, lines: &[Line]) -> Vec<Unit> {
    let parts = parts(lines);
    let of = |wanted: Part| -> HashSet<&str> {
        lines.iter().zip(&parts).filter(|(_, part)| **part == wanted).map(|(line, _)| line.body.trim()).collect()
    };
    let (old, new) = (of(Part::Old), of(Part::New));
    let weight = |at: usize, line: &Line| {
        let bare = line.body.trim();
        let many_names = names::names(line.body).take(4).count() as f32 * 0.15;
        let weight = match parts[at] {
            Part::Head if at == 0 && !is_field(bare) => 8.0,
            Part::Head if bare.starts_with("description:") || bare.starts_with("prompt:") => 3.0,
            Part::Head if bare.ends_with(':') || is_setting(bare) => 0.2,
            Part::Head => 1.0 + many_names + words::promise(bare),
            Part::Label => 0.1,
            // Lines that stay as they were say nothing of the change.
            Part::Old if new.contains(bare) => 0.1,
            Part::New if old.contains(bare) => 0.2,
            Part::Old => 0.8 + many_names,
            Part::New => 1.4 + many_names,
        };
        if bare.len() < 4 { weight * 0.05 } else { weight }
    };
    let mut units = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if at == 0 && is_shell(subject) {
            // What comes after the pipe line is a command of its own.
            let is_one = !line.body.contains(" && ") && !line.body.contains("; ");
            let first = pipe(line.body).filter(|_| is_one).map_or(line.body, |pipe| line.body[..pipe].trim_end());
            let range = line.range.start..line.range.start + first.len();
            let rest = &line.body[first.len()..];
            let weight = weight(at, line);
            units.push(Unit { range, weight });
            if !rest.is_empty() {
                let start = line.range.end - rest.trim_start().len();
                // What an output is piped through says less than where it comes from.
                units.push(Unit { range: start..line.range.end, weight: weight * 0.25 });
            }
            continue;
        }
        let is_task = parts[at] == Part::Head && line.body.len() > LONG_FIELD && at > 0;
        if !is_task {
            units.push(Unit { range: line.range.clone(), weight: weight(at, line) });
            continue;
        }
        for sentence in sentence::sentences(line.body) {
            let words = words::promise(&line.body[sentence.range.clone()]);
            let range = line.range.start + sentence.range.start..line.range.start + sentence.range.end;
            units.push(Unit { range, weight: (1.5 + words).max(0.2) });
        }
    }
    units
}

/// The program of a shell command and its first operands: `journalctl -u teashop`. Empty where the call is no command.
pub fn program(subject: &Subject, text: &str) -> Range<usize> {
    if !is_shell(subject) || is_field(text.lines().next().unwrap_or("")) {
        return 0..0;
    }
    let line = text.lines().next().unwrap_or("");
    let mut part = 0..line.len();
    // `cd` and settings come before what is run.
    for separator in [" && ", "; "] {
        while let Some(at) = line[part.clone()].find(separator) {
            let first = line[part.clone()].trim_start();
            if !["cd ", "export ", "source ", "set "].iter().any(|start| first.starts_with(start)) {
                part.end = part.start + at;
                break;
            }
            part.start += at + separator.len();
        }
    }
    if let Some(at) = pipe(&line[part.clone()]) {
        part.end = part.start + at;
    }
    let shown = line[part.clone()].trim();
    let start = shown.as_ptr() as usize - text.as_ptr() as usize;
    let mut end = 0;
    for (count, word) in shown.split(' ').enumerate() {
        let from = word.as_ptr() as usize - shown.as_ptr() as usize;
        // Quoted text and what is read in are no operands.
        let opens = word.starts_with(['"', '\'', '<', '(']) || word.starts_with("2>");
        if opens || count >= OPERANDS || from + word.len() > LONG_PROGRAM {
            break;
        }
        end = from + word.len();
    }
    let shown = shown[..end].trim_end();
    // A flag whose value was left out says nothing.
    let last = shown.rsplit(' ').next().unwrap_or("");
    let is_cut = !line[start + shown.len()..part.end].trim().is_empty();
    let shown = if last.starts_with('-') && is_cut { shown[..shown.len() - last.len()].trim_end() } else { shown };
    start..start + shown.len()
}

/// Words of a program with its operands.
const OPERANDS: usize = 5;
/// Bytes of a program with its operands.
const LONG_PROGRAM: usize = 100;

fn is_shell(subject: &Subject) -> bool {
    let tool = subject.tool.unwrap_or("").to_ascii_lowercase();
    ["bash", "shell", "exec", "terminal", "command"].iter().any(|name| tool.contains(name))
}

/// Where the first pipe of a command stands, quoted text and `||` left out.
fn pipe(command: &str) -> Option<usize> {
    let bytes = command.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], quote) {
            (b'\\', Some(b'"') | None) => at += 1,
            (byte, Some(open)) if byte == open => quote = None,
            (b'"' | b'\'', None) => quote = Some(bytes[at]),
            (b'|', None) if bytes.get(at + 1) == Some(&b'|') => at += 1,
            (b'|', None) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A field longer than this many bytes is a task in words, and is taken sentence by sentence.
const LONG_FIELD: usize = 160;

/// `key: value` or `key:`, as inputs without a leading field begin.
fn is_field(bare: &str) -> bool {
    let key = bare.split(':').next().unwrap_or("");
    key.len() > 1
        && key.len() < bare.len()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !bare[key.len()..].starts_with("://")
}

/// A field with a switch, a number or one word: `replace_all: false`.
fn is_setting(bare: &str) -> bool {
    is_field(bare) && bare.split_once(':').is_some_and(|(_, value)| !value.trim().contains([' ', '/', '\\', '.', '_']))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    /// `old:`, `new:` and `content:` themselves.
    Label,
    Old,
    New,
}

fn parts(lines: &[Line]) -> Vec<Part> {
    let mut part = Part::Head;
    let mut parts = Vec::with_capacity(lines.len());
    for line in lines {
        part = match line.body {
            "old:" => Part::Old,
            "new:" | "content:" => Part::New,
            // What an edit's input holds besides its texts.
            _ if line.indent() == 0 && line.body.starts_with("replace_all: ") => Part::Label,
            _ => part,
        };
        parts.push(if matches!(line.body, "old:" | "new:" | "content:") { Part::Label } else { part });
    }
    parts
}
