//! Rows of several files → one group per session: each row once, with the session that it belongs to.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use xxhash_rust::xxh3::xxh3_64;

use super::read::{Log, PlacedRow};
use crate::ingest::owners::Owners;

/// The rows of one session.
#[derive(Debug, Default)]
pub struct Group {
    /// `<sessionId>`, or `<sessionId>/<agentId>` for a sub-agent.
    pub native_id: String,
    pub parent: Option<String>,
    /// Indices into the logs read, in the order in which rows came from them.
    pub logs: Vec<usize>,
    /// Each with the index of its log in `logs`.
    pub rows: Vec<(u16, PlacedRow)>,
}

/// Divides the rows of logs, given in reading order, among sessions. Where a log copies rows that an older one holds (a
/// fork, a resume, a later snapshot of the same file), they stay with the older. Takes the rows out of the logs.
/// `known` are rows of logs that are not read now: they stay with their session. Gives the rows of these logs, too.
pub fn group(logs: &mut [(&Path, Log)], known: &Owners) -> (Vec<Group>, Owners) {
    let mut oldest_first: Vec<usize> = (0..logs.len()).collect();
    oldest_first.sort_by_key(|&index| first_timestamp(&logs[index].1));
    let mut groups: Vec<Group> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    // By the hash of the row's uuid, as owners are.
    let mut owner: HashMap<u64, usize> = HashMap::new();
    let mut owners = Owners::default();
    for index in oldest_first {
        let (path, log) = &mut logs[index];
        let names = SessionNames::of(path, &log.rows);
        for placed in std::mem::take(&mut log.rows) {
            let (native_id, above) = names.of_row(&placed);
            let is_copy = |uuid: &str| {
                owner.contains_key(&xxh3_64(uuid.as_bytes()))
                    || known.of(uuid).is_some_and(|session| session != native_id)
            };
            if placed.record.uuid.as_deref().is_some_and(is_copy) {
                continue;
            }
            let at = *by_id.entry(native_id).or_insert_with_key(|id| {
                groups.push(Group { native_id: id.clone(), parent: above, ..Group::default() });
                groups.len() - 1
            });
            if groups[at].parent.is_none() {
                let uuid = placed.record.parent_uuid.as_deref();
                let here = uuid
                    .and_then(|uuid| owner.get(&xxh3_64(uuid.as_bytes())))
                    .map(|&other| groups[other].native_id.as_str());
                let above = here.or_else(|| known.of(uuid?)).filter(|&other| other != groups[at].native_id);
                groups[at].parent = above.map(str::to_owned);
            }
            if let Some(uuid) = &placed.record.uuid {
                owners.add(uuid, &groups[at].native_id);
                owner.insert(xxh3_64(uuid.as_bytes()), at);
            }
            let group = &mut groups[at];
            if group.logs.last() != Some(&index) {
                group.logs.push(index);
            }
            // More files in one session than a place can name do not happen; their rows would name the last one.
            let file = u16::try_from(group.logs.len() - 1).unwrap_or(u16::MAX);
            group.rows.push((file, placed));
        }
    }
    (groups, owners)
}

/// When the log begins. RFC 3339 in UTC sorts as text; a log without times comes last.
fn first_timestamp(log: &Log) -> (bool, Option<Box<str>>) {
    let first = log
        .rows
        .iter()
        .filter(|placed| placed.record.uuid.is_some())
        .find_map(|placed| placed.record.timestamp.clone());
    (first.is_none(), first)
}

/// The sessions that one file's rows name. Session ids that the chain of rows joins are one session: a resume keeps the
/// old id on the rows before it.
struct SessionNames {
    /// Session id as logged → the id that its session goes by.
    names: HashMap<String, String>,
    /// For rows without a session id.
    main: String,
}

impl SessionNames {
    fn of(path: &Path, rows: &[PlacedRow]) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let by_uuid: HashMap<&str, &str> = rows
            .iter()
            .filter_map(|placed| Some((placed.record.uuid.as_deref()?, placed.record.session_id.as_deref()?)))
            .collect();
        let mut ids: Vec<&str> = Vec::new();
        let mut joined: HashMap<&str, &str> = HashMap::new();
        let mut seen = HashSet::new();
        for placed in rows {
            let Some(id) = placed.record.session_id.as_deref() else { continue };
            if placed.record.uuid.is_some() && seen.insert(id) {
                ids.push(id);
            }
            let parent = placed.record.parent_uuid.as_deref().or(placed.record.logical_parent_uuid.as_deref());
            if let Some(&other) = parent.and_then(|uuid| by_uuid.get(uuid)) {
                let (one, two) = (root(&mut joined, id), root(&mut joined, other));
                if one != two {
                    joined.insert(one, two);
                }
            }
        }
        // A file is named after its session; in a renamed file the first id stands for the session.
        let mut chosen: HashMap<&str, &str> = HashMap::new();
        for &id in &ids {
            let name = chosen.entry(root(&mut joined, id)).or_insert(id);
            if id == stem {
                *name = id;
            }
        }
        let names: HashMap<String, String> =
            ids.iter().map(|id| (id.to_string(), chosen[root(&mut joined, id)].to_owned())).collect();
        let main = ids.iter().find(|id| **id == stem).or(ids.first()).map_or(stem.clone(), |id| names[*id].clone());
        Self { names, main }
    }

    /// The id of the session that a row belongs to, and of the session above it. Rows of a sub-agent carry the id of the
    /// session that started it.
    fn of_row(&self, placed: &PlacedRow) -> (String, Option<String>) {
        let id = placed.record.session_id.as_deref().and_then(|id| self.names.get(id)).unwrap_or(&self.main);
        if placed.record.is_sidechain != Some(true) {
            return (id.clone(), None);
        }
        let agent = placed.record.agent_id.as_deref().unwrap_or("sidechain");
        (format!("{id}/{agent}"), Some(id.clone()))
    }
}

/// The id that stands for all that are joined to this one. Shortens the way for the next time.
fn root<'a>(joined: &mut HashMap<&'a str, &'a str>, id: &'a str) -> &'a str {
    let mut root = id;
    while let Some(next) = joined.get(root) {
        root = next;
    }
    let mut at = id;
    while at != root {
        at = joined.insert(at, root).unwrap_or(root);
    }
    root
}
