//! The real binary in a pseudo-terminal: first frame, keys, resize, quit, panics, errors. Waits for what must appear on
//! the screen, never for a time.

use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::{MouseProtocolMode, Parser};

use crate::cli::place::log_text;

/// Longer than anything takes on a busy machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("no test uses an empty terminal")
}

pub struct Pty {
    parser: Parser,
    output: Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    home: tempfile::TempDir,
}

impl Pty {
    pub fn start(width: u16, height: u16, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("the system gives pseudo-terminals");
        let home = tempfile::tempdir().expect("the system gives temporary folders");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_haversack"));
        command.args(arguments);
        command.cwd(home.path());
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        command.env_remove("RUST_BACKTRACE");
        command.env_remove("HAVERSACK_STORE");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        let mut reader = pair.master.try_clone_reader().expect("the terminal can be read");
        let input = pair.master.take_writer().expect("the terminal can be written to");
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let parser = Parser::new(cells(height), cells(width), 0);
        Self { parser, output, input, master: pair.master, child, home }
    }

    /// Reads until the screen is as it should be.
    fn wait_for(&mut self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_there(self.parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{what} never came; the screen is\n{}", self.parser.screen().contents())
                }
            }
        }
    }

    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    /// Keys, and what the screen says then.
    pub fn step(&mut self, keys: &str, text: &str) {
        self.keys(keys);
        self.wait_for_text(text);
    }

    pub fn keys(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).expect("the program reads its keys");
    }

    fn resize(&mut self, width: u16, height: u16) {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        self.parser.screen_mut().set_size(cells(height), cells(width));
        self.master.resize(size).expect("a terminal can be resized");
    }

    /// Ends the program with no chance to tidy up. (`Child::kill` of the pseudo-terminal would hang up first.)
    pub fn kill(&mut self) {
        let process = self.child.process_id().expect("it was started").to_string();
        let killed = std::process::Command::new("kill").args(["-KILL", &process]).status();
        assert!(killed.is_ok_and(|status| status.success()), "it can be killed");
        self.child.wait().expect("the child can be waited for");
    }

    /// A file in the folder that the program runs in.
    pub fn file(&self, name: &str) -> std::io::Result<String> {
        std::fs::read_to_string(self.home.path().join(name))
    }

    /// Waits for the end and reads what is left.
    pub fn end(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("the child can be waited for");
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(500)) {
            self.parser.process(&bytes);
        }
        status
    }

    pub fn assert_restored(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None, "the mouse is given back");
        assert!(!screen.bracketed_paste(), "bracketed paste is off");
        assert!(!screen.hide_cursor(), "the cursor is shown");
    }
}

#[test]
fn the_demo_opens_takes_keys_resizes_and_quits() {
    let mut pty = Pty::start(80, 24, &["demo"], &[]);
    pty.wait_for_text("Entries");
    assert!(pty.parser.screen().alternate_screen() && pty.parser.screen().bracketed_paste());
    pty.keys("jp");
    pty.wait_for_text("pinned #2");
    pty.keys("u");
    pty.wait_for_text("undid: pinned #2");
    pty.resize(120, 36);
    pty.wait_for_text("Carry-forward");
    pty.keys("/rounding\r");
    pty.wait_for_text("“rounding”");
    pty.keys("q");
    assert!(pty.end().success());
    pty.assert_restored();
    let left: Vec<_> = std::fs::read_dir(pty.home.path()).expect("the folder is there").collect();
    assert!(left.is_empty(), "the demo writes nothing: {left:?}");
}

#[test]
fn an_empty_store_leads_to_the_demo_whose_words_are_recalled_and_used_keys_are_kept() {
    let mut pty = Pty::start(120, 36, &[], &[]);
    pty.wait_for_text("no agent's log was found");
    pty.keys("d");
    pty.wait_for_text("try enter: says why");
    pty.keys("E");
    pty.wait_for_text("Type words");
    pty.keys("rounding");
    pty.wait_for_text("found in 1 session");
    pty.keys("\r");
    pty.wait_for_text("Carry-forward");
    pty.keys("v");
    pty.wait_for_text("Mentioned later in");
    pty.keys("qq");
    assert!(pty.end().success());
    let used = std::fs::read_to_string(pty.home.path().join(".local/state/haversack/used-keys.txt"));
    assert_eq!(used.expect("it is kept from one run to the next"), "recall\nview-entry\n");
}

