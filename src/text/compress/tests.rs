//! Renditions of each shape, and the promises that hold for all of them.

mod runs;

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::text::tokens::Encoding;

static SIZES: LazyLock<Tokenizer> = LazyLock::new(|| Tokenizer::new(Encoding::O200k));

fn levels(subject: &Subject) -> [Option<String>; 3] {
    renditions(subject, &SIZES).texts.map(|text| text.map(|text| text.to_string()))
}

fn result<'a>(tool: &'a str, text: &'a str) -> Subject<'a> {
    Subject { kind: Kind::Result, tool: Some(tool), path: None, failed: false, text }
}

fn message(text: &str) -> Subject<'_> {
    Subject { kind: Kind::Message, tool: None, path: None, failed: false, text }
}

/// The text that each level shows: its own or the shallower one.
fn shown(subject: &Subject) -> [String; 4] {
    let [summary, sentence, keywords] = levels(subject);
    let summary = summary.unwrap_or(subject.text.to_string());
    let sentence = sentence.unwrap_or(summary.clone());
    let keywords = keywords.unwrap_or(sentence.clone());
    [subject.text.to_string(), summary, sentence, keywords]
}

fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

fn assert_lacks(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(!text.contains(part), "{part:?} is in:\n{text}");
    }
}

const PROSE: &str = "Let me look at the checkout. The total is wrong because `round_total` in src/cart/total.rs truncates \
instead of rounding half to even. I read jwt.go v1.2 on the way, which has nothing to do with it. The weather of the code \
is fine otherwise. We must not change the public API of cart.rs, e.g. the signature of `Cart::total`. After the fix all 41 \
tests pass. Some more words follow here that nobody needs to read. They go on for a while without saying much at all. \
The build took a moment. There was some output on the screen. I scrolled through it with patience.";

#[test]
fn prose_keeps_whole_sentences_that_decide_or_explain() {
    let [_, summary, sentence, keywords] = shown(&message(PROSE));
    assert_holds(&summary, &["because `round_total` in src/cart/total.rs truncates instead of rounding half to even."]);
    assert_lacks(&summary, &["scrolled"]);
    assert!(summary.split_inclusive(". ").all(|part| PROSE.contains(part.trim())), "{summary}");
    assert!(!sentence.contains('\n') && PROSE.contains(&sentence), "{sentence}");
    assert_holds(&keywords, &["src/cart/total.rs"]);
}

#[test]
fn keywords_keep_runs_of_words_as_they_stood() {
    let text = PROSE.repeat(3);
    let [.., keywords] = shown(&message(&text));
    let source: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for run in keywords.split(" … ") {
        assert!(source.contains(run), "{run:?} of {keywords:?}");
    }
    assert!(keywords.split_whitespace().count() > 8, "{keywords}");
}

#[test]
fn code_keeps_signatures_with_their_line_numbers() {
    let mut text = String::from("     1→//! Totals of a cart.\n     2→use crate::money::Cents;\n     3→\n");
    text.push_str("     4→/// Rounds half to even.\n     5→pub fn round_total(amount: f64) -> Cents {\n");
    for line in 6..60 {
        text.push_str(&format!("{line:6}→    let step_{line} = amount * {line}.0 + 1.0;\n"));
    }
    text.push_str("    60→}\n    61→impl Cart {\n    62→    fn total(&self) -> Cents {\n    63→        todo!()\n    64→    }\n    65→}\n");
    let subject = Subject { path: Some("src/cart/total.rs"), ..result("Read", &text) };
    let [_, summary, sentence, keywords] = shown(&subject);
    assert_holds(
        &summary,
        &["5→pub fn round_total(amount: f64) -> Cents {", "61→impl Cart {", "62→    fn total(&self) -> Cents {"],
    );
    assert_holds(&summary, &["1→//! Totals of a cart.", "(Read: 65 lines; src/cart/total.rs)"]);
    assert_holds(&sentence, &["impl Cart", "src/cart/total.rs"]);
    assert_holds(&keywords, &["Read: 65 lines"]);
}

