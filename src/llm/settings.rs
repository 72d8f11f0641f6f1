//! Which model is asked, where, and how.

use std::{fmt, time::Duration};

use strum::{Display, EnumString};

use super::{LlmError, NoModel};
use crate::config::Config;

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub provider: Provider,
    /// Without a slash at its end.
    pub url: String,
    pub model: String,
    /// Until the first words, and until each of the next.
    pub timeout: Duration,
    /// 0 to 2.
    pub temperature: f64,
    /// Tokens of a draft, and of a summary of one entry.
    pub max_tokens: u32,
    pub key: Option<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Provider {
    Ollama,
    OpenAi,
    Anthropic,
}

/// A secret that pays for what is asked. Never stored, and shown by nothing: it only leaves in a request's header.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl Provider {
    fn own_url(self) -> &'static str {
        match self {
            Provider::Ollama => "http://localhost:11434",
            Provider::OpenAi => "https://api.openai.com/v1",
            Provider::Anthropic => "https://api.anthropic.com/v1",
        }
    }

    /// The variable that holds its key.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Provider::Ollama => None,
            Provider::OpenAi => Some("OPENAI_API_KEY"),
            Provider::Anthropic => Some("ANTHROPIC_API_KEY"),
        }
    }
}

impl Settings {
    /// `variable` reads the environment.
    pub(super) fn of(config: &Config, variable: impl Fn(&str) -> Option<String>) -> Result<Settings, NoModel> {
        if !config.asks_model() {
            return Err(NoModel::Off);
        }
        let set = config.llm();
        let provider: Provider = set.provider.parse().expect("the key allows providers only");
        let is_own = set.url.is_empty();
        let url = if is_own { provider.own_url() } else { set.url };
        let needs_name = provider != Provider::Ollama && !set.is_model_named;
        if set.model.is_empty() || needs_name {
            return Err(NoModel::Unnamed { provider });
        }
        let key = provider.variable().and_then(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        match (provider.variable(), &key) {
            // A server of one's own may need none.
            (Some(variable), None) if is_own || provider == Provider::Anthropic => Err(NoModel::Keyless { variable }),
            _ => Ok(Settings {
                provider,
                url: url.trim_end_matches('/').to_owned(),
                model: set.model.to_owned(),
                timeout: Duration::from_secs(u64::from(set.timeout_seconds.max(1))),
                temperature: set.temperature,
                max_tokens: set.max_tokens.max(1),
                key: key.map(Key),
            }),
        }
    }

    /// "qwen3:8b at http://localhost:11434".
    pub fn words(&self) -> String {
        format!("{} at {}", self.model, self.url)
    }

    pub(super) fn no_such_model(&self) -> LlmError {
        LlmError::NoSuchModel { provider: self.provider, model: self.model.clone(), url: self.url.clone() }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::config::Sources;

    fn of(file: &str, key: Option<&str>) -> Result<Settings, String> {
        let file = Some(("/etc/h.toml".into(), format!("[llm]\n{file}")));
        let sources = Sources { file, data_folder: "/d".into(), home: "/h".into(), ..Sources::default() };
        let config = Config::resolve(&sources).expect("the file is valid");
        Settings::of(&config, |_| key.map(str::to_owned)).map_err(|why| why.to_string())
    }

    #[test]
    fn a_model_is_asked_where_it_is_switched_on_only() {
        assert_eq!(
            of("", Some("k")).unwrap_err(),
            "no model is asked: set llm.enabled = true in the settings, or HAVERSACK_LLM__ENABLED=true \
             (Ollama's qwen3:8b on this machine unless llm.provider, llm.url and llm.model say otherwise)"
        );
        let ollama = of("enabled = true", Some("k")).unwrap();
        assert_eq!(ollama.words(), "qwen3:8b at http://localhost:11434");
        assert_eq!((ollama.key, ollama.timeout.as_secs(), ollama.max_tokens), (None, 45, 220));
    }

    #[test]
    fn others_need_a_name_and_their_own_servers_a_key() {
        let unnamed = of("enabled = true\nprovider = 'openai'", Some("k")).unwrap_err();
        assert_eq!(unnamed, "there is no default model for openai: name one with llm.model or --model");
        let keyless = of("enabled = true\nprovider = 'openai'\nmodel = 'm'", None).unwrap_err();
        assert_eq!(keyless, "the model needs a key: put it in the variable OPENAI_API_KEY");
        let own = of("enabled = true\nprovider = 'openai'\nmodel = 'm'\nurl = 'http://box/v1/'", Some(" ")).unwrap();
        assert_eq!((own.url.as_str(), own.key), ("http://box/v1", None));
    }

    #[test]
    fn a_key_is_shown_by_nothing() {
        let set = of("enabled = true\nprovider = 'anthropic'\nmodel = 'm'", Some("sk-ant-secret")).unwrap();
        assert_eq!(set.key.as_ref().map(Key::secret), Some("sk-ant-secret"));
        assert!(!format!("{set:?} {}", set.words()).contains("secret"));
    }
}
