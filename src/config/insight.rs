//! Settings of detection, the gate, retention, and the table of prices.

use std::path::Path;

use super::{Config, ConfigError};
use crate::insight::{
    DetectSettings,
    gate::GateSettings,
    retention::Caps,
    trends::{Price, Prices},
};

const MIB: u64 = 1 << 20;

impl Config {
    /// What counts as a pattern.
    pub fn detect(&self) -> DetectSettings {
        DetectSettings {
            min_frequency: self.count("detect.min_frequency"),
            min_events: self.count("detect.min_events"),
            min_calls: self.count("detect.min_calls"),
            min_prompt_chars: self.count("detect.min_prompt_chars"),
            ..DetectSettings::default()
        }
    }

    /// What is evidence enough.
    pub fn gate(&self) -> GateSettings {
        GateSettings {
            min_frequency: self.count("gate.min_frequency"),
            min_sessions: self.count("gate.min_sessions"),
            min_cost: self.count("gate.min_tokens").into(),
            share_frequency: self.count("gate.share_frequency"),
            share_cost: self.count("gate.share_tokens").into(),
            share_agents: self.count("gate.share_agents"),
        }
    }

    /// How large the store may grow.
    ///
    /// # Errors
    /// A hard cap below the soft one.
    pub fn caps(&self) -> Result<Caps, ConfigError> {
        let (soft, hard) = (self.count("retain.soft_mib"), self.count("retain.hard_mib"));
        if hard < soft {
            return Err(ConfigError::CapsCrossed { soft, hard });
        }
        let bytes = |name: &str| u64::from(self.count(name)) * MIB;
        Ok(Caps {
            soft: u64::from(soft) * MIB,
            hard: u64::from(hard) * MIB,
            age_days: self.count("retain.age_days"),
            distilled: bytes("retain.digest_mib"),
            archived_days: self.count("retain.archived_days"),
        })
    }

    /// Money for a million tokens, by model.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// Reads the table `[prices]` of a settings file: `"model" = { input = 1.25, output = 10.0 }`.
    pub(super) fn take_prices(&mut self, path: &Path, table: &toml::Value) -> Result<(), ConfigError> {
        let wrong = |model: &str, why: String| ConfigError::WrongPrice { model: model.into(), why, path: path.into() };
        let models = table.as_table().ok_or_else(|| wrong("prices", "it is no table".into()))?;
        for (model, price) in models {
            let price: Price =
                price.clone().try_into().map_err(|why: toml::de::Error| wrong(model, why.message().into()))?;
            let Price { input, output, cache_read, cache_write } = price;
            if ![input, output, cache_read, cache_write].iter().all(|money| money.is_finite() && *money >= 0.0) {
                return Err(wrong(model, "a price is below 0 or no number".into()));
            }
            self.prices.insert(model.clone(), price);
        }
        Ok(())
    }
}
