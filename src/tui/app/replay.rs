//! The replay: the session turn by turn, as it would have been carried forward; and when an entry was lost.

use std::time::Duration;

use super::{
    Effect, Popup, State, Tone,
    inspector::Inspector,
    lens::Lens,
    popup::{Line, LinePurpose},
    rows::Rows,
    state::Screen,
};
use crate::{
    model::{Kind, Seen, Session},
    pack::replay::{Moved, Step},
    tui::action::Action,
};

/// Turns a second, in halves.
const SPEEDS: [u32; 5] = [1, 2, 4, 8, 16];

pub struct Replay {
    /// The cursor in what the turn changed.
    pub rows: Rows,
    /// The turns so far, in order.
    pub steps: Vec<Step>,
    /// How many turns there are; `None` until the first has come.
    pub of: Option<usize>,
    /// The turn that is shown, from 0.
    pub turn: usize,
    pub pace: Pace,
    pub question: Option<Question>,
    /// Why there is no replay.
    pub failed: Option<String>,
    /// A turn to go to as soon as it has come.
    target: Option<usize>,
    speed: usize,
    asked: Asked,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    Paused,
    Playing,
}

/// "When was #12 lost?"
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub seq: u32,
    /// What happened to it so far: the turn, from 0, and what.
    found: Vec<(usize, Moved)>,
    /// Whether the answer still moves the scrubber: until a hand has.
    leads: bool,
}

/// Which replay was asked for, and under which version of the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asked {
    generation: u64,
    version: u64,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            rows: Rows::default(),
            steps: Vec::new(),
            of: None,
            turn: 0,
            pace: Pace::Paused,
            question: None,
            failed: None,
            target: None,
            speed: 2,
            asked: Asked::default(),
        }
    }
}

impl Replay {
    /// Asks for a replay where the desk has changed, once the one before has begun.
    pub fn ask(&mut self, inspector: &Inspector, replays: &mut u64, runs: &mut bool) -> Vec<Effect> {
        let version = inspector.version;
        let is_awaited = self.asked.generation > 0 && self.of.is_none() && self.failed.is_none();
        let is_empty = inspector.desk.session().entries.is_empty();
        if self.asked.version == version || is_awaited || is_empty {
            return Vec::new();
        }
        *replays += 1;
        *runs = true;
        self.asked = Asked { generation: *replays, version };
        // The turn that is looked at stays, and comes back with its number.
        self.target = Some(self.target.unwrap_or(self.turn)).filter(|&turn| turn > 0);
        (self.steps, self.of, self.failed) = (Vec::new(), None, None);
        if let Some(question) = &mut self.question {
            question.found.clear();
        }
        let (session, settings) = (inspector.id().clone(), inspector.desk.settings());
        vec![Effect::Replay { generation: *replays, session, settings, budget: inspector.desk.budget() }]
    }

    fn arrived(&mut self, step: Step, of: usize) {
        self.of = Some(of);
        let turn = self.steps.len();
        if let Some(question) = &mut self.question {
            question.look(turn, &step);
        }
        self.steps.push(step);
        self.target = self.target.map(|target| target.min(of.saturating_sub(1)));
        if self.target == Some(turn) {
            (self.turn, self.target) = (turn, None);
        }
        self.follow_question();
    }

    /// The step that is shown, if it has come.
    pub fn step(&self) -> Option<&Step> {
        self.steps.get(self.turn)
    }

