//! Pictures of the demo for the README: each must be what the code draws. `cargo redraw` draws them again.

use std::{fs, path::PathBuf};

use haversack::{
    model::{Budget, Session, Time},
    pack::settings::PlanSettings,
    tui::app::{Event, event::Keeping},
    workspace::desk::Desk,
};

use crate::{record, screen::Harness};

/// A picture: the keys that lead to it, in a terminal of this size.
struct Scene {
    name: &'static str,
    size: (u16, u16),
    /// Tokens.
    budget: u32,
    keys: &'static str,
}

const SCENES: [Scene; 6] = [
    Scene { name: "main", size: (140, 40), budget: 16_000, keys: "/Go on with the backfill<enter>Fkkkkkkk" },
    Scene { name: "why", size: (140, 40), budget: 4_000, keys: "/they stay as they are<enter>F<enter>" },
    Scene { name: "sweep", size: (140, 40), budget: 16_000, keys: "W" },
    Scene { name: "compare", size: (140, 40), budget: 16_000, keys: "Dfff" },
    Scene { name: "help", size: (140, 40), budget: 16_000, keys: "?" },
    Scene { name: "small", size: (80, 24), budget: 8_000, keys: "/Why did you forget<enter>F" },
];

#[test]
fn the_pictures_are_current() {
    for scene in &SCENES {
        let committed = fs::read_to_string(path(scene, "svg")).unwrap_or_default();
        let stale = committed != draw(scene);
        assert!(!stale, "screenshots/{}.svg is not what the code draws: look at it after `cargo redraw`", scene.name);
        assert!(path(scene, "png").exists(), "screenshots/{}.png is missing: run `cargo redraw`", scene.name);
    }
}

#[test]
#[ignore = "writes screenshots/: run it as `cargo redraw`"]
fn redraw() {
    for scene in &SCENES {
        let svg = draw(scene);
        fs::create_dir_all(path(scene, "svg").with_file_name("")).expect("the checkout can be written to");
        fs::write(path(scene, "png"), record::png(&svg)).expect("the checkout can be written to");
        fs::write(path(scene, "svg"), svg).expect("the checkout can be written to");
    }
}

fn draw(scene: &Scene) -> String {
    let demo = include_str!("../../assets/demo/checkout.json");
    let session: Session = serde_json::from_str(demo).expect("the built-in session is a session");
    let mut screen = Harness::new(scene.size.0, scene.size.1);
    screen.state.settings.budget = Budget::Tokens(scene.budget);
    let desk = Box::new(Desk::new(session, PlanSettings::default(), screen.state.settings.budget, Time(0)));
    screen.event(Event::Opened { generation: screen.state.generation, desk, keeping: Keeping::Nothing });
    // The first frame tells the sizes that scrolling needs.
    screen.event(Event::Resized);
    screen.keys(scene.keys);
    record::svg(screen.buffer())
}

fn path(scene: &Scene, extension: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(scene.name).with_extension(extension)
}
