//! Working summaries: where their lines come from, what fits, and that a second one keeps the first.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::{
    model::{EntryId, Mark, Marks, SessionId, Time},
    pack::strategy::tests::entry,
    text::{
        redact,
        tokens::{Encoding, Tokenizer},
    },
};

fn call(seq: u32, tool: &str, path: Option<&str>, mark: Option<Mark>, text: &str) -> Entry {
    let mut call = entry(seq, Kind::Call, text);
    (call.tool, call.call_id) = (Some(tool.into()), Some(format!("c{seq}").into()));
    call.path = path.map(redact::clean);
    call.marks = mark.into_iter().collect();
    call
}

fn result(seq: u32, of: u32, failed: bool, text: &str) -> Entry {
    let mut result = entry(seq, Kind::Result, text);
    result.call_id = Some(format!("c{of}").into());
    result.marks = if failed { Marks::default().with(Mark::Error) } else { Marks::default() };
    result
}

fn session_of(entries: Vec<Entry>) -> Session {
    let mut session = Session::new(SessionId::new("claude:summary"));
    session.entries = entries;
    session
}

/// A session of which every section has something to tell.
fn shop() -> Session {
    let mut prompt =
        entry(1, Kind::Prompt, "Please fix the rounding bug in src/cart.rs. Never round before the total.");
    prompt.at = Some(Time(1_700_000_000_000));
    let todos = "todos:\n  - content: Find the cause\n    status: completed\n  - content: Round at the end\n    \
                 status: in_progress\n  - content: Add a test\n    status: pending";
    session_of(vec![
        prompt,
        entry(2, Kind::Message, "I decided to keep cents as integers because floats lose them."),
        call(3, "TodoWrite", None, None, todos),
        result(4, 3, false, "ok"),
        call(5, "Edit", Some("src/cart.rs"), Some(Mark::Edit), "src/cart.rs\nold:\na\nnew:\nlet total = sum.round();"),
        result(6, 5, false, "edited"),
        call(7, "Bash", None, Some(Mark::TestRun), "cargo test -p cart\ndescription: tests"),
        result(8, 7, true, "error[E0382]: use of moved value\ntest result: FAILED. 3 passed; 1 failed; 0 ignored"),
        entry(9, Kind::Prompt, "Go on"),
        entry(
            10,
            Kind::Message,
            "Fixed the sum in src/cart.rs. The limit is 4096 tokens in v1.2.0. Next I will add a test.",
        ),
    ])
}

fn all(session: &Session) -> Vec<usize> {
    (0..session.entries.len()).collect()
}

fn count(text: &str) -> u32 {
    Tokenizer::new(Encoding::Bytes4).count(text)
}

