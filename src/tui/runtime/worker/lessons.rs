//! What the worker says of all sessions of the store: those that have changed are digested first, one at a time, while
//! nothing else is asked for.

use color_eyre::eyre::Result;

use super::{Work, in_a_line};
use crate::{
    insight::{Rules, trends::By},
    model::SessionId,
    tui::app::{Event, event::AfterFailure, lessons::Learned},
};

/// What is wanted, and how far it has come.
#[derive(Default)]
pub struct Lessons {
    wanted: bool,
    /// The newest question.
    asked: Option<(u64, Box<Rules>)>,
    /// Sessions that are to be digested for it, the next one last, and how many were; `None` before they are listed.
    stale: Option<Vec<SessionId>>,
    done: usize,
}

impl Lessons {
    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    pub fn want(&mut self, generation: u64, rules: Box<Rules>) {
        *self = Lessons { wanted: true, asked: Some((generation, rules)), ..Lessons::default() };
    }

    /// The same question once more: something was decided.
    pub fn want_again(&mut self) {
        (self.wanted, self.stale, self.done) = (self.asked.is_some(), None, 0);
    }
}

impl Work {
    /// Digests one session, or answers when all are.
    pub fn learn(&mut self) -> Option<Event> {
        match self.learn_piece() {
            Ok(event) => event,
            Err(report) => {
                self.lessons.wanted = false;
                let doing = "Reading the sessions".into();
                Some(Event::Failed { doing, why: in_a_line(&report), next: AfterFailure::Stay })
            }
        }
    }

    fn learn_piece(&mut self) -> Result<Option<Event>> {
        let Some((generation, rules)) = &self.lessons.asked else {
            self.lessons.wanted = false;
            return Ok(None);
        };
        let generation = *generation;
        let stale = match &mut self.lessons.stale {
            Some(stale) => stale,
            None => self.lessons.stale.insert(self.workspace.undigested()?.into_iter().rev().collect()),
        };
        if let Some(id) = stale.pop() {
            let left = stale.len();
            self.workspace.digest_next(&id)?;
            self.lessons.done += 1;
            let done = self.lessons.done;
            return Ok(Some(Event::Digesting { generation, done, of: done + left }));
        }
        let Rules { detect, gate, caps, prices } = rules.as_ref().clone();
        let learned = Learned {
            patterns: self.workspace.patterns(detect, gate)?,
            trends: self.workspace.trends(By::Agent, None, prices)?,
            would: self.workspace.would_retain(caps)?,
            now: self.workspace.now(),
        };
        self.lessons.wanted = false;
        Ok(Some(Event::Lessons { generation, learned: Box::new(learned) }))
    }
}
