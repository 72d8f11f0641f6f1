//! Makes hostile text inert: no escape sequence, control or bidi character reaches a pack or a screen.
//!
//! | in the text | becomes |
//! | --- | --- |
//! | terminal escape sequences (CSI, OSC, DCS, …; 7-bit and 8-bit) | nothing |
//! | `\r\n`, a lone `\r` (progress bars), U+2028, U+2029 | a newline |
//! | other control characters, a lone escape | its picture: `␀`, `␇`, `␛`, `␡`; in the C1 range `\u{85}` |
//! | bidi controls, zero-width and other invisible characters | `\u{202e}` |
//! | newlines, tabs, variation selectors, joiners between letters or emoji | themselves |

use std::borrow::Cow;

/// Text of several lines made inert. Newlines and tabs stay. Idempotent; linear time; borrowed where nothing changes.
pub fn inert(text: &str) -> Cow<'_, str> {
    match text.char_indices().find(|&(_, c)| class(c) != Class::Plain) {
        None => Cow::Borrowed(text),
        Some((from, _)) => Cow::Owned(Cleaner::new(text, from).run()),
    }
}

/// The same for one line: newlines and tabs become spaces.
pub fn inert_line(text: &str) -> Cow<'_, str> {
    let inert = inert(text);
    if inert.contains(['\n', '\t']) { Cow::Owned(inert.replace(['\n', '\t'], " ")) } else { inert }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Stays as it is.
    Plain,
    LineBreak,
    /// Begins an escape sequence, or is one by itself.
    Escape,
    Control,
    Invisible,
    /// Joins or separates letters of some scripts, and emoji; invisible and without use anywhere else.
    Joiner,
}

fn class(c: char) -> Class {
    match c {
        '\n' | '\t' | ' '..='~' => Class::Plain,
        '\r' | '\u{2028}' | '\u{2029}' => Class::LineBreak,
        '\x1b' | '\u{90}' | '\u{98}' | '\u{9b}'..='\u{9f}' => Class::Escape,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => Class::Control,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        // Bidi controls; zero-width and other format characters; letters that draw nothing; tags and the selectors that
        // smuggle bytes.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Class::Invisible,
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' => Class::Invisible,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' => Class::Invisible,
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => Class::Invisible,
        '\u{e0000}'..='\u{e0fff}' => Class::Invisible,
        _ => Class::Plain,
    }
}

struct Cleaner<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// No string terminator stands at or after this offset, so that a thousand unclosed strings take linear time.
    unterminated_from: usize,
}

impl<'a> Cleaner<'a> {
    fn new(text: &'a str, from: usize) -> Self {
        let mut out = String::with_capacity(text.len());
        out.push_str(&text[..from]);
        Self { text, at: from, out, unterminated_from: usize::MAX }
    }

