//! What a person's message asks for and what it forbids: its goal and its rules.

use super::sentence::Form;

/// What a sentence of a prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Says what is wanted: `Goal: …`, `please fix …`, `can you …`.
    Goal,
    /// Asks something, in more than a few words.
    Question,
    /// Binds what follows: `never …`, `no …`, `make sure …`.
    Rule,
    Other,
}

/// A shorter question leans on what stands around it: `Why that?`
const SHORT_QUESTION: usize = 6;

/// The purpose of a sentence by its words; code, tables and quoted output have none.
pub fn purpose(sentence: &str, form: Form) -> Purpose {
    if form == Form::Verbatim {
        return Purpose::Other;
    }
    let lower = sentence.to_lowercase().replace('’', "'");
    let words: Vec<&str> = lower
        .split(|char: char| !char.is_alphanumeric() && char != '\'' && char != '_')
        .filter(|word| !word.is_empty())
        .collect();
    // Where the first of some cues stands.
    let place = |cues: &[&str]| {
        cues.iter()
            .filter_map(|cue| {
                let cue: Vec<&str> = cue.split(' ').collect();
                words.windows(cue.len()).position(|window| window == cue)
            })
            .min()
    };
    let has = |cues: &[&str]| cues.iter().any(|cue| lower.contains(cue));
    let opening = words.iter().position(|word| !word.starts_with(|char: char| char.is_ascii_digit()));
    let no = opening.filter(|at| words[*at] == "no" && words.len() > at + 1);
    let binds = place(RULES).into_iter().chain(no).min().or(has(BINDING).then_some(usize::MAX));
    let asks = place(GOALS).or(has(ASKING).then_some(usize::MAX - 1));
    // `never fix it by hand` binds, `please fix it, but do not …` asks: the first word decides.
    match (asks, binds) {
        (Some(asks), Some(binds)) if asks > binds => return Purpose::Rule,
        (Some(_), _) => return Purpose::Goal,
        (None, Some(_)) => return Purpose::Rule,
        (None, None) => {}
    }
    let is_question = sentence.trim_end().ends_with(['?', '？']);
    let is_long = words.len() >= SHORT_QUESTION || !lower.is_ascii();
    if is_question && is_long { Purpose::Question } else { Purpose::Other }
}

const GOALS: &[&str] = &[
    "goal",
    "want",
    "wants",
    "need",
    "needs",
    "fix",
    "please",
    "can you",
    "could you",
    "would you",
    "i'd like",
    "would like",
    "task",
    "implement",
];

const RULES: &[&str] = &[
    "must",
    "never",
    "always",
    "don't",
    "dont",
    "do not",
    "only",
    "before you",
    "make sure",
    "mustn't",
    "not allowed",
    "under no circumstances",
];

/// Looked for anywhere, because no space ends a word before them.
const ASKING: &[&str] = &["请", "請", "需要", "修复", "目标", "希望", "帮我"];
const BINDING: &[&str] = &[", no ", "; no ", ". no ", "必须", "不要", "不得", "禁止", "务必", "只能"];