#[test]
fn signatures_of_many_languages_are_kept() {
    for (name, signature) in [
        ("a.py", "def parse_amount(text: str) -> int:"),
        ("a.go", "func (c *Cart) Total(ctx context.Context) (int, error) {"),
        ("a.ts", "export async function loadCart(id: string): Promise<Cart> {"),
        ("a.ts", "export interface CartOptions {"),
        ("A.java", "public class Cart implements Serializable {"),
        ("a.ex", "  def handle_event(\"add\", params, socket) do"),
        ("a.rb", "class Cart < ApplicationRecord"),
        ("a.c", "static int parse_amount(const char *text, int *cents) {"),
        ("a.rs", "pub(crate) struct Cart {"),
        ("a.kt", "suspend fun load(id: String): Cart {"),
    ] {
        let mut text = String::new();
        (0..20).for_each(|line| text.push_str(&format!("    total = total + {line};\n")));
        text.push_str(&format!("{signature}\n"));
        (20..60).for_each(|line| text.push_str(&format!("    total = total + {line};\n")));
        let subject = Subject { path: Some(name), ..result("Read", &text) };
        assert_holds(&shown(&subject)[1], &[signature.trim()]);
    }
}

#[test]
fn json_keeps_keys_and_shape() {
    let items: Vec<String> = (0..40)
        .map(|id| format!("{{\"id\": {id}, \"name\": \"item number {id}\", \"tags\": [\"a\", \"b\"]}}"))
        .collect();
    let text = format!("{{\"status\": \"ok\", \"items\": [{}], \"next_page\": null}}", items.join(", "));
    let [_, summary, sentence, keywords] = shown(&result("api", &text));
    for level in [&summary, &sentence] {
        assert_holds(level, &["{\"status\": \"ok\", \"items\": [{\"id\": 0", "more]", "\"next_page\": null}"]);
    }
    assert_holds(&summary, &["\"tags\": [", "(api: 1 line)"]);
    assert_holds(&keywords, &["api: 1 line"]);
    let cut_off = &text[..text.len() - 300];
    assert_holds(&shown(&result("api", cut_off))[1], &["{\"status\": \"ok\", \"items\": [", " more]"]);
}

#[test]
fn a_service_log_gives_its_errors_and_warnings_first() {
    let mut text = String::new();
    for pot in 100..180 {
        let minute = pot - 100;
        text.push_str(&format!(
            "2031-02-03T04:{minute:02}:01.000Z  INFO http: GET /pots/{pot} status=200 req=r-{pot}\n"
        ));
        if pot % 12 == 3 {
            text.push_str(&format!(
                "2031-02-03T04:{minute:02}:02.000Z  WARN kettle: level mismatch pot={pot} want=7 got=6\n"
            ));
            text.push_str(&format!("2031-02-03T04:{minute:02}:03.000Z ERROR http: POST /pots status=409 pot={pot}\n"));
        }
    }
    let [_, summary, sentence, keywords] = shown(&result("Bash", &text));
    for pot in (100..180).filter(|pot| pot % 12 == 3) {
        assert_holds(&summary, &[&format!("WARN kettle: level mismatch pot={pot} "), &format!("status=409 pot={pot}")]);
    }
    assert_holds(
        &sentence,
        &["6 × ERROR http: POST /pots status=409 pot=111", "6 × WARN kettle: level mismatch pot=111"],
    );
    assert_holds(&keywords, &["6 × ERROR http: POST /pots"]);
    assert_lacks(&sentence, &["INFO"]);
}

