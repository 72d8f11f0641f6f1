//! Haversack: see, curate and budget what your agent carries forward.
//!
//! One crate in layers; a module may use only those above its own line, and `tests/suite/architecture.rs` holds it to
//! that. Read them in this order:
//!
//! | module | what it is | never |
//! | --- | --- | --- |
//! | [`model`] | the domain as plain values, and what each verb does to each state | I/O, clock, drawing |
//! | [`text`] | pure functions of text: tokens, redaction, compression, inert output | I/O, clock, threads |
//! | [`score`] | importance by rule, with its breakdown | I/O, clock, threads |
//! | [`facts`] | what may be written as a fact, how long it holds, which write is in force | I/O, clock, threads |
//! | [`pack`] | a session and a budget → a plan → text; value, suggestions | I/O, clock, threads |
//! | [`insight`] | how a session ended, what recurs over sessions, what may go | I/O, clock, threads |
//! | [`config`] | settings, each with where it came from | front ends |
//! | [`store`] | SQLite ⇄ model, journal, undo: the trait `Store`, our own files, distill's in place | front ends |
//! | [`ingest`] | agent logs → model | front ends |
//! | [`llm`] | the optional model that writes drafts and summaries: Ollama and others, streamed | front ends |
//! | [`workspace`] | the one way in for every front end, and the only clock | front ends |
//! | `cli`, `serve`, `tui` | what people and programs see | each other, `store` and `ingest` directly |
//!
//! What each verb does to an entry in each state:
//!
//! | state ↓ verb → | pin | unpin | rescore | compact | evict | archive | supersede | restore | rewrite |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | live | pinned, held at full | refused | set | one level deeper, or to a level | exchange out | exchange out, found by recall | exchange out, by another entry | held at full; refused where it is | set |
//! | pinned | refused | unpinned | set | refused | refused | refused | refused | refused | set |
//! | evicted | exchange back, pinned | refused | set | refused | refused | refused | refused | exchange back at full | set |
//! | superseded | exchange back, pinned | refused | set | refused | refused | refused | refused | exchange back at full | set |
//! | archived | exchange back, pinned | refused | set | refused | refused | refused | refused | exchange back at full | set |
//! | boundary, opaque | refused | refused | refused | refused | refused | refused | refused | refused | refused |
//!
//! Evict, archive, supersede and restore act on the exchange; pin, compact, rescore and rewrite on the entry. Condense
//! adds a summary and archives what it stands for, in one edit: whole exchanges, live ones; pins stay.
//!
//! A push may bring a newer copy of an exchange. That supersedes the older one, pinned or not: its pin and its importance
//! by hand move to the copy in the same edit. Where it takes a session above its maximum, enforcement holds live entries at
//! less text by rule, or evicts them; pins and levels held by hand stay.
//!
//! Every edit is journalled with its actor (`person`, `agent:<name>`, `rule`) and the front end it came by. What a person
//! has done by hand is a person's to take back: [`model::policy`] decides, [`workspace`] asks it before every step. Whose a
//! pin, a level or an importance is says the newest standing row of the journal that set it; what a push passed on to a
//! newer copy stays whose it was. A person may do everything, and an agent or a rule:
//!
//! | what ↓ whose → | a person's | an agent's | a rule's | nobody's |
//! | --- | --- | --- | --- | --- |
//! | take back an edit | refused | may | may | may |
//! | bring an edit again | refused | may | may | may |
//! | unpin an entry | refused | may | may | may |
//! | take a pinned entry out | refused | may | may | may |
//! | bring an entry back that is out | refused | may | may | may |
//! | change an importance set by hand | refused | may | may | may |
//! | change a level held by hand | refused | may | may | may |
//! | change a rewrite | refused | may | may | may |
//! | unpin a fact | refused | may | may | may |
//! | expire a pinned fact | refused | may | may | may |
//! | bring a deleted session back | refused | may | may | may |
//! | purge a session | refused | refused | refused | refused |
//!
//! A push to a deleted session is refused, and a log that grows does not bring one back. Who creates a session under the
//! id of a deleted one gets an empty one; the deleted one stays deleted under another id. A fact is believed as far as its
//! writer may say: an agent's word counts as that of a tool at the most, a rule's as a policy.

pub mod model;
pub mod text;
pub mod score;
pub mod facts;
pub mod pack;
pub mod insight;
pub mod config;
pub mod store;
pub mod ingest;
pub mod llm;
pub mod workspace;
pub mod cli;
pub mod serve;
pub mod tui;
