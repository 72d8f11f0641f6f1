//! Parts of a message: text, thoughts, calls, answers of tools, images and files.

use crate::ingest::{
    json::Json,
    media::{decoded, media_line},
};

/// Text as it was logged, and how many images are named in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub text: String,
    pub images: u32,
}

impl Told {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Adds text where the last part ended.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a line of its own.
    pub fn push_line(&mut self, line: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }

    /// Adds an image or a file that is part of the message.
    pub fn push_media(&mut self, media: &Media) {
        self.push_line(&media.line);
        self.images += u32::from(media.is_image);
    }
}

/// An image or a file, of which the type and the size are kept.
pub struct Media {
    pub line: String,
    pub is_image: bool,
}

/// The image or file that a part is; `None` for other parts.
pub fn media(part: &Json) -> Option<Media> {
    let (data, size) = match (part.get("inlineData"), part.get("fileData")) {
        (Some(data), _) => (data, data.text("data").map_or(0, |data| decoded(data.len() as u64))),
        (None, Some(data)) => (data, 0),
        (None, None) => return None,
    };
    let kind = data.text("mimeType");
    let is_image = kind.is_some_and(|kind| kind.starts_with("image/"));
    Some(Media { line: media_line(if is_image { "image" } else { "file" }, kind, size), is_image })
}

/// The parts of a content, which may be a text, one part, or a list of both.
pub fn parts(content: &Json) -> &[Json] {
    match content {
        Json::List(parts) => parts,
        Json::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// The text of a part that is no thought.
pub fn text(part: &Json) -> Option<&str> {
    match part {
        Json::Text(text) => Some(text),
        part if is_thought(part) => None,
        part => part.text("text"),
    }
}

pub fn is_thought(part: &Json) -> bool {
    part.get("thought") == Some(&Json::Bool(true))
}

/// What a tool gave back to the call `id`: its output, its error, or all that it says; images that came with it are named.
/// A result may hold the answers to all calls that were made with it.
pub fn result(result: &Json, id: &str) -> Told {
    let own = |part: &Json| part.get("functionResponse").map(|response| response.text("id") == Some(id));
    let is_named = parts(result).iter().any(|part| own(part) == Some(true));
    let is_shared = parts(result).iter().any(|part| own(part) == Some(false));
    let mut told = Told::default();
    for part in parts(result).iter().filter(|part| !is_named || own(part).unwrap_or(!is_shared)) {
        if let Some(response) = part.get("functionResponse") {
            answer(response.get("response").unwrap_or(&Json::Null), &mut told);
            let beside = parts(response.get("parts").unwrap_or(&Json::Null));
            beside.iter().filter_map(media).for_each(|media| told.push_media(&media));
        } else if let Some(media) = media(part) {
            told.push_media(&media);
        } else if let Some(text) = text(part) {
            told.push_line(text);
        }
    }
    told
}

fn answer(response: &Json, told: &mut Told) {
    let words = [response.text("output"), response.text("error")];
    if words.iter().all(Option::is_none) {
        match response {
            Json::Text(text) => told.push_line(text),
            other => told.push_line(&other.outline()),
        }
    }
    words.into_iter().flatten().for_each(|text| told.push_line(text));
}
