//! Aider: `.aider.chat.history.md` in the project, one for all its sessions. What the human typed stands behind `####`,
//! what the program said behind `>`, and the rest is the agent's.

use std::{io::BufRead, path::Path};

use xxhash_rust::xxh3::xxh3_64;

use super::{
    adapter::{Adapter, Decoded, Progress},
    agent::Agent,
    conversation::Conversation,
    draft::{Draft, Standing},
    error::IngestError,
    input,
    probe::Probe,
    tally::Tally,
};
use crate::model::{Kind, Mark, Role, Time};

pub struct Aider;

const HEADER: &str = "# aider chat started at ";

impl Adapter for Aider {
    fn agent(&self) -> Agent {
        Agent::Aider
    }

    fn recognises(&self, probe: &Probe) -> bool {
        let text = String::from_utf8_lossy(probe.text().unwrap_or_default());
        text.trim_start_matches('\u{FEFF}').trim_start().starts_with(HEADER)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let mut history = History::default();
        let mut reader = input::lines(path)?;
        let (mut line, mut number, mut offset) = (Vec::new(), 0_u32, 0_u64);
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(|source| IngestError::io(path, source))?;
            if length == 0 {
                break;
            }
            number = number.saturating_add(1);
            history.line(&String::from_utf8_lossy(&line), number, offset);
            offset += length as u64;
            progress(offset);
        }
        Ok(history.finish(path, offset))
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Human,
    Program,
    Agent,
}

/// One start of the program.
struct Run {
    header: String,
    drafts: Vec<Draft>,
    models: Vec<String>,
    prompts: Prompts,
}

/// How a prompt is told from a heading of the agent's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prompts {
    /// No prompt yet: nobody has spoken that could write a heading.
    NotYet,
    /// The program ends each line of a prompt with two spaces.
    Marked,
    /// The spaces were trimmed: a heading is what follows the agent's own words.
    Trimmed,
}

#[derive(Default)]
struct History {
    runs: Vec<Run>,
    voice: Option<Voice>,
    /// Whether the line before was blank.
    after_blank: bool,
}

impl History {
    fn line(&mut self, line: &str, number: u32, offset: u64) {
        let line = line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{FEFF}');
        if let Some(header) = line.strip_prefix(HEADER) {
            let header = header.trim().to_owned();
            self.runs.push(Run { header, drafts: Vec::new(), models: Vec::new(), prompts: Prompts::NotYet });
            self.voice = None;
            return;
        }
        let Some(run) = self.runs.last_mut() else { return };
        if line.trim().is_empty() {
            self.after_blank = true;
            if let Some(draft) = run.drafts.last_mut().filter(|_| self.voice.is_some()) {
                draft.text.push('\n');
            }
            return;
        }
        let (voice, text) = run.speaker(line, self.voice);
        // The program begins each prompt with a blank line.
        let begins = self.voice != Some(voice) || (voice == Voice::Human && self.after_blank);
        (self.voice, self.after_blank) = (Some(voice), false);
        if begins {
            let (kind, role) = match voice {
                Voice::Human => (Kind::Prompt, Role::User),
                Voice::Program => (Kind::Injected, Role::Tool),
                Voice::Agent => (Kind::Message, Role::Assistant),
            };
            let key = (format!("@{offset}").into(), 0);
            run.drafts.push(Draft { standing: Standing::Unknown, ..Draft::new(key, number, offset, kind, role, "") });
        }
        let Some(draft) = run.drafts.last_mut() else { return };
        draft.text.push_str(text);
        draft.text.push('\n');
        if voice == Voice::Program {
            run.heard(text);
        }
    }

