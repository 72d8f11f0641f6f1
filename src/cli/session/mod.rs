//! `haversack session`: everything that can be done to a stored session.

mod create;
mod list;
mod get;
mod digest;
mod push;
mod context;
mod verbs;
mod condense;
mod undo;
mod log;
mod deletion;
mod purge;
mod layer;
mod export;

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;

/// List, read and edit the sessions of a store
#[derive(Subcommand, Debug)]
#[command(after_help = "\
Examples:
  haversack session list
  haversack session pin '#12' 40 --session-id claude:4d5611e5
  haversack session context --session-id claude:4d5611e5 --budget 32k
  haversack session context --demo --json

In place of --session-id every command takes --demo, which works on the built-in session and keeps nothing.")]
pub enum Session {
    Create(create::Create),
    List(list::List),
    Get(get::Get),
    Digest(digest::DigestOf),
    Push(push::Push),
    Context(context::Context),
    Pin(verbs::Pin),
    Unpin(verbs::Unpin),
    Rescore(verbs::Rescore),
    Compact(verbs::Compact),
    Evict(verbs::Evict),
    Archive(verbs::Archive),
    Condense(condense::Condense),
    Restore(verbs::Restore),
    Rewrite(verbs::Rewrite),
    Undo(undo::Undo),
    Redo(undo::Redo),
    Log(log::Log),
    Delete(deletion::Delete),
    Undelete(deletion::Undelete),
    Purge(purge::Purge),
    ForceLayer(layer::ForceLayer),
    Export(export::Export),
}

impl Session {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        match self {
            Session::Create(create) => create.run(store),
            Session::List(list) => list.run(store),
            Session::Get(get) => get.run(store),
            Session::Digest(digest) => digest.run(store),
            Session::Push(push) => push.run(store),
            Session::Context(context) => context.run(store),
            Session::Pin(pin) => pin.run(store),
            Session::Unpin(unpin) => unpin.run(store),
            Session::Rescore(rescore) => rescore.run(store),
            Session::Compact(compact) => compact.run(store),
            Session::Evict(evict) => evict.run(store),
            Session::Archive(archive) => archive.run(store),
            Session::Condense(condense) => condense.run(store),
            Session::Restore(restore) => restore.run(store),
            Session::Rewrite(rewrite) => rewrite.run(store),
            Session::Undo(undo) => undo.run(store),
            Session::Redo(redo) => redo.run(store),
            Session::Log(log) => log.run(store),
            Session::Delete(delete) => delete.run(store),
            Session::Undelete(undelete) => undelete.run(store),
            Session::Purge(purge) => purge.run(store),
            Session::ForceLayer(layer) => layer.run(store),
            Session::Export(export) => export.run(store),
        }
    }
}
