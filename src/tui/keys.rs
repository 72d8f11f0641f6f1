//! Keys written as text: `jj<enter>/error<esc>`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// # Errors
/// A name between `<` and `>` that is no key's, in a sentence.
pub fn parse(text: &str) -> Result<Vec<KeyEvent>, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((key, after)) = first(rest)? {
        keys.push(key);
        rest = after;
    }
    Ok(keys)
}

/// The first key, and what follows it.
pub fn first(text: &str) -> Result<Option<(KeyEvent, &str)>, String> {
    let Some(letter) = text.chars().next() else { return Ok(None) };
    // `<` alone is a key too; `<lt>` where a name could be read into what follows.
    let named = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match named.filter(|(name, _)| !name.is_empty() && !name.contains([' ', '<'])) {
        Some((name, after)) => Ok(Some((named_key(name)?, after))),
        None => {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            Ok(Some((key, &text[letter.len_utf8()..])))
        }
    }
}

fn named_key(name: &str) -> Result<KeyEvent, String> {
    let (modifiers, name) = match name.strip_prefix("ctrl-") {
        Some(name) => (KeyModifiers::CONTROL, name),
        None => (KeyModifiers::NONE, name),
    };
    let mut letters = name.chars();
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "space" => KeyCode::Char(' '),
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pagedown" => KeyCode::PageDown,
        "pageup" => KeyCode::PageUp,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "lt" => KeyCode::Char('<'),
        _ => match (letters.next(), letters.next()) {
            (Some(letter), None) => KeyCode::Char(letter),
            _ => return Err(format!("'<{name}>' is no key: write a letter, or a name such as <enter>, <esc>, <down>")),
        },
    };
    Ok(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_names_are_keys() {
        let keys = parse("j<enter>/a<b <ctrl-d><<space>").expect("all of them are keys");
        let codes: Vec<KeyCode> = keys.iter().map(|key| key.code).collect();
        let letter = KeyCode::Char;
        let expected = [
            letter('j'),
            KeyCode::Enter,
            letter('/'),
            letter('a'),
            letter('<'),
            letter('b'),
            letter(' '),
            letter('d'),
            letter('<'),
            letter(' '),
        ];
        assert_eq!(codes, expected);
        assert_eq!(keys[7].modifiers, KeyModifiers::CONTROL);
        assert!(parse("<retrun>").unwrap_err().contains("'<retrun>' is no key"));
    }
}
