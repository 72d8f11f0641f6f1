//! What a model writes: drafts of the next turn, and summaries as proposals that are applied as they are shown, or dropped.

use super::{
    Desk, Result, Workspace,
    condense::{Condensing, allowance, condensed, condensed_as},
};
use crate::{
    llm::{Cancel, Ending, Model, Request, Task, prompt},
    model::{Clean, EntryId, Level, Refusal, Session, SessionId, Verb},
    pack::{
        price,
        summary::{Missing, WorkingSummary},
    },
    store::{Kept, OpenStore},
    text::redact,
};

/// A task with the words that a model is sent for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    pub task: Task,
    pub request: Request,
    /// What stays as it is, and why.
    pub refusals: Vec<Refusal>,
}

/// A text that a model has written, redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: Clean,
    pub ending: Ending,
    pub fresh: Fresh,
}

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// The model was asked.
    Written,
    /// It was asked the same before.
    Kept,
    /// Nobody was asked: it is made up, for a picture.
    Example,
}

/// A text that may take another's place, and what that would mean. Nothing is changed yet.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What is proposed: "the summary of #12".
    pub words: String,
    /// What stands there now: the entry's rendition of the level, or the rule's summary.
    pub before: Clean,
    pub before_tokens: u32,
    /// As it would be applied.
    pub after: Clean,
    pub after_tokens: u32,
    /// What it must cost less than.
    pub source_tokens: u32,
    pub missing: Missing,
    pub refusals: Vec<Refusal>,
    /// What applies it, and to which entries; or why it cannot be.
    pub verb: std::result::Result<(Verb, Vec<EntryId>), Refusal>,
}

/// What a model is sent for a task; `max_tokens` of a draft, and of one entry. Pure: the same session, plan and settings give the same words.
///
/// # Errors
/// Where the task makes no sense for the entries.
pub fn request(task: &Task, desk: &Desk, max_tokens: u32) -> std::result::Result<Assignment, Refusal> {
    let session = desk.session();
    let mut refusals = Vec::new();
    let request = match task {
        Task::Draft if desk.totals().used <= desk.frame_tokens() => {
            return Err(Refusal { seq: 0, why: "the pack is empty: raise the budget".into() });
        }
        Task::Draft => prompt::draft(&desk.pack_text(), desk.totals().used, max_tokens),
        Task::Rendition { entry, level } => {
            let missing = || Refusal { seq: 0, why: format!("entry {entry} is not in this session") };
            prompt::rendition(session.entry(*entry).ok_or_else(missing)?, *level, max_tokens)?
        }
        Task::Condensed { entries } => {
            desk.takes_entries()?;
            let (sources, left) = session.condensable(entries);
            if sources.is_empty() {
                let nothing = Refusal { seq: 0, why: "nothing is selected that could be condensed".into() };
                return Err(left.into_iter().next().unwrap_or(nothing));
            }
            refusals = left;
            let sources: Vec<_> = sources.iter().map(|&index| &session.entries[index]).collect();
            let tokens = sources.iter().map(|entry| entry.cost(Level::Full)).sum();
            prompt::condensed(&sources, allowance(tokens))?
        }
    };
    Ok(Assignment { task: task.clone(), request, refusals })
}

impl Workspace {
    /// What was answered to the same request before. Another program's file keeps no answers.
    pub fn kept_answer(&self, id: &SessionId, model: &Model, request: &Request) -> Result<Option<Reply>> {
        let OpenStore::Native(native) = &self.store else { return Ok(None) };
        let kept = native.answer(id, request.mark(model.settings()))?;
        let ending = |cut| if cut { Ending::Cut } else { Ending::Complete };
        Ok(kept.map(|kept| Reply { text: kept.text, ending: ending(kept.cut), fresh: Fresh::Kept }))
    }

    /// Keeps an answer for the next time.
    pub fn keep_answer(&mut self, id: &SessionId, model: &Model, request: &Request, answer: &Reply) -> Result<()> {
        let now = self.now();
        let OpenStore::Native(native) = &mut self.store else { return Ok(()) };
        if answer.fresh != Fresh::Written {
            return Ok(());
        }
        let kept = Kept { text: answer.text.clone(), cut: answer.ending == Ending::Cut };
        Ok(native.keep_answer(id, request.mark(model.settings()), &kept, now)?)
    }

