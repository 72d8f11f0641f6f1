//! `haversack doctor`: where everything is, what the terminal can do, and whether the store is sound.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, context::settings, output::Output};
use crate::{
    config::{Config, Origin},
    text::{
        tokens::{Encoding, Tokenizer},
        words,
    },
    workspace::{Health, Model, NoModel, Workspace},
};

/// Tell where everything is, what the terminal can do, and whether the store is sound
///
/// Reads the whole store. Where there is none yet, none is made; one of an older version is brought up to date, as by every
/// command.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack doctor
  haversack doctor --json | jq .problems
  haversack doctor --store ~/other.db

Exits with 1 where something is wrong: a damaged store, a keymap that makes no sense.

JSON: {version, problems[], paths{program, settings, keymap, store, used_keys},
terminal{is_terminal, term, size, smallest, colours, no_color, theme, mouse, coach},
keymap{of, problem}, store{kind, damage[], schema, sqlite, bytes, wal_bytes, sessions, deleted,
entries, not_indexed}, tokenizer{encoding, exact, works}, model{enabled, name, url, answers,
problem}}. store is null where there is none. Only a model that is switched on is asked whether it is there.")]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What the command line knows; what the screen knows comes in [`Examination::report`].
#[derive(Debug)]
pub struct Examination {
    pub config: Config,
    json: bool,
}

/// What the screen would have to work with.
#[derive(Clone, Debug)]
pub struct Terminal {
    pub is_terminal: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    pub smallest: (u16, u16),
    pub colours: &'static str,
    pub theme: String,
    pub keymap: Option<PathBuf>,
    pub keymap_problem: Option<String>,
    pub used_keys: Option<PathBuf>,
}

#[derive(Serialize)]
struct Answer {
    version: &'static str,
    /// What is wrong, in sentences that say what to do.
    problems: Vec<String>,
    paths: Paths,
    terminal: Shown,
    keymap: Keys,
    store: Option<Health>,
    tokenizer: Counting,
    model: Writing,
}

/// The optional model.
#[derive(Serialize)]
struct Writing {
    enabled: bool,
    name: Option<String>,
    url: Option<String>,
    /// Whether the server is there and has the model.
    answers: bool,
    problem: Option<String>,
}

#[derive(Serialize)]
struct Paths {
    program: Option<PathBuf>,
    settings: Option<PathBuf>,
    keymap: Option<PathBuf>,
    store: PathBuf,
    used_keys: Option<PathBuf>,
}

#[derive(Serialize)]
struct Shown {
    is_terminal: bool,
    term: Option<String>,
    size: Option<(u16, u16)>,
    smallest: (u16, u16),
    colours: &'static str,
    no_color: bool,
    theme: String,
    mouse: bool,
    coach: bool,
}

#[derive(Serialize)]
struct Keys {
    /// "built in", or "built in, changed by PATH".
    of: String,
    problem: Option<String>,
}

#[derive(Serialize)]
struct Counting {
    encoding: Encoding,
    exact: bool,
    /// Whether it counts a known text as it should.
    works: bool,
}

impl Doctor {
    pub fn run(self, store: Option<PathBuf>) -> Result<Examination, Failure> {
        Ok(Examination { config: settings(store, Vec::new())?, json: self.json })
    }
}

impl Examination {
    /// # Errors
    /// Where something is wrong; what it is has been printed.
    pub fn report(&self, terminal: &Terminal) -> Result<(), Failure> {
        let answer = self.answer(terminal);
        let mut output = Output::new();
        if self.json {
            output.json(&answer)?;
        } else {
            lines(&answer).iter().try_for_each(|line| output.line(line))?;
        }
        output.finish()?;
        if answer.problems.is_empty() { Ok(()) } else { Err(Failure::Strict) }
    }

    fn answer(&self, terminal: &Terminal) -> Answer {
        let config = &self.config;
        let mut problems = Vec::new();
        let store_path = config.store_path();
        let store = match health(config, store_path) {
            Ok(health) => health,
            Err(failure) => {
                problems.push(failure);
                None
            }
        };
        if store.as_ref().is_some_and(|health| !health.damage.is_empty()) {
            problems.push(format!(
                "the store is damaged: keep a copy of {}, then import the logs again into a new one (--store)",
                store_path.display()
            ));
        }
        problems.extend(terminal.keymap_problem.clone());
        if let Some((columns, rows)) =
            terminal.size.filter(|size| size.0 < terminal.smallest.0 || size.1 < terminal.smallest.1)
        {
            let (least_columns, least_rows) = terminal.smallest;
            problems.push(format!(
                "the terminal is {columns}×{rows}, the screen needs {least_columns}×{least_rows}: make it larger"
            ));
        }
        let encoding = config.plan().encoding;
        let works = counts(encoding);
        if !works {
            problems.push(format!("the tokenizer {encoding} does not count as it should: install haversack again"));
        }
        let model = writing(config);
        problems.extend(model.problem.clone());
        let keymap_file = terminal.keymap.clone().filter(|path| path.exists());
        let of =
            keymap_file.as_ref().map_or("built in".into(), |path| format!("built in, changed by {}", path.display()));
        let settings = config.settings().iter().find_map(|setting| match &setting.origin {
            Origin::File(path) => Some(path.clone()),
            _ => None,
        });
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Answer {
            version: env!("CARGO_PKG_VERSION"),
            problems,
            paths: Paths {
                program: std::env::current_exe().ok(),
                settings,
                keymap: terminal.keymap.clone(),
                store: store_path.to_owned(),
                used_keys: terminal.used_keys.clone(),
            },
            terminal: Shown {
                is_terminal: terminal.is_terminal,
                term: variable("TERM"),
                size: terminal.size,
                smallest: terminal.smallest,
                colours: terminal.colours,
                no_color: variable("NO_COLOR").is_some(),
                theme: terminal.theme.clone(),
                mouse: config.mouse(),
                coach: config.coach(),
            },
            keymap: Keys { of, problem: terminal.keymap_problem.clone() },
            store,
            tokenizer: Counting { encoding, exact: encoding.is_exact(), works },
            model,
        }
    }
}