#[test]
fn a_prompt_gives_its_goal_and_its_rules_before_its_story() {
    let story = "Since we opened the second tea house the kettles of the first one have been acting up in the morning. \
                 Yesterday the guests of table nine waited for twenty minutes, and the staff were rather upset about it. ";
    for (goal, rules) in [
        (
            "Goal: each kettle keeps 80 °C.",
            vec!["Never touch `Kettle::new`.", "No floats, not in Rust and not in SQL."],
        ),
        ("Please look at src/kettle.rs.", vec!["You must run the tests.", "Don’t rename anything."]),
        (
            "Can you make the kettle stop at 80 °C?",
            vec!["Only the kettle crate may change.", "Run the suite before you commit."],
        ),
        ("How does the kettle know that it is hot?", vec!["Always answer in one page.", "Make sure it is in English."]),
    ] {
        let text = format!("{story}{goal} It was a busy day for everyone in the house. {}", rules.join(" "));
        let [_, summary, sentence, _] = shown(&Subject { kind: Kind::Prompt, ..message(&text) });
        assert_holds(&summary, &[goal]);
        assert_holds(&summary, &rules);
        assert!(sentence.starts_with(goal), "{sentence}");
        assert_lacks(&sentence, &["second tea house"]);
    }
}

#[test]
fn line_numbers_and_opening_brackets_are_left_off_on_one_line_only() {
    let mut text = String::from("    11→pub struct Kettle {\n    12→    water: Millilitres,\n    13→}\n");
    (14..60).for_each(|n| text.push_str(&format!("    {n}→    let step_{n} = water * {n};\n")));
    text.push_str("    60→impl Kettle {\n    61→    pub fn heat(&mut self) -> Celsius {\n    62→    }\n    63→}\n");
    let subject = Subject { path: Some("src/kettle.rs"), ..result("Read", &text) };
    let [_, summary, sentence, keywords] = shown(&subject);
    assert_holds(&summary, &["11→pub struct Kettle {", "61→    pub fn heat(&mut self) -> Celsius {"]);
    assert_holds(&sentence, &["pub struct Kettle … ", "pub fn heat(&mut self) -> Celsius ("]);
    for level in [&sentence, &keywords] {
        assert_lacks(level, &["→", "{"]);
    }
}

#[test]
fn keywords_of_a_command_begin_with_its_program() {
    for (command, program) in [
        (
            "journalctl -u teashop --since '2031-02-03 04:05' --no-hostname -o cat | grep -v /metrics | sort --reverse --unique",
            "journalctl -u teashop",
        ),
        (
            "cd /srv/tea && cargo test -p kettle --test suite 2>&1 | tee /tmp/kettle.log | grep --line-buffered -v 'Compiling' | tail -40",
            "cargo test -p kettle",
        ),
        (
            "git log --oneline -6 && git checkout -b fix/kettle-drift && ls crates/kettle crates/pot && wc -l crates/kettle/src/lib.rs",
            "git log --oneline -6",
        ),
        (
            "rg 'a|b' crates/kettle/src | head -20 && sed -i 's/a/b/' crates/kettle/src/lib.rs && git add -A && git commit",
            "rg",
        ),
    ] {
        let after: String = (0..20).map(|n| format!("echo pot_{n} >> /srv/tea/pots_{n}.log\n")).collect();
        let text = format!("{command}\n{after}description: Look at what the kettle says in the morning");
        let subject = Subject { kind: Kind::Call, tool: Some("Bash"), ..message(&text) };
        let keywords = &shown(&subject)[3];
        assert!(keywords.contains(program) && keywords.len() < command.len() + 40, "{keywords}");
    }
    let text = "journalctl -u kettle --since '2031-02-03 04:05' --until '2031-02-03 05:05' --no-hostname -o cat | grep -v /metrics";
    let subject = Subject { kind: Kind::Call, tool: Some("Bash"), ..message(text) };
    let keywords = &shown(&subject)[3];
    assert!(keywords.starts_with("journalctl -u kettle … "), "{keywords}");
}

#[test]
fn a_build_log_keeps_errors_and_the_last_lines() {
    let mut text = String::new();
    (0..60).for_each(|n| text.push_str(&format!("   Compiling crate-{n} v0.{n}.0\n")));
    text.push_str("error[E0382]: borrow of moved value: `cart`\n  --> src/checkout.rs:17:5\n");
    (60..90).for_each(|n| text.push_str(&format!("   Compiling crate-{n} v0.{n}.0\n")));
    text.push_str("error: could not compile `shop` due to 1 previous error\n");
    let [_, summary, sentence, keywords] = shown(&result("Bash", &text));
    assert_holds(
        &summary,
        &["error[E0382]: borrow of moved value: `cart`", "--> src/checkout.rs:17:5", "error: could not compile `shop`"],
    );
    assert_holds(&sentence, &["error", "errors"]);
    assert_holds(&keywords, &["E0382"]);
}

