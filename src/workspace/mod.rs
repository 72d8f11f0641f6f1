//! The one way in for every front end, and the only clock.

pub mod desk;
pub mod prepare;

pub use crate::store::SessionRow;
