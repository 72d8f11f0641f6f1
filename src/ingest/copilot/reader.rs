//! A Copilot log as it is read, event by event.

use std::{collections::HashMap, path::Path};

use super::{
    entries::{self, Calls},
    event::is_silent,
};
use crate::{
    ingest::{
        adapter::Decoded,
        agent::Agent,
        amount::amount,
        conversation::{Conversation, boundary, lose},
        draft::{Draft, Spot, Standing},
        json::Json,
        lines::Placed,
        moment::rfc3339,
        plural::thousands,
        tally::Tally,
    },
    model::{Kind, LossCause, Mark, Role},
};

/// The session's own conversation; those of its sub-agents, whose events stand between its own, follow.
const OWN: usize = 0;

/// The part of a draft's key that tells the system's message, which every compaction keeps.
const SYSTEM: usize = 0;

pub struct Reader {
    conversations: Vec<Conversation>,
    /// A sub-agent's conversation by the call that started it.
    sub_agents: HashMap<String, usize>,
    calls: Calls,
    compactions: u64,
    /// Thoughts can stand in an event of their own before the reply that repeats them.
    thought: String,
}

impl Reader {
    pub fn new(path: &Path, bytes: u64) -> Reader {
        // The folder is named after the session; a copy elsewhere by its own name.
        let stem = path.file_stem().unwrap_or_default();
        let folder = path.parent().and_then(Path::file_name).filter(|_| stem == "events");
        let name = folder.unwrap_or(stem).to_string_lossy();
        Reader {
            conversations: vec![Conversation::new(Agent::Copilot, name, path, bytes)],
            sub_agents: HashMap::new(),
            calls: Calls::default(),
            compactions: 0,
            thought: String::new(),
        }
    }

    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let Placed { record, line, offset } = placed;
        let name = record.text("id").filter(|id| !id.is_empty()).map_or_else(|| format!("@{offset}"), str::to_owned);
        let spot = Spot { name: name.into(), line, offset, at: record.text("timestamp").and_then(rfc3339) };
        let data = record.get("data").unwrap_or(&Json::Null);
        let place = self.place(data);
        match record.text("type").unwrap_or_default() {
            "session.start" | "session.resume" | "session.context_changed" => self.begin(data),
            "session.title_changed" => self.conversations[OWN].title = data.text("title").map(str::to_owned),
            "user.message" => self.extend(place, entries::prompt(data, &spot)),
            kind @ ("system.message" | "system.notification" | "skill.invoked") => {
                let part = if kind == "system.message" { SYSTEM } else { SYSTEM + 1 };
                self.extend(place, [spot.injected(part, data.text("content").unwrap_or_default())]);
            }
            "assistant.reasoning" => self.think(place, data, &spot),
            "assistant.message" => self.reply(place, data, &spot),
            "tool.execution_start" | "tool.user_requested" => {
                let draft = entries::call(data, data.text("toolName"), &mut self.calls, 0, &spot);
                self.extend(place, draft);
            }
            "tool.execution_complete" => {
                let draft = entries::result(data, &mut self.calls, &spot);
                self.extend(place, [draft]);
            }
            "subagent.started" => self.start_sub_agent(data),
            "session.compaction_complete" => self.compact(data, &spot),
            "session.truncation" => self.truncate(data, &spot),
            "session.snapshot_rewind" => self.rewind(data, &spot),
            "session.context_cleared" => self.clear(&spot),
            "abort" => {
                let reason = data.text("reason").unwrap_or("by the user");
                self.extend(OWN, [spot.notice(format!("[turn stopped: {reason}]"), Mark::Intervention)]);
            }
            "session.error" => {
                let text = data.text("message").unwrap_or_default();
                self.extend(OWN, [spot.notice(text, Mark::Error)]);
            }
            kind if is_silent(kind) => {}
            kind => tally.count_unknown(kind),
        }
    }

    /// Whose event it is.
    fn place(&mut self, data: &Json) -> usize {
        match data.text("parentToolCallId").filter(|call| !call.is_empty()) {
            Some(call) => self.sub_agent(call),
            None => OWN,
        }
    }

    /// The conversation of the sub-agent that a call started.
    fn sub_agent(&mut self, call: &str) -> usize {
        if let Some(&place) = self.sub_agents.get(call) {
            return place;
        }
        let own = &self.conversations[OWN];
        let source = &own.sources[0];
        let mut conversation = Conversation::new(
            Agent::Copilot,
            format!("{}/{call}", own.native_id),
            Path::new(&*source.path),
            source.bytes,
        );
        conversation.parent = Some(own.native_id.clone());
        conversation.project.clone_from(&own.project);
        self.conversations.push(conversation);
        self.sub_agents.insert(call.to_owned(), self.conversations.len() - 1);
        self.conversations.len() - 1
    }

    fn start_sub_agent(&mut self, data: &Json) {
        let Some(call) = data.text("toolCallId").filter(|call| !call.is_empty()) else { return };
        let place = self.sub_agent(call);
        let name = data.text("agentDisplayName").or(data.text("agentName"));
        self.conversations[place].title = name.map(str::to_owned);
    }

    fn begin(&mut self, data: &Json) {
        let own = &mut self.conversations[OWN];
        if let Some(id) = data.text("sessionId").filter(|id| !id.is_empty()) {
            id.clone_into(&mut own.native_id);
        }
        let folder = data.get("context").and_then(|context| context.text("cwd")).or(data.text("cwd"));
        if let Some(folder) = folder.filter(|_| own.project.is_empty()) {
            folder.clone_into(&mut own.project);
        }
    }

    fn think(&mut self, place: usize, data: &Json, spot: &Spot) {
        let text = data.text("content").unwrap_or_default();
        text.clone_into(&mut self.thought);
        self.extend(place, [spot.draft(0, Kind::Thought, Role::Assistant, text)]);
    }

    fn reply(&mut self, place: usize, data: &Json, spot: &Spot) {
        let thought = std::mem::take(&mut self.thought);
        let mut drafts = entries::reply(data, &mut self.calls, spot);
        if !thought.is_empty() && drafts.first().is_some_and(|draft| draft.text == thought) {
            let told = drafts.remove(0);
            if let Some(first) = drafts.first_mut() {
                first.usage = told.usage;
            }
        }
        self.conversations[place].answered(data.text("model").unwrap_or_default());
        self.extend(place, drafts);
    }

    /// The summary takes the place of the conversation; the system's message stays.
    fn compact(&mut self, data: &Json, spot: &Spot) {
        if data.get("success") == Some(&Json::Bool(false)) {
            return;
        }
        self.compactions += 1;
        let key = spot.key(0);
        for draft in &mut self.conversations[OWN].drafts {
            let system = draft.kind == Kind::Injected && draft.key.1 == SYSTEM as u32;
            if draft.standing == Standing::Held && !system {
                draft.standing = Standing::Lost { at: key.clone(), cause: LossCause::Compaction };
            }
        }
        let before = thousands(amount(data, "preCompactionTokens"));
        let sizes = match amount(data, "postCompactionTokens") {
            0 => format!("{before} tokens before"),
            after => format!("{before} → {} tokens", thousands(after)),
        };
        let words = format!("compaction {}: {sizes}", self.compactions);
        let boundary = Draft { at: spot.at, ..boundary(key, spot.line, spot.offset, words) };
        let summary = data.text("summaryContent").unwrap_or_default();
        self.extend(OWN, [boundary, spot.draft(1, Kind::Summary, Role::System, summary)]);
    }

    /// The oldest messages went, but the log does not tell which.
    fn truncate(&mut self, data: &Json, spot: &Spot) {
        let (before, after) = ("preTruncationTokensInMessages", "postTruncationTokensInMessages");
        let [before, after] = [before, after].map(|key| thousands(amount(data, key)));
        for draft in self.conversations[OWN].drafts.iter_mut().filter(|draft| draft.standing == Standing::Held) {
            draft.standing = Standing::Unknown;
        }
        let notice = spot.injected(0, format!("[truncated: {before} → {after} tokens]"));
        self.extend(OWN, [Draft { standing: Standing::Never, ..notice }]);
    }

    /// The named event and all after it were taken back.
    fn rewind(&mut self, data: &Json, spot: &Spot) {
        let drafts = &mut self.conversations[OWN].drafts;
        let event = data.text("upToEventId").unwrap_or_default();
        let Some(start) = drafts.iter().position(|draft| &*draft.key.0 == event) else { return };
        lose(&mut drafts[start..], &spot.key(0), LossCause::Rewind);
        let words = "rewind: back to an earlier state".into();
        self.extend(OWN, [Draft { at: spot.at, ..boundary(spot.key(0), spot.line, spot.offset, words) }]);
    }

    fn clear(&mut self, spot: &Spot) {
        lose(&mut self.conversations[OWN].drafts, &spot.key(0), LossCause::Rewind);
        let words = "rewind: the human cleared the context".into();
        self.extend(OWN, [Draft { at: spot.at, ..boundary(spot.key(0), spot.line, spot.offset, words) }]);
    }

    fn extend(&mut self, place: usize, drafts: impl IntoIterator<Item = Draft>) {
        self.conversations[place].drafts.extend(drafts);
    }

    pub fn finish(mut self, tally: Tally) -> Decoded {
        self.conversations[OWN].tell(&tally);
        let mut decoded = Decoded::conversations(self.conversations, tally);
        let counts = &mut decoded.counts;
        counts.tool_errors = Some(self.calls.flagged_as_failed());
        // What a sub-agent is told stands in the call that starts it; what a prompt cost is not logged.
        (counts.delegated_prompts, counts.usage) = (None, None);
        decoded
    }
}
