//! `storage/`: `session/<project>/<session>.json`, `message/<session>/<message>.json`, `part/<message>/<part>.json`.
//! One log of many sessions; ids come from the path.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use super::{
    part::Part,
    reader::{Read, Reader},
};
use crate::ingest::{
    adapter::Progress, conversation::Edition, error::IngestError, json::Json, probe::Probe, tally::Tally,
};

pub fn recognises(probe: &Probe) -> bool {
    probe.holds("message") && probe.holds("part") && is_tree(&probe.path)
}

/// Whether a message lies where the tree has them.
fn is_tree(root: &Path) -> bool {
    let mut sessions = children(&root.join("message")).into_iter().flat_map(|(_, folder)| documents(&folder));
    let message = sessions.next().and_then(|(_, path)| Json::parse(&fs::read(path).ok()?));
    message.is_some_and(|message| message.text("role").is_some())
}

/// A message's file, decoded.
struct Message {
    id: String,
    created: f64,
    info: Json,
}

/// All sessions, oldest first.
pub fn read(root: &Path, progress: Progress) -> Result<(Vec<Read>, Tally), IngestError> {
    let mut tally = Tally::default();
    let mut infos: HashMap<String, Json> = HashMap::new();
    for (_, project) in children(&root.join("session")) {
        for (id, path) in documents(&project) {
            infos.extend(decode(&path, &mut tally)?.map(|info| (id, info)));
        }
    }
    let mut told = BTreeMap::new();
    for (id, folder) in children(&root.join("message")) {
        let info = infos.remove(&id).unwrap_or_default();
        let before = tally.bytes;
        let mut messages = Vec::new();
        for (message, path) in documents(&folder) {
            tally.records += 1;
            let Some(info) = decode(&path, &mut tally)? else { continue };
            let created = info.get("time").and_then(|time| time.number("created")).unwrap_or_default();
            messages.push(Message { id: message, created, info });
        }
        messages.sort_by(|one, two| one.created.total_cmp(&two.created).then_with(|| one.id.cmp(&two.id)));
        let mut reader = Reader::new(root, 0, &id, &info);
        for (index, message) in messages.iter().enumerate() {
            let mut parts = Vec::new();
            for (id, path) in documents(&root.join("part").join(&message.id)) {
                parts.extend(decode(&path, &mut tally)?.map(|body| Part { id, body }));
            }
            reader.message(&mut tally, &message.id, index as u32 + 1, &message.info, &parts);
            progress(tally.bytes);
        }
        let mut read = reader.finish();
        read.conversation.edition = Edition::LeftBehind;
        read.conversation.sources[0].bytes = tally.bytes - before;
        let created = messages.first().map_or(0, |message| message.created as i64);
        told.insert((created, id), read);
    }
    Ok((told.into_values().collect(), tally))
}

/// The JSON of a file; one that is none is a bad span.
fn decode(path: &Path, tally: &mut Tally) -> Result<Option<Json>, IngestError> {
    let bytes = fs::read(path).map_err(|source| IngestError::io(path, source))?;
    tally.bytes += bytes.len() as u64;
    let json = Json::parse(&bytes);
    tally.bad_spans += u64::from(json.is_none());
    Ok(json)
}

/// Folders in a folder by name, in order; none where it is not there.
fn children(folder: &Path) -> Vec<(String, PathBuf)> {
    listed(folder, |path| path.is_dir().then(|| path.file_name()).flatten())
}

/// JSON files of a folder by what they are called, in order.
fn documents(folder: &Path) -> Vec<(String, PathBuf)> {
    listed(folder, |path| path.extension().filter(|extension| *extension == "json").and_then(|_| path.file_stem()))
}

fn listed(folder: &Path, name: impl Fn(&Path) -> Option<&std::ffi::OsStr>) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut named: Vec<(String, PathBuf)> =
        paths.filter_map(|path| Some((name(&path)?.to_string_lossy().into_owned(), path))).collect();
    named.sort();
    named
}
