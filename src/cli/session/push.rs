//! `haversack session push`: append an entry, or many at once.

use std::{
    fs,
    io::{IsTerminal, Read, stdin},
    path::{Path, PathBuf},
};

use clap::Args;

use super::verbs::importance;
use crate::{
    cli::{
        Failure,
        arguments::{Printed, Which, Who},
        context::Opened,
        output::Output,
        tell, unreadable,
    },
    model::{Importance, Role},
    text::words,
    workspace::{Push as Entry, PushRules, Pushed, answer::Pushes, line},
};

/// Append entries to a session: all of them or none
///
/// A copy of an older entry takes its place: the older one is marked superseded, out of every pack, and its pin and
/// importance pass on. A session with a maximum is then brought within it: entries are held at less text or evicted, never
/// pins nor what a hand holds. Both are edits that `haversack session undo` takes back.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session push --session-id checkout --role user --content 'never round before the total'
  cargo test 2>&1 | haversack session push --session-id checkout --role tool --source 'cargo test'
  haversack session push --session-id checkout --file entries.jsonl

A line of a batch: {\"role\", \"content\", \"source\", \"importance\", \"embedding\"}; and of a call (role assistant) or a result
(role tool): {\"kind\": \"call\" or \"result\", \"tool\", \"call_id\", \"path\"}. All but role and content may be left out.

JSON: {session_id, accepted, deduplicated, compressed, evicted, current_tokens, budget_remaining, added[{entry_id, seq}],
superseded[{entry_id, seq, by, why}], restored}. deduplicated counts older entries that newer ones replaced, compressed and
restored those held at less and at more text than before; budget_remaining is null where the session has no maximum.")]
pub struct Push {
    #[command(flatten)]
    which: Which,
    /// Who said it: user, assistant, tool or system
    #[arg(long, default_value = "user", value_name = "ROLE", value_parser = role)]
    role: Role,
    /// The text; without it, or with -, standard input is read
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    content: Option<String>,
    /// Where it comes from: a path, or what produced it
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Importance by hand, 0 to 1; without it, it is scored by rule
    #[arg(long, value_name = "0..1", value_parser = importance)]
    importance: Option<Importance>,
    /// Its embedding, a JSON array of numbers; entries nearer than the session's --dedup-threshold are copies
    #[arg(long, value_name = "PATH")]
    embedding_file: Option<PathBuf>,
    /// Many entries from a file, one JSON object a line
    #[arg(long, value_name = "PATH", conflicts_with_all = ["role", "content", "source", "importance", "embedding_file"])]
    file: Option<PathBuf>,
    /// Many entries from standard input, one JSON object a line
    #[arg(long, conflicts_with_all = ["role", "content", "source", "importance", "embedding_file", "file"])]
    batch: bool,
    /// The share of three-word sequences from which on texts are copies, 0 to 1
    #[arg(long, value_name = "0..1", value_parser = share, default_value_t = PushRules::default().near)]
    near_threshold: f64,
    /// How a session is kept within its maximum: plan, or ladder [default: plan]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    printed: Printed,
}

impl Push {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let settings = self.policy.iter().map(|policy| ("push.policy", policy.clone())).collect();
        let mut opened = Opened::new(store, self.which.choice(), settings)?;
        let (who, printed, near) = (self.who.actor.clone(), self.printed, self.near_threshold);
        let entries = self.entries()?;
        let rules = PushRules { near, policy: opened.config.push_policy() };
        let pushed = opened.workspace.push(&opened.id, &who, &entries, rules)?;
        let mut output = Output::new();
        if printed.is_json() {
            output.json_line(&Pushes::new(opened.id, &pushed))?;
        } else {
            text(&pushed, &mut output)?;
        }
        output.finish()?;
        if pushed.max_tokens > 0 && pushed.held > u64::from(pushed.max_tokens) {
            let [held, most] = [pushed.held, pushed.max_tokens.into()].map(words::exact);
            tell(&format!(
                "the session holds {held} tokens, its maximum is {most}: pins, the tail and what is held by hand stay; \
                 unpin or evict some"
            ));
        }
        Ok(())
    }

    fn entries(self) -> Result<Vec<Entry>, Failure> {
        if let Some(path) = &self.file {
            let text = read(path)?;
            return line::entries(&text, &path.display().to_string()).map_err(Failure::Failed);
        }
        if self.batch {
            return line::entries(&input()?, "standard input").map_err(Failure::Failed);
        }
        let embedding = match &self.embedding_file {
            None => None,
            Some(path) => {
                let embedding = line::embedding_text(&read(path)?);
                Some(embedding.map_err(|why| Failure::Failed(format!("{}: {why}", path.display())))?)
            }
        };
        let content = text_or_input(self.content, "--content")?;
        Ok(vec![Entry {
            source: self.source,
            importance: self.importance,
            embedding,
            ..Entry::new(self.role, content)
        }])
    }
}

fn text(pushed: &Pushed, output: &mut Output) -> Result<(), Failure> {
    for (_, seq) in &pushed.added {
        output.line(&format!("pushed #{seq}"))?;
    }
    for old in &pushed.superseded {
        output.line(&format!("#{} superseded by #{} ({})", old.seq, old.by, old.why))?;
    }
    let done = [(pushed.shortened, "shortened"), (pushed.restored, "restored"), (pushed.evicted, "evicted")];
    for (count, what) in done.into_iter().filter(|(count, _)| *count > 0) {
        let most = words::exact(pushed.max_tokens.into());
        output.line(&format!("{what} {} to stay within {most} tokens", words::plural(count, "entry", "entries")))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|_| Failure::Failed(format!("{} is not UTF-8: convert it first", path.display())))
}

/// The text of an option, or standard input where it is `-` or missing and something is piped in.
pub(super) fn text_or_input(given: Option<String>, option: &str) -> Result<String, Failure> {
    match given {
        Some(text) if text != "-" => Ok(text),
        None if stdin().is_terminal() => {
            Err(Failure::WrongUse(format!("give the text with {option} TEXT, or pipe it in")))
        }
        _ => input(),
    }
}

fn input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = stdin().read_to_end(&mut bytes);
    read.map_err(|error| Failure::Failed(format!("cannot read standard input ({error}): pipe the text in again")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "give user, assistant, tool or system".into())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "give a number from 0 to 1".into())
}