    /// Rows of the step's list: facts, then entries.
    pub fn len(&self) -> usize {
        self.step().map_or(0, |step| step.facts.len() + step.moves.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn is_done(&self) -> bool {
        self.of.is_some_and(|of| self.steps.len() >= of)
    }

    /// Turns a second, as people read them.
    pub fn speed(&self) -> &'static str {
        ["½", "1", "2", "4", "8"][self.speed]
    }

    pub fn tick_after(&self) -> Option<Duration> {
        (self.pace == Pace::Playing).then(|| Duration::from_millis(2_000 / u64::from(SPEEDS[self.speed])))
    }

    /// Shows a turn, or waits for it where it is still to come.
    fn go(&mut self, turn: usize) {
        let last = self.of.unwrap_or(1).saturating_sub(1);
        let turn = turn.min(last);
        self.rows = Rows::default();
        match turn < self.steps.len() {
            true => (self.turn, self.target) = (turn, None),
            false => (self.turn, self.target) = (self.steps.len().saturating_sub(1), Some(turn)),
        }
    }

    /// A hand moves the scrubber: no answer does any more.
    fn go_by_hand(&mut self, turn: usize) {
        if let Some(question) = &mut self.question {
            question.leads = false;
        }
        self.go(turn);
    }

    fn inquire(&mut self, seq: u32) {
        let mut question = Question { seq, found: Vec::new(), leads: true };
        for (turn, step) in self.steps.iter().enumerate() {
            question.look(turn, step);
        }
        self.question = Some(question);
        self.pace = Pace::Paused;
        self.follow_question();
    }

    /// To the turn that answers the question, with the cursor on the entry.
    fn follow_question(&mut self) {
        let Some(question) = self.question.as_ref().filter(|question| question.leads) else { return };
        let (seq, Some(turn)) = (question.seq, question.turn()) else { return };
        if turn != self.turn || self.rows == Rows::default() {
            self.go(turn);
            let step = self.step();
            let row = step.and_then(|step| Some(step.facts.len() + step.moves.iter().position(|one| one.seq == seq)?));
            self.rows.cursor = row.unwrap_or(0);
        }
    }

    /// The number of the entry in the row under the cursor.
    fn current(&self) -> Option<u32> {
        let step = self.step()?;
        let row = self.rows.cursor.checked_sub(step.facts.len())?;
        step.moves.get(row).map(|one| one.seq)
    }

    /// What is known of the question, in a sentence or two.
    pub fn answer(&self, session: &Session) -> Option<String> {
        let question = self.question.as_ref()?;
        let mut said = question.words();
        if !self.is_done() && self.failed.is_none() {
            said = format!("so far: {said}");
        }
        let entry = session.by_seq(question.seq)?;
        if matches!(entry.kind, Kind::Boundary | Kind::Opaque) {
            return Some(format!("#{} is a {}: no pack carries one", entry.seq, entry.kind));
        }
        if let Seen::Lost { at, .. } = entry.seen
            && let Some(boundary) = session.entry(at)
        {
            let in_turn = |step: &&Step| (step.first_seq..=step.last_seq).contains(&boundary.seq);
            let turn = self.steps.iter().find(in_turn).map_or(String::new(), |step| format!(", in turn {}", step.turn));
            said += &format!(" · the agent's own context lost it at #{}{turn}", boundary.seq);
        }
        Some(said)
    }
}

impl Question {
    fn look(&mut self, turn: usize, step: &Step) {
        let of_it = step.moves.iter().filter(|one| one.seq == self.seq);
        self.found.extend(of_it.map(|one| (turn, one.what.clone())));
    }

    fn last_left(&self) -> Option<(usize, &Moved)> {
        let left = |(_, what): &&(usize, Moved)| matches!(what, Moved::Left { .. });
        self.found.iter().rev().find(left).map(|(turn, what)| (*turn, what))
    }

    /// Where it left last; if it never did, where it first came up.
    fn turn(&self) -> Option<usize> {
        self.last_left().map(|(turn, _)| turn).or_else(|| self.found.first().map(|(turn, _)| *turn))
    }

