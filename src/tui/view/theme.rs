//! Named roles → styles. The only place with colours; what a role means is never in its colour alone.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer, de::Error};

const TERMINAL: &str = include_str!("../../../assets/themes/terminal.toml");
const PLAIN: &str = include_str!("../../../assets/themes/plain.toml");

/// Styles by role.
#[derive(Clone, Debug, Deserialize)]
pub struct Theme {
    pub style: Styles,
    pub fill: Fills,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Styles {
    pub muted: Role,
    pub rule: Role,
    pub rule_focused: Role,
    pub title: Role,
    pub title_focused: Role,
    pub brand: Role,
    pub key: Role,
    /// The row under the cursor where the keyboard is, and where it is not.
    pub selection: Role,
    pub selection_idle: Role,
    pub tab: Role,
    pub found: Role,
    /// Headings and block headers of a pack.
    pub heading: Role,
    pub block: Role,
    pub user: Role,
    pub agent: Role,
    pub tool: Role,
    pub system: Role,
    pub importance: Role,
    pub boundary: Role,
    /// What was lost at a boundary.
    pub boundary_loss: Role,
    pub pinned: Role,
    /// Evicted, superseded, archived.
    pub out: Role,
    pub lost: Role,
    /// Set by hand.
    pub hand: Role,
    pub good: Role,
    pub warn: Role,
    pub error: Role,
    pub edge: Role,
    /// Lines of a diff.
    #[serde(default)]
    pub added: Role,
    #[serde(default)]
    pub removed: Role,
    #[serde(default)]
    pub hunk: Role,
    /// Parts of JSON.
    #[serde(default)]
    pub name: Role,
    #[serde(default)]
    pub string: Role,
    #[serde(default)]
    pub number: Role,
}

/// The parts of the budget bar.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fills {
    pub pinned: Fill,
    pub facts: Fill,
    pub index: Fill,
    pub packed: Fill,
    pub tail: Fill,
    pub frame: Fill,
    pub free: Fill,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// A cell of the bar.
    pub glyph: String,
    /// The same in the legend.
    pub swatch: String,
    pub style: Role,
}

/// A style as themes write it: "yellow bold".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Role(pub Style);

impl Theme {
    /// The terminal's sixteen colours.
    pub fn terminal() -> Self {
        toml::from_str(TERMINAL).expect("the built-in themes are valid: a test reads them")
    }

    /// No colour, for NO_COLOR.
    pub fn plain() -> Self {
        toml::from_str(PLAIN).expect("the built-in themes are valid: a test reads them")
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut style = Style::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let colour = |word: &str| Color::from_str(word).map_err(|_| format!("'{word}' is no colour or attribute"));
            style = match word {
                "bold" => style.add_modifier(Modifier::BOLD),
                "dim" => style.add_modifier(Modifier::DIM),
                "italic" => style.add_modifier(Modifier::ITALIC),
                "underlined" => style.add_modifier(Modifier::UNDERLINED),
                "reversed" => style.add_modifier(Modifier::REVERSED),
                "on" => style.bg(colour(words.next().unwrap_or(""))?),
                word => style.fg(colour(word)?),
            };
        }
        Ok(Role(style))
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl From<Role> for Style {
    fn from(role: Role) -> Style {
        role.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_are_valid_and_plain_has_no_colour() {
        Theme::terminal();
        Theme::plain();
        assert!(
            !PLAIN.lines().any(|line| ["red", "green", "blue", "yellow", "cyan"]
                .iter()
                .any(|c| line.contains(&format!("\"{c}"))))
        );
    }

    #[test]
    fn a_role_is_read_word_by_word() {
        let role: Role = "yellow on black bold".parse().unwrap();
        assert_eq!(role.0, Style::default().fg(Color::Yellow).bg(Color::Black).add_modifier(Modifier::BOLD));
        assert!("mauve-ish".parse::<Role>().is_err());
    }
}
