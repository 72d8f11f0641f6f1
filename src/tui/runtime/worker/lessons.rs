//! What the worker says of all sessions of the store: those that have changed are digested first, one at a time, while
//! nothing else is asked for.

use color_eyre::eyre::Result;

use super::{Work, in_a_line};
use crate::{
    insight::{Rules, retention::Caps, trends::By},
    model::{Actor, SessionId},
    tui::app::{Event, event::AfterFailure, lessons::Learned},
    workspace::retention::Retained,
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
    /// Lets raw text go, telling each session. What there is to learn is asked again, also where it stops midway.
    pub fn let_go(&mut self, caps: Caps, told: &Retained) -> Result<Event> {
        self.lessons.want_again();
        let (events, of) = (self.events.clone(), told.plan.steps.len());
        let mut done = 0;
        let retained = self.workspace.retain(caps, told, &Actor::person(), &mut |_| {
            done += 1;
            // The loop may be gone already.
            let _ = events.send(Event::LettingGo { done, of });
        })?;
        let sessions = retained.plan.steps.iter().map(|step| step.session_id.clone()).collect();
        Ok(Event::LetGo { sessions, words: retained.went() })
    }

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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        facts::FactSettings,
        model::{Budget, Role, SessionSettings, Verb},
        pack::settings::PlanSettings,
        tui::{
            app::{Effect, event::Keeping},
            runtime::worker::Worker,
        },
        workspace::{Push, PushRules, Workspace},
    };

    #[test]
    fn raw_text_goes_on_the_worker_as_it_was_told_and_each_session_is_heard_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut workspace = Workspace::open(&path, PlanSettings::default()).unwrap();
        let ids = ["haversack:a", "haversack:b", "haversack:c"].map(SessionId::new);
        let agent = "agent:claude".parse().unwrap();
        for id in &ids {
            workspace.create(id, SessionSettings::default(), &agent).unwrap();
            workspace.push(id, &agent, &[Push::new(Role::User, "the port is 4000")], PushRules::default()).unwrap();
        }
        let caps = Caps { soft: 0, hard: 0, ..Caps::default() };
        let told = workspace.would_retain(caps).unwrap();
        assert_eq!(told.plan.steps.len(), 3, "{told:?}");
        // Told without its pin: it waits until somebody has seen that.
        let pin = workspace.session(&ids[1]).unwrap().entries[0].id;
        workspace.edit(&ids[1], &Actor::person(), Budget::Tokens(8_000), &Verb::Pin, &[pin]).unwrap();
        let (events, heard) = mpsc::channel();
        let worker = Worker::start(
            || Ok(workspace),
            None,
            PlanSettings::default(),
            FactSettings::default(),
            Keeping::InTheStore,
            folder.path().to_owned(),
            events,
        );
        worker.run(Effect::LetGo { caps, told: Box::new(told) });
        worker.finish().unwrap();
        let heard: Vec<Event> = heard.iter().collect();
        let steps: Vec<(usize, usize)> = heard
            .iter()
            .filter_map(|event| match event {
                Event::LettingGo { done, of } => Some((*done, *of)),
                _ => None,
            })
            .collect();
        assert_eq!(steps, [(1, 3), (2, 3)]);
        let Some(Event::LetGo { sessions, words }) = heard.last() else { panic!("it says that it is done") };
        assert_eq!(sessions, &[ids[0].clone(), ids[2].clone()]);
        assert!(words.contains("2 sessions") && words.contains("1 session changed meanwhile"), "{words}");
        let mut workspace = Workspace::open(&path, PlanSettings::default()).unwrap();
        assert!(workspace.session(&ids[0]).is_err());
        assert_eq!(workspace.session(&ids[1]).unwrap().entries.len(), 1, "nobody agreed to lose a pin");
    }
}
