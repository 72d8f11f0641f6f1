//! The outside of the screen, pretended: one session in memory, answers that are late, stale or failures.

use std::collections::VecDeque;

use haversack::{
    facts::FactSettings,
    model::*,
    pack::{
        price,
        replay::{Replayer, Step},
        settings::PlanSettings,
        sides::{Comparison, packed},
        strategy::{Folding, texts::Texts},
        sweep::quick_point,
    },
    text::{redact::clean, tokens::Encoding},
    tui::app::{
        Effect, Event,
        effect::Existing,
        entry::{HistoryRow, links::NameIndex},
        event::{AfterFailure, Keeping, Way},
        recall::Answer,
        search,
        state::Progress,
    },
    workspace::{
        Agent, AgentLogs, Desk, Ending, FactHit, FactRequest, Found, Fresh, Hit, Point, Reply, SessionRow, Tier,
        Workspace, standing_after, undone_until,
    },
};

use super::dice::Dice;
use crate::{lenses::lessons, screen::TOKENIZER};

pub struct Outside {
    pub session: Session,
    journal: Vec<JournalRow>,
    pub now: Time,
    /// What works out what a summary would change; made when it is asked for first.
    workspace: Option<Workspace>,
    /// Answers that are under way, the next one first.
    pub answers: VecDeque<Event>,
}

/// One in so many requests fails.
const FAILS: usize = 30;

impl Outside {
    pub fn new(session: Session) -> Self {
        Self { session, journal: Vec::new(), now: Time(1_000), workspace: None, answers: VecDeque::new() }
    }

    /// Does what is asked; the answer, if there is one, is then under way.
    pub fn take(&mut self, effect: Effect, dice: &mut Dice) {
        self.now.0 += 1_000;
        let after = match &effect {
            Effect::Open { .. } | Effect::Demo { .. } | Effect::Import { .. } => AfterFailure::Leave,
            Effect::Record { .. } | Effect::Step { .. } | Effect::ChangeFact { .. } | Effect::StepTo { .. } => {
                AfterFailure::Reload
            }
            _ => AfterFailure::Stay,
        };
        let answered = match effect {
            // It is asked for until it comes.
            Effect::List { .. } => Ok(self.perform(effect, dice)),
            _ if dice.once_in(FAILS) => Err("the disk is full: \u{1b}[31mmake room\u{202e}".to_owned()),
            Effect::Record { edit, .. } => self.record(edit).map(|()| Vec::new()),
            effect => Ok(self.perform(effect, dice)),
        };
        match answered {
            Ok(events) => self.answers.extend(events),
            Err(why) => self.answers.push_back(Event::Failed { doing: "What was asked".into(), why, next: after }),
        }
    }

    pub fn desk(&self, budget: Budget) -> Box<Desk> {
        let settings = PlanSettings::default();
        Box::new(Desk::counting(self.session.clone(), settings, budget, self.now, TOKENIZER.clone()))
    }

