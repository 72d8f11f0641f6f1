//! Opening a log for reading: plain, or compressed as some agents keep their old logs.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use super::error::IngestError;

const BUFFER: usize = 256 << 10;

/// The four bytes that a Zstandard frame begins with.
const ZSTANDARD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// The lines of a text file, decompressed where it is Zstandard.
pub fn lines(path: &Path) -> Result<Box<dyn BufRead>, IngestError> {
    let failed = |source| IngestError::io(path, source);
    let mut file = BufReader::with_capacity(BUFFER, File::open(path).map_err(failed)?);
    if file.fill_buf().map_err(failed)?.starts_with(&ZSTANDARD) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, Frames::new(file))));
    }
    Ok(Box::new(file))
}

/// The whole of a text file; for formats of one document.
pub fn whole(path: &Path) -> Result<Vec<u8>, IngestError> {
    let mut bytes = Vec::new();
    lines(path)?.read_to_end(&mut bytes).map_err(|source| IngestError::io(path, source))?;
    Ok(bytes)
}

/// What a file of Zstandard frames holds: one after the other, as `zstd` itself reads it.
struct Frames<R: BufRead> {
    source: R,
    decoder: FrameDecoder,
    place: Place,
}

#[derive(PartialEq)]
enum Place {
    Between,
    Inside,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), place: Place::Between }
    }

    /// Goes on to the next frame that holds text.
    fn open_next(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.source) {
            Ok(()) => self.place = Place::Inside,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.place == Place::Inside {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let blocks = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder.decode_blocks(&mut self.source, blocks).map_err(io::Error::other)?;
                }
                match self.decoder.read(buffer)? {
                    0 if !buffer.is_empty() => self.place = Place::Between,
                    length => return Ok(length),
                }
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.open_next()?;
        }
    }
}
