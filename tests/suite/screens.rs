//! Screens by picture: keys in, the final screen out.

use crate::screen::{Harness, checkout};

#[test]
fn look() {
    for (w, h, keys) in [(120, 36, "jjj"), (80, 24, "/round<enter>jp"), (120, 36, "f")] {
        let mut harness = Harness::open(w, h, checkout());
        harness.keys(keys);
        let svg = crate::record::svg(harness.buffer());
        std::fs::write(format!("/tmp/look-{w}-{}.png", keys.len()), crate::record::png(&svg)).unwrap();
    }
}
