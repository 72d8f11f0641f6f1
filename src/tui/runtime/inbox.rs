//! One queue for everything that happens outside: the terminal's input and the answers of the workers.

use std::{
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::Instant,
};

use crossterm::event;

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
            if sender.send(event).is_err() || is_last {
                return;
            }
        }
    });
}
