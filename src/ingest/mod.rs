//! Agent logs → model. Logs are opened read-only; what cannot be used is counted in words, never fatal.

mod claude;
mod error;
mod json;
mod plural;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

pub use claude::Counts;
pub use error::IngestError;

use crate::model::Session;

/// A log format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    ClaudeCode,
}

/// Bytes at the start of a file that decide its format; longer first lines are read to their end.
const HEAD_BYTES: usize = 64 << 10;

/// Tells a log's format by its first records. An error where it is none that can be read.
pub fn detect(path: &Path) -> Result<Format, IngestError> {
    let head = read_head(path)?;
    recognise(path, &head)
}

/// The sessions of a log, or of all `*.jsonl` logs under a folder, oldest first. Renditions, costs and scores are left
/// empty. `progress` gets the bytes done and the bytes to do.
///
/// # Errors
/// A path that cannot be read, that is no known log, or that holds no conversation. In a folder, files that are no known
/// logs are passed over and named among the first session's problems.
pub fn read(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Session>, IngestError> {
    let files = log_files(path)?;
    let total = files.iter().map(|file| file.bytes).sum();
    let mut done = 0;
    let mut logs = Vec::new();
    let mut passed_over = Vec::new();
    for file in &files {
        match decode(&file.path, &mut |bytes| progress(done + bytes, total)) {
            Ok(log) => logs.push((file.path.as_path(), log)),
            Err(error) if file.listed => passed_over.push(error),
            Err(error) => return Err(error),
        }
        done += file.bytes;
        progress(done, total);
    }
    let mut sessions = claude::sessions(logs);
    match sessions.first_mut() {
        Some(first) => first.problems.extend(passed_over.iter().map(ToString::to_string)),
        None => return Err(passed_over.pop().unwrap_or(IngestError::NoConversation { path: path.into() })),
    }
    Ok(sessions)
}

/// What a single log file holds.
pub fn counts(path: &Path) -> Result<Counts, IngestError> {
    Ok(Counts::of(&decode(path, &mut |_| {})?))
}

struct LogFile {
    path: PathBuf,
    bytes: u64,
    /// Found in a folder, not named itself.
    listed: bool,
}

fn log_files(path: &Path) -> Result<Vec<LogFile>, IngestError> {
    let metadata = std::fs::metadata(path).map_err(|source| IngestError::io(path, source))?;
    if !metadata.is_dir() {
        return Ok(vec![LogFile { path: path.into(), bytes: metadata.len(), listed: false }]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|source| IngestError::io(&folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| IngestError::io(&folder, source))?;
            // Links are not followed: a link to a folder above would never end.
            let metadata = entry.metadata().map_err(|source| IngestError::io(&entry.path(), source))?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.is_file() && entry.path().extension().is_some_and(|extension| extension == "jsonl") {
                files.push(LogFile { path: entry.path(), bytes: metadata.len(), listed: true });
            }
        }
    }
    files.sort_by(|one, two| one.path.cmp(&two.path));
    if files.is_empty() { Err(IngestError::NoLogs { folder: path.into() }) } else { Ok(files) }
}

fn decode(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<claude::Log, IngestError> {
    let bytes = std::fs::read(path).map_err(|source| IngestError::io(path, source))?;
    let head = &bytes[..head_length(&bytes)];
    match recognise(path, head)? {
        Format::ClaudeCode => Ok(claude::decode(&bytes, progress)),
    }
}

fn recognise(path: &Path, head: &[u8]) -> Result<Format, IngestError> {
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty { path: path.into() });
    }
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Err(IngestError::Utf16 { path: path.into() });
    }
    if claude::recognises(head) {
        Ok(Format::ClaudeCode)
    } else {
        Err(IngestError::UnknownFormat { path: path.into() })
    }
}

/// The first whole lines: as many as fit into `HEAD_BYTES`, at least one.
fn head_length(bytes: &[u8]) -> usize {
    let from = HEAD_BYTES.min(bytes.len());
    bytes[from..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| from + length)
}

fn read_head(path: &Path) -> Result<Vec<u8>, IngestError> {
    let mut file = File::open(path).map_err(|source| IngestError::io(path, source))?;
    let mut head = Vec::new();
    let mut piece = [0; 8 << 10];
    loop {
        let length = file.read(&mut piece).map_err(|source| IngestError::io(path, source))?;
        head.extend_from_slice(&piece[..length]);
        let whole = head.len() > HEAD_BYTES && head[HEAD_BYTES..].contains(&b'\n');
        if length == 0 || whole {
            head.truncate(head_length(&head));
            return Ok(head);
        }
    }
}
