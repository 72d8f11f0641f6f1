//! `haversack session summarize`: a summary written by a model, shown as a proposal, applied or dropped.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{condense::targets, verbs::level};
use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Which},
        asking::{self, Live},
        context::Opened,
        draft::print_request,
        output::Output,
        tell,
    },
    model::{EntryId, Level, Session, SessionId},
    pack::summary::{Missing, Section},
    text::{sanitize, words},
    workspace::{Ending, Fresh, Model, Proposal, Reply, Task, request},
};

/// Have a model write a summary: of one entry at a level, or one in place of a range
///
/// Shows what stands there now, what the model proposes, what both cost, and which sections, paths, identifiers and
/// numbers of the source it leaves out. Nothing is changed without --apply. What would cost more than what it stands for
/// is refused.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session summarize '#12' --level summary --session-id claude:4d5611e5
  haversack session summarize '#12' --level summary --session-id claude:4d5611e5 --apply
  haversack session summarize '#10..#40' --session-id claude:4d5611e5     one summary in their place
  haversack session summarize '#10..#40' --demo --dry-run                 what the model would be sent

Needs a model, as `haversack draft` does. The same request is asked once: --apply applies the text that
was shown, from the store. It is one edit, and `session undo` takes it back. By rule and offline:
`session condense` for a range, `session rewrite --by-rule` for an entry.

JSON: {session_id, model, what, before{tokens, text}, after{tokens, text}, source_tokens, missing{
sections[], names[], names_of}, left[{seq, why}], cut, kept, refused, applied, words}. before is the
entry's text at the level, or the rule's summary. refused says why it cannot be applied; words what
was done.")]
pub struct Summarize {
    /// One entry with --level; without, a range (#10..#40, or its two ends), or three and more entries
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Write this level of one entry: summary, sentence or keywords
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// The model, as its provider names it [default: llm.model]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Apply what is proposed
    #[arg(long, conflicts_with = "dry_run")]
    apply: bool,
    /// Print what the model would be sent, and ask nobody
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Serialize)]
struct Proposed<'a> {
    session_id: &'a SessionId,
    model: &'a str,
    what: &'a str,
    before: Text<'a>,
    after: Text<'a>,
    source_tokens: u32,
    missing: Lacking<'a>,
    left: Vec<Left<'a>>,
    cut: bool,
    kept: bool,
    refused: Option<String>,
    applied: bool,
    words: Option<&'a str>,
}

#[derive(Serialize)]
struct Text<'a> {
    tokens: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct Lacking<'a> {
    sections: Vec<&'static str>,
    names: &'a [String],
    names_of: usize,
}

#[derive(Serialize)]
struct Left<'a> {
    seq: u32,
    why: &'a str,
}

