//! The rules and their points. The numbers are ours, chosen so that on real sessions a user's constraint outranks any
//! tool output and a stale repeat sinks below everything else.

use std::collections::HashMap;

use super::{Mentions, Subjects, mentions::Term, total};
use crate::model::{Entry, Fate, Kind, LossCause, Mark, Reason, Score, Seen, Session};

/// What an entry starts from, by kind.
fn base(kind: Kind) -> (&'static str, f32) {
    match kind {
        Kind::Prompt => ("what the user wrote", 0.60),
        Kind::Note => ("noted by hand", 0.90),
        Kind::Summary => ("a compaction's summary", 0.55),
        Kind::Message => ("what the agent said", 0.35),
        Kind::Call => ("tool call", 0.20),
        Kind::Result => ("tool output", 0.20),
        Kind::Thought => ("the agent's thought", 0.15),
        Kind::Injected => ("put in by the program", 0.12),
        Kind::Boundary | Kind::Opaque => ("nothing to carry", 0.0),
    }
}

/// Points per later entry that mentions a name which this one brought in, and the most they can add.
const MENTION: f32 = 0.03;
const MENTIONS_AT_MOST: f32 = 0.24;
const MENTIONED: &str = "mentioned again";

/// How many later entries mention a name that this one brought in, as its score tells: of many, eight.
pub fn mentioned_again(entry: &Entry) -> u32 {
    let reason = entry.score.reasons.iter().find(|reason| reason.words.starts_with(MENTIONED));
    reason.map_or(0, |reason| (reason.points / MENTION).round() as u32)
}

/// Every entry's score by rule. What a hand set stays in `state.importance` and wins.
pub fn scores(session: &Session, mentions: &Mentions) -> Vec<Score> {
    let mut stale: HashMap<usize, Stale> = HashMap::new();
    let exchanges = session.exchanges();
    let subjects = Subjects::new(session);
    for (repeats, why) in
        [(subjects.repeated_reads(session), Stale::Read), (subjects.repeated_tests(session), Stale::Tests)]
    {
        for repeat in repeats {
            exchanges.of(repeat.stale).iter().for_each(|&index| {
                stale.insert(index, why);
            });
        }
    }
    let heirs = heirs(session);
    let mut first_prompt = session.entries.iter().position(|entry| entry.kind == Kind::Prompt);
    let last_turn = session.turns().last().map_or(0, |turn| turn.start);
    let mut again = later_mentions(session, mentions);
    for &(old, new) in &heirs {
        again[new] += again[old];
        first_prompt = if first_prompt == Some(old) { Some(new) } else { first_prompt };
    }
    let around = |(index, entry): (usize, &Entry)| {
        let around = Around {
            is_goal: Some(index) == first_prompt,
            is_constraint: entry.kind == Kind::Prompt && is_constraint(&entry.text),
            next_said: if entry.kind == Kind::Message { next_said(session, index) } else { None },
            again: again[index],
            in_current_turn: index >= last_turn && last_turn > 0,
            stale: stale.get(&index).copied(),
        };
        score(entry, around)
    };
    session.entries.iter().enumerate().map(around).collect()
}

/// What makes an entry's score, besides the entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// Whether it is the first prompt, or stands for it.
    pub is_goal: bool,
    pub is_constraint: bool,
    /// After a message: the kind of what was said or done next.
    pub next_said: Option<Kind>,
    /// Later entries that mention a name which it brought in, and those of the entries that it stands for.
    pub again: u32,
    pub in_current_turn: bool,
    pub stale: Option<Stale>,
}

/// Why a later exchange makes an entry's own one stale.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stale {
    Read,
    Tests,
}

