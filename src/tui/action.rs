//! Action: what a person can ask for. Scope and context: where each key is heard.

use serde::Deserialize;
use strum::{Display, EnumString, VariantArray};

/// What a person asks by a key. Each is bound once in `assets/keymap.toml`, under its name in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    Pin,
    Evict,
    Compact,
    Restore,
    Rewrite,
    Note,
    Raise,
    Lower,
    Importance,
    ScoreByRule,
    ToFull,
    ToSummary,
    ToSentence,
    ToKeywords,
    ChooseLevel,
    ApplySuggestion,
    NextSuggestion,
    Undo,
    Redo,
    ApplyPlan,
    BudgetDown,
    BudgetUp,
    Budget,
    BudgetPresets,
    Strategy,
    Find,
    Filter,
    FilterLost,
    ClearFilter,
    Sort,
    Reverse,
    Mark,
    MarkAll,
    Open,
    NextPane,
    PreviousPane,
    MoreText,
    LessText,
    Zoom,
    CopyEntry,
    CopyPack,
    WritePack,
    Sessions,
    OpenSession,
    Import,
    Demo,
    FindSession,
    SortSessions,
    DeleteSession,
    UndeleteSession,
    Down,
    Up,
    PageDown,
    PageUp,
    Top,
    Bottom,
    Help,
    Back,
    CloseReading,
    Quit,
    QuitNow,
    Redraw,
    Yes,
    No,
    Choose,
    Close,
    Submit,
    Cancel,
    ClearLine,
    Save,
    NextRendition,
    Discard,
}

/// The part of the keymap that a key stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Session,
    Sessions,
    Move,
    Reading,
    General,
    Everywhere,
    Confirm,
    Menu,
    Line,
    Editor,
}

/// What has the keyboard right now. A key means one thing in a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Context {
    Session,
    Sessions,
    /// Text to scroll through: help, why.
    Reading,
    /// Nothing is open yet.
    Waiting,
    Confirm,
    Menu,
    /// One line of text is being typed; keys that are not bound are text.
    Line,
    /// The text area; keys that are not bound are text.
    Editor,
}

impl Context {
    /// The scopes heard here, most particular first: the order in which the footer hints their keys.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Context::Session => &[Scope::Session, Scope::Move, Scope::General, Scope::Everywhere],
            Context::Sessions => &[Scope::Sessions, Scope::Move, Scope::General, Scope::Everywhere],
            Context::Reading => &[Scope::Reading, Scope::Move, Scope::Everywhere],
            Context::Waiting => &[Scope::General, Scope::Everywhere],
            Context::Confirm => &[Scope::Confirm, Scope::Everywhere],
            Context::Menu => &[Scope::Menu, Scope::Move, Scope::Everywhere],
            Context::Line => &[Scope::Line, Scope::Everywhere],
            Context::Editor => &[Scope::Editor, Scope::Everywhere],
        }
    }
}
