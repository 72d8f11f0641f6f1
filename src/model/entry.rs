//! One item of a session: what was said, by whom, at which place, and how it is held.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use super::{Clean, EntryId, Level, Time};

/// An entry. All but `state`, `score` and `costs` is immutable once imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    /// 1-based place in the session; what people see as `#12`. Never reused.
    pub seq: u32,
    pub kind: Kind,
    pub role: Role,
    pub marks: Marks,
    /// The tool of a call or result (`Bash`, `Read`); the agent's name for it.
    pub tool: Option<Arc<str>>,
    /// Joins a call with its results. Unique per exchange within a session.
    pub call_id: Option<Arc<str>>,
    /// The file that a call reads or writes, where its input names one.
    pub path: Option<Clean>,
    /// The whole text, redacted, otherwise as it was logged.
    pub text: Clean,
    /// The text at summary, sentence and keywords, made by rule; `None` where it is the shallower text.
    pub renditions: [Option<Clean>; 3],
    /// Tokens of the block (header, text, blank line) at each level, under the session's tokenizer; never growing.
    pub costs: [u32; 4],
    /// Importance by rule, with its breakdown.
    pub score: Score,
    pub at: Option<Time>,
    pub place: Place,
    pub seen: Seen,
    /// Token usage that the log itself records for the reply this entry opens.
    pub usage: Option<Usage>,
    /// Of a summary that condensing made: what it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Box<Made>>,
    pub state: EntryState,
}

/// What a condensed summary was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Made {
    /// One more than the greatest generation among its sources; what a log tells is of generation 0.
    pub generation: u8,
    /// The entries that it stands for, in order. Archived when it was made.
    pub sources: Vec<EntryId>,
    /// What they cost together in full, under the tokenizer in use when it was made.
    pub source_tokens: u32,
}

impl Entry {
    /// An entry of which nothing more is known yet: no marks, no costs, never seen to be lost, as imported.
    pub fn new(id: EntryId, seq: u32, kind: Kind, role: Role, text: Clean) -> Entry {
        Entry {
            id,
            seq,
            kind,
            role,
            marks: Marks::default(),
            tool: None,
            call_id: None,
            path: None,
            text,
            renditions: [None, None, None],
            costs: [0; 4],
            score: Score::default(),
            at: None,
            place: Place::default(),
            seen: Seen::Unknown,
            usage: None,
            made: None,
            state: EntryState::default(),
        }
    }

    /// The importance in force: the hand's if set, else the rule's.
    pub fn importance(&self) -> f32 {
        self.state.importance.map_or(self.score.value, Importance::value)
    }

    /// The text at a level: the hand's rewrite if there is one, else the rule's rendition, else the shallower text.
    /// `pack::price` keeps `costs` in step and guarantees that a deeper text never costs more.
    pub fn text_at(&self, level: Level) -> &Clean {
        let mut at = Some(level);
        while let Some(level) = at {
            if self.costs_less_than_shallower(level)
                && let Some(text) = self.own_text(level)
            {
                return text;
            }
            at = level.shallower();
        }
        &self.text
    }

    /// The shallowest level whose text this level shows: `full` where nothing is saved.
    pub fn effective_level(&self, level: Level) -> Level {
        let mut at = level;
        while let Some(up) = at.shallower() {
            if self.costs[up.index()] != self.costs[at.index()] {
                break;
            }
            at = up;
        }
        at
    }

    /// The rewrite or rule rendition that belongs to exactly this level.
    pub fn own_text(&self, level: Level) -> Option<&Clean> {
        match level.index().checked_sub(1) {
            None => Some(&self.text),
            Some(index) => self.state.rewrites.get(&level).or(self.renditions[index].as_ref()),
        }
    }

    /// 0 for what a log tells; of a condensed summary what [`Made`] says.
    pub fn generation(&self) -> u8 {
        self.made.as_ref().map_or(0, |made| made.generation)
    }

    /// Whether it is a condensed summary of fewer tokens than the square root of its sources': lore's measure of a
    /// summary that can hardly hold what they said.
    pub fn is_lossy(&self) -> bool {
        self.made.as_ref().is_some_and(|made| u64::from(self.cost(Level::Full)).pow(2) < u64::from(made.source_tokens))
    }

    pub fn cost(&self, level: Level) -> u32 {
        self.costs[level.index()]
    }

