//! Settings: flag > `HAVERSACK_TABLE__KEY` > `config.toml` > default, each with where it came from.

mod keys;
mod error;
mod insight;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use etcetera::{BaseStrategy, choose_base_strategy};
use strum::{Display, EnumString};

use crate::{
    facts::FactSettings,
    insight::trends::Prices,
    model::Budget,
    pack::{enforce::Policy, settings::PlanSettings, strategy::Strategy},
};

pub use error::ConfigError;
pub use keys::{KEYS, Key, Kind, Value};

/// Every setting with its value in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// In the order of [`KEYS`].
    settings: Vec<Setting>,
    home: PathBuf,
    prices: Prices,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub key: &'static Key,
    pub value: Value,
    pub origin: Origin,
}

/// What a write to the store survives, as SQLite calls it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Synchronous {
    /// A killed program. A power cut may take the last writes; the store stays whole.
    #[default]
    Normal,
    /// A power cut too: each write waits until the disk has it.
    Full,
}

/// Where a value came from, the weakest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Default,
    File(PathBuf),
    /// The name of the variable.
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => path.display().fmt(f),
            Origin::Environment(name) => f.write_str(name),
            Origin::Flag(flag) => f.write_str(flag),
        }
    }
}

/// What settings are made from, read by [`Sources::of_this_process`] or given by a test.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Name in [`KEYS`] and text, from the command line.
    pub flags: Vec<(&'static str, String)>,
    /// Variables whose names start with `HAVERSACK_`.
    pub environment: Vec<(String, String)>,
    /// Path and text of the settings file.
    pub file: Option<(PathBuf, String)>,
    /// XDG data folder.
    pub data_folder: PathBuf,
    /// What `~/` stands for.
    pub home: PathBuf,
}

impl Sources {
    /// # Errors
    /// Where there is no home folder, or the settings file is there and cannot be read.
    pub fn of_this_process(flags: Vec<(&'static str, String)>) -> Result<Self, ConfigError> {
        let named = std::env::var_os("HAVERSACK_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self::with_file(named, flags)
    }

    /// The same with this settings file in place of the usual one.
    ///
    /// # Errors
    /// As [`Sources::of_this_process`].
    pub fn with_file(named: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Result<Self, ConfigError> {
        let folders = choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let file = match named {
            Some(path) => Some((path.clone(), read(&path)?)),
            None => {
                let path = folders.config_dir().join("haversack/config.toml");
                if path.exists() { Some((path.clone(), read(&path)?)) } else { None }
            }
        };
        Ok(Self { flags, environment, file, data_folder: folders.data_dir(), home: folders.home_dir().into() })
    }
}

const PREFIX: &str = "HAVERSACK_";

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|why| ConfigError::Unreadable { path: path.into(), why })
}

impl Config {
    /// # Errors
    /// An unknown key, a value of the wrong type, or a file that is no TOML. Each names the place and what to do.
    pub fn resolve(sources: &Sources) -> Result<Config, ConfigError> {
        let mut config = Config {
            settings: KEYS.iter().map(|key| default_of(key, sources)).collect(),
            home: sources.home.clone(),
            prices: Prices::new(),
        };
        if let Some((path, text)) = &sources.file {
            config.take_file(path, text)?;
        }
        config.take_environment(&sources.environment)?;
        for (name, text) in &sources.flags {
            let key = keys::find(name).ok_or_else(|| ConfigError::unknown(name, "the command line".into()))?;
            config.set(key, key.parse(text), text, Origin::Flag(key.flag.unwrap_or(key.name)))?;
        }
        for setting in &mut config.settings {
            let paths: &mut [PathBuf] = match &mut setting.value {
                Value::Path(path) => std::slice::from_mut(path),
                Value::Paths(paths) => paths,
                _ => &mut [],
            };
            for path in paths {
                if let Ok(rest) = path.strip_prefix("~") {
                    *path = sources.home.join(rest);
                }
            }
        }
        config.budget_or_conflict()?;
        Ok(config)
    }

    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    pub fn store_path(&self) -> &Path {
        match &self.get("store.path").value {
            Value::Path(path) => path,
            other => unreachable!("a path key holds a path, not {other}"),
        }
    }

    /// What a sweep looks at besides the places that it knows.
    pub fn sweep_paths(&self) -> &[PathBuf] {
        match &self.get("sweep.paths").value {
            Value::Paths(paths) => paths,
            other => unreachable!("a key of paths holds paths, not {other}"),
        }
    }

    /// The person's home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// How packs are planned.
    pub fn plan(&self) -> PlanSettings {
        let encoding = self.word("tokens.encoding").parse().expect("the key allows encodings only");
        PlanSettings { encoding, tail: self.count("pack.tail"), strategy: self.strategy(), ..PlanSettings::default() }
    }

    /// How facts are written.
    pub fn facts(&self) -> FactSettings {
        FactSettings {
            default_ttl_minutes: self.count("facts.default_ttl_minutes"),
            short_lived_ttl_minutes: self.count("facts.short_lived_ttl_minutes"),
            project_ttl_minutes: self.count("facts.project_ttl_minutes"),
            session_ttl_minutes: self.count("facts.session_ttl_minutes"),
            max_value_chars: self.count("facts.max_value_chars"),
        }
    }

