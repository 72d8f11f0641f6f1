//! `expand_entry` and `pin`.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Named;
use crate::{
    model::{Level, SessionId, Verb},
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Failed, Outcome, answer},
    },
    workspace::{
        Workspace,
        answer::{Edited, Expanded, Span},
    },
};

pub struct ExpandEntry;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// The entry: its number, such as #12 or 12, or its id of 16 hex digits.
    #[schema(value_type = String, pattern = "^(#?[1-9][0-9]*|[0-9a-fA-F]{16})$")]
    entry: Named,
    /// How much of it: full (if nothing is said), summary, sentence or keywords.
    level: Option<Level>,
    /// The first line that is wanted, from 1.
    #[schema(minimum = 1)]
    from_line: Option<usize>,
    /// The last line that is wanted.
    #[schema(minimum = 1)]
    to_line: Option<usize>,
    /// The first character that is wanted, from 1. Lines or characters, not both.
    #[schema(minimum = 1)]
    from_char: Option<usize>,
    /// The last character that is wanted.
    #[schema(minimum = 1)]
    to_char: Option<usize>,
}

impl Ability for ExpandEntry {
    const NAME: &'static str = "expand_entry";
    const TITLE: &'static str = "Read an entry";
    const ABOUT: &'static str = "Gives the original text of an entry that a pack carries shortened, strips to a note, or \
                                 leaves out: the whole, or a range of lines or characters. At most 40,000 characters at \
                                 once; `next_char` says where to go on.";
    const EFFECT: Effect = Effect::Reads;
    type Arguments = Part;
    type Answer = Expanded<'static>;

    fn run(part: Part, _: &Caller, workspace: &mut Workspace) -> Outcome {
        let span = part.span()?;
        let id = workspace.live_session_named(&part.session_id)?;
        let session = workspace.entries(&id)?;
        let entry = session.entry(part.entry.0.find(&session)?).expect("it was found by its name just now");
        answer(&Expanded::new(&id, entry, part.level.unwrap_or_default(), span)?)
    }
}

impl Part {
    fn span(&self) -> Result<Span, Failed> {
        let range = |from: Option<usize>, to: Option<usize>, what: &str| {
            let (from, to) = (from.unwrap_or(1), to.unwrap_or(usize::MAX));
            match from >= 1 && to >= from {
                true => Ok((from, to)),
                false => {
                    Err(Failed(format!("from_{what} {from} to_{what} {to} is no range: give from 1, and not after")))
                }
            }
        };
        match (self.from_line.or(self.to_line), self.from_char.or(self.to_char)) {
            (None, None) => Ok(Span::Whole),
            (Some(_), None) => range(self.from_line, self.to_line, "line").map(|(from, to)| Span::Lines { from, to }),
            (None, Some(_)) => {
                range(self.from_char, self.to_char, "char").map(|(from, to)| Span::Characters { from, to })
            }
            (Some(_), Some(_)) => Err(Failed("give a range of lines or of characters, not both".into())),
        }
    }
}

pub struct Pin;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// The entry: its number, such as #12 or 12, or its id of 16 hex digits.
    #[schema(value_type = String, pattern = "^(#?[1-9][0-9]*|[0-9a-fA-F]{16})$")]
    entry: Named,
}

impl Ability for Pin {
    const NAME: &'static str = "pin";
    const TITLE: &'static str = "Pin an entry";
    const ABOUT: &'static str = "Pins an entry: every pack carries it, in full, before anything else. For the few things \
                                 that must not be forgotten, such as a constraint that the user gave. It takes budget \
                                 from the rest; `undo` takes it back, and `words` says what it did to the pack.";
    const EFFECT: Effect = Effect::Adds(Again::Nothing);
    type Arguments = Pinned;
    type Answer = Edited;

    fn run(pinned: Pinned, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let id = workspace.live_session_named(&pinned.session_id)?;
        let session = workspace.session(&id)?;
        let target = pinned.entry.0.find(&session)?;
        let done = workspace.edit(&id, &caller.actor, caller.budget, &Verb::Pin, &[target])?;
        answer(&Edited::new(&session, &done))
    }
}
