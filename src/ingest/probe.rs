//! What a path looks like from outside, for telling whose log it is: its first lines, its tables, its files.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs,
    io::{BufRead, Read},
    path::{Path, PathBuf},
};

use super::{error::IngestError, input, json::Json, lines::Lines, lines::Placed, sqlite};

/// Bytes at the start of a file that decide whose it is; a longer first line is read to its end.
const HEAD_BYTES: usize = 64 << 10;

pub struct Probe {
    pub path: PathBuf,
    nature: Nature,
}

enum Nature {
    /// The first whole lines, decompressed.
    Text(Vec<u8>),
    /// Tables and their columns.
    Database(BTreeMap<String, BTreeSet<String>>),
    /// Names of the files and folders in it.
    Folder(Vec<OsString>),
}

impl Probe {
    /// Looks at a file or a folder.
    ///
    /// # Errors
    /// Where it cannot be read, is empty, or is text in an encoding that no agent writes.
    pub fn at(path: &Path) -> Result<Probe, IngestError> {
        let nature = if path.is_dir() {
            let listed = fs::read_dir(path).map_err(|source| IngestError::io(path, source))?;
            Nature::Folder(listed.filter_map(|entry| Some(entry.ok()?.file_name())).collect())
        } else if sqlite::is_database(path) {
            Nature::Database(sqlite::tables(path))
        } else {
            let head = read_head(path)?;
            if head.iter().all(u8::is_ascii_whitespace) {
                return Err(IngestError::Empty { path: path.into() });
            }
            if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
                return Err(IngestError::Utf16 { path: path.into() });
            }
            Nature::Text(head)
        };
        Ok(Probe { path: path.into(), nature })
    }

    /// The first whole lines of a text file: 64 KiB of them, at least one line.
    pub fn text(&self) -> Option<&[u8]> {
        match &self.nature {
            Nature::Text(head) => Some(head),
            _ => None,
        }
    }

    /// The first JSON objects of a file that has one a line, in order.
    pub fn records(&self) -> Vec<Json> {
        let mut records = Vec::new();
        let lines = Lines::new(self.text().unwrap_or_default());
        // Reading from memory does not fail.
        let _ = lines.read(&mut |_| {}, &mut |_, placed: Placed<Json>| records.push(placed.record));
        records
    }

    /// Keys of the JSON object that the file begins with, as far as the head shows them; the object may be cut.
    pub fn document_keys(&self) -> Vec<String> {
        self.text().map(top_level_keys).unwrap_or_default()
    }

    /// Whether a database has a table with these columns.
    pub fn has_table(&self, table: &str, columns: &[&str]) -> bool {
        match &self.nature {
            Nature::Database(tables) => {
                tables.get(table).is_some_and(|known| columns.iter().all(|column| known.contains(*column)))
            }
            _ => false,
        }
    }

    /// Whether a folder holds a file or folder of this name.
    pub fn holds(&self, name: &str) -> bool {
        matches!(&self.nature, Nature::Folder(names) if names.iter().any(|known| known == name))
    }
}

fn read_head(path: &Path) -> Result<Vec<u8>, IngestError> {
    let failed = |source| IngestError::io(path, source);
    let mut reader = input::lines(path)?;
    let mut head = Vec::new();
    reader.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(failed)?;
    if head.len() == HEAD_BYTES && !head.ends_with(b"\n") {
        let whole = head.iter().rposition(|&byte| byte == b'\n').map(|at| at + 1);
        match whole {
            Some(length) => head.truncate(length),
            None => drop(reader.read_until(b'\n', &mut head).map_err(failed)?),
        }
    }
    Ok(head)
}

/// Keys of the object that a JSON text begins with, in order, to the end of the object or of the text.
fn top_level_keys(text: &[u8]) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut at) = (0_usize, 0);
    let mut expects_key = false;
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => {
                depth += 1;
                expects_key = depth == 1 && text[at] == b'{';
                if depth == 1 && text[at] == b'[' {
                    return keys;
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return keys;
                }
            }
            b',' if depth == 1 => expects_key = true,
            b'"' => {
                let Some(length) = string_length(&text[at..]) else { return keys };
                if depth == 1 && expects_key {
                    expects_key = false;
                    keys.extend(serde_json::from_slice::<String>(&text[at..at + length]).ok());
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

/// Bytes of the JSON string at the start, quotes included; `None` where it is cut.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn keys_of_a_cut_document_are_told() {
        assert_eq!(top_level_keys(br#"{"a":{"x":[1,"}"]},"b\"c":"{","messages":[{"id":"#), ["a", "b\"c", "messages"]);
        assert_eq!(top_level_keys(br#"[{"a":1}]"#), Vec::<String>::new());
        assert_eq!(top_level_keys(br#"{"a":1} {"b":2}"#), ["a"]);
        assert_eq!(top_level_keys(b"\"torn"), Vec::<String>::new());
    }
}
