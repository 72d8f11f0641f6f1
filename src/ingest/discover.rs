//! Where agents keep their logs on this machine.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::agent::Agent;

/// What the search needs to know of the machine.
pub struct Machine<'a> {
    pub home: PathBuf,
    /// The folder the program was started in: some agents keep their log in the project.
    pub here: PathBuf,
    /// An environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

/// A file or folder that may hold an agent's logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub agent: Agent,
    pub path: PathBuf,
}

impl Machine<'_> {
    /// A folder that a variable names, else the one below home.
    pub fn folder(&self, variable: &str, below_home: &str) -> PathBuf {
        let named = (self.variable)(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        named.unwrap_or_else(|| self.home.join(below_home))
    }
}

/// The places that are there, in the order of [`Agent`].
pub fn discover(machine: &Machine) -> Vec<Place> {
    let data = machine.folder("XDG_DATA_HOME", ".local/share");
    let below = |folder: PathBuf, names: &[&str]| names.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    let known: [(Agent, Vec<PathBuf>); 11] = [
        (Agent::Claude, below(machine.folder("CLAUDE_CONFIG_DIR", ".claude"), &["projects"])),
        (Agent::Codex, below(machine.folder("CODEX_HOME", ".codex"), &["sessions", "archived_sessions"])),
        (Agent::Grok, below(machine.folder("GROK_HOME", ".grok"), &["sessions"])),
        (Agent::Gemini, below(machine.folder("GEMINI_CLI_HOME", ""), &[".gemini/tmp"])),
        (Agent::OpenCode, below(data.join("opencode"), &["opencode.db", "storage"])),
        (Agent::Crush, below(machine.here.clone(), &[".crush/crush.db"])),
        (Agent::Goose, below(data.join("goose"), &["sessions/sessions.db"])),
        (Agent::Pi, below(machine.folder("PI_CODING_AGENT_DIR", ".pi/agent"), &["sessions"])),
        (Agent::Copilot, below(machine.folder("COPILOT_HOME", ".copilot"), &["session-state"])),
        (Agent::Cursor, below(machine.home.join(".cursor"), &["chats", "projects"])),
        (Agent::Aider, below(machine.here.clone(), &[".aider.chat.history.md"])),
    ];
    let places = known.into_iter().flat_map(|(agent, paths)| paths.into_iter().map(move |path| Place { agent, path }));
    let go = (Agent::OpenCode, machine.here.join(".opencode/opencode.db"));
    let all = places.chain([Place { agent: go.0, path: go.1 }]).filter(|place| is_there(&place.path));
    let mut places: Vec<Place> = all.collect();
    places.sort_by_key(|place| place.agent);
    places
}

fn is_there(path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_there_is_found_and_a_variable_moves_it() {
        let folder = tempfile::TempDir::new().expect("a temporary folder can be made");
        let home = folder.path();
        for path in [".claude/projects", ".codex/sessions", "elsewhere/sessions", "work/.crush"] {
            fs::create_dir_all(home.join(path)).expect("a temporary folder can be made");
        }
        fs::write(home.join("work/.crush/crush.db"), "").expect("a temporary file can be written");
        let found = |variable: &dyn Fn(&str) -> Option<OsString>| {
            let machine = Machine { home: home.into(), here: home.join("work"), variable };
            let relative = |path: &Path| path.strip_prefix(home).expect("it is below").display().to_string();
            discover(&machine).iter().map(|place| (place.agent, relative(&place.path))).collect::<Vec<_>>()
        };
        let claude = (Agent::Claude, ".claude/projects".to_owned());
        let crush = (Agent::Crush, "work/.crush/crush.db".to_owned());
        assert_eq!(found(&|_| None), [claude.clone(), (Agent::Codex, ".codex/sessions".into()), crush.clone()]);
        let moved = home.join("elsewhere");
        let variable = |name: &str| (name == "CODEX_HOME").then(|| moved.clone().into_os_string());
        assert_eq!(found(&variable), [claude, (Agent::Codex, "elsewhere/sessions".into()), crush]);
    }
}
