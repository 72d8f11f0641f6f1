//! Named roles → styles. The only place with colours; what a role means is never in its colour alone.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer, de::Error};

use crate::tui::app::state::Look;

/// The theme of a look, as its file says.
fn file(look: Look) -> &'static str {
    match look {
        Look::Terminal => include_str!("../../../assets/themes/terminal.toml"),
        Look::Dark => include_str!("../../../assets/themes/dark.toml"),
        Look::Light => include_str!("../../../assets/themes/light.toml"),
        Look::HighContrast => include_str!("../../../assets/themes/high-contrast.toml"),
        Look::ColourBlind => include_str!("../../../assets/themes/colour-blind.toml"),
        Look::Plain => include_str!("../../../assets/themes/plain.toml"),
    }
}

/// Styles by role.
#[derive(Clone, Debug, Deserialize)]
pub struct Theme {
    pub style: Styles,
    pub fill: Fills,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Styles {
    /// The ground that all is drawn on, and text without a role.
    pub screen: Role,
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
    pub added: Role,
    pub removed: Role,
    pub hunk: Role,
    /// Parts of JSON.
    pub name: Role,
    pub string: Role,
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
    pub fn of(look: Look) -> Self {
        toml::from_str(file(look)).expect("the built-in themes are valid: a test reads them")
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
    use strum::VariantArray;

    use super::*;

    #[test]
    fn the_built_in_themes_are_valid_and_plain_has_no_colour() {
        Look::VARIANTS.iter().for_each(|&look| drop(Theme::of(look)));
        let coloured = |role: &Role| role.0.fg.is_some() || role.0.bg.is_some();
        assert!(!roles(&Theme::of(Look::Plain)).iter().any(|(_, role)| coloured(role)));
    }

    /// Every role that text is written in.
    fn roles(theme: &Theme) -> Vec<(&'static str, Role)> {
        let style = &theme.style;
        let mut roles = vec![
            ("muted", style.muted),
            ("rule-focused", style.rule_focused),
            ("title", style.title),
            ("title-focused", style.title_focused),
            ("brand", style.brand),
            ("key", style.key),
            ("selection", style.selection),
            ("tab", style.tab),
            ("found", style.found),
            ("heading", style.heading),
            ("block", style.block),
            ("user", style.user),
            ("agent", style.agent),
            ("tool", style.tool),
            ("system", style.system),
            ("importance", style.importance),
            ("boundary", style.boundary),
            ("boundary-loss", style.boundary_loss),
            ("pinned", style.pinned),
            ("out", style.out),
            ("lost", style.lost),
            ("hand", style.hand),
            ("good", style.good),
            ("warn", style.warn),
            ("error", style.error),
            ("edge", style.edge),
        ];
        let fill = &theme.fill;
        let fills = [&fill.pinned, &fill.facts, &fill.index, &fill.packed, &fill.tail, &fill.frame, &fill.free];
        roles.extend(fills.map(|fill| ("fill", fill.style)));
        roles
    }

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(one: Color, other: Color) -> f64 {
        let luminance = |colour: Color| {
            let Color::Rgb(r, g, b) = colour else { panic!("{colour} is the terminal's own") };
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_stands_out_from_the_ground() {
        for (look, least) in [(Look::Dark, 4.5), (Look::Light, 4.5), (Look::HighContrast, 7.0)] {
            let theme = Theme::of(look);
            let screen = theme.style.screen.0;
            for (name, role) in roles(&theme) {
                let (text, ground) = (role.0.fg.or(screen.fg), role.0.bg.or(screen.bg));
                let reached = contrast(text.unwrap(), ground.unwrap());
                assert!(reached >= least, "{name} of {look}: {reached:.1}");
            }
        }
    }

    #[test]
    fn a_role_is_read_word_by_word() {
        let role: Role = "yellow on black bold".parse().unwrap();
        assert_eq!(role.0, Style::default().fg(Color::Yellow).bg(Color::Black).add_modifier(Modifier::BOLD));
        assert!("mauve-ish".parse::<Role>().is_err());
    }
}