    fn words(&self) -> String {
        let seq = self.seq;
        let came = |after: usize| {
            let entered = |(turn, what): &&(usize, Moved)| *turn > after && matches!(what, Moved::Entered { .. });
            self.found.iter().find(entered).map(|(turn, _)| turn + 1)
        };
        match (self.last_left(), self.found.first()) {
            (Some((turn, Moved::Left { was, why })), _) => {
                let back = came(turn).map_or(String::new(), |back| format!(", and came back at turn {back}"));
                format!("#{seq} left the pack at turn {}: {why}, it was in as {was}{back}", turn + 1)
            }
            (_, Some((turn, Moved::Out { why }))) => match came(*turn) {
                Some(back) => format!("#{seq} never left the pack: {why} at turn {}, in since turn {back}", turn + 1),
                None => format!("#{seq} was never in the pack: {why} when it was written, in turn {}", turn + 1),
            },
            (_, Some((turn, _))) => format!("#{seq} never left the pack: in since turn {}", turn + 1),
            (_, None) => format!("#{seq} has not come up"),
        }
    }
}

/// `P`: the replay; `H`: the same with the question when the entry under the cursor was lost.
pub fn open(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let inspector = state.inspector()?;
    let in_list = inspector.list.current().map(|index| inspector.desk.session().entries[index].seq);
    // In the replay itself, of the entry under its cursor.
    let seq = match &state.lens {
        Some(Lens::Replay(lens)) => lens.current().or(lens.question.as_ref().map(|question| question.seq)),
        _ => in_list,
    };
    let mut lens = match state.lens.take() {
        Some(Lens::Replay(lens)) => lens,
        _ => Box::default(),
    };
    if action == Action::WhenLost {
        match seq {
            Some(seq) => lens.inquire(seq),
            None => state.say(Tone::Refused, "no entry is selected: choose one in the list"),
        }
    }
    state.lens = Some(Lens::Replay(lens));
    Some(Vec::new())
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(Lens::Replay(lens)), Screen::Session(inspector)) = (&mut state.lens, &mut state.screen) else {
        return Vec::new();
    };
    match action {
        Action::NextTurn => lens.go_by_hand(lens.turn + 1),
        Action::PreviousTurn => lens.go_by_hand(lens.turn.saturating_sub(1)),
        Action::Top => lens.go_by_hand(0),
        Action::Bottom => lens.go_by_hand(usize::MAX),
        Action::Faster => lens.speed = (lens.speed + 1).min(SPEEDS.len() - 1),
        Action::Slower => lens.speed = lens.speed.saturating_sub(1),
        Action::Play => match lens.pace {
            Pace::Playing => lens.pace = Pace::Paused,
            Pace::Paused => {
                lens.pace = Pace::Playing;
                if lens.of.is_some_and(|of| lens.turn + 1 >= of) {
                    lens.go_by_hand(0);
                }
            }
        },
        Action::GoToTurn => {
            state.popup = Some(Popup::Line(Box::new(Line::new(LinePurpose::GoToTurn, ""))));
        }
        Action::ShowMoved => {
            let index = lens.current().and_then(|seq| {
                let session = inspector.desk.session();
                session.entries.binary_search_by_key(&seq, |entry| entry.seq).ok()
            });
            match index {
                Some(index) if inspector.list.go_to(index) => state.lens = None,
                Some(_) => state.say(Tone::Refused, "the filter hides it; F in the session shows every entry"),
                None => state.say(Tone::Refused, "there is no entry in this row"),
            }
        }
        _ => {}
    }
    Vec::new()
}

/// To a turn by its number, from 1.
///
/// # Errors
/// What number there has to be instead.
pub fn go_to(state: &mut State, turn: Option<usize>) -> Result<(), String> {
    let Some(Lens::Replay(lens)) = &mut state.lens else { return Ok(()) };
    let of = lens.of.unwrap_or(1);
    match turn {
        Some(turn) if (1..=of).contains(&turn) => {
            lens.go_by_hand(turn - 1);
            Ok(())
        }
        _ => Err(format!("a number from 1 to {of}")),
    }
}

/// Takes in a turn; one of a replay that nobody asks for any more is dropped.
pub fn arrived(state: &mut State, generation: u64, step: Result<(Box<Step>, usize), String>) {
    let Some(Lens::Replay(lens)) = &mut state.lens else { return };
    if lens.asked.generation != generation {
        return;
    }
    match step {
        Ok((step, of)) => lens.arrived(*step, of),
        Err(why) => lens.failed = Some(why),
    }
    if lens.is_done() {
        state.replay_runs = false;
    }
}

/// A turn on, while it plays; at the end it stops.
pub fn tick(state: &mut State) -> Vec<Effect> {
    let Some(Lens::Replay(lens)) = &mut state.lens else { return Vec::new() };
    if lens.pace == Pace::Playing {
        match lens.of {
            Some(of) if lens.turn + 1 >= of => lens.pace = Pace::Paused,
            // Where it plays faster than turns come, it waits for them.
            _ if lens.turn + 1 < lens.steps.len() => lens.go_by_hand(lens.turn + 1),
            _ => {}
        }
    }
    Vec::new()
}

/// Ends a replay that nobody looks at any more.
pub fn end_unseen(state: &mut State) -> Vec<Effect> {
    if matches!(state.lens, Some(Lens::Replay(_))) || !std::mem::take(&mut state.replay_runs) {
        return Vec::new();
    }
    vec![Effect::StopReplay]
}
