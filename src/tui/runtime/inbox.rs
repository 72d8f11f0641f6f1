//! One queue for everything that happens outside: the terminal's input and the answers of the workers.

use std::{
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant},
};

use crossterm::event::{self, MouseButton, MouseEventKind};
use ratatui::layout::Position;

use super::spawn;
use crate::tui::app::Event;

pub struct Inbox {
    receiver: Receiver<Event>,
}

impl Inbox {
    pub fn new() -> (Inbox, Sender<Event>) {
        let (sender, receiver) = mpsc::channel();
        (Inbox { receiver }, sender)
    }

    /// What has queued up, or that nothing has.
    pub fn look(&self) -> Vec<Event> {
        let queued: Vec<Event> = self.receiver.try_iter().collect();
        if queued.is_empty() { vec![Event::Idle] } else { queued }
    }

    /// As [`Inbox::wait`], for no longer than until a moment.
    pub fn wait_until(&self, due: Instant) -> Vec<Event> {
        match self.receiver.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(first) => std::iter::once(first).chain(self.receiver.try_iter()).collect(),
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Err(RecvTimeoutError::Disconnected) => self.wait(),
        }
    }

    /// Waits for an event and takes all that have queued up, so that a burst costs one frame.
    pub fn wait(&self) -> Vec<Event> {
        let first = self.receiver.recv().unwrap_or_else(|_| Event::Died { report: "every thread has ended".into() });
        std::iter::once(first).chain(self.receiver.try_iter()).collect()
    }
}

/// Reads keys, the mouse, pasted text and resizes for as long as the program runs.
pub fn read_terminal(sender: Sender<Event>) {
    spawn("input", move || {
        let mut clicks = Clicks::default();
        loop {
            let event = match event::read() {
                Ok(event::Event::Key(key)) => Event::Key(key),
                Ok(event::Event::Mouse(mouse)) => Event::Mouse(mouse),
                Ok(event::Event::Paste(text)) => Event::Paste(text),
                Ok(event::Event::Resize(..)) => Event::Resized,
                Ok(event::Event::FocusGained | event::Event::FocusLost) => continue,
                Err(error) => Event::Died { report: format!("the terminal cannot be read: {error}") },
            };
            let is_last = matches!(event, Event::Died { .. });
            let double = clicks.second(&event, Instant::now());
            if sender.send(event).is_err() || is_last {
                return;
            }
            if double.is_some_and(|at| sender.send(Event::DoubleClick(at)).is_err()) {
                return;
            }
        }
    });
}

/// Two clicks in one cell within this time are a double click.
const QUICK: Duration = Duration::from_millis(400);

/// The last click that may be the first of two.
#[derive(Default)]
struct Clicks {
    last: Option<(Position, Instant)>,
}

impl Clicks {
    /// Where a double click is complete with this event.
    fn second(&mut self, event: &Event, now: Instant) -> Option<Position> {
        let Event::Mouse(mouse) = event else { return None };
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {}
            MouseEventKind::Up(_) | MouseEventKind::Moved => return None,
            _ => {
                self.last = None;
                return None;
            }
        }
        let at = Position::new(mouse.column, mouse.row);
        let is_second = self.last.is_some_and(|(before, then)| before == at && now.duration_since(then) <= QUICK);
        self.last = if is_second { None } else { Some((at, now)) };
        is_second.then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyModifiers, MouseEvent};

    use super::*;

    #[test]
    fn two_quick_clicks_in_one_place_are_a_double_click_and_a_third_is_not() {
        let mouse = |kind, column| Event::Mouse(MouseEvent { kind, column, row: 1, modifiers: KeyModifiers::NONE });
        let (down, up) = (MouseEventKind::Down(MouseButton::Left), MouseEventKind::Up(MouseButton::Left));
        let mut clicks = Clicks::default();
        let begun = Instant::now();
        let at = |milliseconds| begun + Duration::from_millis(milliseconds);
        assert_eq!(clicks.second(&mouse(down, 5), at(0)), None);
        assert_eq!(clicks.second(&mouse(up, 5), at(50)), None);
        assert_eq!(clicks.second(&mouse(down, 5), at(300)), Some(Position::new(5, 1)));
        assert_eq!(clicks.second(&mouse(down, 5), at(400)), None);
        assert_eq!(clicks.second(&mouse(down, 6), at(500)), None, "elsewhere");
        assert_eq!(clicks.second(&mouse(down, 6), at(1_500)), None, "too late");
    }
}