    fn perform(&mut self, effect: Effect, dice: &mut Dice) -> Vec<Event> {
        match effect {
            Effect::List { generation } => {
                let rows = if dice.once_in(4) { Vec::new() } else { self.rows() };
                let stale = Event::Listed { generation: generation.wrapping_sub(1), rows: Vec::new(), now: self.now };
                vec![stale, Event::Listed { generation, rows, now: self.now }]
            }
            Effect::Open { generation, budget, .. } | Effect::Demo { generation, budget } => {
                let keeping = *dice.pick(&[Keeping::InTheStore, Keeping::Following, Keeping::Nothing]);
                vec![Event::Opened { generation, desk: self.desk(budget), keeping }]
            }
            Effect::Import { .. } | Effect::ImportAll { .. } => {
                let progress = Progress { done: dice.next(), of: 7 };
                let session = dice.once_in(2).then(|| self.session.id.clone());
                vec![
                    Event::Progress { doing: "Reading".into(), progress },
                    Event::Imported { words: "imported 1 session: 3 new entries".into(), session },
                ]
            }
            Effect::Discover => {
                let row = AgentLogs { agent: Agent::Codex, places: vec!["/home/ada/.codex".into()], logs: 3, bytes: 9 };
                vec![Event::Discovered { agents: vec![row; dice.below(3)] }]
            }
            Effect::Step { session, way } => vec![match self.step(way) {
                Ok(edit) => Event::Undone { session, way, edit },
                Err(why) => Event::Refused { why },
            }],
            Effect::StepTo { session, point } => {
                let (edits, stopped) = self.step_to(point);
                vec![Event::Stepped { session, point, edits, stopped }]
            }
            Effect::Journal { session } => {
                let journal = if dice.once_in(9) { Err("it is locked".into()) } else { Ok(self.journal.clone()) };
                vec![Event::Journal { session, journal, now: self.now }]
            }
            Effect::ChangeFact { session, request } => vec![match self.change_fact(request) {
                Ok(edit) => Event::FactChanged { session, edit, now: self.now },
                Err(why) => Event::Refused { why },
            }],
            Effect::Clock => vec![Event::Clock { now: self.now }],
            Effect::Replay { generation, settings, budget, .. } => self.replay(generation, settings, budget, dice),
            Effect::Delete { session, title } => vec![Event::Deleted { session, title }],
            Effect::Undelete { title, .. } => vec![Event::Undeleted { title }],
            Effect::Search { generation, needle, texts } => {
                let places = search::search(&needle, &texts);
                vec![
                    Event::Found { generation: generation.wrapping_sub(1), places: places.clone() },
                    Event::Found { generation, places },
                ]
            }
            Effect::Mentions { of, texts } => {
                vec![Event::Mentioned { of, mentions: NameIndex::new(&texts).mentions(of) }]
            }
            Effect::History { of, version, .. } => {
                vec![Event::History { of, version, rows: self.history(of), now: self.now }]
            }
            Effect::Usage { session } => {
                let usage = dice.once_in(2).then_some(Usage { input: 1, output: 2, cache_read: 3, cache_write: 4 });
                vec![Event::Used { session, usage }]
            }
            Effect::Recall { generation, query, .. } => {
                let answer = self.recall(query, dice);
                vec![
                    Event::Recalled { generation: generation.wrapping_sub(1), answer: answer.clone() },
                    Event::Recalled { generation, answer },
                ]
            }
            Effect::Learn { generation, .. } => vec![
                Event::Digesting { generation, done: 1, of: dice.below(9) },
                Event::Lessons { generation: generation.wrapping_sub(1), learned: lessons::learned() },
                Event::Lessons { generation, learned: lessons::learned() },
            ],
            Effect::LetGo { told, .. } => {
                let sessions: Vec<SessionId> = told.plan.steps.iter().map(|step| step.session_id.clone()).collect();
                let gone = if dice.once_in(2) { vec![self.session.id.clone()] } else { sessions };
                vec![Event::LettingGo { done: 1, of: 2 }, Event::LetGo { sessions: gone, words: told.went() }]
            }
            Effect::BringBack { session, .. } => vec![Event::BroughtBack { session, words: "restored #4".into() }],
            Effect::Plan { job, basis, budget } => {
                let texts = Texts::with(basis.tokenizer.clone());
                let plan = basis.settings.strategy.choose(&basis.given(&texts, Folding::Written), budget);
                vec![Event::Planned { job, plan: Box::new(plan) }]
            }
            Effect::Sweep { job, basis, wanted } => {
                let texts = Texts::with(basis.tokenizer.clone());
                let given = basis.given(&texts, Folding::Spared);
                // Few: a newer job has come meanwhile, as often happens.
                let few = wanted.into_iter().take(2);
                let points = few.map(|(by, budget)| (by, quick_point(&given, by, budget))).collect();
                vec![Event::Swept { job, points }]
            }
            Effect::Compare { job, basis, sides } => {
                let texts = Texts::with(basis.tokenizer.clone());
                let [left, right] = sides.map(|asked| packed(&basis, &texts, asked));
                vec![Event::Compared { job, comparison: Box::new(Comparison::new(left, right)) }]
            }
            Effect::Write { path, text, existing } => match existing {
                Existing::Ask if dice.once_in(2) => vec![Event::FileExists { path, text }],
                _ => vec![Event::Wrote { words: format!("wrote the pack to {}", path.display()) }],
            },
            Effect::Ask { generation, .. } => {
                let so_far = "Run the \u{1b}[31mtests\u{202e} 結帳".to_owned();
                let text =
                    clean(dice.pick::<&str>(&["- ok", "### Goal\n- Round once [#1]\n結帳👩‍👩‍👧\u{301}", "", "a\tb"]));
                let ending = *dice.pick(&[Ending::Complete, Ending::Cut]);
                let outcome = match dice.once_in(4) {
                    true => Err("no model server answers: \u{1b}[31mstart it".into()),
                    false => Ok(Reply { text, ending, fresh: Fresh::Written }),
                };
                vec![
                    Event::Writing { generation: generation.wrapping_sub(1), so_far: so_far.clone() },
                    Event::Writing { generation, so_far },
                    Event::Answered { generation: generation.wrapping_sub(1), outcome: outcome.clone() },
                    Event::Answered { generation, outcome },
                ]
            }
            Effect::Propose { generation, asked, reply, .. } => {
                let workspace = self.workspace.get_or_insert_with(|| {
                    Workspace::throw_away(PlanSettings::default()).expect("a store in memory can be made")
                });
                let proposal = workspace.proposal(&self.session, &asked.task, &reply.text);
                let outcome = proposal.map_err(|refusal| refusal.to_string()).transpose();
                let outcome = outcome.map(|outcome| outcome.map(Box::new));
                outcome.into_iter().map(|outcome| Event::Proposed { generation, outcome }).collect()
            }
            Effect::Record { .. }
            | Effect::Learned { .. }
            | Effect::Decide { .. }
            | Effect::StopReplay
            | Effect::Copy { .. }
            | Effect::Exported { .. } => Vec::new(),
        }
    }

