//! The four levels of an entry's text, offline and deterministic.
//!
//! A text is recognised by its [`shape`], cut into units (sentences or lines) with how telling each is, and the levels
//! are made of the units that tell most: a fifth of the tokens, the one line, and runs of words around the names.

mod call;
mod code;
mod diff;
mod json;
mod keywords;
mod line;
mod listing;
mod log;
pub mod loss;
pub mod names;
mod prose;
mod request;
mod select;
pub mod sentence;
pub mod severity;
mod shape;
mod size;
mod test_run;
mod words;

use std::{borrow::Cow, cell::OnceCell, ops::Range};

use crate::{
    model::{Clean, Kind},
    text::{redact, sanitize, tokens::Tokenizer},
};
use keywords::Runs;
pub use log::is_run_total;
use loss::Loss;
pub use loss::omitted;
pub use request::{Purpose, purpose};
use shape::{Shape, Unit};
use test_run::TestRun;
pub use words::tells_error;

/// What is to be compressed: the text and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub kind: Kind,
    pub tool: Option<&'a str>,
    /// The file that the call read or wrote.
    pub path: Option<&'a str>,
    /// Whether the format flags the result as failed.
    pub failed: bool,
    pub text: &'a str,
}

/// Tokens of `keywords` at the most, the loss note included.
pub const KEYWORDS: u32 = 40;
/// Tokens of `sentence`, aimed at; a command or a path may be longer.
const SENTENCE: u32 = 56;
/// Below this many tokens nothing is worth shortening.
const SHORT: u32 = 24;
/// Longer texts are judged by their first and last lines, half of this each.
const SAMPLE: usize = 256 * 1024;

/// The text at the three deeper levels, and what was counted on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renditions {
    /// At summary, sentence and keywords; `None` where a level would not be cheaper than the one above it.
    pub texts: [Option<Clean>; 3],
    /// o200k_base tokens of the whole text and of these; `None` where a text was not counted whole.
    pub tokens: [Option<u32>; 4],
}

/// Sizes are decided by `sizes`, which must be `o200k_base` so that renditions do not depend on the tokenizer in use.
pub fn renditions(subject: &Subject, sizes: &Tokenizer) -> Renditions {
    let (full, counted) = size::tokens(subject.text, sizes);
    let known = (counted == size::Counted::Whole).then_some(full);
    if full <= SHORT {
        return Renditions { tokens: [known, None, None, None], ..Renditions::default() };
    }
    let sample = sample(subject.text);
    // Colours hide `ok` and `FAILED`, and cost tokens that no reader sees.
    let text = sanitize::inert(&sample);
    let material = Material::new(subject, &text, full, sizes);
    let mut above = full;
    let summary = cheaper(material.summary(), &mut above, full / 10 + 1);
    let sentence = cheaper(material.sentence(), &mut above, full / 20 + 2);
    // Whatever stands above, keywords must be within their limit; where it is already, a token less is no reason.
    let least_gain = if above > KEYWORDS { 1 } else { above / 3 + 4 };
    let keywords = if above > SHORT { cheaper(material.keywords(above), &mut above, least_gain) } else { None };
    let made = [summary, sentence, keywords];
    let counts = made.each_ref().map(|made| made.as_ref().map(|(_, tokens)| *tokens));
    let mut texts = made.map(|made| made.map(|(text, _)| text));
    if texts[2].is_none() && above > KEYWORDS {
        // White space and rules leave nothing to tell.
        texts[2] = Some(redact::clean("…"));
    }
    Renditions { texts, tokens: [known, counts[0], counts[1], counts[2]] }
}

/// The rendition if it saves at least so much over the level above it, whose cost it then replaces.
fn cheaper(made: Option<(Clean, u32)>, above: &mut u32, least_gain: u32) -> Option<(Clean, u32)> {
    let (text, cost) = made.filter(|(text, cost)| !text.trim().is_empty() && cost + least_gain <= *above)?;
    *above = cost;
    Some((text, cost))
}

/// A text taken apart.
struct Material<'a> {
    text: &'a str,
    /// Tokens of the whole text.
    full: u32,
    sizes: &'a Tokenizer,
    shape: Shape,
    /// In order, as they stand in a summary.
    units: Vec<Unit>,
    /// Whether a fifth of a short text is too little: each rule of a prompt counts, each failure of a test run.
    is_dense: bool,
    /// The same as they stand on one line.
    bare: Vec<Unit>,
    /// The program of a shell command, which keywords begin with; empty in all else.
    lead: Range<usize>,
    loss: Option<Loss<'a>>,
}

impl<'a> Material<'a> {
    fn new(subject: &Subject<'a>, text: &'a str, full: u32, sizes: &'a Tokenizer) -> Self {
        let shape = shape::shape(subject, text);
        let units = shape::units(shape, subject, text);
        let is_dense = subject.kind == Kind::Prompt || shape == Shape::TestLog;
        let bare = shape::bare(shape, text, &units);
        let lead = if shape == Shape::Call { call::program(subject, text) } else { 0..0 };
        let is_output = subject.kind == Kind::Result;
        let loss = is_output.then(|| Loss::new(subject, shape, subject.text.lines().count(), text));
        Material { text, full, sizes, shape, units, is_dense, bare, lead, loss }
    }