#[test]
fn a_diff_keeps_files_hunks_and_changed_lines() {
    let mut text = String::from(
        "diff --git a/src/cart/total.rs b/src/cart/total.rs\nindex 111..222 100644\n--- a/src/cart/total.rs\n+++ b/src/cart/total.rs\n",
    );
    text.push_str("@@ -40,7 +40,7 @@ pub fn round_total(amount: f64)\n");
    (0..30).for_each(|n| text.push_str(&format!("     let unchanged_{n} = {n};\n")));
    text.push_str("-    amount.trunc()\n+    amount.round_ties_even()\n");
    (30..60).for_each(|n| text.push_str(&format!("     let unchanged_{n} = {n};\n")));
    text.push_str("diff --git a/CHANGELOG.md b/CHANGELOG.md\n--- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ -1,2 +1,3 @@\n+- Totals round half to even.\n");
    let [_, summary, sentence, _] = shown(&result("Bash", &text));
    assert_holds(
        &summary,
        &["diff --git a/src/cart/total.rs", "@@ -40,7 +40,7 @@ pub fn round_total", "+    amount.round_ties_even()"],
    );
    assert_holds(&summary, &["-    amount.trunc()", "diff --git a/CHANGELOG.md", "+- Totals round half to even."]);
    assert_holds(&sentence, &["src/cart/total.rs", "CHANGELOG.md"]);
    assert_lacks(&sentence, &["errors"]);
}

#[test]
fn a_listing_keeps_each_folder() {
    let mut text = String::new();
    for folder in ["src/cart", "src/store", "tests/suite"] {
        (0..30).for_each(|n| text.push_str(&format!("{folder}/file_{n}.rs\n")));
    }
    let [_, summary, ..] = shown(&result("Glob", &text));
    assert_holds(&summary, &["src/cart/file_0.rs", "src/store/file_0.rs", "tests/suite/file_0.rs", "(Glob: 90 lines)"]);
}

#[test]
fn a_long_listing_of_a_folder_is_cut_between_rows() {
    let text: String = (0..40).map(|n| format!("-rw-r--r-- 1 dev dev {n}07 Nov 20 21:{n:02} part_{n}.rs\n")).collect();
    let [_, summary, sentence, _] = shown(&result("Bash", &text));
    assert!(summary.lines().all(|line| text.contains(line) || line.starts_with("(Bash: 40 lines")), "{summary}");
    assert_holds(&sentence, &["-rw-r--r-- 1 dev dev 007 Nov 20 21:00 part_0.rs", "(Bash: 40 lines"]);
}

#[test]
fn an_edit_shows_its_file_and_what_it_changed() {
    let same: String = (0..20).map(|n| format!("    let kept_{n} = load_part({n});\n")).collect();
    let text = format!(
        "src/cart/total.rs\nold:\n{same}    amount.trunc()\nnew:\n{same}    amount.round_ties_even()\nreplace_all: false"
    );
    let subject =
        Subject { kind: Kind::Call, tool: Some("Edit"), path: Some("src/cart/total.rs"), failed: false, text: &text };
    let [_, summary, sentence, keywords] = shown(&subject);
    for level in [&summary, &sentence, &keywords] {
        assert_holds(level, &["src/cart/total.rs", "round_ties_even"]);
    }
}

#[test]
fn cjk_is_cut_between_sentences_and_never_inside_a_character() {
    let text = "我们先看一下结账模块。金额错误是因为src/cart/total.rs里的round_total直接截断了小数。必须修复它，但是不要修改公共接口。\
                然后运行所有测试，看看结果怎么样。屏幕上有一些输出，没有什么特别的内容。我又看了一遍代码，没有发现别的东西。";
    let [_, summary, sentence, keywords] = shown(&message(text));
    assert_holds(&summary, &["必须修复它，但是不要修改公共接口。"]);
    assert!(text.contains(&sentence), "{sentence}");
    assert!(SIZES.count(&keywords) <= 40);
    let family = "👨‍👩‍👧‍👦".repeat(400);
    for level in &shown(&message(&family))[1..] {
        let whole = level.replace("👨‍👩‍👧‍👦", "");
        assert!(whole.trim().chars().all(|char| char == '…' || char == ' '), "{whole:?}");
    }
}

