//! The keymap: `assets/keymap.toml` and a person's patch of it → what a key means in a context. Footer, help screen and
//! README table are drawn from it, so they cannot disagree with what the keys do.

use std::{collections::HashMap, fmt, str::FromStr};

use crokey::{KeyCombination, KeyCombinationFormat, OneToThree};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;
use strum::VariantArray;

use super::action::{Action, Context, Scope};

const BUILT_IN: &str = include_str!("../../assets/keymap.toml");

/// Every binding, in the order of the file.
#[derive(Clone, Debug)]
pub struct Keymap {
    groups: Vec<Group>,
    meaning: HashMap<(Context, Key), Action>,
}

/// Bindings under one heading of the help screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    pub scope: Scope,
    pub bindings: Vec<Binding>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub action: Action,
    pub keys: Vec<Key>,
    pub help: String,
    /// The word beside the key in the footer; `None`: the footer does not hint it.
    pub footer: Option<String>,
}

/// One key with its modifiers. SHIFT is part of a character, never a modifier of it: terminals differ on whether `?`
/// comes with SHIFT, and crokey does not fold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(KeyCombination);

impl Keymap {
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN, "").expect("the built-in keymap is valid: a test reads it")
    }

    /// The built-in keymap with a person's patch over it: lines of `action = "key"` or `action = ["key", "key"]`.
    /// The error says what is wrong in the patch, and where.
    pub fn patched(patch: &str) -> Result<Self, KeymapError> {
        Self::parse(BUILT_IN, patch)
    }

    fn parse(base: &str, patch: &str) -> Result<Self, KeymapError> {
        let mut groups = read_groups(base)?;
        for (action, keys) in read_patch(patch)? {
            let binding =
                groups.iter_mut().flat_map(|group| &mut group.bindings).find(|binding| binding.action == action);
            binding.ok_or_else(|| KeymapError(format!("'{action}' is not in the built-in keymap")))?.keys = keys;
        }
        let meaning = meanings(&groups)?;
        Ok(Self { groups, meaning })
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What a key means in a context, if anything.
    pub fn action(&self, context: Context, event: KeyEvent) -> Option<Action> {
        self.meaning.get(&(context, Key::from(event))).copied()
    }

    /// The bindings heard in a context, most particular first.
    pub fn heard_in(&self, context: Context) -> impl Iterator<Item = &Binding> {
        let groups_of = |&scope: &Scope| self.groups.iter().filter(move |group| group.scope == scope);
        context.scopes().iter().flat_map(groups_of).flat_map(|group| &group.bindings)
    }

    pub fn binding(&self, action: Action) -> Option<&Binding> {
        self.groups.iter().flat_map(|group| &group.bindings).find(|binding| binding.action == action)
    }

    /// The first key of an action as people read it, `?` for one that a patch left without a key.
    pub fn key_for(&self, action: Action) -> String {
        self.binding(action).and_then(|binding| binding.keys.first()).map_or_else(|| "?".into(), Key::to_string)
    }

    /// The README's table.
    pub fn markdown(&self) -> String {
        let mut table = String::from("| key | what it does |\n| --- | --- |\n");
        for group in &self.groups {
            table += &format!("| **{}** | |\n", group.name);
            for binding in &group.bindings {
                let keys: Vec<String> =
                    binding.keys.iter().map(|key| format!("`{}`", key.to_string().replace('|', "\\|"))).collect();
                table += &format!("| {} | {} |\n", keys.join(" "), binding.help.replace('|', "\\|"));
            }
        }
        table
    }
}

impl Binding {
    /// All its keys: "U ctrl-r".
    pub fn keys_in_words(&self) -> String {
        self.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// What is wrong with a keymap, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError(String);

impl fmt::Display for KeymapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeymapError {}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::normal(KeyCombination::one_key(event.code, event.modifiers))
    }
}

impl Key {
    fn normal(combination: KeyCombination) -> Self {
        let mut combination = combination;
        if let OneToThree::One(KeyCode::Char(letter)) = combination.codes {
            let shifted = combination.modifiers.contains(KeyModifiers::SHIFT);
            let letter = if shifted { letter.to_ascii_uppercase() } else { letter };
            combination.codes = OneToThree::One(KeyCode::Char(letter));
            combination.modifiers.remove(KeyModifiers::SHIFT);
        }
        if combination.codes == OneToThree::One(KeyCode::BackTab) {
            combination.modifiers.remove(KeyModifiers::SHIFT);
        }
        Self(combination)
    }
}

impl FromStr for Key {
    type Err = KeymapError;

