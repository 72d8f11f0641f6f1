//! What can be done to entries: one edit each, which undo takes back.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App, Problem,
    ask::{At, Body, Name, Who},
    reply::{Answer, Reply},
};
use crate::{
    model::{Actor, Budget, EntryId, Importance, Level, Session, SessionId, Verb},
    workspace::{
        Workspace,
        answer::{Condensed, Done, Edited},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Entries that a verb does nothing to are told in `refused`; where it is all of them, the answer is 409.
    #[schema(min_items = 1)]
    entries: Vec<Name>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rescore {
    #[schema(min_items = 1)]
    entries: Vec<Name>,
    /// 0 to 1; `null` gives it back to the rule.
    #[serde(deserialize_with = "required")]
    #[schema(minimum = 0, maximum = 1, required)]
    importance: Option<f32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compact {
    #[schema(min_items = 1)]
    entries: Vec<Name>,
    /// The level to hold them at; one level less text where nothing is said.
    level: Option<Level>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    entry: Name,
    /// summary, sentence or keywords.
    level: Level,
    /// The text; `null` drops what was written by hand.
    #[serde(deserialize_with = "required")]
    #[schema(required)]
    text: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condense {
    /// What the summary stands for. Calls go with their results; pins stay.
    #[schema(min_items = 1)]
    entries: Vec<Name>,
    /// Tokens that the summary may cost; where nothing is said, ten times the root of its sources', 256 to 4,096.
    #[schema(minimum = 1)]
    tokens: Option<u32>,
    /// Only show the summary.
    #[serde(default)]
    dry_run: bool,
}

/// Carry entries in every pack, in full
#[utoipa::path(post, path = "/v1/sessions/{session}/pin", tag = "verbs", params(("session" = SessionId, Path)), request_body = Targets, responses((status = 200, body = Edited)))]
pub async fn pin(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Targets>) -> Answer {
    verb(&app, id, actor, on.entries, Verb::Pin).await
}

/// Let the plan decide again
#[utoipa::path(post, path = "/v1/sessions/{session}/unpin", tag = "verbs", params(("session" = SessionId, Path)), request_body = Targets, responses((status = 200, body = Edited)))]
pub async fn unpin(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Targets>) -> Answer {
    verb(&app, id, actor, on.entries, Verb::Unpin).await
}

/// Set the importance of entries by hand, or give it back to the rule
#[utoipa::path(post, path = "/v1/sessions/{session}/rescore", tag = "verbs", params(("session" = SessionId, Path)), request_body = Rescore, responses((status = 200, body = Edited)))]
pub async fn rescore(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Rescore>) -> Answer {
    let importance =
        |value| Importance::new(value).ok_or_else(|| Problem::bad_input("importance is a number from 0 to 1"));
    let score = on.importance.map(importance).transpose()?.map_or(Verb::ScoreByRule, Verb::Rescore);
    verb(&app, id, actor, on.entries, score).await
}

/// Hold entries at less text
#[utoipa::path(post, path = "/v1/sessions/{session}/compact", tag = "verbs", params(("session" = SessionId, Path)), request_body = Compact, responses((status = 200, body = Edited)))]
pub async fn compact(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Compact>) -> Answer {
    verb(&app, id, actor, on.entries, on.level.map_or(Verb::CompactDeeper, Verb::CompactTo)).await
}

/// Keep entries out of every pack; a call goes with its results
#[utoipa::path(post, path = "/v1/sessions/{session}/evict", tag = "verbs", params(("session" = SessionId, Path)), request_body = Targets, responses((status = 200, body = Edited)))]
pub async fn evict(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Targets>) -> Answer {
    verb(&app, id, actor, on.entries, Verb::Evict).await
}

/// Keep entries out of every pack and leave them to recall
#[utoipa::path(post, path = "/v1/sessions/{session}/archive", tag = "verbs", params(("session" = SessionId, Path)), request_body = Targets, responses((status = 200, body = Edited)))]
pub async fn archive(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Targets>) -> Answer {
    verb(&app, id, actor, on.entries, Verb::Archive).await
}

/// Bring entries back, held at full
#[utoipa::path(post, path = "/v1/sessions/{session}/restore", tag = "verbs", params(("session" = SessionId, Path)), request_body = Targets, responses((status = 200, body = Edited)))]
pub async fn restore(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Targets>) -> Answer {
    verb(&app, id, actor, on.entries, Verb::Restore).await
}

/// Write an entry's summary, sentence or keywords by hand, or drop what was written
#[utoipa::path(post, path = "/v1/sessions/{session}/rewrite", tag = "verbs", params(("session" = SessionId, Path)), request_body = Rewrite, responses((status = 200, body = Edited)))]
pub async fn rewrite(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Rewrite>) -> Answer {
    let budget = app.budget;
    app.write(move |workspace| {
        let session = workspace.session(&id)?;
        let found = on.entry.find(&session)?;
        let verb = match &on.text {
            None => Verb::RewriteByRule(on.level),
            Some(text) => workspace.rewriting(session.entry(found).expect("it was found just now"), on.level, text),
        };
        edit(workspace, &session, &actor, budget, &verb, &[found])
    })
    .await
}

/// Put one structured summary in place of entries; they are archived, and recall still finds them
#[utoipa::path(post, path = "/v1/sessions/{session}/condense", tag = "verbs", params(("session" = SessionId, Path)), request_body = Condense, responses((status = 200, body = Condensed)))]
pub async fn condense(
    State(app): State<Arc<App>>,
    Who(actor): Who,
    At(id, ()): At,
    Body(on): Body<Condense>,
) -> Answer {
    let budget = app.budget;
    if on.tokens == Some(0) {
        return Err(Problem::bad_input("tokens is a number from 1"));
    }
    let job = move |workspace: &mut Workspace| {
        let session = workspace.session(&id)?;
        let targets = found(&on.entries, &session)?;
        let made = workspace.condensed(&session, &targets, on.tokens)?;
        // Checked where it is only shown, too: what would be refused is not shown as if it could be done.
        let (edit, _) = session.edit_for(&made.verb(), &[])?;
        let done = if on.dry_run { Done::Shown } else { Done::Made };
        if done == Done::Made {
            workspace.edit(&id, &actor, budget, &made.verb(), &[])?;
        }
        Reply::json(&Condensed::new(&session, &made, &edit.words, done))
    };
    app.write(job).await
}

async fn verb(app: &App, id: SessionId, actor: Actor, on: Vec<Name>, verb: Verb) -> Answer {
    let budget = app.budget;
    app.write(move |workspace| {
        let session = workspace.session(&id)?;
        let targets = found(&on, &session)?;
        edit(workspace, &session, &actor, budget, &verb, &targets)
    })
    .await
}

fn found(named: &[Name], session: &Session) -> Result<Vec<EntryId>, Problem> {
    match named {
        [] => Err(Problem::bad_input("entries is empty: name at least one")),
        named => named.iter().map(|name| name.find(session)).collect(),
    }
}

fn edit(
    workspace: &mut Workspace,
    session: &Session,
    actor: &Actor,
    budget: Budget,
    verb: &Verb,
    on: &[EntryId],
) -> Answer {
    let done = workspace.edit(&session.id, actor, budget, verb, on)?;
    Reply::json(&Edited::new(session, &done))
}

/// A field that may be `null`, but must be there.
fn required<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}
