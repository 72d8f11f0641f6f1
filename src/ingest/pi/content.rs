//! Content of a Pi message: a text, or a list of blocks.

use crate::ingest::{
    json::Json,
    media::{decoded, media_line},
};

/// The text of a content with a line for each image, and how many images it holds.
pub fn plain(content: Option<&Json>) -> (String, u32) {
    let Some(content) = content else { return (String::new(), 0) };
    if let Some(text) = content.as_str() {
        return (text.to_owned(), 0);
    }
    let mut images = 0;
    let texts = content.items().iter().filter_map(|block| match block.text("type") {
        Some("text") => block.text("text").map(str::to_owned),
        Some("image") => {
            images += 1;
            Some(image(block))
        }
        _ => None,
    });
    let texts: Vec<String> = texts.collect();
    (texts.join("\n"), images)
}

/// Early versions keep what was attached to a prompt beside its content.
pub fn attached(message: &Json) -> (String, u32) {
    let attachments = message.get("attachments").map(Json::items).unwrap_or_default();
    let images: Vec<String> = attachments.iter().filter(|file| file.text("type") == Some("image")).map(image).collect();
    (images.join("\n"), u32::try_from(images.len()).unwrap_or(u32::MAX))
}

fn image(block: &Json) -> String {
    let data = block.text("data").or(block.text("content")).map_or(0, |data| data.len() as u64);
    media_line("image", block.text("mimeType"), decoded(data))
}