pub(super) fn score(entry: &Entry, around: Around) -> Score {
    let (words, points) = base(entry.kind);
    let mut reasons = vec![Reason { words: words.into(), points }];
    if matches!(entry.kind, Kind::Boundary | Kind::Opaque) {
        return total(reasons);
    }
    let mut add = |words: String, points: f32| reasons.push(Reason { words, points });
    if around.is_goal {
        add("the user's goal".into(), 0.25);
    }
    if around.is_constraint {
        add("a constraint".into(), 0.20);
    }
    if entry.kind == Kind::Message {
        match around.next_said {
            Some(Kind::Call) if entry.text.len() <= ANNOUNCEMENT => add("announces the next step".into(), -0.15),
            None | Some(Kind::Prompt) => add("ends a turn".into(), 0.15),
            _ => {}
        }
    }
    for (mark, words, points) in MARKS {
        if entry.marks.has(*mark) {
            add((*words).into(), *points);
        }
    }
    if around.again > 0 {
        let times = if around.again == 1 { "once".to_string() } else { format!("{} times", around.again) };
        add(format!("{MENTIONED} {times}"), (around.again as f32 * MENTION).min(MENTIONS_AT_MOST));
    }
    if around.in_current_turn {
        add("in the current turn".into(), 0.10);
    }
    match around.stale {
        Some(Stale::Read) => add("read again later".into(), -0.25),
        Some(Stale::Tests) => add("the same tests ran again later".into(), -0.20),
        None => {}
    }
    match entry.seen {
        Seen::Lost { cause: LossCause::Rewind, .. } => add("taken back by a rewind".into(), -0.45),
        Seen::Never => add("never shown to the agent".into(), -0.10),
        _ => {}
    }
    total(reasons)
}

/// Superseded entries with what took their place, the oldest first: it says what they said, so what counted for them
/// counts for it.
pub(super) fn heirs(session: &Session) -> Vec<(usize, usize)> {
    let by = |fate| if let Fate::Superseded { by } = fate { Some(by) } else { None };
    let superseded: Vec<_> =
        (0..session.entries.len()).filter_map(|index| Some((index, by(session.entries[index].state.fate)?))).collect();
    let place = |id| session.index_of(id);
    superseded.into_iter().filter_map(|(old, by)| Some((old, place(by)?))).filter(|(old, new)| old < new).collect()
}

/// Bytes up to which a message right before a call only says what comes.
const ANNOUNCEMENT: usize = 240;

/// The kind of what was said or done next, thoughts and the program's own rows aside.
fn next_said(session: &Session, index: usize) -> Option<Kind> {
    session.entries[index + 1..].iter().map(|entry| entry.kind).find(|&kind| is_said(kind))
}

/// What is said or done, and not a thought or one of the program's own rows.
pub(super) fn is_said(kind: Kind) -> bool {
    !matches!(kind, Kind::Thought | Kind::Injected | Kind::Opaque | Kind::Boundary)
}

const MARKS: &[(Mark, &str, f32)] = &[
    (Mark::Decision, "a decision", 0.20),
    (Mark::Intervention, "the user stepped in", 0.15),
    (Mark::Edit, "changes a file", 0.12),
    (Mark::Error, "an error", 0.10),
    (Mark::TestRun, "a test run", 0.06),
    (Mark::Retry, "a retry", -0.05),
];

/// By entry: how many later entries mention a name that this one was the first to hold. Names of more than half the
/// entries say nothing and are left out; so are what tool outputs repeat among themselves.
fn later_mentions(session: &Session, mentions: &Mentions) -> Vec<u32> {
    let mut again = vec![0u32; session.entries.len()];
    let mut last = vec![u32::MAX; session.entries.len()];
    let common = common(session.entries.len());
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for term in &mentions.terms {
        if term.entries.len() > common {
            continue;
        }
        pairs.extend(spoken_again(session, term).map(|later| (term.entries[0], later)));
    }
    pairs.sort_unstable();
    for (first, later) in pairs {
        if last[first as usize] != later {
            last[first as usize] = later;
            again[first as usize] += 1;
        }
    }
    again
}

/// Entries of a session that a name may stand in and still say something.
pub(super) fn common(entries: usize) -> usize {
    (entries / 2).max(8)
}

