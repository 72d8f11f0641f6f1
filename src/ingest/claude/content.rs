//! The text of a message or result: its text blocks, with a line for each image.

use std::borrow::Cow;

use super::record::{Block, Content};

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
            (None, _) if is_media(block) => parts.push(media_line(block).into()),
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
pub fn media_line(block: &Block) -> String {
    let source = block.source.as_ref();
    let kind = source.and_then(|source| source.media_type.as_deref()).unwrap_or("unknown type");
    let bytes = source.and_then(|source| source.data).map_or(0, |data| data.0 / 4 * 3);
    format!("[{}: {kind}, {}]", block.kind, size(bytes))
}

/// A size as people read it: "12 kB".
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
