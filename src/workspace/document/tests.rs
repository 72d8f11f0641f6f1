//! Exports of sessions: what comes back, what is refused.
