//! The text of a message or result: its text blocks, with a line for each image.

use std::borrow::Cow;

use super::record::{Block, Content};
use crate::ingest::media::{decoded, media_line};

/// The text of a content, with a line for each image.
pub fn plain_text(content: &Content) -> Cow<'_, str> {
    let blocks = match content {
        Content::Text(text) => return Cow::Borrowed(text),
        Content::Blocks(blocks) => blocks,
    };
    if let [Block { text: Some(text), .. }] = blocks.as_slice() {
        return Cow::Borrowed(text);
    }
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    for block in blocks {
        match (&block.text, block.kind.as_str()) {
            (Some(text), _) => parts.push(text.into()),
            (None, "tool_reference") => parts.extend(block.tool_name.as_deref().map(Cow::Borrowed)),
            (None, _) if is_media(block) => parts.push(media(block).into()),
            _ => {}
        }
    }
    parts.join("\n").into()
}

/// Whether a block is an image or a document, of which only the kind and the size are kept.
pub fn is_media(block: &Block) -> bool {
    matches!(block.kind.as_str(), "image" | "document")
}

/// "[image: image/png, 12 kB]"; the size is that of the base64 text decoded.
pub fn media(block: &Block) -> String {
    let source = block.source.as_ref();
    let media_type = source.and_then(|source| source.media_type.as_deref());
    media_line(&block.kind, media_type, decoded(source.and_then(|source| source.data).map_or(0, |data| data.0)))
}