/// With the mouse taken, a button held and a plan still being swept.
#[test]
fn quitting_out_of_a_lens_restores_the_terminal() {
    let mut pty = Pty::start(120, 36, &["demo"], &[]);
    pty.wait_for_text("Entries");
    pty.step("W", "Sweep: what each budget keeps");
    assert_ne!(pty.parser.screen().mouse_protocol_mode(), MouseProtocolMode::None, "the mouse is taken");
    // The left button goes down on the plot, and is not let go.
    pty.keys("\x1b[<0;40;12M");
    pty.keys("\x03");
    assert!(pty.end().success());
    pty.assert_restored();
}

#[test]
fn a_panic_of_the_screen_restores_the_terminal() {
    let mut pty = Pty::start(80, 24, &["demo"], &[("HAVERSACK_TEST_PANIC", "screen")]);
    assert!(!pty.end().success());
    pty.assert_restored();
    assert!(pty.parser.screen().contents().contains("asked to panic"), "{}", pty.parser.screen().contents());
}

#[test]
fn a_panic_of_the_worker_ends_the_program_and_restores_the_terminal() {
    let mut pty = Pty::start(80, 24, &["demo"], &[("HAVERSACK_TEST_PANIC", "worker")]);
    pty.wait_for_text("Entries");
    pty.keys("p");
    assert!(!pty.end().success());
    pty.assert_restored();
    let screen = pty.parser.screen().contents();
    assert!(screen.contains("store thread panicked") && screen.contains("asked to panic"), "{screen}");
}

#[test]
fn what_cannot_be_opened_is_an_error_in_words() {
    let mut pty = Pty::start(80, 24, &["open", "/nowhere/at/all.jsonl"], &[]);
    assert!(!pty.end().success());
    pty.assert_restored();
    let screen = pty.parser.screen().contents();
    assert!(screen.contains("/nowhere/at/all.jsonl") && !screen.contains("panicked"), "{screen}");
}

/// Into a pipe these commands print JSON; `cli::push` tests that.
#[test]
fn on_a_terminal_session_commands_print_text() {
    for (arguments, text) in [
        (&["session", "get", "1", "--demo"][..], "#1 prompt"),
        (&["session", "context", "--demo", "--budget", "150"], "# Session memory"),
        (&["session", "create", "--session-id", "checkout"], "checkout"),
        (&["session", "push", "--demo", "--content", "hello"], "pushed #"),
        (&["session", "delete", "--demo"], "deleted claude:"),
    ] {
        let mut pty = Pty::start(120, 60, arguments, &[]);
        assert!(pty.end().success(), "{arguments:?}");
        let screen = pty.parser.screen().contents();
        assert!(screen.trim_start().starts_with(text) && !screen.contains("{\""), "{arguments:?}: {screen}");
    }
}

#[test]
fn a_followed_log_brings_new_entries_as_the_agent_writes() {
    let folder = tempfile::tempdir().expect("the system gives temporary folders");
    let log = folder.path().join("5e55.jsonl");
    std::fs::write(&log, log_text(2)).expect("the folder can be written");
    let path = log.to_str().expect("temporary folders are UTF-8");
    let mut pty = Pty::start(120, 36, &["open", "--follow", path], &[]);
    pty.wait_for_text("8 entries");
    pty.wait_for_text("following");
    // As agents do: a part of a line, and the rest of it later.
    let text = log_text(3);
    let added = &text.as_bytes()[log_text(2).len()..];
    let mut file = std::fs::OpenOptions::new().append(true).open(&log).expect("the log can be written");
    for part in added.chunks(added.len() / 2 + 1) {
        file.write_all(part).expect("the log can be written");
    }
    pty.wait_for_text("12 entries");
    pty.keys("q");
    assert!(pty.end().success());

    let mut pty = Pty::start(80, 24, &["open", "--follow", "/nowhere/at/all.jsonl"], &[]);
    pty.wait_for_text("there is no /nowhere/at/all.jsonl");
}

#[test]
fn an_empty_store_offers_what_there_is_to_do() {
    let mut pty = Pty::start(80, 24, &[], &[]);
    pty.wait_for_text("No sessions yet");
    pty.keys("d");
    pty.wait_for_text("Entries");
    pty.wait_for_text("nothing is kept");
    pty.keys("jp");
    pty.wait_for_text("pinned #2");
    pty.keys("S");
    pty.wait_for_text("Sessions 1");
    pty.keys("d");
    pty.wait_for_text("Entries");
    // The pin of before can be taken back: the demo is the same one.
    pty.keys("u");
    pty.wait_for_text("undid: pinned #2");
    pty.keys("q");
    assert!(pty.end().success());
    pty.assert_restored();
}
