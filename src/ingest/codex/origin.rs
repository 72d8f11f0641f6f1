//! Where a rollout comes from: its session's own facts, told from those of the session that it was forked from.

use std::path::Path;

use crate::ingest::json::Json;

/// What the first `session_meta`, or the header of the old layout, says. Later ones repeat it, or are a parent's.
#[derive(Debug, Default)]
pub struct Origin {
    pub id: String,
    pub parent: Option<String>,
    pub project: String,
    sub_agent: bool,
    /// A sub-agent's place below the agents that it works for: `/root/tester`.
    path: String,
}

impl Origin {
    pub fn is_known(&self) -> bool {
        !self.id.is_empty()
    }

    /// Of the facts that the log begins with.
    pub fn of(meta: &Json) -> Origin {
        let source = meta.get("source").and_then(|source| source.get("subagent"));
        let spawn = source.and_then(|source| source.get("thread_spawn"));
        let sub_agent = source.is_some() || meta.text("thread_source") == Some("subagent");
        let parents = [
            spawn.and_then(|spawn| spawn.text("parent_thread_id")),
            meta.text("parent_thread_id"),
            meta.text("forked_from_id"),
        ];
        let id = meta.text("id").unwrap_or_default();
        let path = spawn.and_then(|spawn| spawn.text("agent_path")).or(meta.text("agent_path"));
        Origin {
            id: id.into(),
            parent: parents.into_iter().flatten().find(|parent| !parent.is_empty() && *parent != id).map(Into::into),
            project: meta.text("cwd").unwrap_or_default().into(),
            sub_agent,
            path: path.unwrap_or_default().into(),
        }
    }

    /// Whether a prompt of this turn was written by the agent above. A sub-agent's file can begin with turns of its parent,
    /// written anew: ids are made of the time, so those turns' are older than the session's.
    pub fn is_delegated(&self, turn: &str) -> bool {
        self.sub_agent && (turn.is_empty() || *turn >= *self.id)
    }

    /// Whether an agent of this path is one that this session works for.
    pub fn works_for(&self, author: &str) -> bool {
        let below = |path: &str| path.strip_prefix(author).is_some_and(|rest| rest.starts_with('/'));
        self.sub_agent && if self.path.is_empty() { author == "/root" } else { below(&self.path) }
    }
}

/// The id at the end of a rollout's file name, for a file whose first line is lost; else the name itself.
pub fn id_of_file(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split(".jsonl").next().unwrap_or_default();
    let uuid = stem.len().checked_sub(36).and_then(|at| stem.get(at..));
    let is_uuid =
        |text: &&str| text.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && text.matches('-').count() == 4;
    uuid.filter(is_uuid).unwrap_or(stem).to_owned()
}

/// The folder that an environment block names; the old layout names it nowhere else.
pub fn project_in(environment: &str) -> Option<&str> {
    let (_, rest) = environment.strip_prefix("<environment_context>")?.split_once("<cwd>")?;
    let (project, _) = rest.split_once("</cwd>")?;
    Some(project.trim())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_file_names_its_session() {
        let path = Path::new("/a/rollout-2026-01-02T10-00-00-019d78fc-c449-7300-92a1-1e92604a4f6a.jsonl.zst");
        assert_eq!(id_of_file(path), "019d78fc-c449-7300-92a1-1e92604a4f6a");
        assert_eq!(id_of_file(Path::new("rollout-0.118.0-small.jsonl")), "rollout-0.118.0-small");
        assert_eq!(id_of_file(Path::new("ü.jsonl")), "ü");
    }

    #[test]
    fn an_agent_works_for_those_above_it() {
        let origin = |meta: &str| Origin::of(&serde_json::from_str(meta).expect("a literal of this test"));
        let tester = origin(r#"{"id":"b","source":{"subagent":{"thread_spawn":{"agent_path":"/root/lead/tester"}}}}"#);
        assert!(tester.works_for("/root") && tester.works_for("/root/lead"));
        assert!(
            !tester.works_for("/root/lead/tester") && !tester.works_for("/root/le") && !tester.works_for("/root/baker")
        );
        assert!(!origin(r#"{"id":"b","source":"cli"}"#).works_for("/root"));
    }
}
