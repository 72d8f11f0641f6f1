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
    Suggestions,
    MarkSuggestion,
    MarkSuggestions,
    ApplySuggestions,
    ShowTargets,
    Sweep,
    SweepLess,
    SweepMore,
    SweepHalve,
    SweepDouble,
    SweepKnee,
    Compare,
    LeftSide,
    RightSide,
    SwapSides,
    ShowDifferences,
    OtherPart,
    GoToEntry,
    LeaveLens,
    Palette,
    Verbs,
    NextOffer,
    PreviousOffer,
    OffersDown,
    OffersUp,
    TakeOffer,
    LeaveOffers,
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
    /// Undo, budget and strategy: wherever a session is open.
    Plan,
    /// Opening a lens over the session.
    Lenses,
    Sessions,
    Suggestions,
    Sweep,
    Compare,
    /// Every lens.
    Lens,
    Move,
    Reading,
    General,
    /// Asking for help, or for the palette.
    Ask,
    /// A list that what is typed narrows down.
    Offers,
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
    Suggestions,
    Sweep,
    Compare,
    /// Text to scroll through: why.
    Reading,
    /// The keys, narrowed down by what is typed.
    Help,
    Palette,
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
        use Scope::*;
        match self {
            Context::Session => &[Session, Plan, Lenses, Move, General, Ask, Everywhere],
            Context::Sessions => &[Sessions, Move, General, Ask, Everywhere],
            Context::Suggestions => &[Suggestions, Plan, Lenses, Lens, Move, Ask, Everywhere],
            Context::Sweep => &[Sweep, Plan, Lenses, Lens, Move, Ask, Everywhere],
            Context::Compare => &[Compare, Plan, Lenses, Lens, Move, Ask, Everywhere],
            Context::Reading => &[Reading, Move, Everywhere],
            Context::Help | Context::Palette => &[Offers, Everywhere],
            Context::Waiting => &[General, Ask, Everywhere],
            Context::Confirm => &[Confirm, Everywhere],
            Context::Menu => &[Menu, Move, Everywhere],
            Context::Line => &[Line, Everywhere],
            Context::Editor => &[Editor, Everywhere],
        }
    }
}