    /// Whether a plan may carry it at all.
    pub fn is_live(&self) -> bool {
        self.state.fate == Fate::Live && self.kind != Kind::Opaque && self.kind != Kind::Boundary
    }

    fn costs_less_than_shallower(&self, level: Level) -> bool {
        level.shallower().is_none_or(|up| self.costs[level.index()] < self.costs[up.index()])
    }
}

/// The part of an entry that edits change. Everything here is covered by undo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryState {
    pub pinned: bool,
    /// Importance set by hand; `None` = the rule's score is in force.
    pub importance: Option<Importance>,
    pub held: Held,
    pub fate: Fate,
    /// Renditions written by hand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rewrites: BTreeMap<Level, Clean>,
}

impl EntryState {
    /// Whether a hand has set its importance, its level or a text.
    pub fn is_by_hand(&self) -> bool {
        self.importance.is_some() || self.held.by == HeldBy::Hand || !self.rewrites.is_empty()
    }
}

/// Importance set by hand, in thousandths so that it compares and stores exactly. Range 0 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u16, minimum = 0, maximum = 1000)]
pub struct Importance(u16);

impl Importance {
    /// `None` outside 0.0 to 1.0 or for NaN.
    pub fn new(value: f32) -> Option<Self> {
        (0.0..=1.0).contains(&value).then(|| Self((value * 1000.0).round() as u16))
    }

    pub fn value(self) -> f32 {
        f32::from(self.0) / 1000.0
    }

    pub fn thousandths(self) -> u16 {
        self.0
    }
}

/// The level that the store holds an entry at. Only a hand-held level binds planning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Held {
    pub level: Level,
    pub by: HeldBy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Display, ToSchema)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum HeldBy {
    #[default]
    Rule,
    Hand,
}

/// Whether the entry is there for plans to use, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    #[default]
    Live,
    /// Held out of every pack by an edit.
    Evicted,
    /// Made stale by a newer copy.
    Superseded { by: EntryId },
    /// Replaced by a more general summary; still found by recall.
    Archived,
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Kind {
    /// What the human wrote.
    Prompt,
    /// Text put in by the program: reminders, environment blocks, attachments, command output.
    Injected,
    /// What the agent said.
    Message,
    Thought,
    Call,
    Result,
    /// A compaction summary that the agent was given in place of older entries.
    Summary,
    /// A pinned entry made by hand from a selection.
    Note,
    /// A compaction, micro-compaction or rewind: where the agent's context lost entries.
    Boundary,
    /// Something the log holds in a form nobody can read: encrypted reasoning, binary parts without text.
    Opaque,
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Role {
    User,
    Assistant,
    Tool,
    System,
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Mark {
    Error,
    TestRun,
    Edit,
    Retry,
    Decision,
    /// The human stopped or corrected the agent here.
    Intervention,
    Image,
}

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marks(u8);

impl Marks {
    pub fn with(self, mark: Mark) -> Self {
        Self(self.0 | 1 << mark as u8)
    }

    pub fn has(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u8) != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::VARIANTS.iter().copied().filter(move |mark| self.has(*mark))
    }

    pub fn bits(self) -> u8 {
        self.0
    }

    pub fn from_bits(bits: u8) -> Self {
        Self(bits & ((1 << Mark::VARIANTS.len()) - 1))
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        marks.into_iter().fold(Self::default(), Self::with)
    }
}

/// Importance by rule: a value from 0 to 1 and the reasons that add up to it (before clamping).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub value: f32,
    pub reasons: Vec<Reason>,
}

/// One line of a score's breakdown: "mentioned again 4 times", +0.20.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub words: String,
    pub points: f32,
}

/// Where the entry stands in its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Index into the session's `sources`.
    pub file: u16,
    /// 1-based line; message index in a single-document log; row id in SQLite. 0 = made here, no source.
    pub line: u32,
    /// Byte offset of the record in the file.
    pub offset: u64,
}

/// Whether the agent's own context still held the entry at the end of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The format does not tell.
    #[default]
    Unknown,
    /// Still in the agent's context.
    Held,
    /// Dropped at the boundary entry `at`.
    Lost { at: EntryId, cause: LossCause },
    /// Never part of the agent's context: titles, local command output, other sessions' rows.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LossCause {
    Compaction,
    Microcompaction,
    /// The human rewound or edited; the entry is on a dead branch.
    Rewind,
}

/// Tokens as the log reports them, each amount once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
}

impl Usage {
    /// What the model had in its window for this reply.
    pub fn context(self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }
}
