//! Precedence, types, and what errors say.

use pretty_assertions::assert_eq;
use strum::VariantArray;

use super::*;
use crate::text::tokens::Encoding;

fn sources(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Sources {
    Sources {
        flags: flags.iter().map(|(key, text)| (*key, text.to_string())).collect(),
        environment: environment.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect(),
        file: Some(("/etc/h.toml".into(), file.into())),
        data_folder: "/data".into(),
        home: "/home/kim".into(),
    }
}

fn resolve(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Config {
    Config::resolve(&sources(file, environment, flags)).unwrap()
}

fn error(file: &str, environment: &[(&str, &str)]) -> String {
    Config::resolve(&sources(file, environment, &[])).unwrap_err().to_string()
}

#[test]
fn every_key_has_a_default_of_its_type_and_can_be_read() {
    let config = resolve("", &[], &[]);
    assert_eq!(config.settings().len(), KEYS.len());
    assert_eq!(config.store_path(), Path::new("/data/haversack/haversack.db"));
    assert_eq!(config.plan(), PlanSettings::default());
    assert_eq!(config.facts(), FactSettings::default());
    assert_eq!(config.budget(), (Budget::Tokens(32_000), &Origin::Default));
    assert_eq!(config.push_policy(), Policy::Plan);
    assert_eq!((config.strategy(), config.mouse(), config.theme()), (Strategy::Balanced, true, "terminal"));
}

#[test]
fn every_encoding_can_be_set() {
    let Kind::OneOf(words) = keys::find("tokens.encoding").unwrap().kind else { panic!("it is one of several words") };
    assert_eq!(words, Encoding::VARIANTS.iter().map(Encoding::to_string).collect::<Vec<_>>());
}

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    let file = "[budget]\ntokens = 1\nreserve = 7\n[store]\npath = '~/s.db'\n[ui]\nmouse = false";
    let environment =
        [("HAVERSACK_BUDGET__TOKENS", "2k"), ("HAVERSACK_CONFIG", "x"), ("HAVERSACK_BUDGET__RESERVE", "8")];
    let config = resolve(file, &environment, &[("budget.tokens", "1.5M")]);
    assert_eq!(config.budget(), (Budget::Tokens(1_500_000), &Origin::Flag("--budget")));
    assert_eq!(config.count("budget.reserve"), 8);
    assert_eq!(config.store_path(), Path::new("/home/kim/s.db"));
    assert!(!config.mouse());
    let origins: Vec<String> = config.settings().iter().map(|setting| setting.origin.to_string()).collect();
    assert_eq!(origins[0], "/etc/h.toml");
    assert_eq!(origins[1], "default");
    assert_eq!(origins[5], "HAVERSACK_BUDGET__RESERVE");
}

#[test]
fn each_setting_of_facts_is_read_from_its_own_key() {
    let file = "[facts]\ndefault_ttl_minutes = 1\nshort_lived_ttl_minutes = 2\nproject_ttl_minutes = 3";
    let environment = [("HAVERSACK_FACTS__SESSION_TTL_MINUTES", "4"), ("HAVERSACK_FACTS__MAX_VALUE_CHARS", "5")];
    let wanted = FactSettings {
        default_ttl_minutes: 1,
        short_lived_ttl_minutes: 2,
        project_ttl_minutes: 3,
        session_ttl_minutes: 4,
        max_value_chars: 5,
    };
    assert_eq!(resolve(file, &environment, &[]).facts(), wanted);
}

#[test]
fn the_store_has_a_short_variable() {
    let config = resolve("[store]\npath = '/a.db'", &[("HAVERSACK_STORE", "/b.db")], &[]);
    assert_eq!(config.store_path(), Path::new("/b.db"));
}

#[test]
fn an_unknown_key_names_the_nearest() {
    assert_eq!(
        error("[budget]\ntoken = 5", &[]),
        "unknown setting 'budget.token' in /etc/h.toml: did you mean 'budget.tokens'?"
    );
    assert_eq!(
        error("", &[("HAVERSACK_BUDGET__TOKNES", "5")]),
        "unknown setting 'HAVERSACK_BUDGET__TOKNES' in the environment: did you mean 'HAVERSACK_BUDGET__TOKENS'?"
    );
    assert_eq!(error("theme = 'dark'", &[]), "unknown setting 'theme' in /etc/h.toml: did you mean 'ui.theme'?");
}

#[test]
fn a_value_of_the_wrong_type_says_what_is_wanted() {
    assert_eq!(
        error("[budget]\ntokens = -1", &[]),
        "budget.tokens cannot be '-1' (from /etc/h.toml): give a whole number such as 32000 or 32k"
    );
    assert_eq!(
        error("", &[("HAVERSACK_TOKENS__ENCODING", "p50k")]),
        "tokens.encoding cannot be 'p50k' (from HAVERSACK_TOKENS__ENCODING): give one of o200k_base, cl100k_base, \
         claude, bytes4"
    );
    assert!(error("[budget\n", &[]).starts_with("/etc/h.toml is not valid TOML"));
}

#[test]
fn a_window_is_the_budget_where_it_is_set_at_the_stronger_place() {
    let window = resolve("[budget]\ntokens = 5", &[("HAVERSACK_BUDGET__WINDOW", "200k")], &[]);
    assert_eq!(window.budget().0, Budget::Window { window: 200_000, reserve: 32_000, fixed: 0 });
    let tokens = resolve("[budget]\nwindow = 200000", &[("HAVERSACK_BUDGET__TOKENS", "5")], &[]);
    assert_eq!(tokens.budget().0, Budget::Tokens(5));
    let alone = resolve("[budget]\nwindow = 200000\nreserve = 10\nfixed = 20", &[], &[]);
    assert_eq!(alone.budget().0.tokens(), 199_970);
    assert_eq!(
        error("[budget]\nwindow = 200000\ntokens = 5", &[]),
        "budget.tokens and budget.window are both set in /etc/h.toml: remove one"
    );
}

#[test]
fn each_setting_of_the_model_is_read_from_its_own_key() {
    let default = resolve("", &[], &[]);
    assert!(!default.asks_model());
    let wanted = LlmSettings {
        provider: "ollama",
        url: "",
        model: "qwen3:8b",
        is_model_named: false,
        timeout_seconds: 45,
        temperature: 0.0,
        max_tokens: 220,
    };
    assert_eq!(default.llm(), wanted);
    let file =
        "[llm]\nenabled = true\nprovider = 'openai'\nurl = 'http://box:8080/v1'\ntemperature = 1\nmax_tokens = 5";
    let environment = [("HAVERSACK_LLM__MODEL", "small"), ("HAVERSACK_LLM__TIMEOUT_SECONDS", "3")];
    let set = resolve(file, &environment, &[]);
    let wanted = LlmSettings {
        provider: "openai",
        url: "http://box:8080/v1",
        model: "small",
        is_model_named: true,
        timeout_seconds: 3,
        temperature: 1.0,
        max_tokens: 5,
    };
    assert_eq!((set.asks_model(), set.llm()), (true, wanted));
}

#[test]
fn an_address_with_a_password_is_refused_and_not_shown() {
    let refused = error("[llm]\nurl = 'http://kim:hunter2hunter2@box:11434'", &[]);
    assert!(refused.starts_with("llm.url cannot be '"), "{refused}");
    assert!(refused.ends_with("give an address such as http://localhost:11434, without a name or password in it"));
    assert!(!refused.contains("hunter2"), "{refused}");
    assert!(error("", &[("HAVERSACK_LLM__URL", "localhost:11434")]).starts_with("llm.url cannot be 'localhost:11434'"));
    assert!(error("[llm]\ntemperature = 3.5", &[]).ends_with("give a number from 0 to 2"));
}
