//! `haversack budgets`: curves over budgets, with the knee and where more is worse.

use serde_json::{Value, json};

use super::place::{Place, SESSION};

#[test]
fn budgets_tell_what_contexts_of_these_budgets_keep() {
    let place = Place::with_log();
    let answer = place.run(&["budgets", "--session-id", SESSION, "--at", "400,150,2k", "--json"]).json();
    let names: Vec<&Value> =
        answer["strategies"].as_array().expect("a list").iter().map(|curve| &curve["name"]).collect();
    assert_eq!(json!(names), json!(["balanced", "ladder", "gradient", "window", "rolling"]));
    for curve in answer["strategies"].as_array().expect("a list") {
        let name = curve["name"].as_str().expect("a name");
        let points = curve["points"].as_array().expect("a list");
        assert_eq!(json!(points.iter().map(|point| &point["budget"]).collect::<Vec<_>>()), json!([150, 400, 2000]));
        for point in points {
            let budget = point["budget"].to_string();
            let plan = place.json(&["context", "--budget", &budget, "--strategy", name]);
            assert_eq!((&point["used"], &point["value"]), (&plan["used"], &plan["value"]), "{name} at {budget}");
            let entries = plan["blocks"].as_array().expect("a list").iter().filter(|block| block["kind"] == "entry");
            let carried: u64 = point["entries"].as_array().expect("a list").iter().filter_map(Value::as_u64).sum();
            assert_eq!(carried, entries.count() as u64, "{name} at {budget}");
        }
    }
}

#[test]
fn budgets_print_a_table_and_refuse_what_is_no_number() {
    let place = Place::with_log();
    let said =
        place.run(&["budgets", "balanced", "rolling", "--session-id", SESSION, "--budget", "200", "--points", "5"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let first = said.out.lines().next().unwrap_or_default();
    assert!(first.starts_with("balanced: 200 keeps ") && first.contains(" % of what "), "{first}");
    assert_eq!(said.out.lines().filter(|line| line.contains('%')).count(), 6, "{}", said.out);
    for wrong in [&["--at", "many"][..], &["--points", "1"], &["--at", "1k", "--points", "5"], &["best"]] {
        let arguments = [&["budgets", "--session-id", SESSION], wrong].concat();
        assert_eq!(place.run(&arguments).code, 2, "{wrong:?}");
    }
}
