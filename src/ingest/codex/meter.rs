//! Token counts of a rollout: running totals, repeated and replayed → what each reply cost, each amount once.

use crate::{
    ingest::{amount::amount, counts::Reported, draft::Draft, json::Json, plural::thousands},
    model::{Kind, Usage},
};

#[derive(Debug, Default)]
pub struct Meter {
    /// The last total; none until the log tells one.
    total: Option<Amounts>,
    /// Tokens in the model's window at the last count.
    pub context: u64,
    /// The first entry of the reply that no count was told for yet.
    reply: Option<usize>,
    /// A boundary that waits for the context which it left, and which compaction it was.
    boundary: Option<(usize, String)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Amounts {
    /// Cached ones included.
    input: u64,
    cached: u64,
    output: u64,
}

impl Meter {
    /// A new entry, at this index.
    pub fn see(&mut self, index: usize, draft: &Draft) {
        if matches!(draft.kind, Kind::Message | Kind::Thought | Kind::Opaque | Kind::Call) && self.reply.is_none() {
            self.reply = Some(index);
        }
    }

    /// A compaction's boundary stands at this index; its words until its size is known.
    pub fn compact(&mut self, index: usize, number: u64) -> String {
        let words = match self.context {
            0 => format!("compaction {number}"),
            before => format!("compaction {number}: {}", thousands(before)),
        };
        self.boundary = Some((index, words.clone()));
        self.reply = None;
        if self.context == 0 { words } else { format!("{words} tokens before") }
    }

    /// A count: `{total_token_usage, last_token_usage}`.
    pub fn count(&mut self, info: &Json, drafts: &mut [Draft]) {
        let Some(total) = info.get("total_token_usage").map(Amounts::of) else { return };
        let last = info.get("last_token_usage");
        let context = last.map_or(0, |last| amount(last, "total_tokens"));
        if let Some((index, words)) = self.boundary.take()
            && context > 0
            && self.context > 0
            && let Some(boundary) = drafts.get_mut(index)
        {
            boundary.text = format!("{words} → {} tokens", thousands(context));
        }
        self.context = context;
        if self.total == Some(total) {
            return;
        }
        let before = self.total.replace(total).unwrap_or_default();
        // The difference of the totals is not the reply's where a file begins with the total of another.
        let spent = last.map(Amounts::of).filter(|last| last.input + last.output > 0);
        let spent = spent.unwrap_or_else(|| total.since(before));
        let index = self.reply.take().or(drafts.len().checked_sub(1));
        if let Some(draft) = index.and_then(|index| drafts.get_mut(index)).filter(|draft| draft.usage.is_none()) {
            draft.usage = Some(spent.usage());
        }
    }

    /// The last total, as the format counts: cached tokens in the input, thoughts in the output.
    pub fn reported(&self) -> Option<Reported> {
        let total = self.total?;
        Some(Reported { input: total.input, output: total.output, cache_read: Some(total.cached), cache_write: None })
    }
}

impl Amounts {
    fn of(usage: &Json) -> Amounts {
        Amounts {
            input: amount(usage, "input_tokens"),
            cached: amount(usage, "cached_input_tokens"),
            output: amount(usage, "output_tokens"),
        }
    }

    fn since(self, before: Amounts) -> Amounts {
        Amounts {
            input: self.input.saturating_sub(before.input),
            cached: self.cached.saturating_sub(before.cached),
            output: self.output.saturating_sub(before.output),
        }
    }

    fn usage(self) -> Usage {
        Usage {
            input: self.input.saturating_sub(self.cached),
            output: self.output,
            cache_read: self.cached,
            cache_write: 0,
        }
    }
}
