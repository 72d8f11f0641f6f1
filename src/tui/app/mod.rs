//! What the screen knows, and how it changes: events in, effects out. No I/O, no clock, no drawing.

pub mod state;
pub mod event;
pub mod effect;
pub mod areas;
pub mod update;
pub mod picker;
pub mod inspector;
pub mod scroll;
pub mod finding;
pub mod list;
pub mod search;
pub mod preview;
pub mod panes;
pub mod verbs;
pub mod rows;
pub mod palette;
pub mod help;
pub mod lens;
pub mod suggestions;
pub mod sweep;
pub mod side_text;
pub mod compare;
pub mod budget;
pub mod popup;
pub mod menus;
pub mod typing;
pub mod mouse;

pub use areas::{Areas, Border};
pub use effect::Effect;
pub use event::Event;
pub use lens::Lens;
pub use state::{Popup, Screen, Settings, State, Status, Tone};
pub use update::{drawn, is_unfinished, update};
