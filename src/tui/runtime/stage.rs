//! The screen without a terminal: keys in, the last frame out. What is asked for is answered as on a terminal; a key is
//! pressed when nothing has happened for a while.

use std::{
    io,
    time::{Duration, Instant},
};

use color_eyre::eyre::{Result, eyre};
use crossterm::event::KeyEvent;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::{Backstage, Setting, Start, example, first, inbox::Inbox};
use crate::{
    config::Config,
    tui::{
        action::Action,
        app::{self, Areas, Effect, Event, Screen, State},
        keymap::Keymap,
        view::{self, theme::Theme},
    },
};

/// Nothing has happened for so long: what was asked for is there.
const QUIET: Duration = Duration::from_millis(300);
/// No answer takes longer than this.
const PATIENCE: Duration = Duration::from_secs(120);

/// Opens the screen in a size, then the lens that an action asks for, presses keys, and gives the frame that shows then. Nothing is written but what the keys
/// themselves ask for.
///
/// # Errors
/// Where the store cannot be opened, or what is to be shown is not there after two minutes.
pub fn stage(
    start: Start,
    config: Config,
    size: (u16, u16),
    lens: Option<Action>,
    keys: &[KeyEvent],
) -> Result<Buffer> {
    let Setting { open, mut state, keeping, home } = super::setting(&start, config, Keymap::built_in());
    state.coach = None;
    let (inbox, sender) = Inbox::new();
    let mut stage = Stage {
        terminal: Terminal::new(TestBackend::new(size.0, size.1)).map_err(infallible)?,
        theme: Theme::of(state.look),
        backstage: Backstage::start(&state, open, None, keeping, home, sender),
        state,
        inbox,
        // A picture of what a model writes waits for no model, and costs nothing.
        is_example: matches!(lens, Some(Action::Draft | Action::Summarize)),
    };
    let asked = first(&mut stage.state, start);
    stage.ask(asked);
    stage.settle()?;
    if stage.is_example {
        example::prepare(&mut stage.state);
    }
    if let Some(action) = lens {
        let effects = app::update::act(&mut stage.state, action);
        stage.ask(effects);
        stage.take(Event::Resized);
        stage.settle()?;
    }
    for &key in keys {
        stage.take(Event::Key(key));
        stage.settle()?;
    }
    let Stage { terminal, backstage, .. } = stage;
    backstage.finish()?;
    Ok(terminal.backend().buffer().clone())
}

struct Stage {
    state: State,
    theme: Theme,
    terminal: Terminal<TestBackend>,
    backstage: Backstage,
    inbox: Inbox,
    is_example: bool,
}

impl Stage {
    fn ask(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.is_example.then(|| example::answer(&self.state, &effect)).flatten() {
                Some(answer) => self.take(answer),
                // There is no clipboard here.
                None if matches!(effect, Effect::Copy { .. }) => {}
                None => self.backstage.run(effect),
            }
        }
    }

    fn take(&mut self, event: Event) {
        let effects = app::update(&mut self.state, event);
        self.ask(effects);
    }

    fn draw(&mut self) -> Result<()> {
        self.theme = Theme::of(self.state.look);
        for _ in 0..2 {
            let (state, theme) = (&self.state, &self.theme);
            let mut areas = Areas::default();
            self.terminal.draw(|frame| areas = view::draw(state, theme, frame)).map_err(infallible)?;
            if !app::drawn(&mut self.state, areas) {
                break;
            }
        }
        Ok(())
    }

    /// Takes in what comes until nothing does.
    fn settle(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            self.draw()?;
            let is_waiting = matches!(self.state.screen, Screen::Waiting(_))
                || self.state.tokenizer.is_none()
                || (self.is_example && example::is_coming(&self.state));
            let events = match app::is_unfinished(&self.state) {
                true => self.inbox.look(),
                false => self.inbox.wait_until(Instant::now() + QUIET),
            };
            if events.is_empty() && !is_waiting {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(eyre!("it was not there after {} seconds", PATIENCE.as_secs()));
            }
            for event in events {
                match event {
                    Event::Died { report } => return Err(eyre!(report)),
                    Event::Failed { doing, why, .. } => return Err(eyre!("{doing} failed: {why}")),
                    event => self.take(event),
                }
            }
        }
    }
}

/// A terminal in memory cannot fail.
fn infallible(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
