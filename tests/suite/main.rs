//! One test binary, one file per subject.
fn main() {}
