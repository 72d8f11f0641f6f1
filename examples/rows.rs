use haversack::{text::tokens::Encoding, workspace::*};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = read_sessions(std::path::Path::new(&a[1]), Encoding::O200k)
        .unwrap()
        .into_iter()
        .max_by_key(|s| s.entries.len())
        .unwrap();
    let rows: Vec<_> = s.names.iter().map(|r| { let e = s.entry(r.entry).unwrap(); serde_json::json!({"seq": e.seq, "line": e.place.line, "text": format!("[#{}] {}", e.seq, r.text), "cost": r.cost, "weight": r.weight}) }).collect();
    println!("{}", serde_json::to_string(&rows).unwrap());
}
