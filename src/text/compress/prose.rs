//! Prose, spoken or written: sentences that decide, forbid, explain or conclude are kept.

use std::collections::{HashMap, HashSet};

use super::{
    line::Line,
    names,
    request::{self, Purpose},
    sentence::{self, Form},
    shape::Unit,
    words,
};
use crate::model::Kind;

/// No sentence of a prompt that neither asks nor binds weighs more.
const UNASKED: f32 = 4.0;

/// Whether lines of a tool's output read as prose or Markdown.
pub fn is_prose(lines: &[Line]) -> bool {
    let sample = || lines.iter().take(200);
    let flowing = sample().filter(|line| is_flowing(line.body.trim())).count();
    flowing * 2 >= sample().count()
}

fn is_flowing(bare: &str) -> bool {
    let heading = bare.starts_with('#') && bare.trim_start_matches('#').starts_with(' ');
    let words = bare.split_whitespace().take(6);
    let plain = words.filter(|word| is_plain(word)).count();
    heading || plain >= 4 || bare.chars().filter(|char| super::size::is_wide(*char)).count() >= 6
}

/// A word of a sentence: letters, with marks at its edges or an apostrophe or hyphen between.
fn is_plain(word: &str) -> bool {
    let bare = word.trim_matches(|char: char| ",.;:!?'\"()’“”".contains(char));
    bare.starts_with(char::is_alphabetic) && bare.chars().all(|char| char.is_alphabetic() || "'’-".contains(char))
}

/// Sentences by their words, names, place and how central their words are to the whole.
pub fn units(kind: Kind, text: &str) -> Vec<Unit> {
    let sentences = sentence::sentences(text);
    let spread = spread(text);
    let count = sentences.len();
    let mut openings: HashSet<String> = HashSet::new();
    let mut asked = false;
    sentences
        .into_iter()
        .enumerate()
        .map(|(at, sentence)| {
            let shown = &text[sentence.range.clone()];
            let promise = words::promise(shown);
            let mut weight = 1.0 + promise + central(shown, &spread);
            weight += (names::names(shown).take(6).count() as f32).sqrt() * 0.35;
            weight += match sentence.form {
                Form::Heading => 0.2,
                Form::Item => 0.1,
                Form::Verbatim => -0.9,
                Form::Sentence => 0.0,
            };
            if shown.starts_with("**") {
                weight += 0.4;
            }
            if words::tells_error(shown) {
                weight += 0.6;
            }
            if at + 1 == count {
                weight += 0.3;
            }
            if shown.ends_with(':') {
                weight -= 0.5;
            }
            // What begins like an earlier sentence mostly says the same of something else.
            if !openings.insert(shown.split_whitespace().take(4).collect::<Vec<_>>().join(" ")) {
                weight *= 0.6;
            }
            let length = shown.chars().take(40).count() as f32;
            weight *= 0.3 + 0.7 * (length / 40.0);
            if at == 0 && promise >= 0.0 {
                // A person's first sentence is the request; an agent's is often the answer.
                weight += if matches!(kind, Kind::Prompt) { 1.5 } else { 0.4 };
            }
            if kind == Kind::Prompt {
                weight = weight.clamp(0.01, UNASKED);
                weight += match request::purpose(shown, sentence.form) {
                    // The first says what it is about, later ones are parts of it.
                    Purpose::Goal if !asked => 4.0 * UNASKED,
                    Purpose::Question if !asked => 3.0 * UNASKED,
                    Purpose::Goal | Purpose::Rule => 2.0 * UNASKED,
                    Purpose::Question => UNASKED,
                    Purpose::Other => 0.0,
                };
                asked |= weight > 3.0 * UNASKED;
            }
            Unit { range: sentence.range, weight: weight.max(0.01) }
        })
        .collect()
}

/// How often each longer word stands in the text.
fn spread(text: &str) -> HashMap<&str, u32> {
    let mut spread = HashMap::new();
    for word in content_words(text) {
        *spread.entry(word).or_default() += 1;
    }
    spread
}

/// 0 to about 0.8: how often its words recur in the text, on the mean, less what every word has.
fn central(sentence: &str, spread: &HashMap<&str, u32>) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    for word in content_words(sentence).take(40) {
        sum += (spread.get(word).copied().unwrap_or(1) as f32).sqrt() - 1.0;
        count += 1.0;
    }
    if count > 0.0 { (sum / count * 0.35).min(0.8) } else { 0.0 }
}

fn content_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| word.len() >= 5 && word.len() <= 40)
}
