//! Session files of other programs: read into the model, and edited in place where that can be done without harm.

pub mod distill;
