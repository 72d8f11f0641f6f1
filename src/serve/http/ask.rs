//! What a request says, read and checked: its body, its query, its path, and who acts. What is wrong is a 400 of ours.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderName, Method, StatusCode, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, schema::Type},
};

use super::{App, MOST_BODY, Problem, app::Persons};
use crate::{
    model::{Actor, EntryId, EntryName, Session, SessionId},
    text::words,
};

/// Names the agent that acts.
pub const ACTOR: HeaderName = HeaderName::from_static("haversack-actor");
const UNNAMED: &str = "agent:http";

/// A body of JSON. What it calls itself does not matter: distill reads it whatever its type.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        json(&bytes(request).await?).map(Body)
    }
}

/// What routes of distill are asked: in the query with GET, else in the body; with DELETE in whichever there is.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Arc<App>) -> Result<Self, Problem> {
        let in_query = match *request.method() {
            Method::GET | Method::HEAD => true,
            Method::DELETE => request.uri().query().is_some_and(|query| !query.is_empty()),
            _ => false,
        };
        if in_query {
            let (mut parts, _) = request.into_parts();
            return Filter::from_request_parts(&mut parts, state).await.map(|Filter(asked)| Asked(asked));
        }
        json(&bytes(request).await?).map(Asked)
    }
}

/// The query of the address.
pub struct Filter<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let query = Query::try_from_uri(&parts.uri);
        query
            .map(|Query(asked)| Filter(asked))
            .map_err(|why| Problem::bad_input(format!("the query: {}", why.body_text())))
    }
}

/// The session that the path names, and what else it names.
pub struct At<T = ()>(pub SessionId, pub T);

#[derive(Deserialize)]
struct Named {
    session: String,
}

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<App>) -> Result<Self, Problem> {
        let unreadable = |why: String| Problem::bad_input(format!("the path: {why}"));
        let named = Path::<Named>::from_request_parts(parts, state).await;
        let Path(named) = named.map_err(|why| unreadable(why.body_text()))?;
        let rest = Path::<T>::from_request_parts(parts, state).await;
        let Path(rest) = rest.map_err(|why| unreadable(why.body_text()))?;
        Ok(At(session(&named.session)?, rest))
    }
}

/// Who acts: an agent, and a person or a rule only where the server was told to believe that.
pub struct Who(pub Actor);

impl FromRequestParts<Arc<App>> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(ACTOR).iter();
        let named = match (given.next(), given.next()) {
            (None, _) => UNNAMED,
            (Some(one), None) => one.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return Err(Problem::bad_input("the header Haversack-Actor stands there twice")),
        };
        let actor: Actor = named.parse().map_err(|why| Problem::bad_input(format!("Haversack-Actor: {why}")))?;
        match named.starts_with("agent:") || app.persons == Persons::Allowed {
            true => Ok(Who(actor)),
            false => Err(Problem::forbidden(
                format!("a client is an agent, not '{actor}'"),
                "name an agent as agent:NAME; `haversack serve --allow-person` believes the others",
            )),
        }
    }
}

/// An entry as a client names it: its number, `"#12"`, or its id.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "name an entry as 12, \"#12\" or its id of 16 hex digits")]
pub enum Name {
    Seq(u32),
    Text(String),
}

/// The number of an entry, or its id, in a path.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^([1-9][0-9]{0,8}|[0-9a-f]{16})$", example = "12")]
pub struct InPath(());

impl ToSchema for Name {}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(u32::MAX));
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^(#?[1-9][0-9]{0,8}|[0-9a-f]{16})$"));
        let either = OneOfBuilder::new().item(number).item(text).description(Some("12, \"#12\" or an entry's id"));
        RefOr::T(Schema::OneOf(either.build()))
    }
}

impl Name {
    pub fn find(&self, session: &Session) -> Result<EntryId, Problem> {
        let name = match self {
            Name::Seq(seq) if *seq > 0 => EntryName::Seq(*seq),
            Name::Seq(_) => return Err(Problem::bad_input("entries are numbered from 1")),
            Name::Text(text) => text.parse().map_err(Problem::bad_input)?,
        };
        name.find(session).map_err(Problem::no_entry)
    }
}

/// An id of a session, as a body or a query gives it.
pub fn session(text: &str) -> Result<SessionId, Problem> {
    SessionId::typed(text).map_err(|why| Problem::bad_input(format!("session_id: {why}")))
}

async fn bytes(request: Request) -> Result<Bytes, Problem> {
    let bytes = Bytes::from_request(request, &()).await;
    bytes.map_err(|why| match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("a body may have {}: nothing was stored", words::size(MOST_BODY as u64)),
            "send it in several requests",
        ),
        _ => Problem::bad_input("the body ended early"),
    })
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(Problem::bad_input("the body is empty: send a JSON object"));
    }
    serde_json::from_slice(bytes).or_else(|why| {
        // For JSON 12.0 is a whole number too.
        let whole = serde_json::from_slice(bytes).ok().map(wholes).and_then(|value| serde_json::from_value(value).ok());
        whole.ok_or_else(|| Problem::bad_input(format!("the body: {why}")))
    })
}

fn wholes(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(wholes).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, wholes(field))).collect(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 2f64.powi(53) => {
                (float as i64).into()
            }
            _ => Value::Number(number),
        },
        other => other,
    }
}
