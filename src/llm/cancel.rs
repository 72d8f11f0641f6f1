//! Cancelling what a model is asked, from another thread.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

/// Tells a request to stop. All clones are one.
#[derive(Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cancel({})", self.is_cancelled())
    }
}

/// Which request is meant, not what it holds: two are equal where cancelling one cancels the other.
impl PartialEq for Cancel {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Cancel {
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    pub(super) async fn cancelled(&self) {
        // The sender lives as long as `self`, so that this ends by a `true` alone.
        let _ = self.0.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
