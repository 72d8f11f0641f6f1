//! The planner: plans at other budgets and by other rules than the desk's, point by point, in the background. Apart from
//! the worker and the searcher, so that none of them waits for another.

use std::sync::{
    Arc,
    mpsc::{self, Receiver, SendError, Sender},
};

use super::spawn;
use crate::{
    pack::{
        mirror::Mirror,
        sides::{Comparison, packed},
        strategy::{Folding, texts::Texts},
        sweep,
    },
    text::tokens::Tokenizer,
    tui::app::{Effect, Event},
};

pub struct Planner {
    queue: Sender<Effect>,
}

impl Planner {
    /// On a thread of this name.
    pub fn start(name: &str, events: Sender<Event>) -> Self {
        let (queue, jobs) = mpsc::channel();
        spawn(name, move || work(&jobs, &events));
        Self { queue }
    }

    pub fn run(&self, effect: Effect) {
        // Fails only when the thread has panicked, and then the loop is told by the panic hook.
        let _ = self.queue.send(effect);
    }
}

fn work(jobs: &Receiver<Effect>, events: &Sender<Event>) {
    let (mut texts, mut mirror) = (None, Mirror::default());
    let mut next = jobs.recv().ok();
    while let Some(job) = next.take() {
        if perform(job, &mut texts, &mut mirror, jobs, &mut next, events).is_err() {
            // The loop has ended.
            return;
        }
        next = next.or_else(|| jobs.recv().ok());
    }
}

/// Does a job until it is done or a newer one has come, which it leaves in `next`.
fn perform(
    job: Effect,
    texts: &mut Option<Texts>,
    mirror: &mut Mirror,
    jobs: &Receiver<Effect>,
    next: &mut Option<Effect>,
    events: &Sender<Event>,
) -> Result<(), SendError<Event>> {
    let (job, basis, wanted) = match job {
        Effect::Sweep { job, basis, wanted } => (job, mirror.of(basis), wanted),
        Effect::Compare { job, basis, sides: [left, right] } => {
            let basis = mirror.of(basis);
            let texts = counting(texts, &basis.tokenizer);
            let comparison = Comparison::new(packed(&basis, texts, left), packed(&basis, texts, right));
            return events.send(Event::Compared { job, comparison: Box::new(comparison) });
        }
        Effect::Plan { job, basis, budget } => {
            let basis = mirror.of(basis);
            let given = basis.given(counting(texts, &basis.tokenizer), Folding::Written);
            let plan = Box::new(basis.settings.strategy.choose(&given, budget));
            return events.send(Event::Planned { job, plan });
        }
        _ => return Ok(()),
    };
    let texts = counting(texts, &basis.tokenizer);
    for (strategy, budget) in wanted {
        *next = jobs.try_iter().last();
        if next.is_some() {
            break;
        }
        let point = sweep::quick_point(&basis.given(texts, Folding::Spared), strategy, budget);
        events.send(Event::Swept { job, points: vec![(strategy, point)] })?;
    }
    Ok(())
}

/// What was counted for one plan need not be counted again for the next.
fn counting<'t>(texts: &'t mut Option<Texts>, tokenizer: &Arc<Tokenizer>) -> &'t Texts {
    if texts.as_ref().is_some_and(|texts| texts.tokenizer().encoding() != tokenizer.encoding()) {
        *texts = None;
    }
    texts.get_or_insert_with(|| Texts::with(tokenizer.clone()))
}
