//! Ollama's own protocol: `POST /api/generate`, answered by a line of JSON for every few characters (or by one line for
//! all of them), and `GET /api/tags` for the models that are there.

use reqwest::Response;
use serde::{Deserialize, Serialize};

use super::{Answer, Ending, LlmError, Request, Settings, http};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    system: &'a str,
    prompt: &'a str,
    stream: bool,
    /// Thoughts would use up the few tokens of an answer. Servers that do not know the field pass it over.
    think: bool,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    temperature: f64,
    num_predict: u32,
    /// Without it a server takes some thousand tokens and silently drops the beginning of the prompt.
    num_ctx: u32,
}

/// A line of the answer. The last one is `done`.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    response: String,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Tags {
    models: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

/// Bytes of a line: far more than any server puts into one.
const LONGEST_LINE: usize = 1024 * 1024;

pub(super) async fn generate(
    settings: &Settings,
    request: &Request,
    answer: &mut Answer<'_>,
) -> Result<Ending, LlmError> {
    let body = Body {
        model: &settings.model,
        system: &request.system,
        prompt: &request.prompt,
        stream: true,
        think: false,
        options: Options {
            temperature: settings.temperature,
            num_predict: request.max_tokens,
            num_ctx: request.window(),
        },
    };
    let sent = http::client(settings)?.post(format!("{}/api/generate", settings.url)).json(&body).send();
    let sent = async { sent.await.map_err(|why| http::unanswered(settings, &why)) };
    let mut response = checked(settings, http::in_time(settings, sent).await?).await?;
    let mut waiting: Vec<u8> = Vec::new();
    loop {
        let next = async { response.chunk().await.map_err(|why| answer.broken(&http::root(&why))) };
        let chunk = http::in_time(settings, next).await?;
        let is_over = chunk.is_none();
        waiting.extend_from_slice(chunk.as_deref().unwrap_or(b"\n"));
        while let Some(end) = waiting.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = waiting.drain(..=end).collect();
            if let Some(ending) = take(settings, &line, answer)? {
                return Ok(ending);
            }
        }
        if is_over {
            return Err(answer.broken("the server closed the connection"));
        }
        if waiting.len() > LONGEST_LINE {
            return Err(answer.broken("a line of it has no end"));
        }
    }
}

/// How the text ends, where this line is the last.
fn take(settings: &Settings, line: &[u8], answer: &mut Answer<'_>) -> Result<Option<Ending>, LlmError> {
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let line: Line = serde_json::from_slice(line).map_err(|_| answer.broken("it is not what Ollama says"))?;
    if let Some(says) = line.error {
        return Err(LlmError::Answered { url: settings.url.clone(), status: None, says });
    }
    answer.push(&line.response)?;
    Ok(line.done.then(|| if line.done_reason.as_deref() == Some("length") { Ending::Cut } else { Ending::Complete }))
}

pub(super) async fn models(settings: &Settings) -> Result<Vec<String>, LlmError> {
    let sent = http::client(settings)?.get(format!("{}/api/tags", settings.url)).send().await;
    let response = checked(settings, sent.map_err(|why| http::unanswered(settings, &why))?).await?;
    let is_no_ollama = || LlmError::Answered {
        url: settings.url.clone(),
        status: None,
        says: "it lists no models, so it is no Ollama".into(),
    };
    let tags: Tags = response.json().await.map_err(|_| is_no_ollama())?;
    Ok(tags.models.into_iter().map(|tag| tag.name).collect())
}

/// An error's status with what it says, if it says it in time.
async fn checked(settings: &Settings, response: Response) -> Result<Response, LlmError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let says = async { Ok(response.text().await.unwrap_or_default()) };
    let says = http::in_time(settings, says).await.unwrap_or_default();
    Err(http::refused(settings, status.as_u16(), &says))
}