    fn apply(&mut self, edit: &Edit) -> Result<(), String> {
        let rewritten = self.session.apply(edit).map_err(|drift| drift.to_string())?;
        for id in rewritten {
            if let Some(index) = self.session.index_of(id) {
                price::price(&mut self.session.entries[index], &TOKENIZER);
            }
        }
        for fact in self.session.facts.iter_mut().filter(|fact| fact.cost == 0) {
            price::price_fact(fact, &TOKENIZER);
        }
        Ok(())
    }

    fn record(&mut self, edit: Edit) -> Result<(), String> {
        self.apply(&edit)?;
        for row in self.journal.iter_mut().filter(|row| row.status == JournalStatus::Undone) {
            row.status = JournalStatus::Dropped;
        }
        let id = self.journal.len() as i64 + 1;
        let (actor, at) = (Actor::person(), self.now);
        let status = JournalStatus::Done;
        self.journal.push(JournalRow { id, actor, via: None, at, status, edit, undone_by: None, stamp: self.now.0 });
        Ok(())
    }

    /// Takes back the newest edit, or brings the newest of those taken back again.
    fn step(&mut self, way: Way) -> Result<Edit, String> {
        let wanted = if way == Way::Undo { JournalStatus::Done } else { JournalStatus::Undone };
        let of_these = (0..self.journal.len()).filter(|&index| self.journal[index].status == wanted);
        let index = of_these.max_by_key(|&index| self.journal[index].stamp).ok_or("there is nothing to undo")?;
        self.turn(index)
    }

    fn turn(&mut self, index: usize) -> Result<Edit, String> {
        let row = &self.journal[index];
        let (edit, status, by) = match row.status {
            JournalStatus::Done => (row.edit.inverse(), JournalStatus::Undone, Some(Actor::person())),
            JournalStatus::Undone => (row.edit.clone(), JournalStatus::Done, None),
            JournalStatus::Dropped | JournalStatus::Append => return Err("it was taken back for good".into()),
        };
        self.apply(&edit)?;
        self.now.0 += 1;
        let row = &mut self.journal[index];
        (row.status, row.undone_by, row.stamp) = (status, by, self.now.0);
        Ok(edit)
    }

    fn step_to(&mut self, point: Point) -> (Vec<Edit>, Option<String>) {
        let ids: Vec<i64> = match point {
            Point::After(row) => {
                standing_after(&self.journal, row, &Actor::person()).iter().map(|row| row.id).collect()
            }
            Point::Without(row) => vec![row],
            Point::Again(row) => undone_until(&self.journal, row, &Actor::person()).iter().map(|row| row.id).collect(),
        };
        let mut edits = Vec::new();
        for id in ids {
            let Some(index) = self.journal.iter().position(|row| row.id == id) else { continue };
            match self.turn(index) {
                Ok(edit) => edits.push(edit),
                Err(why) => return (edits, Some(why)),
            }
        }
        (edits, None)
    }

