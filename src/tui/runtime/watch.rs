//! Watches a log that an agent is writing: the system says when it changes, nothing is asked again and again.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use color_eyre::eyre::{Result, WrapErr};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};

/// A log is left alone after it was taken in for so many times as long as that took: a large one is not read all the time.
const REST: u32 = 3;

pub struct Watch {
    path: PathBuf,
    touched: Arc<AtomicBool>,
    /// Not before then.
    next: Instant,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// # Errors
    /// Where the log is not there, or the system gives no more watches.
    pub fn start(path: &Path) -> Result<Watch> {
        let path = path.canonicalize().wrap_err_with(|| format!("cannot follow {}", path.display()))?;
        let touched = Arc::new(AtomicBool::new(false));
        let (flag, log) = (touched.clone(), path.clone());
        let mut watcher = recommended_watcher(move |event: notify::Result<Event>| {
            let concerns = |event: &Event| {
                !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| is_part(path, &log))
            };
            // What cannot be told may be a change.
            if event.as_ref().map_or(true, concerns) {
                flag.store(true, Ordering::Relaxed);
            }
        })?;
        // A file is watched through its folder: agents also write a new one and move it there.
        let (place, mode) = match path.parent() {
            Some(folder) if path.is_file() => (folder, RecursiveMode::NonRecursive),
            _ => (path.as_path(), RecursiveMode::Recursive),
        };
        watcher.watch(place, mode).wrap_err_with(|| format!("cannot follow {}", path.display()))?;
        Ok(Watch { path, touched, next: Instant::now(), _watcher: watcher })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the log has changed since this was true last, and it is time to take it in.
    pub fn is_due(&mut self) -> bool {
        Instant::now() >= self.next && self.touched.swap(false, Ordering::Relaxed)
    }

    /// Says how long taking it in took.
    pub fn rest(&mut self, took: Duration) {
        self.next = Instant::now() + took * REST;
    }
}

/// The log itself, a file of a folder, or what a database keeps beside it (`-wal`).
fn is_part(path: &Path, log: &Path) -> bool {
    path.starts_with(log) || path.to_string_lossy().starts_with(&*log.to_string_lossy())
}