    /// A character as typed, or a name as crokey knows it.
    fn from_str(text: &str) -> Result<Self, KeymapError> {
        let mut chars = text.chars();
        if let (Some(letter), None) = (chars.next(), chars.next()) {
            return Ok(Self(KeyCombination::one_key(KeyCode::Char(letter), KeyModifiers::NONE)));
        }
        let no_key = || KeymapError(format!("'{text}' is no key: write a character, or a name like enter or ctrl-r"));
        let combination = crokey::parse(text).map_err(|_| no_key())?;
        combination.is_ansi_compatible().then(|| Self::normal(combination)).ok_or_else(no_key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.0.codes {
            OneToThree::One(KeyCode::Up) => "↑",
            OneToThree::One(KeyCode::Down) => "↓",
            OneToThree::One(KeyCode::Left) => "←",
            OneToThree::One(KeyCode::Right) => "→",
            OneToThree::One(KeyCode::BackTab) => "shift-tab",
            OneToThree::One(KeyCode::Char(letter)) if self.0.modifiers.is_empty() && letter != ' ' => {
                return write!(f, "{letter}");
            }
            _ => {
                let format = KeyCombinationFormat::default().with_lowercase_modifiers();
                return f.write_str(&format.to_string(self.0).to_lowercase());
            }
        };
        f.write_str(arrow)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<GroupRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    name: String,
    scope: Scope,
    keys: Vec<BindingRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingRow {
    on: Vec<String>,
    action: String,
    help: String,
    footer: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PatchRow {
    One(String),
    Many(Vec<String>),
}

fn read_groups(text: &str) -> Result<Vec<Group>, KeymapError> {
    let file: File = toml::from_str(text).map_err(|error| KeymapError(error.to_string()))?;
    file.group
        .into_iter()
        .map(|group| {
            let bindings = group.keys.into_iter().map(|row| {
                Ok(Binding {
                    action: read_action(&row.action)?,
                    keys: row.on.iter().map(|key| key.parse()).collect::<Result<_, _>>()?,
                    help: row.help,
                    footer: row.footer,
                })
            });
            Ok(Group { name: group.name, scope: group.scope, bindings: bindings.collect::<Result<_, KeymapError>>()? })
        })
        .collect()
}

fn read_patch(text: &str) -> Result<Vec<(Action, Vec<Key>)>, KeymapError> {
    let rows: std::collections::BTreeMap<String, PatchRow> =
        toml::from_str(text).map_err(|error| KeymapError(error.to_string().trim_end().to_owned()))?;
    rows.into_iter()
        .map(|(action, row)| {
            let keys = match row {
                PatchRow::One(key) => vec![key],
                PatchRow::Many(keys) => keys,
            };
            Ok((read_action(&action)?, keys.iter().map(|key| key.parse()).collect::<Result<_, _>>()?))
        })
        .collect()
}

fn read_action(name: &str) -> Result<Action, KeymapError> {
    name.parse().map_err(|_| KeymapError(format!("'{name}' is no action; the built-in keymap.toml lists them")))
}

/// What each key means in each context. Two actions on one key in one context is an error that names both.
fn meanings(groups: &[Group]) -> Result<HashMap<(Context, Key), Action>, KeymapError> {
    let mut meaning = HashMap::new();
    for &context in Context::VARIANTS {
        for group in groups.iter().filter(|group| context.scopes().contains(&group.scope)) {
            for binding in &group.bindings {
                for &key in &binding.keys {
                    let earlier = meaning.insert((context, key), binding.action);
                    if let Some(earlier) = earlier.filter(|&earlier| earlier != binding.action) {
                        let action = binding.action;
                        return Err(KeymapError(format!("'{key}' is bound to both '{earlier}' and '{action}'")));
                    }
                }
            }
        }
    }
    Ok(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(code, modifiers)
    }

    #[test]
    fn every_action_is_bound_once_and_has_help() {
        let keymap = Keymap::built_in();
        for &action in Action::VARIANTS {
            let bindings: Vec<&Binding> =
                keymap.groups().iter().flat_map(|group| &group.bindings).filter(|row| row.action == action).collect();
            assert_eq!(bindings.len(), 1, "{action}");
            assert!(!bindings[0].keys.is_empty() && !bindings[0].help.is_empty(), "{action}");
        }
    }

    #[test]
    fn a_question_mark_is_heard_with_and_without_shift() {
        let keymap = Keymap::built_in();
        for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
            assert_eq!(keymap.action(Context::Session, press(KeyCode::Char('?'), modifiers)), Some(Action::Help));
            assert_eq!(keymap.action(Context::Session, press(KeyCode::Char('U'), modifiers)), Some(Action::Redo));
        }
        assert_eq!(keymap.action(Context::Session, press(KeyCode::Char('u'), KeyModifiers::NONE)), Some(Action::Undo));
        assert_eq!(
            keymap.action(Context::Session, press(KeyCode::BackTab, KeyModifiers::SHIFT)),
            Some(Action::PreviousPane)
        );
    }

    #[test]
    fn a_patch_moves_a_key() {
        let keymap = Keymap::patched("pin = \"X\"\nundo = [\"u\", \"ctrl-z\"]").unwrap();
        assert_eq!(keymap.key_for(Action::Pin), "X");
        assert_eq!(keymap.action(Context::Session, press(KeyCode::Char('p'), KeyModifiers::NONE)), None);
        let ctrl_z = press(KeyCode::Char('z'), KeyModifiers::CONTROL);
        assert_eq!(keymap.action(Context::Session, ctrl_z), Some(Action::Undo));
    }

    #[test]
    fn a_bad_patch_says_what_is_wrong() {
        let error = |patch: &str| Keymap::patched(patch).unwrap_err().to_string();
        assert_eq!(error("pin = \"x\""), "'x' is bound to both 'pin' and 'evict'");
        assert_eq!(error("pin = \"j\""), "'j' is bound to both 'pin' and 'down'");
        assert_eq!(error("pni = \"x\""), "'pni' is no action; the built-in keymap.toml lists them");
        assert_eq!(
            error("pin = \"hyper-x\""),
            "'hyper-x' is no key: write a character, or a name like enter or ctrl-r"
        );
    }

    #[test]
    fn keys_print_as_they_are_written() {
        for text in ["p", "U", "?", "+", "-", "=", "ctrl-r", "enter", "esc", "space", "tab", "pagedown", "f1"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
    }
}
