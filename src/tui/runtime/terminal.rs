//! The terminal: one guard turns every mode on and off, and its panic hook does so too. ratatui's own leaves mouse
//! capture and bracketed paste on, and fires for any thread while the screen goes on drawing.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, BufWriter, Stdout, Write},
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor::Show,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
        enable_raw_mode,
    },
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};

use crate::tui::app::Event;

/// Whether the modes are on. They belong to the process, so this does too.
static ENTERED: AtomicBool = AtomicBool::new(false);

type Hook = dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static;

/// The terminal in the screen's modes, until dropped.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    /// The hook that was there before.
    outer: Arc<Hook>,
}

/// Whether clicks and the wheel are the screen's or stay the terminal's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    Taken,
    Left,
}

impl Mouse {
    fn take(self) -> io::Result<()> {
        match self {
            Mouse::Taken => execute!(io::stdout(), EnableMouseCapture),
            Mouse::Left => Ok(()),
        }
    }
}

impl Screen {
    /// Turns the modes on. A panic of this thread then restores the terminal before the report is printed; a panic of
    /// any other is sent to the loop, which ends with it.
    pub fn enter(mouse: Mouse, sender: Sender<Event>) -> io::Result<Self> {
        let outer: Arc<Hook> = panic::take_hook().into();
        let (hook, screen_thread) = (outer.clone(), thread::current().id());
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == screen_thread {
                leave();
                hook(info);
            } else if sender.send(Event::Died { report: report(info) }).is_err() {
                hook(info);
            }
        }));
        let entered = enable_raw_mode()
            .inspect(|()| ENTERED.store(true, Ordering::SeqCst))
            .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste))
            .and_then(|()| mouse.take())
            .and_then(|()| Terminal::new(CrosstermBackend::new(BufWriter::new(io::stdout()))));
        match entered {
            Ok(terminal) => Ok(Self { terminal, outer }),
            Err(error) => {
                leave();
                Err(error)
            }
        }
    }

    pub fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// The next frame is drawn whole.
    pub fn clear(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Puts text on the terminal's clipboard, over ssh too.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
        if !thread::panicking() {
            let outer = self.outer.clone();
            panic::set_hook(Box::new(move |info| outer(info)));
        }
    }
}

/// Turns every mode off, once. What fails is passed over: there is nobody left to tell, and the rest must still happen.
fn leave() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = execute!(
            out,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            DisableMouseCapture,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
        let _ = out.flush();
    }
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let name = thread::current().name().unwrap_or("nameless").to_owned();
    let what = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
    let backtrace = Backtrace::capture();
    let trace = match backtrace.status() {
        BacktraceStatus::Captured => format!("\n{backtrace}"),
        _ => "\nRun it again with RUST_BACKTRACE=1 for a backtrace.".into(),
    };
    format!(
        "the {name} thread panicked{place}: {what}\nEvery edit that was shown as done is stored, except the last.{trace}"
    )
}
