//! A stored session taken out to be replayed turn by turn on another thread.

use std::sync::Arc;

use super::{Result, Workspace};
use crate::{
    model::{Session, SessionId},
    pack::{
        replay::{Replayer, Step},
        settings::PlanSettings,
        strategy::texts::Texts,
    },
    text::tokens::Tokenizer,
};

/// All that a replay needs, so that it keeps no store waiting.
pub struct Replaying {
    session: Session,
    tokenizer: Arc<Tokenizer>,
}

impl Workspace {
    pub fn replaying(&mut self, id: &SessionId) -> Result<Replaying> {
        let session = self.session(id)?;
        Ok(Replaying { session, tokenizer: self.counters().share() })
    }
}

impl Replaying {
    /// Replays turn by turn. `tell` hears each step and how many there are, and says whether to go on.
    pub fn run(&self, settings: PlanSettings, budget: u32, tell: &mut dyn FnMut(Step, usize) -> Go) {
        let texts = Texts::with(self.tokenizer.clone());
        let replayer = Replayer::new(&self.session, settings, budget, &texts);
        let mut before = None;
        for number in 0..replayer.len() {
            let turn = replayer.turn(number, before.as_ref());
            let step = Step::between(&self.session, before.as_ref(), &turn);
            before = Some(turn);
            if tell(step, replayer.len()) == Go::Stop {
                return;
            }
        }
    }
}

/// Whether a replay goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    On,
    Stop,
}
