use haversack::{model::*, text::tokens::Encoding, workspace::*};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    // packer pack PATH --budget N --strategy S --format json
    let path = std::path::Path::new(&a[2]);
    let budget: u32 = a[a.iter().position(|x| x == "--budget").unwrap() + 1].parse().unwrap();
    let fmt = &a[a.iter().position(|x| x == "--format").unwrap() + 1];
    let t = std::time::Instant::now();
    let sessions = read_sessions(path, Encoding::O200k).unwrap();
    eprintln!("prepared in {:?}; {} sessions", t.elapsed(), sessions.len());
    let s = sessions.into_iter().max_by_key(|s| s.entries.len()).unwrap();
    let desk = Desk::new(s, Encoding::O200k, Budget::Tokens(budget), Time(0));
    if fmt == "json" {
        println!("{}", serde_json::to_string(&desk.plan()).unwrap())
    } else {
        println!("{}", desk.pack_text());
        eprintln!("{:#?}", desk.totals());
    }
}