    /// About a fifth of the tokens; of short texts more, because a fifth of three sentences says nothing.
    fn summary(&self) -> Option<(Clean, u32)> {
        let least = if self.is_dense { 96 } else { 48 };
        let aim = (self.full / 5).max(least.min(self.full * 3 / 5));
        self.fit(aim + aim / 8, |tokens| {
            let note = tokens.min(80) / 2;
            let kept = |tokens| match self.shape {
                Shape::Json => self.outline(tokens),
                _ => select::select(self.text, &self.units, tokens),
            };
            self.with_note("\n", tokens, note, kept)
        })
    }

    fn sentence(&self) -> Option<(Clean, u32)> {
        self.fit(SENTENCE + SENTENCE / 4, |tokens| self.with_note(" ", tokens, tokens / 2, |tokens| self.line(tokens)))
    }

    /// Tokens that the one line should have: of a long text not a short one.
    fn wanted(&self) -> u32 {
        let least = match self.shape {
            Shape::Prose => 12,
            // A file alone does not say what was done to it.
            Shape::Call => 36,
            _ => 20,
        };
        (self.full / 10).clamp(least, SENTENCE)
    }

    fn keywords(&self, above: u32) -> Option<(Clean, u32)> {
        let limit = KEYWORDS.min(above.saturating_sub(1));
        // The same however many tokens there are for them.
        let runs = OnceCell::new();
        self.fit(limit, |tokens| {
            self.with_note(" ", tokens, tokens / 3, |tokens| match self.shape {
                Shape::Json => {
                    let outline = json::outline(self.text, json::LIMITS[1]).unwrap_or_default();
                    let units = [Unit { range: 0..outline.len(), weight: 1.0 }];
                    keywords::keywords(&outline, &units, &Runs::new(&outline, &units), 0..0, tokens)
                }
                _ => self.outcome(tokens).unwrap_or_else(|| {
                    let runs = runs.get_or_init(|| Runs::new(self.text, &self.bare));
                    keywords::keywords(self.text, &self.bare, runs, self.lead.clone(), tokens)
                }),
            })
        })
    }

    fn line(&self, tokens: u32) -> String {
        match self.shape {
            Shape::Json => self.outline(tokens),
            _ => self
                .outcome(tokens)
                .unwrap_or_else(|| select::line(self.text, &self.bare, self.wanted().min(tokens), tokens)),
        }
    }

    /// What a failing test run or a service's log came to, in place of lines picked from it.
    fn outcome(&self, tokens: u32) -> Option<String> {
        match self.shape {
            Shape::TestLog => {
                let run = TestRun::new(&line::lines(self.text));
                if run.has_failures() {
                    return Some(run.outcome(tokens));
                }
                // The totals of passing runs, where there is nothing else to tell.
                let counts = select::line(self.text, &self.bare, tokens, tokens);
                self.bare.iter().all(|unit| unit.weight >= log::TOTAL).then_some(counts)
            }
            Shape::Log => {
                let lines = line::lines(self.text);
                severity::is_service_log(&lines).then(|| severity::repeats(&lines, tokens)).flatten()
            }
            _ => None,
        }
    }

    /// The most generous outline of a JSON document within about `tokens`.
    fn outline(&self, tokens: u32) -> String {
        let mut barest = String::new();
        for limits in json::LIMITS {
            barest = json::outline(self.text, limits).unwrap_or_default();
            if size::guess(&barest) <= tokens {
                return barest;
            }
        }
        select::one_line(&barest, tokens)
    }

    /// A text with the loss note behind it, both within about `tokens`, the note's paths within `note` of them.
    fn with_note(&self, separator: &str, tokens: u32, note: u32, make: impl Fn(u32) -> String) -> String {
        let Some(loss) = &self.loss else { return make(tokens) };
        let least = size::guess(&loss.note("", 0)) + 1;
        let body = make(tokens.saturating_sub(least.max(note / 2)).max(1));
        let left = tokens.saturating_sub(size::guess(&body)).min(note.max(least));
        format!("{body}{separator}{}", loss.note(&body, left))
    }

    /// Makes a text that costs at most `limit` tokens, counted: asks for less where the guess was too low.
    fn fit(&self, limit: u32, make: impl Fn(u32) -> String) -> Option<(Clean, u32)> {
        let mut aim = limit;
        for _ in 0..5 {
            let clean = redact::clean(&make(aim));
            let cost = self.sizes.count(&clean);
            if cost <= limit {
                return Some((clean, cost));
            }
            // By a tenth at least: what is left out goes in whole lines.
            aim = (aim * limit / cost).min(aim * 9 / 10);
            if aim == 0 {
                break;
            }
        }
        // Text that the guess knows nothing of: cut until it fits.
        let made = make(limit);
        [limit / 2, limit / 4, limit / 8, 1].into_iter().find_map(|tokens| {
            let clean = redact::clean(&format!("{}…", &made[..size::prefix(&made, tokens)]));
            let cost = self.sizes.count(&clean);
            (cost <= limit).then_some((clean, cost))
        })
    }
}

/// The text, or of a very long one its first and last lines.
fn sample(text: &str) -> Cow<'_, str> {
    if text.len() <= SAMPLE {
        return Cow::Borrowed(text);
    }
    let head = &text[..text.floor_char_boundary(SAMPLE / 2)];
    let tail = &text[text.ceil_char_boundary(text.len() - SAMPLE / 2)..];
    let head = head.rfind('\n').filter(|at| *at > SAMPLE / 4).map_or(head, |at| &head[..at]);
    let tail = tail.find('\n').filter(|at| *at < SAMPLE / 4).map_or(tail, |at| &tail[at + 1..]);
    Cow::Owned(format!("{head}\n{tail}"))
}

#[cfg(test)]
mod tests;
