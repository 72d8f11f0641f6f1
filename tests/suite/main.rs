//! One test binary, one file per subject.

mod corpus;
