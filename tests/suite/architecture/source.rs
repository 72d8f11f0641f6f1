//! A Rust file as the architecture rules see it: without comments, literals and tests, and the paths it names.

/// A file under `src/`, with all that is not code blanked out. Lines keep their numbers.
pub struct Source {
    /// From the crate's folder, with `/`: `src/pack/render.rs`.
    pub path: String,
    pub text: String,
    pub code: String,
    /// Lines that only tests stand on.
    test_lines: usize,
}

/// A path that the code names, resolved to the crate's root: `["pack", "render", "render"]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    /// 1-based.
    pub line: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, test_lines) = without_tests(&without_literals(text));
        Self { path: path.to_owned(), text: text.to_owned(), code, test_lines }
    }

    /// `["pack", "render"]` for `src/pack/render.rs`, `["pack"]` for `src/pack/mod.rs`, none for `src/lib.rs`.
    pub fn module(&self) -> Vec<String> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        inner.split('/').filter(|part| !matches!(*part, "mod" | "lib")).map(str::to_owned).collect()
    }

    pub fn is_test(&self) -> bool {
        self.module().iter().any(|part| part == "tests")
    }

    /// Every path that begins at `crate`, `self` or `super`, in `use` trees and in line.
    pub fn own_paths(&self) -> Vec<Named> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        // The modules that the present token stands in: inline ones are entered at their brace and left at its end.
        let mut module = self.module();
        let mut braces: Vec<bool> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match tokens[at].text {
                "{" => {
                    let named = at >= 2 && tokens[at - 2].text == "mod";
                    if named {
                        module.push(tokens[at - 1].text.to_owned());
                    }
                    braces.push(named);
                    at += 1;
                }
                "}" => {
                    if braces.pop() == Some(true) {
                        module.pop();
                    }
                    at += 1;
                }
                "crate" | "self" | "super" if starts_path(&tokens, at) => {
                    at = read_tree(&tokens, at, &module, &[], &mut found);
                }
                _ => at += 1,
            }
        }
        found
    }

    /// Lines whose code holds `needle` as whole words.
    pub fn lines_with(&self, needle: &str) -> Vec<usize> {
        let lines = self.code.lines().enumerate();
        lines.filter(|(_, line)| holds_word(line, needle)).map(|(index, _)| index + 1).collect()
    }

    /// Lines of the file without its tests.
    pub fn length(&self) -> usize {
        self.text.lines().count() - self.test_lines
    }
}

struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Words, `::`, and single characters.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                _ if is_word(first) => rest.find(|symbol| !is_word(symbol)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (text, after) = rest.split_at(length);
            found.push(Token { text, line: index + 1 });
            rest = after.trim_start();
        }
    }
    found
}

fn starts_path(tokens: &[Token], at: usize) -> bool {
    let follows = |offset: usize| tokens.get(at + offset).map(|token| token.text);
    follows(1) == Some("::") && (at == 0 || tokens[at - 1].text != "::")
}

/// Reads one path or `use` tree from `at`, adds each of its leaves, and gives the place after it.
fn read_tree(tokens: &[Token], at: usize, module: &[String], prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut path = prefix.to_vec();
    let mut at = at;
    let line = tokens[at].line;
    loop {
        match tokens.get(at).map(|token| token.text) {
            Some("crate") => path.clear(),
            Some("self") if prefix.is_empty() => path = module.to_vec(),
            Some("super") => {
                // `super` goes up from the module at the start of a path, and from the path itself after that.
                if path.is_empty() && prefix.is_empty() {
                    path = module.to_vec();
                }
                path.pop();
            }
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = match tokens[at].text {
                        "," => at + 1,
                        _ => read_tree(tokens, at, module, &path, found),
                    };
                }
                return at + 1;
            }
            Some(word) if word.starts_with(is_word) => path.push(word.to_owned()),
            _ => {}
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
    }
    found.push(Named { segments: path, line });
    match tokens.get(at).map(|token| token.text) {
        Some("as") => at + 2,
        _ => at,
    }
}

/// The text with comments and the contents of string and character literals as spaces.
fn without_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before = code.chars().next_back();
        let skip = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => quoted(rest, 1),
            // The `b` of a byte string has been passed by already.
            'r' if !before.is_some_and(|symbol| is_word(symbol) && symbol != 'b') => raw_string(rest),
            '\'' => character(rest),
            _ => 0,
        };
        match skip {
            0 => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
            }
            _ => {
                code.extend(rest[..skip].chars().map(|symbol| if symbol == '\n' { '\n' } else { ' ' }));
                rest = &rest[skip..];
            }
        }
    }
    code
}

/// Bytes of a string literal from its opening quote on.
fn quoted(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (index, symbol) in text.char_indices().skip(from) {
        match symbol {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of `r"…"` or `r#"…"#`; 0 where it is neither.
fn raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|&symbol| symbol == '#').count();
    if !text[1 + hashes..].starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = 2 + hashes;
    text[body..].find(&close).map_or(text.len(), |end| body + end + close.len())
}

/// Bytes of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut symbols = text.char_indices().skip(1);
    match (symbols.next(), symbols.next()) {
        (Some((_, '\\')), Some(_)) => symbols.find(|(_, symbol)| *symbol == '\'').map_or(0, |(index, _)| index + 1),
        (Some(_), Some((index, '\''))) => index + 1,
        _ => 0,
    }
}

/// Blanks each item under `#[cfg(test)]`, with its attribute, and counts the lines they stood on.
fn without_tests(code: &str) -> (String, usize) {
    let mut kept = String::with_capacity(code.len());
    let mut test_lines = 0;
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let item = &rest[start..];
        let end = end_of_item(item);
        let breaks = item[..end].matches('\n').count();
        kept.push_str(&rest[..start]);
        kept.push_str(&"\n".repeat(breaks));
        test_lines += breaks + 1;
        rest = &item[end..];
    }
    kept.push_str(rest);
    (kept, test_lines)
}

/// An item ends at the brace that closes its first one, or at a semicolon before any.
fn end_of_item(item: &str) -> usize {
    let mut depth = 0;
    for (index, symbol) in item.char_indices() {
        match symbol {
            ';' if depth == 0 => return index + 1,
            '{' => depth += 1,
            '}' if depth == 1 => return index + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    item.len()
}

fn holds_word(line: &str, needle: &str) -> bool {
    line.match_indices(needle).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        let open_end = needle.ends_with(|symbol| !is_word(symbol));
        !before.is_some_and(is_word) && (open_end || !after.is_some_and(is_word))
    })
}

fn is_word(symbol: char) -> bool {
    symbol.is_alphanumeric() || symbol == '_'
}
