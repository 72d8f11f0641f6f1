//! Asking a model from the command line: the model of the settings, a spinner while it thinks, its words as they come.

use std::io::{IsTerminal, Write, stdout};

use super::{Failure, context::Opened, progress};
use crate::{
    text::{sanitize, words},
    workspace::{Assignment, Cancel, Ending, Fresh, Model, Reply},
};

/// What a person sees of a reply while it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Its words on standard output, where that is a terminal.
    Words,
    Nothing,
}

/// Asks, and waits for the end. With [`Live::Words`] the whole text stands on standard output afterwards.
pub fn ask(opened: &mut Opened, model: &Model, asked: &Assignment, live: Live) -> Result<Reply, Failure> {
    let spinner = progress::waiting(format!(
        "{} reads {} tokens",
        model.settings().model,
        words::exact(asked.request.tokens.into())
    ));
    let shows = live == Live::Words && stdout().is_terminal();
    let mut shown = String::new();
    let mut tell = |so_far: &str| {
        if shows && let Some(more) = sanitize::inert(so_far).strip_prefix(shown.as_str()) {
            spinner.finish_and_clear();
            print(more);
            shown.push_str(more);
        }
    };
    let reply = opened.workspace.ask(&opened.id, model, &asked.request, &Cancel::default(), &mut tell);
    spinner.finish_and_clear();
    let Ok(reply) = reply else {
        if !shown.is_empty() {
            print("\n");
        }
        return Ok(reply?);
    };
    if live == Live::Words {
        let whole = sanitize::inert(&reply.text);
        match whole.strip_prefix(shown.as_str()) {
            Some(rest) => print(&format!("{rest}\n")),
            // Only its end told that the beginning was a thought.
            None => print(&format!("\n\n{whole}\n")),
        }
    }
    Ok(reply)
}

/// What else there is to say of a reply: "asked before", "cut".
pub fn remarks(reply: &Reply, max_tokens: u32) -> Vec<String> {
    let kept =
        (reply.fresh == Fresh::Kept).then(|| "the same was asked before: this is the reply that was kept".into());
    let cut = (reply.ending == Ending::Cut)
        .then(|| format!("it ends at {} tokens: llm.max_tokens allows more", words::exact(max_tokens.into())));
    kept.into_iter().chain(cut).collect()
}

/// A reader that has gone away is told of by the next command's output.
fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