/// The later entries that speak of a name.
pub(super) fn spoken_again<'a>(session: &'a Session, term: &'a Term) -> impl Iterator<Item = u32> + 'a {
    term.entries[1..].iter().copied().filter(|&later| speaks(session.entries[later as usize].kind))
}

/// What tool outputs repeat among themselves, nobody has said again.
pub(super) fn speaks(kind: Kind) -> bool {
    !matches!(kind, Kind::Result | Kind::Injected)
}

/// Whether a prompt lays down a rule: a must, a never, an only.
pub fn is_constraint(text: &str) -> bool {
    sentences_with_rule(text).next().is_some()
}

/// The lines of a prompt that lay down a rule.
pub fn sentences_with_rule(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['\n', '.', '!', '?', ';']).filter(|sentence| {
        // Pasted logs and code are long or full of symbols; rules are said in words.
        let plain = sentence.chars().take(400).filter(|c| c.is_alphabetic() || *c == ' ').count();
        let lower = sentence.to_lowercase();
        let words = || lower.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
        sentence.len() <= 400
            && plain * 10 >= sentence.chars().count() * 7
            && (words().any(|word| RULE_WORDS.contains(&word))
                || RULE_PHRASES.iter().any(|phrase| lower.contains(phrase)))
    })
}

const RULE_WORDS: [&str; 9] =
    ["must", "never", "always", "don't", "don’t", "mustn't", "forbidden", "required", "cannot"];
const RULE_PHRASES: [&str; 8] =
    ["do not", "make sure", "be sure to", "only use", "instead of", "no longer", "keep the", "before you"];

