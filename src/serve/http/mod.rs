//! The HTTP API: distill's five routes, and resources for what distill lacks. One file per group of routes.

mod guard;
mod listen;
mod document;
mod problem;
mod reply;
mod ask;
mod app;
mod budget;
mod distill;
mod sessions;
mod entries;
mod verbs;
mod journal;
mod plans;
mod facts;
mod recall;
mod events;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use app::{App, Closing, MOST_ENTRIES, Persons};
pub use guard::{Access, Guard};
pub use listen::{Needed, Options, ServeError, Server, run};
pub use problem::Problem;

/// The most that a request's body may hold.
pub const MOST_BODY: usize = 16 * 1024 * 1024;

/// Every route of the API behind the guard, which `/openapi.json` alone passes by.
pub fn router(app: Arc<App>, guard: Guard) -> Router {
    let (routes, api) = api();
    let routes = routes.merge(document::router(&api, guard.needs_token()));
    guarded(routes.with_state(app), guard)
}

/// What any router of this server is wrapped in: the checks of host, origin and token, limits of size and time, and
/// errors as JSON.
pub fn guarded(router: Router, guard: Guard) -> Router {
    let cors = guard.cors();
    let router = router
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(middleware::from_fn(guard::hurry))
        .layer(middleware::from_fn_with_state(Arc::new(guard), guard::check));
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// What is served at `/openapi.json`.
pub fn description() -> serde_json::Value {
    document::json(&api().1, Needed::Yes)
}

fn api() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::with_openapi(document::opening())
        .routes(routes!(distill::create))
        .routes(routes!(distill::push))
        .routes(routes!(distill::get_context, distill::post_context))
        .routes(routes!(distill::get_get, distill::post_get))
        .routes(routes!(distill::delete_delete, distill::post_delete))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::one, sessions::delete))
        .routes(routes!(sessions::undelete))
        .routes(routes!(entries::list))
        .routes(routes!(entries::one))
        .routes(routes!(entries::rendition))
        .routes(routes!(entries::why))
        .routes(routes!(verbs::pin))
        .routes(routes!(verbs::unpin))
        .routes(routes!(verbs::rescore))
        .routes(routes!(verbs::compact))
        .routes(routes!(verbs::evict))
        .routes(routes!(verbs::archive))
        .routes(routes!(verbs::restore))
        .routes(routes!(verbs::rewrite))
        .routes(routes!(verbs::condense))
        .routes(routes!(journal::undo))
        .routes(routes!(journal::redo))
        .routes(routes!(journal::list))
        .routes(routes!(plans::plan))
        .routes(routes!(plans::compare))
        .routes(routes!(plans::budgets))
        .routes(routes!(plans::replay))
        .routes(routes!(facts::list, facts::set))
        .routes(routes!(facts::history))
        .routes(routes!(facts::expire))
        .routes(routes!(facts::pin))
        .routes(routes!(facts::unpin))
        .routes(routes!(recall::recall))
        .routes(routes!(events::events))
        .split_for_parts()
}
