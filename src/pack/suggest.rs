//! What to do next: what could go, and what should be pinned, ranked.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    model::{EntryId, Exchanges, Fate, Kind, Level, Session, Verb},
    score::{self, Repeat, Subjects},
};

/// One thing to do, with its effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// "14 reads of src/db.rs: evict 13 stale ones".
    pub words: String,
    pub verb: Verb,
    pub targets: Vec<EntryId>,
    /// Held tokens it frees; negative where it costs.
    pub frees: i64,
}

/// What the session itself suggests, whatever the budget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What the texts tell, which no edit changes: what calls are about, and the prompts with a rule in them.
    subjects: Subjects,
    rules: Vec<usize>,
    entries: usize,
    /// What frees most tokens first.
    freeing: Vec<Suggestion>,
    /// Prompts with a rule in them that are not pinned.
    constraints: Vec<usize>,
}

impl Findings {
    pub fn new(session: &Session, exchanges: &Exchanges) -> Findings {
        let mut findings = Findings {
            subjects: Subjects::new(session),
            rules: rules(session),
            entries: session.entries.len(),
            ..Findings::default()
        };
        findings.refresh(session, exchanges);
        findings
    }

    /// After an edit.
    pub fn refresh(&mut self, session: &Session, exchanges: &Exchanges) {
        if self.entries != session.entries.len() {
            *self = Findings::new(session, exchanges);
            return;
        }
        let reads = self.subjects.repeated_reads(session);
        let mut freeing = stale(session, exchanges, reads, |count, about| {
            format!("{} reads of {about}: evict {count} stale {}", count + 1, plural(count, "one", "ones"))
        });
        let tests = self.subjects.repeated_tests(session);
        freeing.extend(stale(session, exchanges, tests, |count, about| {
            format!("{} runs of {about}: evict {count} stale {}", count + 1, plural(count, "one", "ones"))
        }));
        freeing.sort_by(|a, b| b.frees.cmp(&a.frees).then(a.words.cmp(&b.words)));
        self.freeing = freeing;
        let can_be_pinned = |index: &usize| {
            let entry = &session.entries[*index];
            !entry.state.pinned && entry.state.fate == Fate::Live && entry.cost(Level::Full) <= PIN_AT_MOST
        };
        self.constraints = self.rules.iter().copied().filter(can_be_pinned).collect();
    }

    /// All suggestions, best first: rules of the user's that the plan does not carry whole, then what frees most tokens,
    /// then rules that are only carried by luck of the budget.
    pub fn ranked(&self, session: &Session, levels: &[Option<Level>]) -> Vec<Suggestion> {
        let (lost, kept): (Vec<usize>, Vec<usize>) =
            self.constraints.iter().partition(|&&index| levels[index] != Some(Level::Full));
        let mut all = Vec::new();
        all.extend(pins(session, &lost, "not carried whole"));
        all.extend(self.freeing.iter().cloned());
        all.extend(pins(session, &kept, "not pinned"));
        all
    }
}

fn stale(
    session: &Session,
    exchanges: &Exchanges,
    repeats: Vec<Repeat>,
    words: impl Fn(usize, &str) -> String,
) -> Vec<Suggestion> {
    let mut by_about: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    for repeat in repeats {
        if exchanges.of(repeat.stale).iter().all(|&index| !session.entries[index].state.pinned) {
            by_about.entry(repeat.about).or_default().push(repeat.stale);
        }
    }
    by_about
        .into_iter()
        .map(|(about, calls)| {
            let members = calls.iter().flat_map(|&call| exchanges.of(call));
            let frees = members
                .map(|&index| &session.entries[index])
                .map(|entry| i64::from(entry.cost(entry.state.held.level)))
                .sum();
            let targets = calls.iter().map(|&call| session.entries[call].id).collect();
            Suggestion { words: words(calls.len(), &short(&about)), verb: Verb::Evict, targets, frees }
        })
        .collect()
}

/// Prompts with a rule in them.
fn rules(session: &Session) -> Vec<usize> {
    let entries = session.entries.iter().enumerate();
    let prompts = entries.filter(|(_, entry)| entry.kind == Kind::Prompt && score::is_constraint(&entry.text));
    prompts.map(|(index, _)| index).collect()
}

/// A prompt longer than this (a pasted plan, a log) is not something to pin whole.
const PIN_AT_MOST: u32 = 800;