    fn finish(self, path: &Path, bytes: u64) -> Decoded {
        let mut tally = Tally { bytes, ..Tally::default() };
        let mut conversations = Vec::new();
        for mut run in self.runs {
            run.drafts.iter_mut().for_each(settle);
            run.drafts.retain(|draft| !draft.text.is_empty());
            tally.records += run.drafts.len() as u64;
            if let Some(first) = run.drafts.first_mut() {
                first.at = moment(&run.header);
            }
            let mut conversation = Conversation::new(Agent::Aider, run.name(), path, bytes);
            run.models.iter().for_each(|model| conversation.answered(model));
            conversation.project = folder(path);
            conversation.drafts = run.drafts;
            conversations.push(conversation);
        }
        let mut decoded = Decoded::conversations(conversations, tally);
        let counts = &mut decoded.counts;
        (counts.tool_errors, counts.compactions, counts.usage) = (None, None, None);
        counts.delegated_prompts = None;
        counts.models = counts.models.take().filter(|models| !models.is_empty());
        decoded
    }
}

impl Run {
    /// Who says a line, and the line without the mark of its voice.
    fn speaker<'a>(&mut self, line: &'a str, before: Option<Voice>) -> (Voice, &'a str) {
        if let Some(text) = line.strip_prefix("####").filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            let is_prompt = match self.prompts {
                Prompts::NotYet => {
                    self.prompts = if line.ends_with("  ") { Prompts::Marked } else { Prompts::Trimmed };
                    true
                }
                Prompts::Marked => line.ends_with("  "),
                Prompts::Trimmed => before != Some(Voice::Agent),
            };
            if is_prompt {
                return (Voice::Human, text.strip_prefix(' ').unwrap_or(text).trim_end());
            }
        }
        match line.strip_prefix('>').filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            Some(text) => (Voice::Program, text.strip_prefix(' ').unwrap_or(text).trim_end()),
            None => (Voice::Agent, line),
        }
    }

    /// The program names its model at the start, and the files that it changes.
    fn heard(&mut self, text: &str) {
        let Some(draft) = self.drafts.last_mut() else { return };
        let named = text.strip_prefix("Main model: ").or(text.strip_prefix("Model: "));
        if let Some(model) = named.and_then(|named| named.split_whitespace().next()) {
            self.models.push(model.to_owned());
        }
        if let Some(path) = text.strip_prefix("Applied edit to ").or(text.strip_prefix("Creating empty file ")) {
            draft.marks = draft.marks.with(Mark::Edit);
            draft.path.get_or_insert_with(|| path.trim().to_owned());
        }
        if text.starts_with("^C") {
            draft.marks = draft.marks.with(Mark::Intervention);
        }
    }

    /// The log has no ids: a session is told by when it began and what was asked first.
    fn name(&self) -> String {
        let first = self.drafts.iter().find(|draft| draft.kind == Kind::Prompt).or(self.drafts.first());
        let words = xxh3_64(first.map_or("", |draft| &draft.text).as_bytes());
        format!("{}-{:08x}", self.header.replace([' ', ':'], "-"), words as u32)
    }
}

/// Ends an entry: commands for the program are no prompts.
fn settle(draft: &mut Draft) {
    let end = draft.text.trim_end().len();
    draft.text.truncate(end);
    if draft.kind != Kind::Prompt {
        return;
    }
    if draft.text == "<blank>" {
        draft.text.clear();
    }
    let asks = ["/ask ", "/code ", "/architect ", "/context "].iter().any(|command| draft.text.starts_with(command));
    let is_command = draft.text.starts_with('!')
        || draft.text.strip_prefix('/').is_some_and(|rest| {
            let name = rest.split_whitespace().next().unwrap_or_default();
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        });
    if is_command && !asks {
        (draft.kind, draft.role) = (Kind::Injected, Role::System);
    }
}

/// The header's time. It has no zone: it is read as UTC.
fn moment(header: &str) -> Option<Time> {
    let at: jiff::civil::DateTime = header.parse().ok()?;
    Some(Time(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond()))
}

