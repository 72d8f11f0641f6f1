//! Images and other binary parts: of those an entry holds the type and the size.

use crate::text::words::size;

/// "[image: image/png, 12 kB]". `bytes` is the size of what was encoded.
pub fn media_line(kind: &str, media_type: Option<&str>, bytes: u64) -> String {
    format!("[{kind}: {}, {}]", media_type.unwrap_or("unknown type"), size(bytes))
}

/// Bytes that a base64 text of this length stands for.
pub fn decoded(base64_length: u64) -> u64 {
    base64_length / 4 * 3
}

/// "[encrypted thought, 3 kB]".
pub fn cipher_line(what: &str, bytes: u64) -> String {
    format!("[encrypted {what}, {}]", size(bytes))
}

/// The media type and the decoded size of a `data:` URL; `None` for any other text.
pub fn data_url(url: &str) -> Option<(&str, u64)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let (media_type, base64) = match head.strip_suffix(";base64") {
        Some(media_type) => (media_type, true),
        None => (head, false),
    };
    let length = data.len() as u64;
    Some((media_type, if base64 { decoded(length) } else { length }))
}
