//! `haversack snapshot`: the same screens as on a terminal, written down.

use super::haversack;
