//! Holds `src/` to the layers, lengths and single places that the design names.

mod source;

use std::{fs, path::Path};

use source::Source;

/// Layers without input, output, clock or threads, in the order in which they may use each other.
const PURE: &[&str] = &["model", "text", "score", "facts", "pack", "insight"];
/// May use all pure layers and `config`, but not each other.
const SERVICES: &[&str] = &["store", "ingest", "llm"];
/// May use the workspace, but not each other, and no service directly.
const FRONT_ENDS: &[&str] = &["cli", "serve", "tui"];

/// Crates and modules that only the named places may use.
const CONFINED: &[(&str, &[&str])] = &[
    ("ratatui", &["tui"]),
    ("ratatui_textarea", &["tui"]),
    ("crossterm", &["tui"]),
    ("rusqlite", &["store", "ingest"]),
    ("rusqlite_migration", &["store"]),
    ("tokio", &["serve", "llm"]),
    ("rmcp", &["serve"]),
    ("axum", &["serve"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli"]),
];
/// What a pure layer may not reach for.
const IMPURE: &[&str] = &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::env"];

/// Something that is made in one place only: a name, and the files or folders that may hold it.
const SINGLE_PLACES: &[(&str, &[&str])] = &[
    ("Color::", &["src/tui/view/theme.rs", "src/tui/picture/palette.rs"]),
    ("Clean::vouched", &["src/text/redact.rs", "src/text/redact/"]),
    ("SystemTime::now", &["src/workspace/", "src/tui/runtime/", "src/tui/runtime.rs"]),
    ("Instant::now", &["src/workspace/", "src/tui/runtime/", "src/tui/runtime.rs"]),
    ("Timestamp::now", &["src/workspace/", "src/tui/runtime/", "src/tui/runtime.rs"]),
];

/// Lines of code and comments, tests not counted.
const LONGEST_FILE: usize = 500;
/// Catalogue tables: one row an item, nothing to split.
const CATALOGUES: &[&str] = &[];

#[test]
fn the_source_keeps_its_architecture() {
    let sources = read_sources(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(sources.len() > 20, "the walk over src/ found only {} files", sources.len());
    let faults: Vec<String> = sources.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn read_sources(root: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).expect("src/ is part of the checkout") {
            let path = item.expect("a folder of the checkout can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source files are UTF-8");
                let name = path.strip_prefix(root).expect("the walk began at the root");
                found.push(Source::new(&name.to_string_lossy().replace('\\', "/"), &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Everything wrong with one file, as `path:line: what`.
fn faults(source: &Source) -> Vec<String> {
    let mut found = opening_fault(source);
    if !source.is_test() {
        found.extend(import_faults(source));
        found.extend(confinement_faults(source));
        found.extend(single_place_faults(source));
        found.extend(length_fault(source));
    }
    found
}

fn opening_fault(source: &Source) -> Vec<String> {
    match source.text.starts_with("//! ") {
        true => Vec::new(),
        false => vec![format!("{}:1: does not open with a `//!` sentence", source.path)],
    }
}

fn length_fault(source: &Source) -> Vec<String> {
    let length = source.length();
    match length > LONGEST_FILE && !CATALOGUES.contains(&source.path.as_str()) {
        true => vec![format!("{}: {length} lines without tests, more than {LONGEST_FILE}", source.path)],
        false => Vec::new(),
    }
}

fn import_faults(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(layer) = module.first() else { return Vec::new() };
    let named = source.own_paths().into_iter();
    named
        .filter(|named| !may_use(&module, &named.segments))
        .map(|named| format!("{}:{}: `{layer}` may not use `{}`", source.path, named.line, named.segments.join("::")))
        .collect()
}

/// Whether code in `module` may name `path`; both from the crate's root.
fn may_use(module: &[String], path: &[String]) -> bool {
    let (Some(layer), Some(other)) = (module.first(), path.first()) else { return true };
    let (layer, other) = (layer.as_str(), other.as_str());
    if layer == other {
        return layer != "tui" || may_use_in_tui(module, path);
    }
    let pure_rank = |name: &str| PURE.iter().position(|pure| *pure == name);
    let is_pure = pure_rank(other).is_some();
    match layer {
        _ if pure_rank(layer).is_some() => pure_rank(other) < pure_rank(layer) && is_pure,
        "config" => is_pure,
        _ if SERVICES.contains(&layer) => is_pure || other == "config",
        "workspace" => is_pure || other == "config" || SERVICES.contains(&other),
        // What `app` holds and `view` draws may be values of the workspace.
        "tui" if matches!(part(module), "app" | "view") => is_pure || other == "workspace",
        _ if FRONT_ENDS.contains(&layer) => is_pure || matches!(other, "config" | "workspace"),
        "main" => FRONT_ENDS.contains(&other),
        _ => false,
    }
}

/// `app` knows no drawing and no runtime, `view` draws what `app` holds, `runtime` knows both.
fn may_use_in_tui(module: &[String], path: &[String]) -> bool {
    let (own, other) = (part(module), part(path));
    own == other
        || match own {
            "action" | "words" => false,
            "wrap" => other == "words",
            "keymap" => other == "action",
            "app" => matches!(other, "action" | "keymap" | "words" | "wrap"),
            "view" => matches!(other, "action" | "keymap" | "words" | "wrap" | "app"),
            _ => true,
        }
}

fn part(path: &[String]) -> &str {
    path.get(1).map_or("", String::as_str)
}

fn confinement_faults(source: &Source) -> Vec<String> {
    let module = source.module();
    let layer = module.first().map_or("lib", String::as_str);
    let mut found = Vec::new();
    for (name, places) in CONFINED.iter().filter(|(_, places)| !places.contains(&layer)) {
        for line in source.lines_with(&format!("{name}::")) {
            found.push(format!("{}:{line}: `{name}` belongs to {}", source.path, places.join(" and ")));
        }
    }
    if PURE.contains(&layer) {
        for name in IMPURE {
            for line in source.lines_with(name) {
                found.push(format!("{}:{line}: `{layer}` is pure and may not use `{name}`", source.path));
            }
        }
    }
    found
}

fn single_place_faults(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (name, places) in SINGLE_PLACES {
        if places.iter().any(|place| source.path == *place || (place.ends_with('/') && source.path.starts_with(place)))
        {
            continue;
        }
        for line in source.lines_with(name) {
            found.push(format!("{}:{line}: `{name}` belongs to {}", source.path, places.join(" or ")));
        }
    }
    found
}

/// Each rule must be able to fail: a snippet that breaks it, and one beside it that does not.
mod rules_can_fail {
    use pretty_assertions::assert_eq;

    use super::{Source, faults};

    fn of(path: &str, code: &str) -> Vec<String> {
        faults(&Source::new(path, &format!("//! A test.\n{code}")))
    }

    #[test]
    fn a_layer_may_not_look_down() {
        assert_eq!(
            of("src/model/entry.rs", "use crate::pack::Plan;"),
            ["src/model/entry.rs:2: `model` may not use `pack::Plan`"]
        );
        assert_eq!(of("src/pack/mod.rs", "use crate::model::Plan;"), [""; 0]);
    }

    #[test]
    fn grouped_and_nested_imports_are_seen() {
        let code =
            "use crate::{\n    model::{Entry, Kind},\n    store::{rows::{self, Row}, Store as Db},\n    text,\n};";
        assert_eq!(
            of("src/pack/mod.rs", code),
            [
                "src/pack/mod.rs:4: `pack` may not use `store::rows::self`",
                "src/pack/mod.rs:4: `pack` may not use `store::rows::Row`",
                "src/pack/mod.rs:4: `pack` may not use `store::Store`",
            ]
        );
    }

    #[test]
    fn super_paths_are_followed() {
        assert_eq!(
            of("src/pack/strategy/window.rs", "use super::super::super::store::Store;"),
            ["src/pack/strategy/window.rs:2: `pack` may not use `store::Store`"]
        );
        assert_eq!(of("src/pack/strategy/window.rs", "use super::{super::value, Rule};"), [""; 0]);
        let inline = "mod inner {\n    use super::super::ingest;\n}\nuse self::render::render;";
        assert_eq!(of("src/pack/mod.rs", inline), ["src/pack/mod.rs:3: `pack` may not use `ingest`"]);
    }

    #[test]
    fn paths_in_line_are_seen_and_literals_are_not() {
        let code =
            "fn f() -> crate::workspace::Desk {\n    let _ = \"crate::store::x\"; // crate::store\n    todo!()\n}";
        assert_eq!(of("src/score/mod.rs", code), ["src/score/mod.rs:2: `score` may not use `workspace::Desk`"]);
        assert_eq!(of("src/score/mod.rs", "const A: &str = r#\"\" crate::tui::x \"#; const B: char = '\"';"), [""; 0]);
    }

    #[test]
    fn services_and_front_ends_keep_apart() {
        assert_eq!(of("src/ingest/mod.rs", "use crate::store::Store;").len(), 1);
        assert_eq!(of("src/cli/open.rs", "use crate::ingest::read;").len(), 1);
        assert_eq!(of("src/cli/open.rs", "use crate::tui::run;").len(), 1);
        assert_eq!(of("src/workspace/mod.rs", "use crate::{ingest, store};"), [""; 0]);
    }

    #[test]
    fn the_screen_keeps_its_parts() {
        assert_eq!(of("src/tui/app/update.rs", "use crate::tui::view::draw;").len(), 1);
        assert_eq!(of("src/tui/app/update.rs", "use super::super::runtime::Worker;").len(), 1);
        assert_eq!(of("src/tui/view/list.rs", "use crate::config::Config;").len(), 1);
        assert_eq!(of("src/tui/view/list.rs", "use crate::tui::{app::State, keymap};"), [""; 0]);
        assert_eq!(of("src/tui/runtime/mod.rs", "use crate::tui::{app, view};"), [""; 0]);
    }

    #[test]
    fn crates_stay_where_they_belong() {
        assert_eq!(
            of("src/pack/render.rs", "use ratatui::text::Line;"),
            ["src/pack/render.rs:2: `ratatui` belongs to tui"]
        );
        assert_eq!(
            of("src/text/tokens.rs", "use std::fs::read;"),
            ["src/text/tokens.rs:2: `text` is pure and may not use `std::fs`"]
        );
        assert_eq!(of("src/store/mod.rs", "use rusqlite::Connection;"), [""; 0]);
    }

    #[test]
    fn clock_colour_and_clean_text_have_one_place() {
        assert_eq!(of("src/store/mod.rs", "fn f() { std::time::SystemTime::now(); }").len(), 1);
        assert_eq!(of("src/tui/view/list.rs", "const C: Color = Color::Red;").len(), 1);
        assert_eq!(of("src/ingest/claude.rs", "fn f() { Clean::vouched(x) }").len(), 1);
        assert_eq!(of("src/tui/view/theme.rs", "const C: Color = Color::Red;"), [""; 0]);
        assert_eq!(of("src/workspace/clock.rs", "fn f() { Timestamp::now(); }"), [""; 0]);
    }

    #[test]
    fn length_is_counted_without_tests() {
        let long = "fn f() {}\n".repeat(500);
        assert_eq!(of("src/pack/mod.rs", &long), ["src/pack/mod.rs: 501 lines without tests, more than 500"]);
        let tested = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(of("src/pack/mod.rs", &tested), [""; 0]);
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        let silent = Source::new("src/pack/mod.rs", "use std::fmt;\n");
        assert_eq!(faults(&silent), ["src/pack/mod.rs:1: does not open with a `//!` sentence"]);
    }
}