fn pins(session: &Session, prompts: &[usize], how: &str) -> Option<Suggestion> {
    if prompts.is_empty() {
        return None;
    }
    let entries = || prompts.iter().map(|&index| &session.entries[index]);
    let names = entries().take(3).map(|entry| format!("#{}", entry.seq)).collect::<Vec<_>>().join(", ");
    let more = if prompts.len() > 3 { format!(" and {} more", prompts.len() - 3) } else { String::new() };
    let rules = plural(prompts.len(), "rule of the user's is", "rules of the user's are");
    Some(Suggestion {
        words: format!("{} {rules} {how}: pin {names}{more}", prompts.len()),
        verb: Verb::Pin,
        targets: entries().map(|entry| entry.id).collect(),
        frees: -entries().map(|entry| i64::from(entry.cost(Level::Full))).sum::<i64>(),
    })
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// The end of a long path or the start of a long command, short enough for one line.
fn short(about: &str) -> String {
    const WIDTH: usize = 36;
    let (about, more) = about.split_once('\n').map_or((about, ""), |(first, _)| (first.trim_end(), " …"));
    if about.chars().count() + more.len() <= WIDTH {
        return format!("{about}{more}");
    }
    if about.contains('/') && !about.contains(' ') {
        let tail: Vec<&str> = about.rsplit('/').take(2).collect();
        return format!("…/{}", tail.into_iter().rev().collect::<Vec<_>>().join("/"));
    }
    format!("{}…", about.chars().take(WIDTH - 1).collect::<String>())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Entry, Mark, SessionId, Time},
        pack::{
            settings::PlanSettings,
            strategy::{balanced::Ledger, tests::entry},
        },
        text::redact,
    };

    fn priced(mut entry: Entry, cost: u32) -> Entry {
        entry.costs = [cost, cost / 2, cost / 4, cost / 8];
        entry
    }

    /// A whole read of a file and its output.
    fn read(seq: u32, cost: u32) -> [Entry; 2] {
        let id = format!("call-{seq}");
        let [mut call, mut result] = [entry(seq, Kind::Call, "/src/db.rs"), entry(seq + 1, Kind::Result, "fn db() {}")];
        for half in [&mut call, &mut result] {
            (half.tool, half.call_id) = (Some("Read".into()), Some(id.as_str().into()));
        }
        call.path = Some(redact::clean("/src/db.rs"));
        [priced(call, 10), priced(result, cost)]
    }

    fn suggestions(entries: Vec<Entry>, budget: u32) -> Vec<Suggestion> {
        let mut session = Session::new(SessionId::new("claude:suggest"));
        session.entries = entries;
        let selection = Ledger::new(&session, PlanSettings::default(), Time(0)).select(budget);
        Findings::new(&session, &session.exchanges()).ranked(&session, &selection.levels)
    }

    fn words(suggestions: &[Suggestion]) -> Vec<&str> {
        suggestions.iter().map(|suggestion| suggestion.words.as_str()).collect()
    }

    #[test]
    fn stale_reads_are_evicted_at_once_and_the_latest_stays() {
        let found = suggestions([read(1, 500), read(3, 600), read(5, 700)].concat(), 10_000);
        assert_eq!(words(&found), ["3 reads of /src/db.rs: evict 2 stale ones"]);
        assert_eq!((&found[0].verb, found[0].frees), (&Verb::Evict, 1_120));
        assert_eq!(found[0].targets, [EntryId(1), EntryId(3)]);
        let one = suggestions([read(1, 500), read(3, 600)].concat(), 10_000);
        assert_eq!(words(&one), ["2 reads of /src/db.rs: evict 1 stale one"]);
    }

    #[test]
    fn a_pinned_half_keeps_its_exchange() {
        let mut entries = [read(1, 500), read(3, 600)].concat();
        entries[1].state.pinned = true;
        assert_eq!(suggestions(entries, 10_000), []);
    }

    #[test]
    fn what_is_held_shorter_frees_less() {
        let mut entries = [read(1, 500), read(3, 600)].concat();
        entries[1].state.held.level = Level::Summary;
        assert_eq!(suggestions(entries, 10_000)[0].frees, 260);
    }

    #[test]
    fn runs_of_a_long_script_are_named_by_its_first_line() {
        let run = |seq| {
            let mut run = entry(seq, Kind::Call, "cd crates/shop\ncargo test -p shop");
            run.marks = run.marks.with(Mark::TestRun);
            priced(run, 40)
        };
        assert_eq!(
            words(&suggestions(vec![run(1), run(2)], 10_000)),
            ["2 runs of cd crates/shop …: evict 1 stale one"]
        );
    }

    #[test]
    fn rules_that_are_not_carried_whole_come_first_and_carried_ones_last() {
        let rule = |seq, cost| priced(entry(seq, Kind::Prompt, "Never use floats."), cost);
        let reads = [read(3, 500), read(5, 600)].concat();
        let tail = (7..12).map(|seq| priced(entry(seq, Kind::Message, "Done."), 20));
        let entries: Vec<Entry> = [vec![rule(1, 300)], reads, tail.collect()].concat();
        let roomy = suggestions(entries.clone(), 10_000);
        assert_eq!(
            words(&roomy),
            ["2 reads of /src/db.rs: evict 1 stale one", "1 rule of the user's is not pinned: pin #1"]
        );
        let tight = suggestions(entries.clone(), 250);
        assert_eq!(words(&tight)[0], "1 rule of the user's is not carried whole: pin #1");
        assert_eq!((&tight[0].verb, tight[0].frees), (&Verb::Pin, -300));
        let mut pinned = entries;
        pinned[0].state.pinned = true;
        assert_eq!(suggestions(pinned, 10_000).len(), 1, "a pinned rule needs no pin");
    }

    #[test]
    fn a_prompt_as_long_as_a_document_is_no_rule_to_pin() {
        let long = priced(entry(1, Kind::Prompt, "Never use floats."), PIN_AT_MOST + 1);
        assert_eq!(suggestions(vec![long], 10_000), []);
    }

    #[test]
    fn long_names_are_cut_where_they_say_least() {
        assert_eq!(short("/home/kim/work/shop/crates/pricing/src/db.rs"), "…/src/db.rs");
        assert_eq!(short("cargo test"), "cargo test");
        assert_eq!(short(&format!("cargo test {}", "x".repeat(60))).chars().count(), 36);
    }
}
