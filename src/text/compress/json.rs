//! JSON keeps its keys and shape: strings are shortened, long lists end in `… 12 more`, deep parts become `{…}`.
//!
//! The parser borrows from the text, keeps the order of keys, and takes JSON that was cut off at its end, which tool
//! outputs often are.

use super::size;

/// A part of a document. Scalars and keys stand as they were written, quotes included.
enum Node<'a> {
    Scalar(&'a str),
    List(Vec<Node<'a>>),
    Map(Vec<(&'a str, Node<'a>)>),
}

/// Deeper parts are taken as they stand.
const DEEPEST: usize = 48;

/// How much of each part is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a string.
    pub string: usize,
    /// Elements of a list.
    pub items: usize,
    /// Fields of an object.
    pub fields: usize,
    /// Levels of nesting.
    pub depth: usize,
}

/// From generous to bare; the first that fits a budget is taken.
pub const LIMITS: [Limits; 8] = [
    Limits { string: 240, items: 20, fields: 60, depth: 8 },
    Limits { string: 120, items: 10, fields: 40, depth: 6 },
    Limits { string: 80, items: 5, fields: 40, depth: 5 },
    Limits { string: 60, items: 3, fields: 30, depth: 5 },
    Limits { string: 40, items: 2, fields: 24, depth: 4 },
    Limits { string: 30, items: 1, fields: 16, depth: 3 },
    Limits { string: 24, items: 1, fields: 10, depth: 2 },
    Limits { string: 20, items: 1, fields: 6, depth: 1 },
];

/// Whether a text is one JSON object or list of some size, perhaps cut off at its end.
pub fn is_json(text: &str) -> bool {
    let text = text.trim();
    let second = text.get(1..).unwrap_or("").trim_start();
    let begins = match text.as_bytes().first() {
        Some(b'{') => second.starts_with('"'),
        Some(b'[') => second.starts_with(['{', '[', '"']) || second.starts_with(|char: char| char.is_ascii_digit()),
        _ => false,
    };
    begins && parse(text).is_some()
}

/// The document on one line, shortened to the limits; `None` if it is no JSON.
pub fn outline(text: &str, limits: Limits) -> Option<String> {
    let node = parse(text.trim())?;
    let mut line = String::new();
    write(&node, limits, 0, &mut line);
    Some(line)
}

fn write(node: &Node, limits: Limits, depth: usize, line: &mut String) {
    match node {
        Node::Scalar(text) => scalar(text, limits.string, line),
        Node::List(items) if items.is_empty() => line.push_str("[]"),
        Node::Map(fields) if fields.is_empty() => line.push_str("{}"),
        Node::List(items) if depth >= limits.depth => line.push_str(&format!("[… {} items]", items.len())),
        Node::Map(_) if depth >= limits.depth => line.push_str("{…}"),
        Node::List(items) => {
            line.push('[');
            for (at, item) in items.iter().take(limits.items).enumerate() {
                line.push_str(if at > 0 { ", " } else { "" });
                write(item, limits, depth + 1, line);
            }
            more(items.len(), limits.items, line);
            line.push(']');
        }
        Node::Map(fields) => {
            line.push('{');
            for (at, (key, value)) in fields.iter().take(limits.fields).enumerate() {
                line.push_str(if at > 0 { ", " } else { "" });
                line.push_str(key);
                line.push_str(": ");
                write(value, limits, depth + 1, line);
            }
            more(fields.len(), limits.fields, line);
            line.push('}');
        }
    }
}

fn more(count: usize, kept: usize, line: &mut String) {
    if count > kept {
        line.push_str(&format!(", … {} more", count - kept));
    }
}

fn scalar(text: &str, longest: usize, line: &mut String) {
    if text.len() <= longest + 8 {
        return line.push_str(text);
    }
    let kept = &text[..size::between_graphemes(text, longest)];
    line.push_str(kept.trim_end_matches('\\'));
    line.push('…');
    if text.starts_with('"') {
        line.push('"');
    }
}

fn parse(text: &str) -> Option<Node<'_>> {
    let mut parser = Parser { text, at: 0, cut_off: false };
    let node = parser.value(0)?;
    parser.blanks();
    (parser.at == text.len()).then_some(node)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The text ended inside a value: everything open is closed as it stands.
    cut_off: bool,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        self.blanks();
        match self.peek() {
            Some(b'{') if depth < DEEPEST => self.map(depth),
            Some(b'[') if depth < DEEPEST => self.list(depth),
            Some(b'"') => Some(Node::Scalar(self.string())),
            Some(byte) if byte == b'-' || byte.is_ascii_alphanumeric() => {
                let start = self.at;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
                    self.at += 1;
                }
                Some(Node::Scalar(&self.text[start..self.at]))
            }
            _ => None,
        }
    }

    fn map(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let mut fields = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None => self.cut_off = true,
                Some(b'}') => self.at += 1,
                Some(b',') if !fields.is_empty() => {
                    self.at += 1;
                    continue;
                }
                Some(b'"') => {
                    let key = self.string();
                    self.blanks();
                    if self.peek() == Some(b':') {
                        self.at += 1;
                        self.blanks();
                        if self.peek().is_some() {
                            fields.push((key, self.value(depth + 1)?));
                            if !self.cut_off {
                                continue;
                            }
                        }
                    } else if self.peek().is_some() {
                        return None;
                    }
                }
                Some(_) => return None,
            }
            return Some(Node::Map(fields));
        }
    }

    fn list(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None => self.cut_off = true,
                Some(b']') => self.at += 1,
                Some(b',') if !items.is_empty() => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {
                    items.push(self.value(depth + 1)?);
                    if !self.cut_off {
                        continue;
                    }
                }
            }
            return Some(Node::List(items));
        }
    }

    fn string(&mut self) -> &'a str {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return &self.text[start..self.at],
                b'\\' => self.at = (self.at + 1).min(self.text.len()),
                _ => {}
            }
        }
        self.cut_off = true;
        self.at = self.text.len();
        &self.text[start..]
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
