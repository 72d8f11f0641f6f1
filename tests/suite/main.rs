//! One test binary, one file per subject.

mod screen;
mod screens;
