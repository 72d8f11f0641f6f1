//! `/openapi.json`: what the routes say of themselves, and what holds for all of them.

use std::sync::Arc;

use axum::{Router, http::header, routing::get};
use serde_json::Value;
use utoipa::{
    OpenApi as _, PartialSchema, ToSchema,
    openapi::{
        Components, ContentBuilder, Info, OpenApi, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement,
        path::{Operation, PathItem},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    App, Needed,
    ask::InPath,
    problem::{Failure, Fault},
};

/// Answers that any route may give, and what they mean.
const FAILURES: [(&str, &str); 8] = [
    ("400", "The request is not usable: the message says why"),
    ("401", "The token is missing or wrong"),
    ("403", "Not allowed: the host, the page that asks, or who acts"),
    ("404", "There is no such session, entry, row or fact"),
    ("409", "Refused in the state that things are in; nothing was changed"),
    ("413", "The body is too large, or holds too many entries"),
    ("500", "A fault of the server's"),
    ("503", "Busy, or too late; Retry-After says when to try again"),
];

#[derive(utoipa::OpenApi)]
struct Opening;

/// What stands above the routes.
pub fn opening() -> OpenApi {
    let mut api = Opening::openapi();
    api.info = Info::new("Haversack", env!("CARGO_PKG_VERSION"));
    api.info.description = Some(
        "The memory of agents' sessions: push into it, see what would be carried forward, pin, compact, evict, restore, \
         undo. The header Haversack-Actor names the agent that acts (agent:NAME). Times are milliseconds since 1970 UTC, \
         but for created_at and updated_at."
            .into(),
    );
    api
}

/// With what holds for all routes: the token, where one is needed, and how they fail.
pub fn finished(mut api: OpenApi, token: Needed) -> OpenApi {
    let components = api.components.get_or_insert_with(Components::new);
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let schemas = &mut components.schemas;
    schemas.insert(Failure::name().into_owned(), Failure::schema());
    schemas.insert(InPath::name().into_owned(), InPath::schema());
    schemas.insert(Fault::name().into_owned(), Fault::schema());
    for (code, words) in FAILURES {
        components.responses.insert(format!("Failure{code}"), RefOr::T(failure(words)));
    }
    if token == Needed::Yes {
        api.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
    for item in api.paths.paths.values_mut() {
        for operation in operations(item) {
            for (code, _) in FAILURES {
                let responses = &mut operation.responses.responses;
                let of_all = || RefOr::Ref(Ref::new(format!("#/components/responses/Failure{code}")));
                responses.entry(code.into()).or_insert_with(of_all);
            }
        }
    }
    api
}

/// The same as JSON, with the range of every kind of whole number, which utoipa only names.
pub fn json(api: &OpenApi, token: Needed) -> Value {
    let mut json = serde_json::to_value(finished(api.clone(), token)).expect("a description is JSON");
    bound(&mut json);
    json
}

/// The route that serves the description.
pub fn router(api: &OpenApi, token: Needed) -> Router<Arc<App>> {
    let json = json(api, token).to_string();
    let answer = move || {
        let json = json.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], json) }
    };
    Router::new().route("/openapi.json", get(answer))
}

fn bound(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(bound),
        Value::Object(fields) => {
            fields.values_mut().for_each(bound);
            let range = match fields.get("format").and_then(Value::as_str) {
                Some("u-int8") => (0, u64::from(u8::MAX)),
                Some("u-int16") => (0, u64::from(u16::MAX)),
                Some("u-int32") => (0, u64::from(u32::MAX)),
                Some("int64") => (i64::MIN, i64::MAX.cast_unsigned()),
                _ => return,
            };
            fields.entry("minimum").or_insert(range.0.into());
            fields.entry("maximum").or_insert(range.1.into());
        }
        _ => {}
    }
}

fn failure(words: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Failure::name()))).build();
    ResponseBuilder::new().description(words).content("application/json", content).build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete, &mut item.put, &mut item.patch].into_iter().flatten()
}
