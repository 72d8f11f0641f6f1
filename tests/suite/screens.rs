//! Screens by picture: keys in, the final screen out.

use std::sync::LazyLock;

use haversack::{
    model::*,
    text::{redact::clean, tokens::Encoding},
    tui::{
        app::{
            Event, Screen,
            state::{Look, Progress, Waiting},
        },
        view::theme::Theme,
    },
    workspace::{SessionRow, prepare},
};
use insta::assert_snapshot;

use crate::screen::{Harness, checkout, entry, session};

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];

/// Sessions as a store lists them.
pub fn sessions() -> Vec<SessionRow> {
    let row = |id: &str, title: &str, project: &str, entries, tokens, age: i64| SessionRow {
        id: SessionId::new(id),
        title: clean(title),
        project: clean(project),
        parent: None,
        entries,
        held_entries: [entries, 0, 0, 0],
        held_tokens: [tokens, 0, 0, 0],
        encoding: Encoding::O200k,
        last_at: Some(Time(-age * 60_000)),
        updated: Time(0),
        deleted_at: None,
        let_go_at: None,
        settings: SessionSettings::default(),
        created: Time(0),
    };
    vec![
        row("claude:6a2f", "Rounding bug in checkout", "/home/ada/shop", 412, 186_204, 5),
        row("claude:77b0", "結帳時的四捨五入錯誤", "/home/ada/tee", 17, 3_546, 300),
        row("distill:9", "", "/home/ada/a/very/long/path/to/some/project/of/mine", 1, 12, 9_000),
    ]
}

pub fn listed(width: u16, height: u16, rows: Vec<SessionRow>) -> Harness {
    let mut harness = Harness::new(width, height);
    let generation = harness.state.generation;
    harness.event(Event::Listed { generation, rows, now: Time(0) });
    harness
}

/// Everything that an attacker could put into a log, in every place that a screen shows.
fn hostile() -> Session {
    static SESSION: LazyLock<Session> = LazyLock::new(make_hostile);
    SESSION.clone()
}

fn make_hostile() -> Session {
    let bad = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil\u{0}\r\u{9b}31m\u{200b}x\u{1b}]52;c;aGk=\u{7}";
    let mut call = entry(2, Kind::Call, bad);
    call.tool = Some(bad.into());
    call.call_id = Some("c".into());
    call.path = Some(clean(bad));
    let mut result = entry(3, Kind::Result, &format!("{bad}\n\t{bad}"));
    result.tool = Some(bad.into());
    result.call_id = Some("c".into());
    let mut boundary = entry(4, Kind::Boundary, bad);
    boundary.seen = Seen::Never;
    let mut hostile =
        session(bad, vec![entry(1, Kind::Prompt, bad), call, result, boundary, entry(5, Kind::Message, bad)]);
    hostile.project = clean(bad);
    hostile
}

fn cjk() -> Session {
    session(
        "結帳時的四捨五入錯誤",
        vec![
            entry(1, Kind::Prompt, "請修正結帳時的四捨五入錯誤。絕對不要在加總之前四捨五入，也不要更動稅率表。"),
            entry(2, Kind::Message, "かしこまりました。まず src/pricing/round.rs を読みます。👩‍👩‍👧 é は一文字です。"),
            entry(3, Kind::Prompt, "반올림은 마지막에 한 번만 하세요."),
        ],
    )
}

#[test]
fn the_main_screen_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("jjj");
        assert_snapshot!(format!("main_{width}x{height}"), harness.picture());
    }
}

#[test]
fn an_empty_session_at_every_size() {
    for (width, height) in SIZES {
        let harness = Harness::open(width, height, session("Nothing yet", Vec::new()));
        assert_snapshot!(format!("empty_{width}x{height}"), harness.picture());
    }
}

#[test]
fn wide_characters_keep_their_columns() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, cjk());
        harness.keys("j");
        assert_snapshot!(format!("cjk_{width}x{height}"), harness.picture());
    }
}

#[test]
fn hostile_text_is_inert_on_every_screen() {
    for (width, height) in SIZES {
        for keys in ["", "jj", "j<enter>", "jj<tab><tab>", "<backtab>", "f", "/evil", "n", "jle", "?", "S"] {
            let mut harness = Harness::open(width, height, hostile());
            harness.keys(keys);
            let picture = harness.picture();
            let bad = |c: char| {
                c.is_control() && c != '\n'
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
            };
            assert!(!picture.contains(bad), "{width}×{height} after {keys:?}: {picture:?}");
        }
    }
    let mut harness = Harness::open(80, 24, hostile());
    harness.keys("jj");
    assert_snapshot!("hostile_80x24", harness.picture());
}

#[test]
fn a_long_session_costs_only_the_rows_it_shows() {
    let entries = (1..=10_000).map(|seq| entry(seq, Kind::Message, &format!("Entry {seq} of many"))).collect();
    let mut long = Session::new(SessionId::new("claude:long"));
    long.title = clean("Ten thousand entries");
    long.entries = entries;
    prepare::count_missing(&mut long, Encoding::Bytes4);
    let mut harness = Harness::open(80, 24, long);
    harness.keys("G");
    assert_snapshot!("long_80x24", harness.picture());
}

#[test]
fn after_verbs() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("pjjjxjjcj3<space>");
    assert_snapshot!("verbs_120x36", harness.picture());
}

