//! What is done to another program's file as a whole: saying what Haversack has written into it, removing that, upgrading.

use std::path::Path;

use super::Result;
use crate::store::foreign::distill::{self, Distill, Sidecars, Upgraded};

/// A distill file.
pub struct StoreFile(Distill);

impl StoreFile {
    /// # Errors
    /// Where it is no distill file.
    pub fn open(path: &Path) -> Result<StoreFile> {
        Ok(StoreFile(Distill::open(path)?))
    }

    /// What Haversack has written into it beside distill's own tables.
    pub fn sidecars(&self) -> Result<Sidecars> {
        Ok(self.0.sidecars()?)
    }

    /// Removes that for good: pins, the journal, and entries that were evicted here. What stands in distill's own tables
    /// stays as it is.
    pub fn clean(&mut self) -> Result<Sidecars> {
        Ok(self.0.clean()?)
    }
}

/// Adds the columns that a file of distill 0.4 lacks, after a backup beside it.
pub fn upgrade(path: &Path) -> Result<Upgraded> {
    Ok(distill::upgrade(path)?)
}
