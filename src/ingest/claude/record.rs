//! The records of a Claude Code log as serde types: only what an importer needs, tolerant of what it does not know.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::ingest::{amount::amount_of, json::Json};

/// One JSON object of the log. Rows with a `uuid` form a tree through `parent_uuid`; the others (titles, modes,
/// snapshots) only have their place in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Row {
    #[serde(rename = "type")]
    pub kind: Arc<str>,
    pub subtype: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
    pub parent_uuid: Option<Box<str>>,
    /// What came before a compaction boundary, whose `parent_uuid` is null.
    pub logical_parent_uuid: Option<Box<str>>,
    pub session_id: Option<Arc<str>>,
    pub agent_id: Option<Box<str>>,
    pub is_sidechain: Option<bool>,
    pub timestamp: Option<Box<str>>,
    pub cwd: Option<Arc<str>>,
    pub is_meta: Option<bool>,
    pub is_compact_summary: Option<bool>,
    pub is_api_error_message: Option<bool>,
    #[serde(rename = "sourceToolUseID")]
    pub source_tool_use_id: Option<Box<str>>,
    pub origin: Option<Box<Origin>>,
    pub message: Option<Box<Message>>,
    pub attachment: Option<Box<Json>>,
    /// Text of a `system` row; other kinds use the field for other things.
    pub content: Option<Box<Json>>,
    pub compact_metadata: Option<Box<CompactMetadata>>,
    pub microcompact_metadata: Option<Box<MicrocompactMetadata>>,
    pub custom_title: Option<Box<str>>,
    pub ai_title: Option<Box<str>>,
    /// A title, of the conversation that ends in `leaf_uuid`; not a compaction summary.
    pub summary: Option<Box<str>>,
    pub leaf_uuid: Option<Box<str>>,
    #[serde(skip)]
    had_result: bool,
}

/// Who made a user row: `human`, `task-notification`, …
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Origin {
    pub kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message {
    /// One reply of the model is written as several rows with the same id, one block each.
    pub id: Option<String>,
    pub model: Option<String>,
    pub content: Content,
    pub usage: Option<UsageFields>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UsageFields {
    pub input_tokens: Amount,
    pub output_tokens: Amount,
    pub cache_read_input_tokens: Amount,
    pub cache_creation_input_tokens: Amount,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompactMetadata {
    /// `auto` or `manual`.
    pub trigger: Option<String>,
    pub pre_tokens: Amount,
    pub post_tokens: Option<Amount>,
    pub preserved_messages: Option<PreservedMessages>,
    pub preserved_segment: Option<PreservedSegment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PreservedMessages {
    pub uuids: Vec<String>,
}

/// Rows kept over a compaction, from `head_uuid` to `tail_uuid` along the chain.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreservedSegment {
    pub head_uuid: Option<String>,
    pub tail_uuid: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MicrocompactMetadata {
    pub pre_tokens: Amount,
    pub tokens_saved: Amount,
    /// Calls whose results are no longer in the model's context.
    pub compacted_tool_ids: Vec<String>,
}

/// Content of a message or a tool result: a string or a list of blocks. Anything else reads as no blocks.
#[derive(Debug)]
pub enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

/// A block of any type; `kind` says which of the fields are there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Block {
    #[serde(rename = "type")]
    pub kind: String,
    pub text: Option<String>,
    pub thinking: Option<String>,
    pub signature: Option<Bytes>,
    /// The cipher of a `redacted_thinking` block.
    pub data: Option<Bytes>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub input: Option<Json>,
    pub tool_use_id: Option<String>,
    pub tool_name: Option<String>,
    pub content: Option<Content>,
    pub is_error: Option<bool>,
    pub source: Option<ImageSource>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ImageSource {
    pub media_type: Option<String>,
    pub data: Option<Bytes>,
}

/// A count of tokens. Negative numbers and values that are no numbers read as 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amount(pub u64);

/// The length in bytes of a string whose content nobody needs (base64, ciphers).
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes(pub u64);

impl Row {
    pub fn message_id(&self) -> Option<&str> {
        self.message.as_ref()?.id.as_deref()
    }

    pub fn is_system(&self, subtype: &str) -> bool {
        &*self.kind == "system" && self.subtype.as_deref() == Some(subtype)
    }

    /// The blocks of a user or assistant row; none where the content is a string.
    pub fn blocks(&self) -> &[Block] {
        match self.message.as_ref().map(|message| &message.content) {
            Some(Content::Blocks(blocks)) => blocks,
            _ => &[],
        }
    }

    pub fn has_block(&self, kind: &str) -> bool {
        self.blocks().iter().any(|block| block.kind == kind)
    }

    /// Lets go of the blocks, whose texts have been taken out; keeps whether one was a call's result.
    pub fn shed(&mut self) {
        self.had_result = self.has_result();
        if let Some(message) = &mut self.message {
            message.content = Content::default();
        }
    }

    pub fn has_result(&self) -> bool {
        self.had_result || self.has_block("tool_result")
    }
}

impl Default for Content {
    fn default() -> Self {
        Content::Blocks(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContentVisitor;
        impl<'de> Visitor<'de> for ContentVisitor {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string or a list of blocks")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.into()))
            }

            fn visit_string<E>(self, text: String) -> Result<Content, E> {
                Ok(Content::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
                let mut blocks = Vec::new();
                while let Some(block) = list.next_element()? {
                    // Most messages are of one block; room for four is kept for as long as the log is read.
                    if blocks.is_empty() {
                        blocks.reserve_exact(1);
                    }
                    blocks.push(block);
                }
                Ok(Content::Blocks(blocks))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Content::default())
            }

            fn visit_unit<E>(self) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Content, E> {
                Ok(Content::default())
            }
        }
        deserializer.deserialize_any(ContentVisitor)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Amount(amount_of(&Json::deserialize(deserializer)?)))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LengthVisitor;
        impl Visitor<'_> for LengthVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.len() as u64))
            }
        }
        deserializer.deserialize_str(LengthVisitor)
    }
}
