//! Screens by picture: keys in, the final screen out.

use crate::screen::{Harness, checkout};

#[test]
fn look() {
    for (w, h) in [(80, 24), (120, 36), (40, 12)] {
        let mut harness = Harness::open(w, h, checkout());
        harness.keys("jjj");
        println!("{}", harness.picture());
    }
}
