//! The README's generated parts equal what the code prints. `UPDATE=1 cargo test docs` writes them again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use haversack::tui::keymap::Keymap;

#[test]
fn the_key_table_is_the_keymap() {
    holds("keys", &Keymap::built_in().markdown());
}

#[test]
fn the_command_line_is_the_help() {
    let run = Command::new(assert_cmd::cargo_bin!("haversack")).arg("--help").env("COLUMNS", "100").output();
    let help = String::from_utf8(run.expect("the binary can be run").stdout).expect("help is UTF-8");
    holds("help", &format!("```text\n{}\n```\n", help.trim_end()));
}

/// Pictures and files that the README names are there.
#[test]
fn links_lead_somewhere() {
    let readme = readme();
    let local = readme.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    for target in local.filter(|target| !target.starts_with("http") && !target.starts_with('#')) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists(), "README links to {target}");
    }
}

/// Tests run side by side, and each writes the whole file.
static WRITING: Mutex<()> = Mutex::new(());

/// The part between `<!-- name -->` and `<!-- /name -->`.
fn holds(name: &str, expected: &str) {
    let _alone = WRITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let readme = readme();
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = readme.split_once(&open).unwrap_or_else(|| panic!("README has no {open}"));
    let (part, after) = rest.split_once(&close).unwrap_or_else(|| panic!("README has no {close}"));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), format!("{before}{open}{expected}{close}{after}")).expect("the checkout can be written to");
        return;
    }
    assert!(part == expected, "the README's {name} are not what the code prints: run `UPDATE=1 cargo test docs`");
}

fn readme() -> String {
    fs::read_to_string(path()).expect("the README is part of the checkout")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}
