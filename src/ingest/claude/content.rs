//! The text of a message or result: its text blocks, with a line for each image.

use std::mem;

use super::record::{Block, Content};
use crate::ingest::media::{decoded, media_line};

/// The text of a content, with a line for each image. It is taken out: a log's texts are held once.
pub fn take_text(content: &mut Content) -> String {
    let blocks = match content {
        Content::Text(text) => return mem::take(text),
        Content::Blocks(blocks) => blocks,
    };
    if let [Block { text: Some(text), .. }] = blocks.as_mut_slice() {
        return mem::take(text);
    }
    let mut parts: Vec<String> = Vec::new();
    for block in blocks {
        match (block.text.take(), block.kind.as_str()) {
            (Some(text), _) => parts.push(text),
            (None, "tool_reference") => parts.extend(block.tool_name.clone()),
            (None, _) if is_media(block) => parts.push(media(block)),
            _ => {}
        }
    }
    parts.join("\n")
}

/// The same of a prompt that stays where it is.
pub fn text_of(content: &Content) -> String {
    match content {
        Content::Text(text) => text.clone(),
        Content::Blocks(blocks) => {
            let line = |block: &Block| block.text.clone().or_else(|| is_media(block).then(|| media(block)));
            blocks.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
    }
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
