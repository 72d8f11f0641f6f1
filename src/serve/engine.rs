//! The store behind a server: one thread that writes, some that read, each with a workspace of its own, and one that
//! notices what other programs write. SQLite lets readers go on while the writer writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, mpsc as threads},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use crate::{
    config::Config,
    model::Via,
    workspace::{Result, Workspace},
};

/// Jobs that wait for a thread before whoever asks has to wait.
const QUEUE: usize = 512;
/// How long to wait for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(10);
const READERS: usize = 2;
/// How soon what another program writes is noticed.
const LOOK: Duration = Duration::from_millis(200);

type Job = Box<dyn FnOnce(&mut Workspace) + Send>;

/// Where jobs are handed in. Cheap to clone; when the last one is dropped, the threads finish what is queued and end.
#[derive(Clone)]
pub struct Engine {
    writer: mpsc::Sender<Job>,
    readers: mpsc::Sender<Job>,
    changes: watch::Receiver<u64>,
}

/// The threads of an engine.
pub struct Threads {
    workers: Vec<JoinHandle<()>>,
    watcher: Option<JoinHandle<()>>,
    /// Dropped to end the watcher.
    watching: Option<threads::Sender<()>>,
}

/// Why a job was not done, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The queue was full for too long: nothing was done.
    Busy,
    /// It went wrong on our side.
    Broken,
}

impl Engine {
    /// Opens the store that the settings name; what is edited there came by `via`.
    ///
    /// # Errors
    /// Where the store cannot be opened.
    pub fn open(config: &Config, via: Via) -> Result<(Engine, Threads)> {
        let first = workspace(config, via)?;
        let counting = first.counters().share();
        let open = {
            let config = config.clone();
            move || {
                workspace(&config, via).map(|mut workspace| {
                    workspace.count_with(counting.clone());
                    workspace
                })
            }
        };
        let (told, changes) = watch::channel(0);
        let told = Arc::new(told);
        let (writer, jobs) = mpsc::channel(QUEUE);
        let (readers, questions) = mpsc::channel(QUEUE);
        let (jobs, questions) = (Arc::new(Mutex::new(jobs)), Arc::new(Mutex::new(questions)));
        let mut workers = Vec::new();
        for _ in 0..READERS {
            let (reader, questions, open) = (open()?, questions.clone(), open.clone());
            workers.push(thread::spawn(move || work(reader, &questions, &open, &|| {})));
        }
        let (watching, stop) = threads::channel();
        let mut watched = open()?;
        let tell = told.clone();
        let watcher = thread::spawn(move || {
            while stop.recv_timeout(LOOK) == Err(threads::RecvTimeoutError::Timeout) {
                // What cannot be asked now can be asked the next time.
                if watched.changed().unwrap_or(false) {
                    tell.send_modify(|count| *count += 1);
                }
            }
        });
        workers.push(thread::spawn(move || work(first, &jobs, &open, &|| told.send_modify(|count| *count += 1))));
        let threads = Threads { workers, watcher: Some(watcher), watching: Some(watching) };
        Ok((Engine { writer, readers, changes }, threads))
    }

    /// Does something that may write, after all that was handed in before. It is done even where the one who asked goes
    /// away once it has begun, and not at all where they go before.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> std::result::Result<T, Unavailable> {
        ask(&self.writer, job).await
    }

    /// Does something that only reads. It sees all that was written before it was asked for.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> std::result::Result<T, Unavailable> {
        ask(&self.readers, job).await
    }

    /// Changes whenever the store may have: at once after a job of this engine, soon after another program's write.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl Threads {
    /// Waits until all that was queued is done. Every [`Engine`] has to be dropped by then.
    pub fn finish(mut self) {
        self.watching.take();
        for thread in self.workers.drain(..).chain(self.watcher.take()) {
            // A thread that has panicked has told so.
            let _ = thread.join();
        }
    }
}

fn workspace(config: &Config, via: Via) -> Result<Workspace> {
    let mut workspace = Workspace::open(config.store_path(), config.plan())?.through(via);
    workspace.govern_facts(config.facts());
    Ok(workspace)
}

async fn ask<T: Send + 'static>(
    queue: &mpsc::Sender<Job>,
    job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
) -> std::result::Result<T, Unavailable> {
    let place = match timeout(PATIENCE, queue.reserve()).await {
        Ok(Ok(place)) => place,
        Ok(Err(_)) => return Err(Unavailable::Broken),
        Err(_) => return Err(Unavailable::Busy),
    };
    let (reply, answer) = oneshot::channel();
    place.send(Box::new(move |workspace| {
        if !reply.is_closed() {
            let _ = reply.send(job(workspace));
        }
    }));
    answer.await.map_err(|_| Unavailable::Broken)
}

fn work(
    mut workspace: Workspace,
    jobs: &Mutex<mpsc::Receiver<Job>>,
    open: &dyn Fn() -> Result<Workspace>,
    done: &dyn Fn(),
) {
    loop {
        // The one that waits holds the lock; the others wait for it.
        let next = jobs.lock().expect("no thread panics while it waits for a job").blocking_recv();
        let Some(job) = next else { return };
        // A fault of ours must not end the server; what it left half way is not used again.
        if catch_unwind(AssertUnwindSafe(|| job(&mut workspace))).is_err()
            && let Ok(again) = open()
        {
            workspace = again;
        }
        done();
    }
}
