//! The severity that a line of a service's log names, and what its errors and warnings have in common.

use super::{line::Line, select, size};

/// What a line says of itself: `2026-05-10T16:54:01Z  WARN …`, `level=error`, `[ERROR] …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Trace, debug and info.
    Ordinary,
    Warning,
    Error,
}

/// A log with fewer lines than this that name a severity is no service's log.
const LEAST: usize = 3;

/// The severity of a line and where its word begins, if one stands among its first words.
pub fn severity(line: &str) -> Option<(Severity, usize)> {
    let head = &line[..line.floor_char_boundary(60)];
    let mut words = 0;
    for word in head.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let start = word.as_ptr() as usize - line.as_ptr() as usize;
        let is_field = head[..start].ends_with("level=") || head[..start].ends_with("level\":\"");
        let known = match word {
            "ERROR" | "ERR" | "FATAL" | "CRITICAL" | "PANIC" => Some(Severity::Error),
            "WARN" | "WARNING" => Some(Severity::Warning),
            "INFO" | "DEBUG" | "TRACE" | "NOTICE" => Some(Severity::Ordinary),
            "error" | "fatal" | "critical" if is_field => Some(Severity::Error),
            "warn" | "warning" if is_field => Some(Severity::Warning),
            "info" | "debug" | "trace" if is_field => Some(Severity::Ordinary),
            _ => None,
        };
        if let Some(known) = known {
            return Some((known, start));
        }
        words += usize::from(word.starts_with(|char: char| char.is_ascii_alphabetic()));
        if words > 4 {
            break;
        }
    }
    None
}

/// Whether most lines name their severity.
pub fn is_service_log(lines: &[Line]) -> bool {
    let named = lines.iter().filter(|line| severity(line.body).is_some()).count();
    named >= LEAST && named * 2 >= lines.len()
}

/// `7 × WARN webhook: amount mismatch order=18222 … 2 × …`: each shape of error and warning once with how often it
/// stands, the worst and the most frequent first, within about `tokens` by the guess. `None` if there are none.
pub fn repeats(lines: &[Line], tokens: u32) -> Option<String> {
    let mut shapes: Vec<Repeated> = Vec::new();
    for line in lines {
        let Some((severity, start)) = severity(line.body).filter(|(severity, _)| *severity > Severity::Ordinary) else {
            continue;
        };
        let said = &line.body[start..];
        let form = form(said);
        match shapes.iter().position(|shape| shape.form == form) {
            Some(known) => shapes[known].count += 1,
            None if shapes.len() < SHAPES => shapes.push(Repeated { severity, said, form, count: 1 }),
            None => {}
        }
    }
    // The sort is stable: the earlier shape stands first among equals.
    shapes.sort_by_key(|shape| (std::cmp::Reverse(shape.severity), std::cmp::Reverse(shape.count)));
    let first = shapes.first()?.shown();
    let mut told = select::one_line(&first, tokens);
    for shape in &shapes[1..] {
        let next = shape.shown();
        if size::guess(&told) + size::guess(&next) + 1 > tokens {
            break;
        }
        told.push_str(" … ");
        told.push_str(&next);
    }
    Some(told)
}

/// Shapes told apart at the most.
const SHAPES: usize = 64;

struct Repeated<'a> {
    severity: Severity,
    /// The first line of this shape, from its severity on.
    said: &'a str,
    form: String,
    count: u32,
}

impl Repeated<'_> {
    fn shown(&self) -> String {
        let said = self.said.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.count > 1 { format!("{} × {said}", self.count) } else { said }
    }
}

/// The start of a line without its digits: lines of one form differ in numbers only.
pub fn form(line: &str) -> String {
    line.chars().take(120).filter(|char| !char.is_ascii_digit()).collect()
}
