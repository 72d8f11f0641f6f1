//! Bars for long work, on standard error and only where that is a terminal.

use std::{path::Path, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use crate::workspace::{Backlog, Compared, Progress, Workspace};

/// For work that is counted in steps.
pub fn steps() -> ProgressBar {
    styled("{spinner} {msg} {wide_bar} {percent}%")
}

/// For reading logs: with the rate and the time left.
pub fn reading() -> ProgressBar {
    styled("{spinner} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left  {msg}")
}

fn styled(template: &str) -> ProgressBar {
    ProgressBar::no_length().with_style(ProgressStyle::with_template(template).expect("the template is valid"))
}

/// For waiting on somebody else: it moves by itself.
pub fn waiting(on: String) -> ProgressBar {
    let bar = styled("{spinner} {msg} {elapsed}");
    bar.set_message(on);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Brings recall's index up to date and compares outputs, with a bar that says so.
pub fn catch_up(workspace: &mut Workspace) -> Result<(), Failure> {
    let bar = styled("{spinner} {msg}");
    bar.set_message("indexing words for recall");
    while workspace.index_piece()? == Backlog::Left {
        bar.tick();
    }
    bar.set_message("comparing outputs");
    while workspace.compare_piece()? != Compared::Nothing {
        bar.tick();
    }
    bar.finish_and_clear();
    Ok(())
}

/// Shows how far the logs are read.
pub fn show(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Reading { log, bytes, of } => {
            bar.set_length(of);
            bar.set_position(bytes);
            bar.set_message(name(&log));
        }
        Progress::Counting { session, entries, of } => {
            bar.set_length(of as u64);
            bar.set_position(entries as u64);
            bar.set_message(format!("counting {session}"));
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
