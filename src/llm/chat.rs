//! The protocols of OpenAI and of Anthropic, spoken by `genai`.

use std::error::Error;

use futures_util::StreamExt;
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent, StopReason},
    resolver::{AuthData, Endpoint, ProviderConfig},
};

use super::{Answer, Ending, LlmError, Provider, Request, Settings, http};

pub(super) async fn generate(
    settings: &Settings,
    request: &Request,
    answer: &mut Answer<'_>,
) -> Result<Ending, LlmError> {
    let target = ServiceTarget {
        endpoint: endpoint(settings),
        auth: auth(settings),
        model: ModelIden::new(adapter(settings), settings.model.as_str()),
    };
    let asked = ChatRequest::default()
        .with_system(request.system.as_str())
        .append_message(ChatMessage::user(request.prompt.as_str()));
    let options = ChatOptions::default().with_temperature(settings.temperature).with_max_tokens(request.max_tokens);
    let client = client(settings)?;
    let stream = async {
        client.exec_chat_stream(target, asked, Some(&options)).await.map_err(|why| failure(settings, 0, &why))
    };
    let mut stream = http::in_time(settings, stream).await?.stream;
    loop {
        let next = http::in_time(settings, async { Ok(stream.next().await) }).await?;
        match next {
            Some(Ok(ChatStreamEvent::Chunk(chunk))) => answer.push(&chunk.content)?,
            Some(Ok(ChatStreamEvent::End(end))) => {
                let is_cut = matches!(end.captured_stop_reason, Some(StopReason::MaxTokens(_)));
                return Ok(if is_cut { Ending::Cut } else { Ending::Complete });
            }
            Some(Ok(_)) => {}
            Some(Err(why)) => return Err(failure(settings, answer.raw.chars().count(), &why)),
            None => return Err(answer.broken("the server closed the connection")),
        }
    }
}

pub(super) async fn models(settings: &Settings) -> Result<Vec<String>, LlmError> {
    let place = ProviderConfig { endpoint: Some(endpoint(settings)), auth: Some(auth(settings)) };
    let names = client(settings)?.all_model_names(adapter(settings), place).await;
    names.map_err(|why| failure(settings, 0, &why))
}

fn client(settings: &Settings) -> Result<Client, LlmError> {
    let client = Client::builder().with_reqwest(http::client(settings)?).build();
    client.map_err(|why| LlmError::Local { why: http::root(&why) })
}

fn adapter(settings: &Settings) -> AdapterKind {
    match settings.provider {
        Provider::Anthropic => AdapterKind::Anthropic,
        Provider::OpenAi | Provider::Ollama => AdapterKind::OpenAI,
    }
}

/// The library wants a slash at its end.
fn endpoint(settings: &Settings) -> Endpoint {
    Endpoint::from_owned(format!("{}/", settings.url))
}

/// A server that needs no key is given a word in its place, because the library wants one.
fn auth(settings: &Settings) -> AuthData {
    AuthData::from_single(settings.key.as_ref().map_or("none", |key| key.secret()))
}

/// What an error means. Its own words are not shown: they quote the request.
fn failure(settings: &Settings, chars: usize, why: &genai::Error) -> LlmError {
    if let genai::Error::WebStream { error, .. } = why
        && let Some(inner) = error.downcast_ref::<genai::Error>()
    {
        return failure(settings, chars, inner);
    }
    if let Some(status) = why.status() {
        let body = match why {
            genai::Error::HttpError { body, .. } => body.as_str(),
            genai::Error::WebModelCall { webc_error, .. } | genai::Error::WebAdapterCall { webc_error, .. } => {
                match webc_error {
                    genai::webc::Error::ResponseFailedStatus { body, .. } => body.as_str(),
                    _ => "",
                }
            }
            _ => "",
        };
        return http::refused(settings, status.as_u16(), body);
    }
    if let genai::Error::ChatResponse { body, .. } = why {
        let message = body.get("message").and_then(|message| message.as_str());
        let says = message.map_or_else(|| body.to_string(), str::to_owned);
        return LlmError::Answered { url: settings.url.clone(), status: None, says };
    }
    match connection(why) {
        Some(error) if chars == 0 => http::unanswered(settings, error),
        Some(error) => LlmError::Broken { chars, why: http::root(error) },
        None => LlmError::Broken { chars, why: "it is not what this protocol says".into() },
    }
}

fn connection(why: &genai::Error) -> Option<&reqwest::Error> {
    match why {
        genai::Error::WebStream { error, .. } => {
            let error: &(dyn Error + 'static) = error.as_ref();
            error.downcast_ref()
        }
        genai::Error::WebModelCall { webc_error: genai::webc::Error::Reqwest(error), .. }
        | genai::Error::WebAdapterCall { webc_error: genai::webc::Error::Reqwest(error), .. } => Some(error),
        _ => None,
    }
}