#[test]
fn every_section_is_filled_by_rule_and_every_line_names_its_entries() {
    let session = shop();
    let summary = WorkingSummary::of(&session, &all(&session));
    assert_eq!(
        summary.text(),
        "\
### Goal
- Please fix the rounding bug in src/cart.rs. [#1]
### Constraints
- Never round before the total. [#1]
### Current State
- Fixed the sum in src/cart.rs. [#10]
- The limit is 4096 tokens in v1.2.0. [#10]
- Next I will add a test. [#10]
- cargo test -p cart: test result: FAILED. 3 passed; 1 failed; 0 ignored [#7, #8]
### Key Decisions
- I decided to keep cents as integers because floats lose them. [#2]
### Technical Changes
- src/cart.rs: let total = sum.round(); [#5]
### Progress
#### Done
- Find the cause [#3]
- Fixed the sum in src/cart.rs. [#10]
#### In Progress
- Round at the end [#3]
#### Blocked
- cargo test -p cart: test result: FAILED. 3 passed; 1 failed; 0 ignored [#7, #8]
### Next Steps
- Add a test [#3]
- Next I will add a test. [#10]
### Critical Context
- The limit is 4096 tokens in v1.2.0. [#10]
- error[E0382]: use of moved value [#8]
- cargo test -p cart [#7]
### Relevant Files
- src/cart.rs [#1, #5, #10]
### Session Timeline
- 2023-11-14 22:13 Please fix the rounding bug in src/cart.rs. — 3 calls, 1 error [#1]
- Go on [#9]
"
    );
}

#[test]
fn a_failure_that_was_mended_is_not_open() {
    let mut session = shop();
    session.entries.push(call(11, "Bash", None, Some(Mark::TestRun), "cargo test -p cart"));
    session.entries.push(result(12, 11, false, "test result: ok. 4 passed; 0 failed; 0 ignored"));
    let summary = WorkingSummary::of(&session, &all(&session));
    assert_eq!(summary.lines(Section::Blocked), []);
    let done = summary.lines(Section::Done).iter().map(|line| line.text.as_str());
    assert!(done.into_iter().any(|text| text == "cargo test -p cart: test result: ok. 4 passed; 0 failed; 0 ignored"));
}

#[test]
fn lines_are_short_inert_and_begin_with_no_mark() {
    let hostile = format!("- > Never\u{1b}[31m use \u{202e}it {}", "word ".repeat(60));
    let session =
        session_of(vec![entry(1, Kind::Prompt, &hostile), entry(2, Kind::Prompt, "--force must never be used")]);
    let summary = WorkingSummary::of(&session, &all(&session));
    for (_, lines) in &summary.sections {
        for line in lines {
            assert!(line.text.chars().count() <= excerpt::LONGEST + 1, "{line:?}");
            assert!(!line.text.contains(['\u{1b}', '\u{202e}', '\n']) && !line.text.starts_with("- "), "{line:?}");
        }
    }
    assert_eq!(summary.lines(Section::Constraints)[1].text, "--force must never be used");
    assert!(summary.lines(Section::Constraints)[0].text.ends_with("word…"));
    assert!(summary.text().starts_with('#'));
}

#[test]
fn nothing_to_tell_is_an_empty_summary() {
    let session = session_of(vec![entry(1, Kind::Boundary, "compacted"), entry(2, Kind::Result, "ok")]);
    let summary = WorkingSummary::of(&session, &all(&session));
    assert_eq!((summary.is_empty(), summary.text()), (true, String::new()));
    assert!(WorkingSummary::fitted(&session, &[], 0, &count).is_empty());
}

#[test]
fn fitted_keeps_goal_and_constraints_longest() {
    let session = shop();
    let fitted = |tokens| WorkingSummary::fitted(&session, &all(&session), tokens, &count);
    let whole = WorkingSummary::of(&session, &all(&session));
    assert_eq!(fitted(10_000), whole);
    let mut more = whole;
    for tokens in (0..400).rev() {
        let less = fitted(tokens);
        assert!(count(&less.text()) <= tokens, "{tokens}");
        for (section, lines) in &less.sections {
            assert!(
                lines.iter().all(|line| more.lines(*section).contains(line)),
                "{tokens}: {section:?} gained a line"
            );
        }
        let asked =
            |summary: &WorkingSummary| summary.lines(Section::Goal).len() + summary.lines(Section::Constraints).len();
        assert!(asked(&less) == 2 || less.sections.len() == asked(&less), "{tokens}: {}", less.text());
        more = less;
    }
    assert!(more.is_empty());
}

/// M31A cuts an earlier summary to 2,000 bytes when it compacts again; lore derives it anew from what is left.
#[test]
fn a_second_compaction_never_cuts_the_earlier_summary() {
    let mut session = shop();
    for seq in 11..80 {
        session.entries.push(entry(
            seq,
            Kind::Prompt,
            &format!("Please add case {seq} to src/part{seq}.rs. Never skip part {seq} of it."),
        ));
    }
    let first = WorkingSummary::of(&session, &all(&session));
    assert!(first.text().len() > 8_000, "longer than what M31A would keep");
    let mut summary = entry(80, Kind::Summary, &first.text());
    summary.id = EntryId(80);
    session.entries.push(summary);
    session.entries.push(entry(81, Kind::Prompt, "Please write the changelog."));
    session.entries.push(entry(82, Kind::Message, "Updated CHANGELOG.md."));
    let rest = [81usize - 1, 82 - 1];
    let second = WorkingSummary::of(&session, &[79, 80, 81]);
    assert_eq!(second, WorkingSummary::updated(&session, &session.entries[79], &rest));
    let text = second.text();
    for (_, lines) in &first.sections {
        for line in lines {
            assert!(text.contains(&line.text), "lost: {}", line.text);
        }
    }
    assert!(second.lines(Section::Goal).iter().any(|line| line.text == "Please write the changelog."));
    assert_eq!(second.lines(Section::CurrentState)[0].text, "Updated CHANGELOG.md.", "the state is the later one");
    // Where there is not room for both, what is new goes first.
    let tight = WorkingSummary::fitted(&session, &[79, 80, 81], count(&first.text()), &count);
    assert!(tight.lines(Section::Goal).len() >= first.lines(Section::Goal).len());
}

#[test]
fn an_open_item_that_is_done_now_is_open_no_more() {
    let mut session = session_of(vec![entry(1, Kind::Message, "- [ ] add a test\n- [ ] write docs")]);
    let first = WorkingSummary::of(&session, &[0]);
    session.entries.push(entry(2, Kind::Summary, &first.text()));
    session.entries.push(entry(3, Kind::Message, "- [x] add a test"));
    let second = WorkingSummary::of(&session, &[1, 2]);
    let texts = |section| second.lines(section).iter().map(|line| line.text.clone()).collect::<Vec<_>>();
    assert_eq!(
        (texts(Section::NextSteps), texts(Section::Done)),
        (vec!["write docs".into()], vec!["add a test".into()])
    );
}

#[test]
fn a_summary_of_another_program_is_carried_by_its_headings() {
    let text = "Summary:\n1. Primary Request and Intent:\n   Fix the cart.\n\n2. Pending Tasks:\n   - Add a test\n\n\
                **Files and Code**\n- src/cart.rs\n";
    let session = session_of(vec![entry(4, Kind::Summary, text)]);
    let summary = WorkingSummary::of(&session, &[0]);
    assert_eq!(
        summary.text(),
        "### Goal\n- Fix the cart. [#4]\n### Next Steps\n- Add a test [#4]\n### Critical Context\n- Summary: [#4]\n\
         ### Relevant Files\n- src/cart.rs [#4]\n"
    );
}

proptest! {
    #[test]
    fn a_summary_read_back_is_the_same(texts in proptest::collection::vec("[-a-zA-Z#.!?*>\\[\\] \\n]{0,60}", 1..6)) {
        let kinds = [Kind::Prompt, Kind::Message, Kind::Note];
        let entries = texts.iter().zip(1..).map(|(text, seq)| entry(seq, kinds[seq as usize % 3], text)).collect();
        let session = session_of(entries);
        let summary = WorkingSummary::of(&session, &all(&session));
        let text = summary.text();
        prop_assert_eq!(WorkingSummary::read(&entry(99, Kind::Summary, &text)).text(), text);
    }
}