/// `None` where there is no store yet; a sentence where it cannot be read.
fn health(config: &Config, path: &Path) -> Result<Option<Health>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let workspace = Workspace::open(path, config.plan()).map_err(|error| error.to_string())?;
    workspace.health(path).map(Some).map_err(|error| error.to_string())
}

/// A model that is switched off is no problem, and is not looked for.
fn writing(config: &Config) -> Writing {
    let off = Writing { enabled: config.asks_model(), name: None, url: None, answers: false, problem: None };
    match Model::of(config) {
        Err(NoModel::Off) => off,
        Err(why) => Writing { problem: Some(why.to_string()), ..off },
        Ok(model) => {
            let problem = model.check().err().map(|error| error.to_string());
            let set = model.settings();
            Writing {
                name: Some(set.model.clone()),
                url: Some(set.url.clone()),
                answers: problem.is_none(),
                problem,
                ..off
            }
        }
    }
}

/// Whether a known text is counted as it is known to be counted.
fn counts(encoding: Encoding) -> bool {
    let text = "Never round before the total.";
    let tokens = Tokenizer::new(encoding).count(text);
    match encoding.is_exact() {
        true => tokens == 6,
        false => tokens > 0,
    }
}

fn lines(answer: &Answer) -> Vec<String> {
    let path = |path: &Option<PathBuf>, missing: &str| match path {
        Some(path) if path.exists() => path.display().to_string(),
        Some(path) => format!("{} ({missing})", path.display()),
        None => missing.to_owned(),
    };
    let row = |name: &str, words: &str| format!("  {name:<12}{words}");
    let yes = |is: bool| if is { "on" } else { "off" };
    let (paths, terminal) = (&answer.paths, &answer.terminal);
    let mut lines = vec![format!("haversack {}", answer.version), "Paths".into()];
    lines.push(row("program", &path(&paths.program, "unknown")));
    lines.push(row(
        "settings",
        &paths.settings.as_ref().map_or("all as they are by default".into(), |path| path.display().to_string()),
    ));
    lines.push(row("keymap", &path(&paths.keymap, "none: the built-in one")));
    lines.push(row("store", &path(&Some(paths.store.clone()), "none yet: an import makes it")));
    lines.push(row("used keys", &path(&paths.used_keys, "none yet")));
    lines.push("Terminal".into());
    let size = terminal.size.map_or("no terminal here".into(), |(columns, rows)| format!("{columns}×{rows}"));
    lines.push(row("size", &format!("{size}, at least {}×{}", terminal.smallest.0, terminal.smallest.1)));
    lines.push(row("TERM", terminal.term.as_deref().unwrap_or("not set")));
    let no_color = if terminal.no_color { ", NO_COLOR is set" } else { "" };
    lines.push(row("colours", &format!("{}{no_color}", terminal.colours)));
    lines.push(row("theme", &terminal.theme));
    lines.push(row("mouse", yes(terminal.mouse)));
    lines.push(row("coach", yes(terminal.coach)));
    lines.push(row("keys", &answer.keymap.of));
    lines.push("Store".into());
    match &answer.store {
        None => lines.push(row("", "none yet")),
        Some(health) => lines.extend(store_lines(health).iter().map(|(name, words)| row(name, words))),
    }
    lines.push("Tokens".into());
    let exact = if answer.tokenizer.exact { "exact" } else { "an estimate" };
    lines.push(row("tokenizer", &format!("{}, {exact}", answer.tokenizer.encoding)));
    lines.push("Model".into());
    lines.push(row("writes", &model_words(&answer.model)));
    match answer.problems.as_slice() {
        [] => lines.push("Nothing is wrong.".into()),
        problems => lines.extend(problems.iter().map(|problem| format!("! {problem}"))),
    }
    lines
}

fn model_words(model: &Writing) -> String {
    match (&model.name, &model.url, model.answers) {
        (Some(name), Some(url), true) => format!("{name} at {url}, which has it"),
        (Some(name), Some(url), false) => format!("{name} at {url}, which does not answer as it should"),
        _ if model.enabled => "not to be asked as it is set".into(),
        _ => "none: llm.enabled is false, and nothing needs one".into(),
    }
}

fn store_lines(health: &Health) -> Vec<(&'static str, String)> {
    let damage = match health.damage.as_slice() {
        [] => "sound".to_owned(),
        [first, ..] => format!("{}, the first: {first}", words::plural(health.damage.len(), "fault", "faults")),
    };
    let waiting = if health.wal_bytes == 0 {
        String::new()
    } else {
        format!(", and {} beside it", words::size(health.wal_bytes))
    };
    let deleted = if health.deleted == 0 { String::new() } else { format!(", {} of them deleted", health.deleted) };
    let index = match health.not_indexed {
        0 => "recall's index has every entry".to_owned(),
        left => format!(
            "{} are not in recall's index yet: the next recall adds them",
            words::plural(left as usize, "entry", "entries")
        ),
    };
    vec![
        ("kind", format!("{}, tables of version {}, SQLite {}", health.kind, health.schema, health.sqlite)),
        ("file", format!("{}{waiting}, {damage}", words::size(health.bytes))),
        ("sessions", format!("{}{deleted}", words::exact(health.sessions as u64))),
        ("entries", format!("{}; {index}", words::exact(health.entries))),
    ]
}