#[test]
fn a_note_shortens_long_paths_and_names_each_once() {
    let long = "/home/dev/projects/shop/worktrees/checkout/src/cart/total.rs";
    let text = format!(
        "{}\nread https://example.org/a/b.html and lib/Makefile and /etc/hosts\n",
        "some line of output\n".repeat(80)
    );
    let subject = Subject { path: Some(long), failed: true, ..result("mcp__shop__run", &text) };
    let loss = Loss::new(&subject, Shape::Log, 82, &text);
    assert_eq!(loss.note("see /etc/hosts", 200), "(run: 82 lines, errors; …/src/cart/total.rs, lib/Makefile)");
    assert_eq!(loss.note("", 0), "(run: 82 lines, errors)");
}

#[test]
fn ten_megabytes_of_one_character_are_cut_short() {
    for run in ["a", " ", "中", "{", "`", "x "] {
        let text = run.repeat(10_000_000 / run.len());
        for kind in [Kind::Result, Kind::Message] {
            let subject = Subject { kind, ..result("Bash", &text) };
            let deepest = renditions(&subject, &SIZES)
                .texts
                .into_iter()
                .flatten()
                .last()
                .expect("ten megabytes can be shortened");
            assert!(SIZES.count(&deepest) <= 40, "{run:?}");
        }
    }
}

#[test]
fn short_texts_stay_as_they_are() {
    assert_eq!(levels(&message("Fix the rounding bug in checkout.")), [None, None, None]);
    assert_eq!(levels(&message("")), [None, None, None]);
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Prompt, Kind::Message, Kind::Thought, Kind::Call, Kind::Result, Kind::Summary])
}

fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,9}",
        "[a-z]{2,6}_[a-z]{2,6}",
        "src/[a-z]{2,6}/[a-z]{2,6}\\.rs",
        "[A-Z][a-z]{2,5}[A-Z][a-z]{2,5}",
        "[0-9]{1,6}",
        "[一-龥]{1,8}",
        prop::sample::select(vec![
            ". ",
            "\n",
            "\n\n",
            "fn ",
            "{",
            "}",
            "\"",
            ":",
            "error ",
            "- ",
            "```\n",
            "。",
            "@@ ",
            "1→",
            "#",
            "👨‍👩‍👧"
        ])
        .prop_map(str::to_owned),
        "\\PC{1,4}",
    ];
    prop::collection::vec(word, 0..160).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn levels_never_grow_and_keywords_keep_their_limit(kind in kinds(), text in texts(), failed: bool, tool in prop::option::of("[a-zA-Z_]{1,12}")) {
        let subject = Subject { kind, tool: tool.as_deref(), path: Some("src/a.rs"), failed, text: &text };
        let levels = renditions(&subject, &SIZES).texts;
        let mut above = SIZES.count(&text);
        for level in levels.iter().flatten() {
            let cost = SIZES.count(level);
            prop_assert!(cost < above, "{cost} of {above}: {level}");
            prop_assert_eq!(&redact::clean(level), level);
            above = cost;
        }
        prop_assert!(above <= 40, "{above}: {levels:?}");
        prop_assert_eq!(&renditions(&subject, &SIZES).texts, &levels);
    }

    #[test]
    fn any_characters_are_taken(kind in kinds(), text in "\\PC{0,400}|[\\x00-\\x7f]{0,600}|(.|\\n){0,300}") {
        let subject = Subject { kind, tool: Some("Bash"), path: None, failed: false, text: &text };
        let above = SIZES.count(&text);
        let deepest = renditions(&subject, &SIZES).texts.into_iter().flatten().last();
        prop_assert!(deepest.map_or(above, |text| SIZES.count(&text)) <= 40);
    }
}
