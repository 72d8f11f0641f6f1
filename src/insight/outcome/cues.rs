//! What an agent's last message says of the work: done, failed, about to go on, a question, or an answer.
//!
//! The words were chosen on the last messages of the 55 sessions of the real logs; English alone.

use std::sync::LazyLock;

use regex::Regex;

/// What a message tells, with the line that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    Done(&'a str),
    Failed(&'a str),
    /// It announces a next step and ends there.
    Next(&'a str),
    Asks(&'a str),
    Answer(&'a str),
}

static DONE: LazyLock<Regex> = LazyLock::new(|| {
    cue(
        r"\b(done|fixed|implemented|completed?|finished|added|created|committed|updated|refactored|renamed|removed|deleted|merged|pushed|opened|resolved|replaced|wrapped|split|moved|migrated|written|wrote|generated|built|installed|released|verified|configured|successful(?:ly)?|all (?:the |of the )?(?:\d+ )?(?:tests?|checks?) (?:now )?pass(?:ed|es)?|tests? (?:now )?pass(?:ed|es)?|(?:is|are|now|fix is) work(?:s|ing)|works now)\b|✅|\bLGTM\b",
    )
});
static FAILED: LazyLock<Regex> = LazyLock::new(|| {
    cue(
        r"\b(unable to|could(?: not|n['’]t)|can(?:not|['’]t) (?:proceed|continue|complete|fix|reproduce|access|run|build)|did(?: not|n['’]t) (?:succeed|work|complete|finish)|fail(?:s|ed|ing)? to|failed|still (?:fails?|failing|broken|crash\w*)|not (?:been )?(?:fixed|resolved|able to)|is blocked|i(?:['’]m| am) blocked|gave up|giving up|timed out|unsuccessful)\b|❌",
    )
});
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    cue(
        r"^(?:(?:now|next|okay|ok|good|great|perfect|excellent|first|then|so)[,.!:]? )*(?:let['’]s |let me |i['’]ll |i will |i['’]m (?:now |going to )|i am going to |going to |time to |now (?:to |the )|verifying|checking|running|proceeding|moving|creating|updating|reading|looking)",
    )
});
/// "never committed", "has not been fixed": within a few words before.
static DENIED: LazyLock<Regex> =
    LazyLock::new(|| cue(r"\b(?:not|never|no|n['’]t|yet to|nothing|without|cannot|until|once|if)\s+(?:\w+\s+){0,2}$"));

fn cue(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).expect("the pattern is part of the program")
}

pub fn told(message: &str) -> Told<'_> {
    let sentences = sentences(message);
    let (Some(&first), Some(&last)) = (sentences.first(), sentences.last()) else { return Told::Answer("") };
    // An agent that reports writes more than that; one that goes on says what it does next.
    let is_short = sentences.len() <= 3;
    if NEXT.is_match(last) && (is_short || message.trim_end().ends_with([':', '…'])) && !is_offer(last) {
        return Told::Next(last);
    }
    let lead = sentences.iter().take(3).copied();
    for sentence in lead.chain([last]) {
        match (told_at(&DONE, sentence), told_at(&FAILED, sentence)) {
            (Some(done), Some(failed)) if failed < done => return Told::Failed(sentence),
            (Some(_), _) => return Told::Done(sentence),
            (None, Some(_)) => return Told::Failed(sentence),
            (None, None) => {}
        }
    }
    match message.trim_end().ends_with('?') {
        true => Told::Asks(last),
        false => Told::Answer(first),
    }
}

/// Where a cue stands that is not denied.
fn told_at(cue: &Regex, sentence: &str) -> Option<usize> {
    cue.find_iter(sentence).map(|found| found.start()).find(|&at| !DENIED.is_match(&sentence[..at]))
}

/// "I'll report when it lands", "let me know": nothing is left undone by that.
fn is_offer(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    ["let me know", "i'll report", "i’ll report", "i'll wait", "i’ll wait", "if you", "when you", "once you"]
        .iter()
        .any(|offer| lower.contains(offer))
}

/// The sentences of what is said: no code, no headings, no rules between parts. Marks of emphasis are passed over by
/// the cues themselves.
fn sentences(message: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut sentences = Vec::new();
    for line in message.lines() {
        let bare = line.trim();
        if bare.starts_with("```") {
            in_code = !in_code;
        } else if !in_code && !bare.starts_with('#') && bare.chars().any(char::is_alphanumeric) {
            let bare = bare.trim_start_matches(['-', '*', '>', ' ', '_']);
            sentences.extend(split(bare));
        }
    }
    sentences
}

/// A line at its full stops; not inside names such as `cart.rs` and `0.0.2`.
fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split_inclusive([' ', '\u{3000}'])
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len();
            Some((start, word))
        })
        .fold((Vec::new(), 0), |(mut parts, from), (start, word)| {
            let end = start + word.len();
            match word.trim_end().ends_with(['.', '!', '?']) || end == line.len() {
                true => {
                    parts.push(line[from..end].trim());
                    (parts, end)
                }
                false => (parts, from),
            }
        })
        .0
        .into_iter()
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(message: &str) -> &'static str {
        match told(message) {
            Told::Done(_) => "done",
            Told::Failed(_) => "failed",
            Told::Next(_) => "next",
            Told::Asks(_) => "asks",
            Told::Answer(_) => "answer",
        }
    }

    #[test]
    fn a_last_message_is_told_by_its_first_sentences_and_its_last() {
        for (message, expected) in [
            ("Fixed the rounding in `cart.rs`. 12 tests pass.", "done"),
            ("## Summary\n\n**Changes:**\n- Added a retry to the queue", "done"),
            ("I was unable to push: the remote refuses the key.", "failed"),
            ("The build still fails on Windows.", "failed"),
            ("Fixed the upload that failed to start.", "done"),
            ("It was never committed. Which branch did you mean?", "asks"),
            ("Now let me run the tests:", "next"),
            ("Staged the file. Verifying the status.", "next"),
            ("There is one Python file under src.", "answer"),
            ("The total is rounded once. Let me know if you want it per line.", "answer"),
            ("```rust\nfn failed() {}\n```\nThe function returns early.", "answer"),
            ("", "answer"),
        ] {
            assert_eq!(kind(message), expected, "{message}");
        }
    }
}