    /// Asks a model, unless it was asked the same before. Waits for the answer; `tell` is given what there is of it.
    ///
    /// # Errors
    /// Where no text comes. Nothing is changed then.
    pub fn ask(
        &mut self,
        id: &SessionId,
        model: &Model,
        request: &Request,
        cancel: &Cancel,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Reply> {
        if let Some(kept) = self.kept_answer(id, model, request)? {
            return Ok(kept);
        }
        let answer = Reply::of(model, request, cancel, tell)?;
        self.keep_answer(id, model, request, &answer)?;
        Ok(answer)
    }

    /// What a text would change as the answer to a task. `None` for a draft, which changes nothing.
    pub fn proposal(
        &self,
        session: &Session,
        task: &Task,
        text: &Clean,
    ) -> std::result::Result<Option<Proposal>, Refusal> {
        match task {
            Task::Draft => Ok(None),
            Task::Rendition { entry, level } => self.rendition(session, *entry, *level, text).map(Some),
            Task::Condensed { entries } => self.summary(session, entries, text).map(Some),
        }
    }

    fn rendition(
        &self,
        session: &Session,
        id: EntryId,
        level: Level,
        text: &Clean,
    ) -> std::result::Result<Proposal, Refusal> {
        let missing = || Refusal { seq: 0, why: format!("entry {id} is no longer in this session") };
        let entry = session.entry(id).ok_or_else(missing)?;
        let after = match level {
            Level::Full | Level::Summary => text.clone(),
            Level::Sentence | Level::Keywords => redact::clean(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        let after_tokens = price::cost_of(entry, level, &after, self.counters().costs());
        let verb = Verb::Rewrite { level, text: after.clone(), tokens: after_tokens };
        let refused = session.edit_for(&verb, &[id]).err();
        Ok(Proposal {
            words: format!("the {level} of #{}", entry.seq),
            before: entry.text_at(level).clone(),
            before_tokens: entry.cost(level),
            missing: Missing::of_text(&entry.text, &after),
            after,
            after_tokens,
            source_tokens: entry.cost(level.shallower().unwrap_or(Level::Full)),
            refusals: Vec::new(),
            verb: refused.map_or_else(|| Ok((verb, vec![id])), Err),
        })
    }

    fn summary(&self, session: &Session, on: &[EntryId], text: &Clean) -> std::result::Result<Proposal, Refusal> {
        let Condensing { summary, refusals } = condensed_as(session, on, text.clone(), self.counters())?;
        let made = summary.made.as_deref();
        let sources: Vec<usize> =
            made.into_iter().flat_map(|made| &made.sources).filter_map(|&id| session.index_of(id)).collect();
        let by_rule = condensed(session, on, None, self.counters())?.summary;
        let whole = WorkingSummary::of(session, &sources);
        let texts: Vec<&str> = sources.iter().map(|&index| &*session.entries[index].text).collect();
        let verb = Verb::Condense(Box::new(summary.clone()));
        let refused = session.edit_for(&verb, &[]).err();
        let seqs = sources.iter().map(|&index| session.entries[index].seq);
        let (first, last) = (seqs.clone().min().unwrap_or(0), seqs.max().unwrap_or(0));
        Ok(Proposal {
            words: format!("one summary in place of {} entries (#{first} to #{last})", sources.len()),
            before_tokens: by_rule.cost(Level::Full),
            before: by_rule.text,
            missing: Missing::of_summary(&texts, &whole, &summary),
            after_tokens: summary.cost(Level::Full),
            source_tokens: made.map_or(0, |made| made.source_tokens),
            after: summary.text,
            refusals,
            verb: refused.map_or_else(|| Ok((verb, Vec::new())), Err),
        })
    }
}

impl Reply {
    /// Asks a model, whatever was asked before. Needs no store, so it can be done on any thread.
    ///
    /// # Errors
    /// Where no text comes.
    pub fn of(
        model: &Model,
        request: &Request,
        cancel: &Cancel,
        tell: &mut dyn FnMut(&str),
    ) -> std::result::Result<Reply, crate::llm::LlmError> {
        let written = model.write(request, cancel, &mut |so_far| tell(&redact::clean(so_far)))?;
        Ok(Reply { text: redact::clean(&written.text), ending: written.ending, fresh: Fresh::Written })
    }
}
