//! Renditions of each shape, and the promises that hold for all of them.

use super::*;
