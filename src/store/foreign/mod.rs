//! Session files of other programs, read into the model. They are opened read-only and never changed.

pub mod distill;
