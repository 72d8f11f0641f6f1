//! Three people in a real terminal, by the keys that the screen itself names: each reaches what they came for, at the
//! least comfortable size and at a middling one.

use crate::terminal::Pty;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];
const CTRL_S: &str = "\x13";
const CTRL_U: &str = "\x15";

fn demo(width: u16, height: u16) -> Pty {
    let mut pty = Pty::start(width, height, &["demo"], &[]);
    pty.wait_for_text("Entries 250");
    pty
}

fn quit(mut pty: Pty) {
    pty.keys("q");
    assert!(pty.end().success());
    pty.assert_restored();
}

/// Why did my agent forget that? When, what would it take to bring it back, and bring it back.
#[test]
fn who_asks_what_the_agent_forgot_brings_it_back() {
    for (width, height) in SIZES {
        let mut pty = demo(width, height);
        pty.step("L", "lost by the agent");
        pty.step("/floats\r", "Entries 1 of 250");
        pty.step("\r", "lost it to a compaction at #163");
        pty.step("qH", "own context lost it");
        pty.wait_for_text("#1 never left the pack");
        pty.step("q", "Entries 1 of 250");
        pty.step("F", "Entries 250");
        pty.step("b", "tokens to carry forward");
        pty.step(&format!("{CTRL_U}6000\r"), "budget 6,000");
        pty.step("E", "Type words");
        pty.step("18204", "found in 1 session");
        pty.step("\r", "left out: over budget");
        pty.step("\r", "Why #188");
        pty.step("p", "pinned #188: pushed out");
        pty.wait_for_text("pinned, in full");
        quit(pty);
    }
}

/// Find, pin, note, rewrite, add a fact, and take the last of it back.
#[test]
fn who_curates_by_hand_pins_notes_rewrites_and_adds_a_fact() {
    for (width, height) in SIZES {
        let mut pty = demo(width, height);
        pty.step("/f64!\r", "Entries 1 of 250");
        pty.step("p", "pinned #196");
        pty.step("n", "Pinned note from #196");
        pty.step(CTRL_S, "noted #251");
        pty.step("e", "Rewrite the summary of #196");
        pty.step(&format!(" No floats.{CTRL_S}"), "rewrote the summary of #196");
        pty.step("K", "no fact is in force: a writes one, n from an entry");
        pty.step("n", "Fact from #196");
        pty.step("rule", "key: rule");
        pty.step(CTRL_S, "In force 1");
        pty.step("u", "no fact is in force");
        pty.step("U", "In force 1");
        pty.step("q", "of 251");
        quit(pty);
    }
}

/// Sweep, go to the knee, compare with what the agent saw, move the budget, write the pack.
#[test]
fn who_shows_what_a_budget_does_writes_the_pack() {
    for (width, height) in SIZES {
        let mut pty = demo(width, height);
        pty.step("W", "what each budget keeps");
        pty.wait_for_text("knee at 11.6k");
        pty.step("n", "budget 11,600");
        pty.step("q", "Entries 250");
        pty.step("D", "what the agent itself saw");
        pty.wait_for_text("balanced at 11.6k");
        pty.step("f", "only left 19");
        pty.step("q", "Entries 250");
        pty.step("]", "budget 12,000");
        pty.step("w", "Write the pack to");
        pty.step(&format!("{CTRL_U}shown.md\r"), "wrote the pack to shown.md");
        assert!(pty.file("shown.md").is_ok_and(|text| text.contains("# ")));
        quit(pty);
    }
}