    fn change_fact(&mut self, request: FactRequest) -> Result<Edit, String> {
        let known = |id: FactId| self.session.facts.iter().find(|fact| fact.id == id).cloned();
        let gone = || "that fact is no longer there".to_owned();
        let (before, after) = match request {
            FactRequest::Write(draft) => {
                let arrived = self.session.facts.len() as u32 + 1;
                let fact = draft.fact(&self.session.id, self.now, arrived, &FactSettings::default());
                (None, fact.map_err(|why| why.to_string())?)
            }
            FactRequest::Expire(id) => {
                let fact = known(id).ok_or_else(gone)?;
                (Some(fact.clone()), Fact { removed: Some(self.now), ..fact })
            }
            FactRequest::Pin(id) => {
                let fact = known(id).ok_or_else(gone)?;
                (Some(fact.clone()), Fact { pinned: true, ..fact })
            }
            FactRequest::Unpin(id) => {
                let fact = known(id).ok_or_else(gone)?;
                (Some(fact.clone()), Fact { pinned: false, ..fact })
            }
        };
        let words = format!("changed fact {}", after.key);
        let change = FactChange { id: after.id, before: before.map(Box::new), after: Some(Box::new(after)) };
        let edit = Edit { words, facts: vec![change], ..Edit::default() };
        self.record(edit.clone())?;
        Ok(edit)
    }

    fn replay(&self, generation: u64, settings: PlanSettings, budget: Budget, dice: &mut Dice) -> Vec<Event> {
        if dice.once_in(6) {
            return vec![Event::Replayed { generation, step: Err("the store is gone: open it again".into()) }];
        }
        let texts = Texts::with(TOKENIZER.clone());
        let replayer = Replayer::new(&self.session, settings, budget.tokens(), &texts);
        let mut before = None;
        // Some end early: another replay was asked for.
        (0..replayer.len().min(2 + dice.below(8)))
            .map(|number| {
                let turn = replayer.turn(number, before.as_ref());
                let step = Step::between(&self.session, before.as_ref(), &turn);
                before = Some(turn);
                Event::Replayed { generation, step: Ok((Box::new(step), replayer.len())) }
            })
            .collect()
    }

    fn history(&self, of: EntryId) -> Vec<HistoryRow> {
        let touching = self.journal.iter().rev().filter_map(|row| {
            let change = row.edit.changes.iter().find(|change| change.id() == of)?;
            Some(HistoryRow {
                at: row.at,
                actor: row.actor.clone(),
                status: row.status,
                words: row.edit.words.clone(),
                before: change.before().cloned(),
                after: change.after().cloned(),
            })
        });
        touching.collect()
    }

    /// The session, and one beside it that cannot be opened as what it seems.
    fn rows(&self) -> Vec<SessionRow> {
        let row = |id: SessionId| SessionRow {
            id,
            title: self.session.title.clone(),
            project: self.session.project.clone(),
            parent: None,
            entries: self.session.entries.len() as u32,
            held_entries: [u32::MAX; 4],
            held_tokens: [u64::MAX / 8; 4],
            encoding: Encoding::O200k,
            settings: SessionSettings::default(),
            created: Time(0),
            last_at: Some(Time(i64::MAX)),
            updated: self.now,
            deleted_at: None,
            let_go_at: None,
        };
        vec![row(self.session.id.clone()), row(SessionId::new("no colon")), row(SessionId::new(""))]
    }

    fn recall(&self, query: String, dice: &mut Dice) -> Answer {
        let other = SessionId::new("claude:other");
        let hits = (0..dice.below(12)).map(|number| {
            let entry = dice.pick(&self.session.entries);
            let elsewhere = number % 3 == 0;
            Hit {
                session_id: if elsewhere { other.clone() } else { self.session.id.clone() },
                title: self.session.title.clone(),
                entry_id: if number % 5 == 0 { EntryId(7) } else { entry.id },
                seq: entry.seq,
                kind: entry.kind,
                tool: entry.tool.as_deref().map(str::to_owned),
                at: entry.at,
                pinned: entry.state.pinned,
                fate: entry.state.fate,
                found_in: Found::Text,
                score: 0.5,
                tier: Tier::Strong,
                snippet: clean(&entry.text.chars().take(80).collect::<String>()),
            }
        });
        let hits: Vec<Hit> = hits.collect();
        let facts = self.session.facts.iter().take(2).map(|fact| FactHit {
            session_id: self.session.id.clone(),
            fact_id: fact.id,
            key: fact.key.clone(),
            value: fact.value.clone(),
            scope: fact.scope,
            trust: fact.trust,
            at: fact.at,
            score: 1.0,
            tier: Tier::Strong,
        });
        let named = |id: &SessionId| (id.clone(), self.session.title.clone(), self.session.project.clone());
        let sessions = vec![named(&self.session.id), named(&other)];
        Answer { query, hits, facts: facts.collect(), sessions, now: self.now }
    }
}
