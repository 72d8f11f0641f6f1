//! The command line: one file per subcommand. Each parses into a struct, asks the workspace, and prints.
//!
//! Standard output holds the answer alone, as text or, with `--json`, as JSON whose fields are only ever added to.
//! Errors are one sentence on standard error with what to do. Exit codes: 0 done, 1 failed, 2 wrong use.

mod arguments;
mod confirm;
mod context;
mod failure;
mod output;
mod progress;
mod open;
mod pack;
mod import;
mod inspect;
mod sweep;
mod discovery;
mod session;
mod store;
mod facts;
mod why;
mod compare;
mod budgets;
mod window;
mod replay;
mod report;
mod recall;
mod detect;
mod curate;
mod retain;
mod stats;
mod doctor;
mod snapshot;
mod config;
mod completions;
mod man;

use clap::{CommandFactory, Parser, Subcommand};

pub use doctor::{Examination, Terminal};
pub use failure::{Failure, tell, unreadable};
pub use open::{Opening, Screen};
pub use snapshot::{Format, Picture, Shown};

/// See, curate and budget what your agent carries forward.
///
/// Opens a session of an agent, shows every entry by compression level, importance and token cost, and shows the exact
/// context that would be carried forward under a token budget. Without a command it opens the list of sessions.
#[derive(Parser, Debug)]
#[command(name = "haversack", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    store: arguments::StoreArgument,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  haversack demo                                look around, nothing is stored
  haversack open ~/.claude/projects/x/LOG.jsonl look at a real session
  haversack pack LOG.jsonl --budget 8k          print what 8,000 tokens would carry forward
  haversack session list                        sessions in the store";

#[derive(Subcommand, Debug)]
enum Command {
    Demo(open::Demo),
    Open(open::Open),
    Pack(pack::Pack),
    Import(import::Import),
    Inspect(inspect::Inspect),
    Sweep(sweep::Sweep),
    #[command(subcommand)]
    Session(session::Session),
    #[command(subcommand)]
    Store(store::Store),
    #[command(subcommand)]
    Facts(facts::Facts),
    Why(why::Why),
    Compare(compare::Compare),
    Budgets(budgets::Budgets),
    Window(window::Window),
    Replay(replay::Replay),
    #[command(subcommand)]
    Report(report::Report),
    Recall(recall::Recall),
    Detect(detect::Detect),
    Curate(curate::Curate),
    Retain(retain::Retain),
    Stats(stats::Stats),
    Snapshot(snapshot::Snapshot),
    Doctor(doctor::Doctor),
    Config(config::Config),
    Completions(completions::Completions),
    Man(man::Man),
}

/// What is left to do when the command line is done.
#[derive(Debug)]
pub enum Next {
    Nothing,
    /// Open the screen. It is another front end, so `main` hands this over.
    Screen(Box<Screen>),
    /// Tell what the screen would have to work with, which only the screen knows.
    Doctor(Box<Examination>),
    /// Draw a screen, which only the screen can, and write it down.
    Picture(Box<Picture>),
}

/// Runs a parsed command line.
pub fn run(cli: Cli) -> Result<Next, Failure> {
    let store = cli.store.store;
    match cli.command {
        None => open::picker(store).map(screen),
        Some(Command::Demo(demo)) => demo.run().map(screen),
        Some(Command::Open(open)) => open.run(store).map(screen),
        Some(Command::Pack(pack)) => pack.run(store).map(nothing),
        Some(Command::Import(import)) => import.run(store).map(nothing),
        Some(Command::Inspect(inspect)) => inspect.run().map(nothing),
        Some(Command::Sweep(sweep)) => sweep.run(store).map(nothing),
        Some(Command::Session(session)) => session.run(store).map(nothing),
        Some(Command::Store(store)) => store.run().map(nothing),
        Some(Command::Facts(facts)) => facts.run(store).map(nothing),
        Some(Command::Why(why)) => why.run(store).map(nothing),
        Some(Command::Window(window)) => window.run(store).map(nothing),
        Some(Command::Compare(compare)) => compare.run(store).map(nothing),
        Some(Command::Budgets(budgets)) => budgets.run(store).map(nothing),
        Some(Command::Replay(replay)) => replay.run(store).map(nothing),
        Some(Command::Report(report)) => report.run().map(nothing),
        Some(Command::Recall(recall)) => recall.run(store).map(nothing),
        Some(Command::Detect(detect)) => detect.run(store).map(nothing),
        Some(Command::Curate(curate)) => curate.run(store).map(nothing),
        Some(Command::Retain(retain)) => retain.run(store).map(nothing),
        Some(Command::Stats(stats)) => stats.run(store).map(nothing),
        Some(Command::Snapshot(snapshot)) => snapshot.run(store).map(|picture| Next::Picture(Box::new(picture))),
        Some(Command::Doctor(doctor)) => doctor.run(store).map(|examination| Next::Doctor(Box::new(examination))),
        Some(Command::Config(config)) => config.run(store).map(nothing),
        Some(Command::Completions(completions)) => completions.run(Cli::command()).map(nothing),
        Some(Command::Man(man)) => man.run(Cli::command()).map(nothing),
    }
}

fn screen(screen: Screen) -> Next {
    Next::Screen(Box::new(screen))
}

fn nothing((): ()) -> Next {
    Next::Nothing
}
