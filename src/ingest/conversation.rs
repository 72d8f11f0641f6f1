//! What an adapter made of a log → a session: entries numbered, named and redacted, conversations of several files
//! merged.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use super::{
    agent::Agent,
    draft::{Draft, Key, Standing, decision},
    plural::counted,
    tally::Tally,
    title,
};
use crate::{
    model::{CallIds, Entry, EntryId, Kind, LossCause, Place, Role, Seen, Session, SessionId, SourceFile},
    text::{
        redact::{clean, clean_counted},
        sanitize::inert_line,
    },
};

/// One agent conversation as a log tells it.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub agent: Agent,
    /// What the log calls it.
    pub native_id: String,
    /// The conversation that this one was forked from or works for, as the log calls it.
    pub parent: Option<String>,
    /// The title that the human or the agent gave; without one, the first prompt's beginning stands for it.
    pub title: Option<String>,
    /// The folder the agent worked in; empty where the log does not tell.
    pub project: String,
    /// Names that answered, in order of first use.
    pub models: Vec<String>,
    /// In the order of the log.
    pub drafts: Vec<Draft>,
    /// The files that it was read from.
    pub sources: Vec<SourceFile>,
    /// What nobody could use, in words.
    pub problems: Vec<String>,
    pub edition: Edition,
    /// For each draft its index in `sources`; those beyond its end are from the first.
    pub files: Vec<u16>,
}

/// Whether a file tells a conversation as the agent has it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Other files may hold more of it: they are merged.
    Current,
    /// A copy that the agent left behind when it moved to another store: read only where that store does not have the
    /// conversation.
    LeftBehind,
}

impl Conversation {
    /// Without entries yet, read from the file at `path`.
    pub fn new(agent: Agent, native_id: impl Into<String>, path: &Path, bytes: u64) -> Conversation {
        Conversation {
            agent,
            native_id: native_id.into(),
            parent: None,
            title: None,
            project: String::new(),
            models: Vec::new(),
            drafts: Vec::new(),
            sources: vec![SourceFile { path: Arc::from(path.to_string_lossy()), bytes }],
            problems: Vec::new(),
            edition: Edition::Current,
            files: Vec::new(),
        }
    }

    /// A name that answered.
    pub fn answered(&mut self, model: &str) {
        if !model.is_empty() && !self.models.iter().any(|known| known == model) {
            self.models.push(model.to_owned());
        }
    }

    /// Says what the file's reader could not use.
    pub fn tell(&mut self, tally: &Tally) {
        self.problems.extend(tally.problems());
    }

    /// Takes in the same conversation as another file tells it: entries that are new here follow; what the agent still
    /// held of the known ones is as the later file says.
    fn merge(&mut self, other: Conversation) {
        self.files.resize(self.drafts.len(), 0);
        let first = u16::try_from(self.sources.len()).unwrap_or(u16::MAX);
        self.sources.extend(other.sources);
        self.problems.extend(other.problems);
        self.parent = self.parent.take().or(other.parent);
        self.title = other.title.or(self.title.take());
        if self.project.is_empty() {
            self.project = other.project;
        }
        for model in &other.models {
            self.answered(model);
        }
        let mut known: HashMap<Key, usize> =
            self.drafts.iter().enumerate().map(|(index, draft)| (draft.key.clone(), index)).collect();
        let mut calls = CallIds::of(self.drafts.iter().map(|draft| (draft.kind, draft.call_id.as_ref())));
        for (index, mut draft) in other.drafts.into_iter().enumerate() {
            match known.get(&draft.key) {
                Some(&at) => {
                    let known = &mut self.drafts[at];
                    calls.meet(draft.call_id.as_ref(), known.call_id.as_ref());
                    known.standing = draft.standing;
                }
                None => {
                    calls.admit(draft.kind, &mut draft.call_id);
                    known.insert(draft.key.clone(), self.drafts.len());
                    self.files.push(first.saturating_add(other.files.get(index).copied().unwrap_or(0)));
                    self.drafts.push(draft);
                }
            }
        }
    }

    /// Damaged logs give a boundary the id of another record, which then stands in its place: where a loss took place is
    /// not known then.
    fn forget_losses_without_boundary(&mut self) {
        let mut met = HashSet::with_capacity(self.drafts.len());
        let firsts = self.drafts.iter().filter(|draft| says_something(draft) && met.insert(&draft.key));
        let boundaries: HashSet<Key> =
            firsts.filter(|draft| draft.kind == Kind::Boundary).map(|draft| draft.key.clone()).collect();
        for draft in &mut self.drafts {
            if matches!(&draft.standing, Standing::Lost { at, .. } if !boundaries.contains(at)) {
                draft.standing = Standing::Unknown;
            }
        }
    }