    /// The budget in force, and where it came from.
    pub fn budget(&self) -> (Budget, &Origin) {
        self.budget_or_conflict().expect("checked when the settings were read")
    }

    fn strategy(&self) -> Strategy {
        self.word("pack.strategy").parse().expect("the key allows strategies only")
    }

    /// What a write to the store survives.
    pub fn synchronous(&self) -> Synchronous {
        self.word("store.synchronous").parse().expect("the key allows these words only")
    }

    /// How a push keeps a session within its maximum.
    pub fn push_policy(&self) -> Policy {
        self.word("push.policy").parse().expect("the key allows policies only")
    }

    pub fn mouse(&self) -> bool {
        self.get("ui.mouse").value == Value::Switch(true)
    }

    pub fn coach(&self) -> bool {
        self.get("ui.coach").value == Value::Switch(true)
    }

    pub fn theme(&self) -> &str {
        self.word("ui.theme")
    }

    fn get(&self, name: &str) -> &Setting {
        self.settings
            .iter()
            .find(|setting| setting.key.name == name)
            .expect("the name stands in KEYS; a test reads each")
    }

    fn word(&self, name: &str) -> &str {
        match &self.get(name).value {
            Value::Word(word) => word,
            other => unreachable!("a word key holds a word, not {other}"),
        }
    }

    fn count(&self, name: &str) -> u32 {
        match &self.get(name).value {
            Value::Count(count) => *count,
            other => unreachable!("a count key holds a count, not {other}"),
        }
    }

    /// A number of tokens or a window, whichever was set at the stronger place.
    fn budget_or_conflict(&self) -> Result<(Budget, &Origin), ConfigError> {
        let (tokens, window) = (self.get("budget.tokens"), self.get("budget.window"));
        if self.count("budget.window") == 0
            || tokens.origin > window.origin && !same_place(&tokens.origin, &window.origin)
        {
            return Ok((Budget::Tokens(self.count("budget.tokens")), &tokens.origin));
        }
        if same_place(&tokens.origin, &window.origin) {
            return Err(ConfigError::TwoBudgets { place: tokens.origin.to_string() });
        }
        let (window_tokens, reserve) = (self.count("budget.window"), self.count("budget.reserve"));
        let fixed = self.count("budget.fixed");
        let budget = Budget::Window { window: window_tokens, reserve, fixed };
        match budget.tokens() {
            0 => Err(ConfigError::NoRoom { window: window_tokens, reserve, fixed }),
            _ => Ok((budget, &window.origin)),
        }
    }

    fn take_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let table: toml::Table = text
            .parse()
            .map_err(|why: toml::de::Error| ConfigError::NoToml { path: path.into(), why: why.to_string() })?;
        for (table_name, keys) in table {
            if table_name == "prices" {
                self.take_prices(path, &keys)?;
                continue;
            }
            let known = KEYS.iter().any(|key| key.name.split('.').next() == Some(&table_name));
            let Some(keys) = keys.as_table().filter(|_| known) else {
                return Err(ConfigError::unknown(&table_name, path.display().to_string()));
            };
            for (key_name, value) in keys {
                let name = format!("{table_name}.{key_name}");
                let key = keys::find(&name).ok_or_else(|| ConfigError::unknown(&name, path.display().to_string()))?;
                self.set(key, key.read(value), &value.to_string(), Origin::File(path.into()))?;
            }
        }
        Ok(())
    }

    fn take_environment(&mut self, environment: &[(String, String)]) -> Result<(), ConfigError> {
        for (name, text) in environment {
            let key = match name.strip_prefix(PREFIX).and_then(|rest| rest.split_once("__")) {
                Some((table, key)) => {
                    let key_name = format!("{}.{}", table.to_lowercase(), key.to_lowercase());
                    Some(keys::find(&key_name).ok_or_else(|| ConfigError::unknown_variable(name))?)
                }
                // The short name of the one setting that scripts set most.
                None if name == "HAVERSACK_STORE" && !text.is_empty() => keys::find("store.path"),
                None => None,
            };
            if let Some(key) = key {
                self.set(key, key.parse(text), text, Origin::Environment(name.clone()))?;
            }
        }
        Ok(())
    }

    fn set(&mut self, key: &'static Key, value: Option<Value>, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let value = value.ok_or_else(|| ConfigError::WrongType {
            name: key.name,
            wants: key.kind.words(),
            text: text.into(),
            origin: origin.to_string(),
        })?;
        let setting = self.settings.iter_mut().find(|setting| setting.key.name == key.name);
        let setting = setting.expect("there is one for each key");
        (setting.value, setting.origin) = (value, origin);
        Ok(())
    }
}

fn default_of(key: &'static Key, sources: &Sources) -> Setting {
    let value = match key.kind {
        Kind::Path => Value::Path(sources.data_folder.join(key.default)),
        _ => key.parse(key.default).expect("a test parses every default"),
    };
    Setting { key, value, origin: Origin::Default }
}

/// Whether both came from the same file, from variables, or from flags: places where a person would see both.
fn same_place(one: &Origin, other: &Origin) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other) && *one != Origin::Default
}