    fn run(mut self) -> String {
        while let Some(c) = self.peek() {
            match class(c) {
                Class::Plain => {
                    let rest = &self.text[self.at..];
                    let length = rest
                        .char_indices()
                        .find(|&(_, c)| class(c) != Class::Plain)
                        .map_or(rest.len(), |(index, _)| index);
                    self.out.push_str(&rest[..length]);
                    self.at += length;
                }
                Class::LineBreak => self.line_break(c),
                Class::Escape => self.escape(c),
                Class::Control => {
                    self.advance(c);
                    self.show_control(c);
                }
                Class::Invisible => {
                    self.advance(c);
                    self.out.extend(c.escape_unicode());
                }
                Class::Joiner => {
                    self.advance(c);
                    if self.joins() {
                        self.out.push(c);
                    } else {
                        self.out.extend(c.escape_unicode());
                    }
                }
            }
        }
        self.out
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn advance(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    /// A run of carriage returns is one line break, together with the newline after it.
    fn line_break(&mut self, c: char) {
        self.advance(c);
        if c == '\r' {
            while self.peek() == Some('\r') {
                self.at += 1;
            }
            if self.peek() == Some('\n') {
                self.at += 1;
            }
        }
        self.out.push('\n');
    }

    /// Whether a joiner at this place stands between two characters that it can join.
    fn joins(&self) -> bool {
        let letter = |c: char| !c.is_ascii() && class(c) == Class::Plain;
        self.out.chars().next_back().is_some_and(letter) && self.peek().is_some_and(letter)
    }

    fn show_control(&mut self, c: char) {
        match u32::from(c) {
            code @ 0..0x20 => self.out.extend(char::from_u32(0x2400 + code)),
            0x7f => self.out.push('␡'),
            _ => self.out.extend(c.escape_unicode()),
        }
    }

    /// Removes one escape sequence. What is no whole sequence loses its introducer only, so that nothing readable goes.
    fn escape(&mut self, c: char) {
        self.advance(c);
        // The 8-bit form of an introducer is the 7-bit form's second character plus 0x40.
        let introducer = if c == '\x1b' { self.peek() } else { char::from_u32(u32::from(c) - 0x40) };
        let Some(introducer) = introducer.filter(char::is_ascii) else { return self.show_control(c) };
        if c == '\x1b' && matches!(introducer, ' '..='~') {
            self.at += 1;
        }
        match introducer {
            '[' => {
                self.skip('0', '?');
                self.skip(' ', '/');
                self.skip_one('@', '~');
            }
            ']' | 'P' | 'X' | '^' | '_' => self.skip_string(introducer),
            // An intermediate: the sequence ends with its first final character.
            ' '..='/' => {
                self.skip(' ', '/');
                self.skip_one('0', '~');
            }
            '0'..='~' => {}
            _ => self.show_control(c),
        }
    }

    fn skip(&mut self, from: char, to: char) {
        while self.peek().is_some_and(|c| (from..=to).contains(&c)) {
            self.at += 1;
        }
    }

    fn skip_one(&mut self, from: char, to: char) {
        if self.peek().is_some_and(|c| (from..=to).contains(&c)) {
            self.at += 1;
        }
    }

    /// Skips the body and terminator of a control string; nothing where another sequence begins or the text ends first.
    fn skip_string(&mut self, introducer: char) {
        if self.at >= self.unterminated_from {
            return;
        }
        let rest = &self.text[self.at..];
        let ends = |c: char| matches!(c, '\x1b' | '\u{9c}' | '\x18' | '\x1a') || (c == '\x07' && introducer == ']');
        match rest.find(ends) {
            None => self.unterminated_from = self.at,
            Some(end) => {
                let terminator =
                    ["\x1b\\", "\u{9c}", "\x07"].into_iter().find(|terminator| rest[end..].starts_with(terminator));
                if let Some(terminator) = terminator {
                    self.at += end + terminator.len();
                }
            }
        }
    }
}

/// JSON with control characters that JSON itself lets through, and those that turn the direction of text, as escapes.
/// Outside of strings JSON has none of them, so the value stays the same.
pub fn inert_json(json: &str) -> Cow<'_, str> {
    let obeyed = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !json.contains(obeyed) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if obeyed(c) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_is_borrowed() {
        for text in ["", "fn main() {\n\tprintln!(\"grüß dich, 世界 👍🏽\");\n}"] {
            assert!(matches!(inert(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn escape_sequences_go() {
        for (text, expected) in [
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b[38;5;196;48:2::1:2:3mx", "x"),
            ("\x1b[?25l\x1b[2Jx\x1b[?1049h", "x"),
            ("\x1b]0;title\x07x", "x"),
            ("\x1b]8;;https://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x1bPq#0;2;0;0;0\x1b\\x", "x"),
            ("\x1b_apc\x1b\\x\x1b^pm\x1b\\y\x1bXsos\x1b\\z", "xyz"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}0;title\u{9c}x", "x"),
            ("\x1b(B\x1b)0x\x1b7\x1b8\x1bMy", "xy"),
            ("cut\x1b[31", "cut"),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_unclosed_string_does_not_swallow_the_text() {
        assert_eq!(inert("\x1b]0;the rest is here"), "0;the rest is here");
        assert_eq!(inert("\x1b]0;one\x1b[31mtwo"), "0;onetwo");
    }

    #[test]
    fn a_lone_escape_is_shown() {
        assert_eq!(inert("a\x1b"), "a␛");
        assert_eq!(inert("a\x1bé"), "a␛é");
        assert_eq!(inert("a\x1b\nb"), "a␛\nb");
    }

    #[test]
    fn line_breaks_are_newlines() {
        assert_eq!(inert("a\r\nb\r\r\nc\rd\u{2028}e"), "a\nb\nc\nd\ne");
        assert_eq!(inert("a\r\u{2028}b\u{2029}\nc"), "a\n\nb\n\nc");
        assert_eq!(inert(" 10 %\r 50 %\r100 %\n"), " 10 %\n 50 %\n100 %\n");
    }

    #[test]
    fn controls_and_invisible_characters_are_shown() {
        assert_eq!(inert("\0\x07\x08\x7f\u{85}"), "␀␇␈␡\\u{85}");
        assert_eq!(inert("user\u{202e}nimda"), "user\\u{202e}nimda");
        assert_eq!(inert("a\u{200b}b\u{feff}c\u{e0041}"), "a\\u{200b}b\\u{feff}c\\u{e0041}");
    }

    #[test]
    fn joiners_stay_where_they_join() {
        assert_eq!(inert("👩\u{200d}💻 می\u{200c}خواهم"), "👩\u{200d}💻 می\u{200c}خواهم");
        assert_eq!(inert("pass\u{200d}word"), "pass\\u{200d}word");
    }

    #[test]
    fn one_line_has_no_breaks_and_no_tabs() {
        assert_eq!(inert_line("a\tb\r\nc\x1b[1m"), "a b c");
    }

    #[test]
    fn many_unclosed_strings_take_linear_time() {
        assert_eq!(inert(&"\x1b]\u{9d}".repeat(200_000)), "");
    }

    proptest! {
        #[test]
        fn hostile_text_is_inert(text in hostile()) {
            let inert_text = inert(&text);
            let hostile = inert_text.chars().find(|&c| !matches!(class(c), Class::Plain | Class::Joiner));
            prop_assert_eq!(hostile, None);
            prop_assert!(!inert_text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            prop_assert!(!inert_line(&text).contains(['\n', '\t', '\r']));
        }

        #[test]
        fn inert_is_idempotent(text in hostile()) {
            let once = inert(&text).into_owned();
            prop_assert_eq!(inert(&once), once.as_str());
        }

        #[test]
        fn readable_words_stay(words in "[a-z ]{0,20}", more in "[a-z ]{0,20}") {
            let text = format!("{words}\x1b[1;31m{more}\x1b[0m");
            prop_assert_eq!(inert(&text), format!("{words}{more}"));
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            (0u32..0xa0).prop_map(|code| char::from_u32(code).expect("a control or ASCII character").to_string()),
            (0x2000u32..0x2070).prop_map(|code| char::from_u32(code).expect("no surrogate").to_string()),
            Just("\x1b[".to_owned()),
            Just("\x1b]".to_owned()),
            Just("\x1b\\".to_owned()),
            Just("\u{200d}".to_owned()),
            Just("é".to_owned()),
            Just("\r".to_owned()),
            "[ -~]{0,5}",
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn json_is_inert_and_says_the_same() {
        let value = "a\u{9b}31m\u{202e}b\u{7f}\u{1b}[0m é";
        let json = serde_json::to_string(value).expect("text is JSON");
        let escaped = inert_json(&json);
        assert!(escaped.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).expect("it is JSON still"), value);
    }
}
