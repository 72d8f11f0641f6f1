//! Letting raw text go until the store is within its caps: what would go is told first, and nothing goes that was not.

use std::collections::HashMap;

use super::{Result, Workspace, WorkspaceError};
use crate::{
    insight::retention::{self, Caps, Pass, RetentionPlan, Step},
    model::{Actor, SessionId, Time, policy::allow_purge},
    store::{Part, StoreError},
    text::words,
};

/// What a retention run did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Retained {
    #[serde(flatten)]
    pub plan: RetentionPlan,
    /// Entries archived for too long, whose bytes go too, and how many bytes of text these are.
    pub archived_entries: u32,
    pub archived_bytes: u64,
    /// Sessions that changed while their turn came, or whose turn it was not when this was told: left for the next run.
    pub passed_over: Vec<SessionId>,
    pub digest_bytes: u64,
    /// Digests take more than their cap: an alert, nothing is removed.
    pub over_digest_cap: bool,
    /// When it was worked out. What somebody agreed to does not grow while they read it.
    #[serde(skip)]
    pub as_of: Time,
}

impl Retained {
    pub fn is_nothing(&self) -> bool {
        self.plan.steps.is_empty() && self.archived_entries == 0
    }

    /// "3 sessions (412 kB), 2 pinned entries among it, and 14 archived entries (32 kB)": what is told before it goes.
    pub fn goes(&self) -> String {
        let sessions = || {
            let pinned = match self.pins() {
                0 => String::new(),
                pins => format!(", {} among it", words::plural(pins as usize, "pinned entry", "pinned entries")),
            };
            let lost = match self.data_loss().count() {
                0 => String::new(),
                lost => format!(", DATA LOSS of {}", words::plural(lost, "session", "sessions")),
            };
            let of = words::plural(self.plan.steps.len(), "session", "sessions");
            format!("the raw text of {of} ({}){pinned}{lost}", words::size(self.freed()))
        };
        match (self.plan.steps.len(), self.archived_entries) {
            (_, 0) => sessions(),
            (0, _) => self.archived(),
            _ => format!("{}, and {}", sessions(), self.archived()),
        }
    }

    /// The same when it is done, with what was left.
    pub fn went(&self) -> String {
        let mut words = match self.is_nothing() {
            true => "nothing went".to_owned(),
            false => format!("let go of {}", self.goes()),
        };
        if !self.passed_over.is_empty() {
            let stay = words::plural(self.passed_over.len(), "session", "sessions");
            words += &format!("; {stay} changed meanwhile: left for the next run");
        }
        if self.plan.over_hard_cap {
            words += "; the store is above its hard cap still";
        }
        words
    }

    /// "14 archived entries (32 kB)".
    pub fn archived(&self) -> String {
        let entries = words::plural(self.archived_entries as usize, "archived entry", "archived entries");
        format!("{entries} ({})", words::size(self.archived_bytes))
    }

    /// Bytes of raw text.
    pub fn freed(&self) -> u64 {
        self.plan.bytes_before - self.plan.bytes_after
    }

    pub fn pins(&self) -> u32 {
        self.plan.steps.iter().map(|step| step.pins).sum()
    }

    /// Sessions of which nothing is left.
    pub fn data_loss(&self) -> impl Iterator<Item = &SessionId> {
        self.plan.steps.iter().filter(|step| step.pass == Pass::DataLoss).map(|step| &step.session_id)
    }
}

impl Workspace {
    /// What [`Workspace::retain`] would do now. Nothing is written.
    pub fn would_retain(&mut self, caps: Caps) -> Result<Retained> {
        let now = self.now();
        // It is digested when it goes; that it can be is tried.
        let plan = self.retention_plan(caps, now, |workspace, id| workspace.session(id).map(drop))?;
        let (archived_entries, archived_bytes) =
            self.store.native(Part::Derived)?.archived(caps.archived_before(now))?;
        let would = Retained { plan, archived_entries, archived_bytes, as_of: now, ..Retained::default() };
        self.with_digests(would, caps)
    }

    /// Lets go of what `told`, an answer of [`Workspace::would_retain`], names, as far as it is still to go; `tell` hears
    /// each step when it is done. Each session is whole or digested at any moment, whenever this is stopped.
    pub fn retain(
        &mut self,
        caps: Caps,
        told: &Retained,
        actor: &Actor,
        tell: &mut dyn FnMut(&Step),
    ) -> Result<Retained> {
        if let Some(first) = told.plan.steps.first() {
            // It removes bytes for good, as a purge does.
            allow_purge(actor, &first.session_id)?;
        }
        let plan = self.retention_plan(caps, told.as_of, |workspace, id| workspace.digest_now(id).map(drop))?;
        let agreed: HashMap<&SessionId, &Step> = told.plan.steps.iter().map(|step| (&step.session_id, step)).collect();
        let as_told = |step: &Step| {
            agreed.get(&step.session_id).is_some_and(|told| (told.pass, told.pins) == (step.pass, step.pins))
        };
        let mut done = Retained { plan, as_of: told.as_of, ..Retained::default() };
        let now = self.now();
        for step in std::mem::take(&mut done.plan.steps) {
            let gone = match as_told(&step) {
                true => self.store.native_mut(Part::Derived)?.let_go(&step.session_id, step.pass, actor, now),
                false => Err(StoreError::Moved(step.session_id.clone())),
            };
            match gone {
                Ok(()) => {
                    tell(&step);
                    done.plan.steps.push(step);
                }
                Err(StoreError::Moved(id) | StoreError::Deleted(id)) => {
                    done.plan.bytes_after += step.bytes;
                    done.passed_over.push(id);
                }
                Err(error) => return Err(error.into()),
            }
        }
        done.plan.over_hard_cap = done.plan.bytes_after > caps.hard;
        if told.archived_entries > 0 {
            let before = caps.archived_before(told.as_of);
            (done.archived_entries, done.archived_bytes) = self.store.native(Part::Derived)?.archived(before)?;
            self.store.native_mut(Part::Derived)?.forget_archived(before)?;
        }
        // Also after a run that was stopped before it came to this.
        self.store.native_mut(Part::Derived)?.shrink()?;
        self.with_digests(done, caps)
    }

    /// `digest` digests a session, or tries whether that goes.
    fn retention_plan(
        &mut self,
        caps: Caps,
        now: Time,
        mut digest: impl FnMut(&mut Workspace, &SessionId) -> Result<()>,
    ) -> Result<RetentionPlan> {
        let stored = self.store.native(Part::Derived)?.raw_sizes()?;
        let mut failed = None;
        let plan = retention::plan(&stored, now, caps, |id| match digest(self, id) {
            Ok(()) => true,
            // What cannot be read gives no digest; what cannot be written is no reason to lose it.
            Err(WorkspaceError::Store(StoreError::Damaged { .. })) => false,
            Err(error) => {
                failed.get_or_insert(error);
                false
            }
        });
        failed.map_or(Ok(plan), Err)
    }

    fn with_digests(&self, mut retained: Retained, caps: Caps) -> Result<Retained> {
        retained.digest_bytes = self.store.native(Part::Derived)?.digest_bytes()?;
        retained.over_digest_cap = retained.digest_bytes > caps.distilled;
        Ok(retained)
    }
}
