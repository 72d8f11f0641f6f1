//! The root of a store: protobuf whose field 1, repeated, is the hash of a message's blob.

/// Bytes of a hash.
const HASH: usize = 32;

/// The ids of the messages, in order: the hashes in hexadecimal digits. Reads as far as the bytes are well formed.
pub fn message_ids(bytes: &[u8]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = bytes;
    while let Some((tag, after)) = varint(rest) {
        let after = match tag & 7 {
            0 => varint(after).map(|(_, after)| after),
            1 => after.get(8..),
            2 => varint(after).and_then(|(length, after)| {
                let (field, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
                if tag >> 3 == 1 && field.len() == HASH {
                    ids.push(field.iter().map(|byte| format!("{byte:02x}")).collect());
                }
                Some(after)
            }),
            5 => after.get(4..),
            _ => None,
        };
        let Some(after) = after else { break };
        rest = after;
    }
    ids
}

/// Bytes that pairs of hexadecimal digits stand for; `None` of any other text.
pub fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    (pairs.remainder().is_empty() && !digits.is_empty()).then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A number of seven bits a byte, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((number, &bytes[index + 1..]));
        }
    }
    None
}