    /// The session. Renditions, costs and scores are left for `pack` and `score`.
    fn session(mut self) -> Session {
        self.forget_losses_without_boundary();
        let id = session_id(self.agent, &self.native_id);
        let mut session = Session::new(id.clone());
        session.parent = self.parent.as_deref().map(|native| session_id(self.agent, native));
        session.project = clean(&self.project);
        session.models = self.models.iter().map(|model| clean(model).to_string()).collect();
        session.sources = self.sources;
        session.problems = self.problems;
        let mut lost: HashMap<Key, u64> = HashMap::new();
        for draft in self.drafts.iter().filter(|draft| says_something(draft)) {
            if let Standing::Lost { at, .. } = &draft.standing {
                *lost.entry(at.clone()).or_default() += 1;
            }
        }
        let mut secrets = 0;
        let mut met = HashSet::with_capacity(self.drafts.len());
        for (index, draft) in self.drafts.into_iter().enumerate() {
            if !says_something(&draft) || !met.insert(draft.key.clone()) {
                continue;
            }
            let file = self.files.get(index).copied().unwrap_or(0);
            let seq = u32::try_from(session.entries.len() + 1).unwrap_or(u32::MAX);
            let lost = lost.get(&draft.key).copied().unwrap_or(0);
            let (entry, found) = entry(&id, seq, file, lost, draft);
            secrets += u64::from(found);
            session.entries.push(entry);
        }
        if secrets > 0 {
            session.problems.push(counted(secrets, "secret was redacted", "secrets were redacted"));
        }
        let given = self.title.filter(|title| !title.trim().is_empty());
        session.title = clean(given.unwrap_or_else(|| title::of_first_prompt(&session.entries)).trim());
        session
    }
}

/// Sessions of these conversations, in their order; those of the same name are one, those without entries are left out.
pub fn sessions(conversations: Vec<Conversation>) -> Vec<Session> {
    let mut merged: Vec<Conversation> = Vec::new();
    let mut places: HashMap<(Agent, String), usize> = HashMap::new();
    for conversation in conversations {
        let name = (conversation.agent, conversation.native_id.clone());
        match places.get(&name) {
            Some(&at) => match (merged[at].edition, conversation.edition) {
                (Edition::Current, Edition::LeftBehind) => {}
                (Edition::LeftBehind, Edition::Current) => merged[at] = conversation,
                _ => merged[at].merge(conversation),
            },
            None => {
                places.insert(name, merged.len());
                merged.push(conversation);
            }
        }
    }
    merged.into_iter().map(Conversation::session).filter(|session| !session.entries.is_empty()).collect()
}

/// A log can name its session anything; an id is one line without secrets.
pub fn session_id(agent: Agent, native: &str) -> SessionId {
    SessionId::new(format!("{agent}:{}", inert_line(&clean(native))))
}

/// An entry without words says nothing; the two halves of an exchange say that it took place.
fn says_something(draft: &Draft) -> bool {
    !draft.text.trim().is_empty() || matches!(draft.kind, Kind::Call | Kind::Result)
}

/// The entry, and how many secrets were taken out of it.
fn entry(session: &SessionId, seq: u32, file: u16, lost: u64, draft: Draft) -> (Entry, u32) {
    let id = |(native, part): &Key| EntryId::of(session, native, *part);
    let text = match draft.kind {
        Kind::Boundary => with_loss(&draft, lost),
        _ => draft.text,
    };
    let decided = matches!(draft.kind, Kind::Prompt | Kind::Message).then(|| decision(&text)).unwrap_or_default();
    let (text, secrets) = clean_counted(&text);
    let entry = Entry {
        marks: draft.marks.iter().chain(decided.iter()).collect(),
        tool: draft.tool,
        call_id: draft.call_id,
        path: draft.path.as_deref().map(clean),
        at: draft.at,
        place: Place { file, line: draft.line, offset: draft.offset },
        seen: match (&draft.standing, draft.kind) {
            (_, Kind::Boundary) | (Standing::Never, _) => Seen::Never,
            (Standing::Held, _) => Seen::Held,
            (Standing::Lost { at, cause }, _) => Seen::Lost { at: id(at), cause: *cause },
            (Standing::Unknown, _) => Seen::Unknown,
        },
        usage: draft.usage,
        ..Entry::new(id(&draft.key), seq, draft.kind, draft.role, text)
    };
    (entry, secrets)
}

/// A boundary's words, with what was lost there.
fn with_loss(boundary: &Draft, lost: u64) -> String {
    let words = &boundary.text;
    match lost {
        // The log was begun at the boundary.
        0 => format!("{words}, what it dropped is not in this log"),
        _ => format!("{words}, {} lost", counted(lost, "entry", "entries")),
    }
}

/// A boundary. `words` say what it was and what it cost: "compaction 1 (auto): 165,000 → 9,000 tokens".
pub fn boundary(key: Key, line: u32, offset: u64, words: String) -> Draft {
    Draft { standing: Standing::Never, ..Draft::new(key, line, offset, Kind::Boundary, Role::System, words) }
}

/// Marks all that stands before a boundary, and was held until there, as lost at it.
pub fn lose(drafts: &mut [Draft], at: &Key, cause: LossCause) {
    for draft in drafts.iter_mut().filter(|draft| draft.standing == Standing::Held) {
        draft.standing = Standing::Lost { at: at.clone(), cause };
    }
}