impl Summarize {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let settings = self.model.iter().map(|model| ("llm.model", model.clone())).collect();
        let mut opened = Opened::new(store, self.which.choice(), settings)?;
        let desk = opened.desk()?;
        let session = desk.session();
        let task = self.task(session)?;
        let refused = |refusal: crate::model::Refusal| Failure::Failed(refusal.to_string());
        let asked = request(&task, &desk, opened.config.llm().max_tokens.max(1)).map_err(refused)?;
        if self.dry_run {
            return print_request(&opened.id, &asked.request, self.acting.json);
        }
        let model = Model::of(&opened.config)?;
        let reply = asking::ask(&mut opened, &model, &asked, Live::Nothing)?;
        let proposal = opened.workspace.proposal(session, &task, &reply.text).map_err(refused)?;
        let proposal = proposal.expect("only a draft proposes nothing");
        let done = match &proposal.verb {
            Ok((verb, on)) if self.apply => {
                let budget = opened.config.budget().0;
                Some(opened.workspace.edit(&opened.id, &self.acting.actor, budget, verb, on)?.words)
            }
            _ => None,
        };
        let mut output = Output::new();
        if self.acting.json {
            output.json(&proposed(&opened.id, &model, &proposal, &reply, done.as_deref()))?;
            output.finish()?;
        } else {
            lines(&proposal, &model).iter().try_for_each(|line| output.line(line))?;
            for (heading, text) in [("now", &proposal.before), ("proposed", &proposal.after)] {
                output.raw(&format!("\n--- {heading}\n"))?;
                output.text(text)?;
            }
            if let Some(words) = &done {
                output.raw("\n")?;
                output.line(words)?;
            }
            output.finish()?;
            proposal.refusals.iter().for_each(|refusal| tell(&refusal.to_string()));
            asking::remarks(&reply, asked.request.max_tokens).iter().for_each(|remark| tell(remark));
            match (&proposal.verb, &done) {
                (Ok(_), None) => tell("nothing is changed: --apply applies it"),
                (Ok(_), Some(_)) if self.which.choice() == Choice::Demo => {
                    tell("the built-in session keeps nothing: this edit is gone now");
                }
                _ => {}
            }
        }
        match proposal.verb {
            Ok(_) => Ok(()),
            Err(refusal) => Err(Failure::Failed(format!("{refusal}; nothing is changed"))),
        }
    }

    fn task(&self, session: &Session) -> Result<Task, Failure> {
        let Some(level) = self.level else { return Ok(Task::Condensed { entries: targets(&self.entries, session)? }) };
        match self.entries.as_slice() {
            [one] if !one.contains("..") => {
                let entry: Vec<EntryId> = targets(&self.entries, session)?;
                Ok(Task::Rendition { entry: entry[0], level })
            }
            _ => Err(Failure::WrongUse("--level is for one entry: leave it out for one summary of several".into())),
        }
    }
}

fn proposed<'a>(
    session_id: &'a SessionId,
    model: &'a Model,
    proposal: &'a Proposal,
    reply: &Reply,
    done: Option<&'a str>,
) -> Proposed<'a> {
    Proposed {
        session_id,
        model: &model.settings().model,
        what: &proposal.words,
        before: Text { tokens: proposal.before_tokens, text: &proposal.before },
        after: Text { tokens: proposal.after_tokens, text: &proposal.after },
        source_tokens: proposal.source_tokens,
        missing: Lacking {
            sections: proposal.missing.sections.iter().map(|section| section.title()).collect(),
            names: &proposal.missing.names,
            names_of: proposal.missing.names_of,
        },
        left: proposal.refusals.iter().map(|refusal| Left { seq: refusal.seq, why: &refusal.why }).collect(),
        cut: reply.ending == Ending::Cut,
        kept: reply.fresh == Fresh::Kept,
        refused: proposal.verb.as_ref().err().map(ToString::to_string),
        applied: done.is_some(),
        words: done,
    }
}

fn lines(proposal: &Proposal, model: &Model) -> Vec<String> {
    let [before, after, source] = [proposal.before_tokens, proposal.after_tokens, proposal.source_tokens]
        .map(|tokens| words::exact(tokens.into()));
    let head = format!(
        "{} by {}: {before} → {after} tokens, in place of {source}",
        proposal.words,
        sanitize::inert_line(&model.settings().model)
    );
    std::iter::once(head).chain(missing(&proposal.missing)).collect()
}

/// Names that are listed; the rest is a number.
const LISTED: usize = 12;

fn missing(missing: &Missing) -> Vec<String> {
    if missing.is_empty() {
        return vec![format!("nothing is missing of {}", words::plural(missing.names_of, "name", "names"))];
    }
    let mut lines = Vec::new();
    if !missing.sections.is_empty() {
        let titles: Vec<&str> = missing.sections.iter().copied().map(Section::title).collect();
        lines.push(format!("missing sections: {}", titles.join(", ")));
    }
    if !missing.names.is_empty() {
        let more = missing.names.len().saturating_sub(LISTED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let listed = missing.names[..missing.names.len().min(LISTED)].join(", ");
        lines.push(format!("missing {} of {} names: {listed}{more}", missing.names.len(), missing.names_of));
    }
    lines
}
