//! Opening a log for reading: plain, or compressed as some agents keep their old logs.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use super::error::IngestError;

const BUFFER: usize = 256 << 10;

/// The lines of a text file.
pub fn lines(path: &Path) -> Result<Box<dyn BufRead>, IngestError> {
    let file = File::open(path).map_err(|source| IngestError::io(path, source))?;
    Ok(Box::new(BufReader::with_capacity(BUFFER, file)))
}

/// The whole of a text file; for formats of one document.
pub fn whole(path: &Path) -> Result<Vec<u8>, IngestError> {
    let mut bytes = Vec::new();
    lines(path)?.read_to_end(&mut bytes).map_err(|source| IngestError::io(path, source))?;
    Ok(bytes)
}
