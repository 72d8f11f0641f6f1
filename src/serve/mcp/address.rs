//! Addresses of resources: `haversack://session/ID`, and below it `/entry/SEQ` and `/pack?budget=…&strategy=…`.

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{
    model::{EntryName, SessionId},
    pack::strategy::Strategy,
    text::words::parse_count,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Session(SessionId),
    Entry(SessionId, EntryName),
    Pack { session: SessionId, budget: Option<u32>, strategy: Option<Strategy> },
}

const BEGIN: &str = "haversack://session/";
/// What an id may hold as it is; all else is written as `%XX`.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'@');

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown =
            || format!("'{}' is no resource here: `resources/templates/list` tells what there is", text.escape_debug());
        let rest = text.strip_prefix(BEGIN).ok_or_else(unknown)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parts = path.split('/');
        let id = percent_decode_str(parts.next().unwrap_or_default()).decode_utf8().map_err(|_| unknown())?;
        let session = SessionId::typed(&id).map_err(|_| unknown())?;
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) if query.is_empty() => Ok(Address::Session(session)),
            (Some("entry"), Some(name), None) if query.is_empty() => {
                let name = percent_decode_str(name).decode_utf8().map_err(|_| unknown())?;
                Ok(Address::Entry(session, name.parse()?))
            }
            (Some("pack"), None, _) => {
                let (mut budget, mut strategy) = (None, None);
                for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                    match name {
                        "budget" => budget = Some(tokens(value)?),
                        "strategy" => strategy = Some(named_strategy(value)?),
                        _ => return Err(unknown()),
                    }
                }
                Ok(Address::Pack { session, budget, strategy })
            }
            _ => Err(unknown()),
        }
    }
}

/// A budget as text, as people write it.
pub fn tokens(text: &str) -> Result<u32, String> {
    parse_count(text)
        .ok_or_else(|| format!("budget '{}' is no whole number of tokens: give 32000 or 32k", text.escape_debug()))
}

pub fn named_strategy(text: &str) -> Result<Strategy, String> {
    let known = "balanced, ladder, gradient, window or rolling";
    text.parse().map_err(|_| format!("'{}' is no strategy: give {known}", text.escape_debug()))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Address::Session(session) | Address::Entry(session, _) | Address::Pack { session, .. }) = self;
        write!(f, "{BEGIN}{}", utf8_percent_encode(session.as_str(), ENCODED))?;
        match self {
            Address::Session(_) => Ok(()),
            Address::Entry(_, EntryName::Seq(seq)) => write!(f, "/entry/{seq}"),
            Address::Entry(_, EntryName::Id(id)) => write!(f, "/entry/{id}"),
            Address::Pack { budget, strategy, .. } => {
                let budget = budget.map(|budget| format!("budget={budget}"));
                let strategy = strategy.map(|strategy| format!("strategy={strategy}"));
                let query = budget.into_iter().chain(strategy).collect::<Vec<_>>().join("&");
                write!(f, "/pack{}{query}", if query.is_empty() { "" } else { "?" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn an_address_reads_back_whatever_the_id_holds() {
        for id in ["claude:4d56", "a/b?c#d%e&f=g", "日本:セ", "..", "entry"] {
            let session = SessionId::new(id);
            let addresses = [
                Address::Session(session.clone()),
                Address::Entry(session.clone(), EntryName::Seq(12)),
                Address::Pack { session: session.clone(), budget: None, strategy: None },
                Address::Pack { session, budget: Some(0), strategy: Some(Strategy::Window) },
            ];
            for address in addresses {
                assert_eq!(address.to_string().parse(), Ok(address.clone()), "{address}");
            }
        }
        assert_eq!(Address::Session(SessionId::new("claude:4d")).to_string(), "haversack://session/claude:4d");
    }

    #[test]
    fn what_is_no_address_says_what_there_is() {
        let long = format!("haversack://session/{}", "x".repeat(10_000));
        for bad in [
            "",
            "file:///etc/passwd",
            "haversack://session/",
            "haversack://session/a/..",
            "haversack://session/%ff",
            "haversack://session/a/entry",
            "haversack://session/a/entry/0",
            "haversack://session/a/entry/1/2",
            "haversack://session/a/pack?x=1",
            "haversack://session/a/pack?budget=-1",
            "haversack://session/a/pack?strategy=best",
            "haversack://session/a%20b",
            &long,
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
