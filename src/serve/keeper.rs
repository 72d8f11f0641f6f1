//! The workspace on a thread of its own: it is synchronous and owns one connection, and tokio's threads must not wait.

use std::{
    fmt,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use tokio::sync::oneshot;

use crate::workspace::Workspace;

/// Asks the workspace's thread, in the order of asking. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    jobs: Sender<Job>,
}

/// The thread itself, for waiting until all that was asked is done.
pub struct Kept(thread::JoinHandle<()>);

/// The thread has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

enum Job {
    Do(Box<dyn FnOnce(&mut Workspace) + Send>),
    End,
}

impl Keeper {
    pub fn start(workspace: Workspace) -> (Keeper, Kept) {
        let (jobs, inbox) = channel();
        (Keeper { jobs }, Kept(thread::spawn(move || keep(workspace, &inbox))))
    }

    /// Runs `question` on the workspace's thread. What was begun is done even where nobody waits for it any more.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Do(Box::new(move |workspace| {
            // Who asked may have gone away: then there is nobody to tell.
            let _ = answer.send(question(workspace));
        }));
        self.jobs.send(job).map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }

    /// Ends the thread after all that was asked until now.
    pub fn end(&self) {
        // Where the thread is gone already, that is its end.
        let _ = self.jobs.send(Job::End);
    }
}

impl Kept {
    pub fn wait(self) -> Result<(), Gone> {
        self.0.join().map_err(|_| Gone)
    }
}

fn keep(mut workspace: Workspace, inbox: &Receiver<Job>) {
    while let Ok(Job::Do(job)) = inbox.recv() {
        job(&mut workspace);
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the thread that keeps the store has ended: start the server again")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::settings::PlanSettings;

    fn start() -> (Keeper, Kept) {
        Keeper::start(Workspace::throw_away(PlanSettings::default()).expect("it is in memory"))
    }

    #[test]
    fn what_was_asked_is_done_before_the_end() {
        let (keeper, kept) = start();
        let (done, seen) = channel();
        for at in 0..3 {
            let done = done.clone();
            drop(keeper.jobs.send(Job::Do(Box::new(move |_| done.send(at).expect("the test listens")))));
        }
        keeper.end();
        assert_eq!(kept.wait(), Ok(()));
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn a_thread_that_is_gone_is_an_answer() {
        let (keeper, kept) = start();
        keeper.end();
        kept.wait().expect("it ends");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
        assert_eq!(runtime.block_on(keeper.ask(|_| ())), Err(Gone));
    }
}
