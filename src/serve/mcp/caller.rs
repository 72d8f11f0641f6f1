//! Who asks, and the settings that hold where a call says nothing else.

use crate::{
    model::{Actor, Budget},
    pack::strategy::Strategy,
    workspace::PushRules,
};

#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    pub budget: Budget,
    pub strategy: Strategy,
    pub push: PushRules,
}

/// Characters that an agent's name may have.
const LONGEST: usize = 64;

/// The actor that a client is: `agent:` and its own name, with `-` for what a name cannot have.
pub fn actor(client: Option<&str>) -> Actor {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "._-/@".contains(c) { c } else { '-' };
    let name: String = client.unwrap_or_default().trim().chars().take(LONGEST).map(fits).collect();
    let name = if name.trim_matches('-').is_empty() { "mcp" } else { &name };
    format!("agent:{name}").parse().expect("every character was made to fit, and there are 1 to 64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_of_a_client_makes_an_agent_and_never_a_person() {
        let named = |name: &str| actor(Some(name)).as_str().to_owned();
        assert_eq!(named("claude-code"), "agent:claude-code");
        assert_eq!(named(" Visual Studio Code \u{1b}[1m"), "agent:Visual-Studio-Code---1m");
        assert_eq!(named("person"), "agent:person");
        assert_eq!(
            (named(""), named("日本"), actor(None).as_str()),
            ("agent:mcp".into(), "agent:mcp".into(), "agent:mcp")
        );
        assert_eq!(named(&"x".repeat(1_000)).len(), "agent:".len() + LONGEST);
    }
}
