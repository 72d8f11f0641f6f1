//! The store behind every server: one thread that writes, some that read, each with a workspace of its own, and one that
//! notices what other programs write and, when nobody does, brings recall's index up to date. SQLite lets readers go on
//! while the writer writes; what they read is kept on a shelf that all share.

use std::{
    fmt,
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
    workspace::{Backlog, Result, Shelf, Workspace},
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
    /// Where there are none, the writer reads.
    readers: Option<mpsc::Sender<Job>>,
    clients: Clients,
    changes: watch::Receiver<u64>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Any number: reading does not wait for writing, and what nobody waits for any more is not begun.
    Many,
    /// One program that may send several requests at once: all is done in the order in which it comes, also what nobody
    /// waits for any more.
    One,
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
    pub fn open(config: &Config, via: Via, clients: Clients) -> Result<(Engine, Threads)> {
        let mut first = workspace(config, via)?;
        let shelf = Shelf::default();
        first.keep_on(shelf.clone());
        let counting = first.counters().share();
        let open = {
            let config = config.clone();
            move || {
                workspace(&config, via).map(|mut workspace| {
                    workspace.count_with(counting.clone());
                    workspace.keep_on(shelf.clone());
                    workspace
                })
            }
        };
        let (told, changes) = watch::channel(0);
        let told = Arc::new(told);
        let (writer, jobs) = mpsc::channel(QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut workers = Vec::new();
        let mut readers = None;
        if clients == Clients::Many {
            let (reading, questions) = mpsc::channel(QUEUE);
            let questions = Arc::new(Mutex::new(questions));
            for _ in 0..READERS {
                let (reader, questions, open) = (open()?, questions.clone(), open.clone());
                workers.push(thread::spawn(move || work(reader, &questions, &open, &|| {})));
            }
            readers = Some(reading);
        }
        let (watching, stop) = threads::channel();
        let mut watched = open()?;
        let tell = told.clone();
        let watcher = thread::spawn(move || {
            let (mut wait, mut backlog) = (LOOK, Backlog::Left);
            while stop.recv_timeout(wait) == Err(threads::RecvTimeoutError::Timeout) {
                // What cannot be asked now can be asked the next time.
                if watched.changed().unwrap_or(false) {
                    tell.send_modify(|count| *count += 1);
                    (wait, backlog) = (LOOK, Backlog::Left);
                } else if backlog == Backlog::Left {
                    // Nobody has written for a while. Where it cannot be done, who looks for words first does it.
                    backlog = watched.index_piece().unwrap_or(Backlog::Done);
                    wait = if backlog == Backlog::Left { Duration::ZERO } else { LOOK };
                }
            }
        });
        workers.push(thread::spawn(move || work(first, &jobs, &open, &|| told.send_modify(|count| *count += 1))));
        let threads = Threads { workers, watcher: Some(watcher), watching: Some(watching) };
        Ok((Engine { writer, readers, clients, changes }, threads))
    }

    /// Does something that may write, after all that was handed in before. It is done even where the one who asked goes
    /// away once it has begun; [`Clients`] says what is done where they go before.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> std::result::Result<T, Unavailable> {
        self.ask(&self.writer, job).await
    }

    /// Does something that only reads. It sees all that was answered before it was asked for.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> std::result::Result<T, Unavailable> {
        self.ask(self.readers.as_ref().unwrap_or(&self.writer), job).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        queue: &mpsc::Sender<Job>,
        job: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> std::result::Result<T, Unavailable> {
        let place = match timeout(PATIENCE, queue.reserve()).await {
            Ok(Ok(place)) => place,
            Ok(Err(_)) => return Err(Unavailable::Broken),
            Err(_) => return Err(Unavailable::Busy),
        };
        let (reply, answer) = oneshot::channel();
        let always = self.clients == Clients::One;
        place.send(Box::new(move |workspace| {
            if always || !reply.is_closed() {
                let _ = reply.send(job(workspace));
            }
        }));
        answer.await.map_err(|_| Unavailable::Broken)
    }

    /// Changes whenever the store may have: at once after a job of this engine, soon after another program's write.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unavailable::Busy => "too much is waiting already, and nothing was done: ask again",
            Unavailable::Broken => "it went wrong in Haversack: ask again, and report it where it stays so",
        })
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
