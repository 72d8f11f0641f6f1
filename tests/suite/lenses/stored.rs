//! A screen over a real store that is gone when dropped: effects are answered as the worker answers them.

use std::collections::VecDeque;

use haversack::{
    model::*,
    pack::settings::PlanSettings,
    tui::{
        app::{
            Effect, Event,
            event::{Keeping, Way},
        },
        keys,
    },
    workspace::{Go, Workspace},
};

use crate::screen::Harness;

pub struct Stored {
    pub screen: Harness,
    pub workspace: Workspace,
    pub id: SessionId,
    /// Turns of replays that have not reached the screen yet.
    pub turns: VecDeque<Event>,
    answered: usize,
}

impl Stored {
    /// The built-in session on the screen.
    pub fn demo(width: u16, height: u16) -> Self {
        let mut workspace = Workspace::throw_away(PlanSettings::default()).expect("a store in memory opens");
        let id = workspace.demo().expect("the demo is a session");
        let mut stored =
            Self { screen: Harness::new(width, height), workspace, id, turns: VecDeque::new(), answered: 0 };
        stored.reload();
        stored
    }

    /// As after a change by another program.
    pub fn reload(&mut self) {
        let budget = self.screen.state.settings.budget;
        let desk = Box::new(self.workspace.desk(&self.id, budget).expect("the session is in the store"));
        let generation = self.screen.state.generation;
        self.screen.event(Event::Opened { generation, desk, keeping: Keeping::InTheStore });
        self.answer();
    }

    pub fn keys(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some((_, after)) = keys::first(rest).expect("keys are named") {
            self.screen.keys(&rest[..rest.len() - after.len()]);
            self.answer();
            rest = after;
        }
        self
    }

    pub fn status(&self) -> &str {
        &self.screen.state.status.words
    }

    /// The stored session.
    pub fn session(&mut self) -> Session {
        self.workspace.session(&self.id).expect("the session is in the store")
    }

    /// What the screen shows is what is stored.
    pub fn assert_in_step(&mut self) {
        let stored = self.session();
        let shown = self.screen.desk().session();
        assert_eq!(shown.entries, stored.entries);
        assert_eq!(shown.facts, stored.facts);
        let costs = |facts: &[Fact]| facts.iter().map(|fact| fact.cost).collect::<Vec<_>>();
        assert_eq!(costs(&shown.facts), costs(&stored.facts));
    }

    /// So many turns of a replay reach the screen.
    pub fn turns(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            let Some(event) = self.turns.pop_front() else { break };
            self.screen.event(event);
            self.answer();
        }
        self
    }

    fn answer(&mut self) {
        while let Some(effect) = self.screen.effects.get(self.answered).cloned() {
            self.answered += 1;
            if let Some(event) = self.perform(effect) {
                self.screen.event(event);
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        let (person, workspace) = (Actor::person(), &mut self.workspace);
        match effect {
            Effect::Record { session, edit } => {
                workspace.record(&session, &person, &edit).expect("the screen edits what is stored");
                None
            }
            Effect::Step { session, way } => {
                let stepped = match way {
                    Way::Undo => workspace.undo(&session, &person),
                    Way::Redo => workspace.redo(&session, &person),
                };
                Some(match stepped {
                    Ok(edit) => Event::Undone { session, way, edit },
                    Err(error) => Event::Refused { why: error.to_string() },
                })
            }
            Effect::StepTo { session, point } => {
                let stepped = workspace.step_to(&session, &person, point).expect("the row is there");
                let stopped = stepped.stopped.map(|why| why.to_string());
                Some(Event::Stepped { session, point, edits: stepped.edits, stopped })
            }
            Effect::ChangeFact { session, request } => Some(match workspace.change_facts(&session, &person, request) {
                Ok(edit) => Event::FactChanged { session, edit, now: workspace.now() },
                Err(error) => Event::Refused { why: error.to_string() },
            }),
            Effect::Clock => Some(Event::Clock { now: workspace.now() }),
            Effect::Replay { generation, session, settings, budget } => {
                let replaying = workspace.replaying(&session).expect("the session is in the store");
                replaying.run(settings, budget.tokens(), &mut |step, of| {
                    self.turns.push_back(Event::Replayed { generation, step: Ok((Box::new(step), of)) });
                    Go::On
                });
                None
            }
            Effect::Journal { session } => {
                let (journal, now) = (workspace.journal(&session).map_err(|error| error.to_string()), workspace.now());
                Some(Event::Journal { session, journal, now })
            }
            Effect::Ask { generation, session, model, asked, cancel } => {
                let reply = workspace.ask(&session, &model, &asked.request, &cancel, &mut |_| {});
                Some(Event::Answered { generation, outcome: reply.map_err(|error| error.to_string()) })
            }
            Effect::Propose { generation, session, asked, reply, .. } => {
                let stored = workspace.session(&session).expect("the session is in the store");
                let proposal = workspace.proposal(&stored, &asked.task, &reply.text);
                let outcome = proposal.map_err(|refusal| refusal.to_string()).transpose()?;
                Some(Event::Proposed { generation, outcome: outcome.map(Box::new) })
            }
            _ => None,
        }
    }
}