/// The entry's breakdown as one line: "user goal +0.25 · mentioned again 4 times +0.12".
pub fn breakdown(entry: &Entry) -> String {
    let reasons = entry.score.reasons.iter().map(|reason| {
        let sign = if reason.points < 0.0 { "−" } else { "+" };
        format!("{} {sign}{:.2}", reason.words, reason.points.abs())
    });
    reasons.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{EntryId, Marks, SessionId},
        pack::strategy::tests::entry,
        text::redact,
    };

    fn scored(entries: Vec<Entry>) -> Session {
        let mut session = Session::new(SessionId::new("claude:rules"));
        session.entries = entries;
        let scores = scores(&session, &Mentions::new(&session));
        session.entries.iter_mut().zip(scores).for_each(|(entry, score)| entry.score = score);
        session
    }

    fn marked(mut entry: Entry, mark: Mark) -> Entry {
        entry.marks = Marks::default().with(mark);
        entry
    }

    #[test]
    fn a_score_is_its_breakdown() {
        let session = scored(vec![
            entry(1, Kind::Prompt, "Fix the total. Never round before the sum."),
            entry(2, Kind::Message, "On it."),
            marked(entry(3, Kind::Result, "3 failed"), Mark::Error),
        ]);
        let lines: Vec<(String, f32)> =
            session.entries.iter().map(|entry| (breakdown(entry), entry.score.value)).collect();
        assert_eq!(lines[0], ("what the user wrote +0.60 · the user's goal +0.25 · a constraint +0.20".into(), 1.0));
        assert_eq!(lines[1], ("what the agent said +0.35".into(), 0.35));
        assert_eq!(lines[2], ("tool output +0.20 · an error +0.10".into(), 0.30));
    }

    #[test]
    fn only_the_first_prompt_is_the_goal_and_the_current_turn_counts_more() {
        let session = scored(vec![
            entry(1, Kind::Prompt, "Add a page"),
            entry(2, Kind::Message, "Done"),
            entry(3, Kind::Prompt, "Thanks, and a footer"),
            entry(4, Kind::Message, "Done too"),
        ]);
        let values: Vec<f32> = session.entries.iter().map(|entry| entry.score.value).collect();
        assert_eq!(values, [0.85, 0.50, 0.70, 0.60], "both messages end a turn");
    }

    #[test]
    fn names_that_are_spoken_of_again_raise_whoever_brought_them_in() {
        let again = |later: Kind| {
            let mut entries = vec![entry(1, Kind::Message, "The cause is in src/cart/total.rs.")];
            entries.extend((2..5).map(|seq| entry(seq, later, "See src/cart/total.rs.")));
            scored(entries).entries[0].score.value
        };
        assert_eq!(again(Kind::Message), 0.44, "three times 0.03");
        assert_eq!(again(Kind::Result), 0.35, "outputs repeat names without meaning them");
    }

    #[test]
    fn what_was_taken_back_or_never_shown_sinks() {
        let at = EntryId(9);
        let mut rewound = entry(2, Kind::Prompt, "Use floats");
        rewound.seen = Seen::Lost { at, cause: LossCause::Rewind };
        let mut lost = entry(3, Kind::Prompt, "Use cents");
        lost.seen = Seen::Lost { at, cause: LossCause::Compaction };
        let mut never = entry(4, Kind::Message, "API error");
        never.seen = Seen::Never;
        let session = scored(vec![entry(1, Kind::Prompt, "Go"), rewound, lost, never]);
        assert!(session.entries[1].score.value < 0.2 && session.entries[2].score.value >= 0.6);
        assert!(breakdown(&session.entries[3]).contains("never shown to the agent −0.10"));
    }

    #[test]
    fn a_stale_read_sinks_with_its_output() {
        let read = |seq: u32, kind: Kind, call: &str| {
            let mut read = entry(seq, kind, "/a.rs");
            (read.tool, read.call_id) = (Some("Read".into()), Some(call.into()));
            read.path = (kind == Kind::Call).then(|| redact::clean("/a.rs"));
            read
        };
        let session = scored(vec![
            read(1, Kind::Call, "a"),
            read(2, Kind::Result, "a"),
            read(3, Kind::Call, "b"),
            read(4, Kind::Result, "b"),
        ]);
        let stale = |index: usize| breakdown(&session.entries[index]).contains("read again later −0.25");
        assert_eq!([0, 1, 2, 3].map(stale), [true, true, false, false]);
        assert!(session.entries.iter().all(|entry| (0.0..=1.0).contains(&entry.score.value)));
    }

    #[test]
    fn rules_are_told_from_what_only_looks_like_one() {
        for rule in [
            "Never touch the public API.",
            "You must keep the old names",
            "please don’t commit",
            "Look around first.\nRun the tests before you say it is done",
        ] {
            assert!(is_constraint(rule), "{rule}");
        }
        let log = "2026-01-01T00:00:00Z [must] {\"a\":1,\"b\":[2,3]} == 0x1f && never()";
        for plain in ["What does this do?", "Add mustard to the list", log, &"never x ".repeat(80)] {
            assert!(!is_constraint(plain), "{plain}");
        }
    }

    #[test]
    fn what_counted_for_a_superseded_entry_counts_for_its_heir() {
        let mut session = Session::new(crate::model::SessionId::new("haversack:heirs"));
        let text = "Fix the rounding in src/cart.rs, please.";
        let kinds = [(1, Kind::Prompt, text), (2, Kind::Message, "src/cart.rs rounds early"), (3, Kind::Prompt, text)];
        session.entries = kinds.map(|(seq, kind, text)| crate::pack::strategy::tests::entry(seq, kind, text)).to_vec();
        let of_third = |session: &Session| {
            let entry =
                Entry { score: scores(session, &Mentions::new(session))[2].clone(), ..session.entries[2].clone() };
            breakdown(&entry)
        };
        assert!(!of_third(&session).contains("goal"), "{}", of_third(&session));
        session.entries[0].state.fate = Fate::Superseded { by: session.entries[2].id };
        let inherited = of_third(&session);
        assert!(inherited.contains("the user's goal") && inherited.contains("mentioned again"), "{inherited}");
    }
}