#[test]
fn popups() {
    for (name, keys) in [
        ("why", "jjj<enter>"),
        ("filter", "f"),
        ("sort", "o"),
        ("level", "jjjC"),
        ("budget", "B"),
        ("strategy", "t"),
        ("budget_line", "bx<enter>"),
        ("rewrite", "jjjle"),
        ("note", "n"),
        ("find", "/round"),
        ("help", "?"),
        ("write", "w"),
    ] {
        let mut harness = Harness::open(80, 24, checkout());
        harness.keys(keys);
        assert_snapshot!(format!("{name}_80x24"), harness.picture());
    }
    let mut harness = Harness::open(200, 60, checkout());
    harness.keys("?");
    assert_snapshot!("help_200x60", harness.picture());
}

#[test]
fn panes() {
    for (name, keys) in [("pack", "jjj<tab><tab>"), ("left_out", "<backtab>j"), ("zoomed", "jjj<tab>z")] {
        let mut harness = Harness::open(80, 24, checkout());
        harness.keys("b<backspace><backspace><backspace><backspace>500<enter>");
        harness.keys(keys);
        assert_snapshot!(format!("{name}_80x24"), harness.picture());
    }
}

#[test]
fn another_strategy_says_what_it_did() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("b<backspace><backspace><backspace><backspace><backspace>900<enter>tjjj<enter>");
    assert_snapshot!("window_120x36", harness.picture());
    harness.keys("Yx");
    let said = &harness.state.status.words;
    assert!(said.contains("breaks the prompt cache"), "{said}");
}

#[test]
fn pins_that_do_not_fit_are_named() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("jjjp");
    assert_snapshot!("overflow_120x36", harness.picture());
}

#[test]
fn the_picker() {
    for (width, height) in SIZES {
        assert_snapshot!(format!("picker_{width}x{height}"), listed(width, height, sessions()).picture());
        assert_snapshot!(format!("picker_empty_{width}x{height}"), listed(width, height, Vec::new()).picture());
    }
    let mut harness = listed(80, 24, sessions());
    harness.keys("x");
    assert_snapshot!("picker_delete_80x24", harness.picture());
}

#[test]
fn waiting_and_too_small() {
    let mut harness = Harness::new(80, 24);
    harness.state.screen = Screen::Waiting(Waiting::on("Opening 6a2f.jsonl"));
    let progress = Progress { done: 30, of: 120 };
    harness.event(Event::Progress { doing: "Counting tokens".into(), progress });
    assert_snapshot!("waiting_80x24", harness.picture());
    for (width, height) in [(39, 24), (80, 11), (1, 1), (3, 2), (20, 5)] {
        let harness = Harness::open(width, height, checkout());
        if width >= 20 {
            assert_snapshot!(format!("too_small_{width}x{height}"), harness.picture());
        }
    }
}

#[test]
fn without_colour_every_state_still_differs() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.theme = Theme::of(Look::Plain);
    harness.keys("pjjjxjj<space>");
    for cell in harness.buffer().content() {
        let plain = ratatui::style::Color::Reset;
        assert_eq!((cell.fg, cell.bg), (plain, plain), "{:?}", cell.symbol());
    }
    // Pinned, evicted, lost, marked and the cursor each have a sign of their own.
    let picture = harness.picture();
    for sign in ["★†", "✗†", "●", "▸", " ━━━━ compaction 1"] {
        assert!(picture.contains(sign), "{sign} in\n{picture}");
    }
    // The parts of the bar have fills of their own.
    let theme = Theme::of(Look::Plain);
    let fill = theme.fill;
    let glyphs =
        [fill.pinned, fill.facts, fill.index, fill.packed, fill.tail, fill.frame, fill.free].map(|fill| fill.glyph);
    let distinct: std::collections::BTreeSet<&String> = glyphs.iter().collect();
    assert_eq!(distinct.len(), glyphs.len());
}

#[test]
fn the_numbers_on_the_screen_add_up() {
    let mut harness = Harness::open(120, 36, checkout());
    for keys in ["", "p", "]", "jjjx", "B<enter>"] {
        harness.keys(keys);
        let totals = harness.desk().totals();
        let parts = totals.frame + totals.pinned + totals.facts + totals.index + totals.packed + totals.tail;
        assert_eq!(parts, totals.used, "{totals:?}");
        assert_eq!(totals.used + totals.free, totals.budget);
        let pieces: u32 = harness.desk().outline().iter().map(|piece| piece.tokens).sum();
        assert_eq!(pieces, totals.used);
        assert_eq!(crate::screen::TOKENIZER.count(&harness.desk().pack_text()), totals.used);
        let entries = harness.desk().session().entries.iter().filter(|entry| entry.kind != Kind::Boundary);
        let full: u64 = entries.map(|entry| u64::from(entry.cost(Level::Full))).sum();
        let carried = u64::from(totals.pinned + totals.packed + totals.tail);
        assert_eq!(carried + totals.left_out_tokens + totals.shortened_tokens, full);
    }
}

#[test]
fn all_of_the_value_is_said_only_where_everything_is_in() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("b1M<enter>");
    assert!(harness.picture().contains("value kept 100 %"), "{}", harness.picture());
    assert!(harness.picture().contains("everything is carried in full"));
    let all = harness.desk().totals().used;
    harness.keys(&format!("b{}<enter>", all - 1));
    assert!(harness.picture().contains("value kept 99 %"), "{}", harness.picture());
    assert!(!harness.picture().contains("everything is carried in full"));
}
