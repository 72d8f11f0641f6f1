//! What a log made here becomes.