/// The folder that the history lies in is the project.
fn folder(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;
    use tempfile::TempDir;

    use super::*;
    use crate::{ingest, model::Session};

    fn read(text: &str) -> (Vec<Session>, ingest::Counts) {
        let folder = TempDir::new().expect("a folder for this test");
        let path = folder.path().join("history.md");
        fs::write(&path, text).expect("a file of this test");
        let counts = ingest::inspect(&path).expect("a history").remove(0).expect("a history").counts;
        (ingest::read(&path, &mut |_, _| {}).expect("a history"), counts)
    }

    fn told(session: &Session) -> Vec<String> {
        session.entries.iter().map(|entry| format!("{} {}", entry.kind, entry.text)).collect()
    }

    #[test]
    fn each_start_is_a_session() {
        let (sessions, counts) = read(
            "\n# aider chat started at 2026-01-02 10:00:00\n\n> Main model: m-1 with diff edit format  \n\n#### fix it  \n\nDone.\n\n> Applied edit to a.rs  \n\n# aider chat started at 2026-01-02 11:00:00\n\n#### next  \n\n# aider chat started at 2026-01-02 12:00:00\n",
        );
        assert_eq!(sessions.len(), 2, "a start without a word is none");
        let expected = [
            "injected Main model: m-1 with diff edit format",
            "prompt fix it",
            "message Done.",
            "injected Applied edit to a.rs",
        ];
        assert_eq!(told(&sessions[0]), expected);
        assert_eq!(told(&sessions[1]), ["prompt next"]);
        assert_eq!(
            (sessions[0].models.as_slice(), sessions[0].entries[3].path.as_deref()),
            (["m-1".to_owned()].as_slice(), Some("a.rs"))
        );
        assert!(sessions[0].entries[3].marks.has(Mark::Edit) && sessions[0].id != sessions[1].id);
        assert_eq!(sessions[0].entries[0].at, Some(Time(1_767_348_000_000)));
        assert_eq!((counts.prompts, counts.messages, counts.records), (2, 1, 5));
    }

    #[test]
    fn a_heading_of_the_agents_is_no_prompt() {
        let marked = "# aider chat started at 2026-01-02 10:00:00\n\n#### plan it  \n\nThe plan:\n\n#### Step 1\nCut.\n\n> Tokens: 2k sent\n\n#### go  \n";
        let trimmed: String = marked.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let expected =
            ["prompt plan it", "message The plan:\n\n#### Step 1\nCut.", "injected Tokens: 2k sent", "prompt go"];
        assert_eq!(told(&read(marked).0[0]), expected);
        assert_eq!(told(&read(&trimmed).0[0]), expected);
        assert_eq!(told(&read(&trimmed.replace('\n', "\r\n")).0[0]), expected);
    }

    #[test]
    fn lines_of_a_prompt_belong_together_and_prompts_do_not() {
        let (sessions, _) =
            read("# aider chat started at x\n\n#### one  \n####   \n#### two  \n\n#### three  \n\n#### <blank>  \n");
        assert_eq!(told(&sessions[0]), ["prompt one\n\ntwo", "prompt three"]);
    }

    #[test]
    fn commands_are_no_prompts_but_questions_are() {
        let (sessions, counts) = read(
            "# aider chat started at x\n\n#### /add a.rs  \n\n> Added a.rs  \n\n#### !ls  \n\n> a.rs\n\n#### /ask why?  \n\n> hm\n\n#### /etc/hosts is wrong  \n",
        );
        assert_eq!(
            told(&sessions[0]),
            [
                "injected /add a.rs",
                "injected Added a.rs",
                "injected !ls",
                "injected a.rs",
                "prompt /ask why?",
                "injected hm",
                "prompt /etc/hosts is wrong"
            ]
        );
        assert_eq!(counts.prompts, 2);
    }

    #[test]
    fn markdown_that_only_mentions_a_start_is_no_history() {
        let folder = TempDir::new().expect("a folder for this test");
        let path = folder.path().join("notes.md");
        fs::write(&path, "# Notes\n\n# aider chat started at 2026-01-02 10:00:00\n").expect("a file of this test");
        assert!(ingest::detect(&path).is_err());
    }
}
