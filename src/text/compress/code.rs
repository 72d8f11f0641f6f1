//! Source code: imports in brief, signatures and the comments above them are kept, bodies go.

use super::{line::Line, names, shape::Unit};

/// Whether lines look like a programming language: most end or begin as statements do.
pub fn is_code(lines: &[Line]) -> bool {
    let sample = || lines.iter().take(200);
    let count = sample().count();
    let statements = sample().filter(|line| is_statement(line.body.trim())).count();
    let signatures = sample().filter(|line| signature(line.body) > 1.0).count();
    count >= 4 && (statements * 2 >= count || (signatures * 8 >= count && statements * 3 >= count))
}

/// Signatures weigh most, the outer before the inner; then the first comment, imports, and lines full of names.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    let least = lines.iter().map(Line::indent).min().unwrap_or(0);
    let mut weights: Vec<f32> = Vec::with_capacity(lines.len());
    let mut imports = 0;
    for (at, line) in lines.iter().enumerate() {
        let bare = line.body.trim();
        let depth = (line.indent().saturating_sub(least)).min(24) as f32;
        let mut weight = signature(line.body);
        imports += u32::from(weight == IMPORT);
        if weight == IMPORT && imports > 4 {
            weight = 0.5;
        } else if weight > 1.0 {
            weight -= depth * 0.08;
        } else if is_comment(bare) {
            weight = if at < 3 { 3.0 } else { 0.7 };
        } else {
            let names = names::names(line.body).take(4).count() as f32;
            weight = 0.4 + names * 0.15 - depth * 0.015;
            if names > 0.0
                && ["return ", "raise ", "throw ", "panic!", "Err(", "TODO", "FIXME"]
                    .iter()
                    .any(|cue| bare.contains(cue))
            {
                weight += 0.3;
            }
        }
        if bare.len() < 4 || is_data(bare) {
            weight = 0.02;
        }
        weights.push(weight);
    }
    // A comment directly above a signature explains it.
    for at in 1..lines.len() {
        if weights[at] > 2.0 && is_comment(lines[at - 1].body.trim()) {
            weights[at - 1] = weights[at - 1].max(1.6);
        }
    }
    lines.iter().zip(weights).map(|(line, weight)| Unit { range: line.range.clone(), weight }).collect()
}

/// The weight of an import; a few of them say what a file builds on.
const IMPORT: f32 = 1.2;

/// How much of a declaration a line is: above 2 for types and functions, 1.2 for imports and constants, else 0.
fn signature(line: &str) -> f32 {
    let mut bare = line.trim_start();
    loop {
        let word = bare.split([' ', '(', '\t']).next().unwrap_or("");
        let is_modifier =
            MODIFIERS.contains(&word) || word.starts_with('@') && word.len() > 1 && bare.len() > word.len();
        match bare.strip_prefix(word) {
            Some(rest) if is_modifier && word.len() < bare.len() => {
                // `pub(crate)` and `@app.route("/x")` hold a bracket before the next word.
                bare = if rest.starts_with('(') { rest.split_once(')').map_or("", |(_, rest)| rest) } else { rest }
                    .trim_start();
            }
            _ => break,
        }
    }
    let word = bare.split([' ', '(', '<', '\t', ':', '{', '!']).next().unwrap_or("");
    let rest = &bare[word.len()..];
    if TYPES.contains(&word) && rest.starts_with([' ', '<']) {
        return 3.4;
    }
    if FUNCTIONS.contains(&word) && rest.starts_with([' ', '(', '*']) {
        return 3.0;
    }
    let is_control = matches!(
        word,
        "if" | "for" | "while" | "switch" | "match" | "catch" | "else" | "return" | "try" | "with" | "do"
    );
    let end = bare.trim_end();
    if !is_control && rest.starts_with('(') && (end.ends_with(") {") || end.ends_with("){")) {
        return 2.6;
    }
    if (end.ends_with("=> {") || end.contains("= (") && end.contains("=>"))
        && !is_control
        && line.len() - bare.len() < 4
    {
        return 2.4;
    }
    if IMPORTS.contains(&word) || bare.starts_with("#include") || bare.starts_with("use ") {
        return IMPORT;
    }
    if bare.starts_with("const fn ") {
        return 3.0;
    }
    let is_constant = matches!(word, "const" | "let" | "var" | "val" | "define");
    match is_constant {
        true if line.starts_with("export ") || line.starts_with("pub ") => 2.4,
        true if line.len() == bare.len() => 1.4,
        _ => 0.0,
    }
}

/// The points of a drawing, a hash, an encoded picture: long, and hardly a letter in it or hardly anything else.
fn is_data(bare: &str) -> bool {
    let letters = bare.bytes().filter(u8::is_ascii_alphabetic).count();
    bare.len() > 120 && (letters * 2 < bare.len() || !bare.contains(' ')) && bare.is_ascii()
}

fn is_comment(bare: &str) -> bool {
    ["//", "/*", "* ", "# ", "\"\"\"", "--- ", "-- ", "<!--", "'''", ";;", "@doc", "@moduledoc"]
        .iter()
        .any(|mark| bare.starts_with(mark))
}

fn is_statement(bare: &str) -> bool {
    bare.ends_with(['{', '}', ';', ',', '(', ')', '[', ']', '>'])
        || bare.ends_with(" do")
        || bare == "end"
        || bare.ends_with("=>")
        || bare.ends_with(" =")
        || is_comment(bare)
        || (bare.ends_with(':')
            && bare.split(' ').next().is_some_and(|word| {
                FUNCTIONS.contains(&word)
                    || TYPES.contains(&word)
                    || matches!(word, "if" | "for" | "else:" | "try:" | "with" | "while" | "elif")
            }))
        || signature(bare) > 1.0
}

const MODIFIERS: &[&str] = &[
    "pub",
    "export",
    "default",
    "async",
    "static",
    "public",
    "private",
    "protected",
    "internal",
    "abstract",
    "final",
    "override",
    "unsafe",
    "extern",
    "inline",
    "virtual",
    "declare",
    "open",
    "sealed",
    "data",
    "suspend",
    "mutating",
    "fileprivate",
    "partial",
];

const TYPES: &[&str] = &[
    "class",
    "struct",
    "enum",
    "trait",
    "impl",
    "interface",
    "type",
    "module",
    "defmodule",
    "namespace",
    "protocol",
    "object",
    "record",
    "union",
    "mod",
    "macro_rules",
    "extension",
    "actor",
    "contract",
    "schema",
    "message",
    "service",
    "CREATE",
    "create",
];

const FUNCTIONS: &[&str] = &[
    "fn",
    "def",
    "func",
    "function",
    "defp",
    "defmacro",
    "sub",
    "fun",
    "proc",
    "method",
    "test",
    "describe",
    "it",
    "constructor",
    "init",
];

const IMPORTS: &[&str] = &["import", "use", "from", "require", "include", "package", "using", "alias"];
