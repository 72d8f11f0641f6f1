//! Logs made by tests: written to a file and read as any other.

use serde_json::Value;

use super::{
    adapter::{Adapter, Told},
    conversation,
    counts::Counts,
    probe::Probe,
};
use crate::model::Session;

/// One record a line.
pub fn lines(records: &[Value]) -> Vec<u8> {
    records.iter().map(|record| format!("{record}\n")).collect::<String>().into_bytes()
}

/// The sessions of a log of this name, and its counts. The adapter has to know it for its own.
pub fn read(adapter: &dyn Adapter, name: &str, log: &[u8]) -> (Vec<Session>, Counts) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join(name);
    std::fs::write(&path, log).expect("a temporary folder can be written to");
    assert!(adapter.recognises(&Probe::at(&path).expect("it was just written")), "{}'s log", adapter.agent());
    let decoded = adapter.decode(&path, &mut |_| {}).expect("it was just written");
    match decoded.told {
        Told::Conversations(told) => (conversation::sessions(told), decoded.counts),
        Told::Claude(_) => panic!("rows of Claude Code are read by its own tests"),
    }
}

/// The same of a log with one session.
pub fn read_one(adapter: &dyn Adapter, name: &str, log: &[u8]) -> (Session, Counts) {
    let (mut sessions, counts) = read(adapter, name, log);
    assert_eq!(sessions.len(), 1, "one session");
    (sessions.remove(0), counts)
}
