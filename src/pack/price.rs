//! What a block is, letter by letter, and what it costs.

use std::borrow::Cow;

use crate::{
    model::{Entry, Fact, Kind, Level, Mark},
    text::{
        compress,
        compress::{Subject, loss::omitted},
        sanitize,
        tokens::Tokenizer,
    },
};

/// A block as it stands in a pack: a header line, the text without trailing white space, and a blank line. It starts
/// with `[`, so counts of blocks add up exactly.
pub fn block_text(entry: &Entry, level: Level) -> String {
    block(entry, entry.effective_level(level), entry.text_at(level))
}

/// What a text written by hand would cost as this entry's rendition of a level.
pub fn cost_of(entry: &Entry, level: Level, text: &str, tokenizer: &Tokenizer) -> u32 {
    tokenizer.count(&block(entry, level, text))
}

/// o200k_base tokens of an entry's texts by rule, by level; `None` where one was not counted.
pub type Known = [Option<u32>; 4];

/// Fills in the rule's renditions of an entry's immutable text, and gives what was counted on the way. `sizes` counts
/// o200k_base whatever tokenizer is in use.
pub fn compress(entry: &mut Entry, sizes: &Tokenizer) -> Known {
    if matches!(entry.kind, Kind::Boundary | Kind::Opaque | Kind::Note) {
        return Known::default();
    }
    let made = compress::renditions(
        &Subject {
            kind: entry.kind,
            tool: entry.tool.as_deref(),
            path: entry.path.as_deref(),
            failed: entry.marks.has(Mark::Error),
            text: &entry.text,
        },
        sizes,
    );
    entry.renditions = made.texts;
    made.tokens
}

/// Counts an entry's four blocks. Where a deeper level would not be cheaper it is the shallower text and costs the same,
/// so costs never grow with depth.
pub fn price(entry: &mut Entry, tokenizer: &Tokenizer) {
    price_known(entry, Known::default(), tokenizer);
}

/// The same where some of its texts have been counted already: of those only the edges are.
pub fn price_known(entry: &mut Entry, known: Known, tokenizer: &Tokenizer) {
    let mut costs = [0; 4];
    for level in Level::ALL {
        let above = level.shallower().map(|up| costs[up.index()]);
        let known = known[level.index()].filter(|_| !entry.state.rewrites.contains_key(&level));
        let own = entry.own_text(level).map(|text| block_cost(entry, level, text, known, tokenizer));
        costs[level.index()] = match (own, above) {
            (Some(own), Some(above)) => own.min(above),
            (Some(own), None) => own,
            (None, above) => above.expect("the full level always has its own text"),
        };
    }
    entry.costs = costs;
}

/// A fact as it stands in a pack, on one line: `[fact KEY] VALUE`. It starts with `[` too.
pub fn fact_text(fact: &Fact) -> String {
    format!("{}\n", sanitize::inert_line(&format!("[fact {}] {}", fact.key.trim(), fact.value.trim())).trim_end())
}

/// Counts a fact's block.
pub fn price_fact(fact: &mut Fact, tokenizer: &Tokenizer) {
    fact.cost = tokenizer.count(&fact_text(fact));
}

/// A tool's output of which only a note of its loss is carried.
pub fn stripped_text(entry: &Entry) -> String {
    block(entry, Level::Keywords, &loss_note(entry))
}

/// The note that stands for a tool's output.
pub fn loss_note(entry: &Entry) -> String {
    omitted(entry.tool.as_deref().unwrap_or("tool"), &entry.text)
}

fn block(entry: &Entry, level: Level, text: &str) -> String {
    let text = sanitize::inert(text);
    format!("{}\n{}\n\n", header(entry, level), text.trim_end())
}

/// What [`block`] costs. A text that is shown as it stands, and is counted, is not counted again.
fn block_cost(entry: &Entry, level: Level, text: &str, known: Option<u32>, tokenizer: &Tokenizer) -> u32 {
    match (sanitize::inert(text), known) {
        (Cow::Borrowed(text), Some(known)) => {
            tokenizer.count_framed(&format!("{}\n", header(entry, level)), text, known, "\n\n")
        }
        _ => tokenizer.count(&block(entry, level, text)),
    }
}

/// `[#12 user]`, `[#13 Bash call]`; a `~` says that the text is shortened.
fn header(entry: &Entry, level: Level) -> String {
    let shortened = if level == Level::Full { "" } else { "~" };
    format!("[#{}{shortened} {}]", entry.seq, who(entry))
}

/// Who speaks, in as few tokens as say it.
pub fn who(entry: &Entry) -> String {
    let tool = || sanitize::inert_line(entry.tool.as_deref().unwrap_or("tool")).chars().take(40).collect::<String>();
    match entry.kind {
        Kind::Prompt => "user".into(),
        Kind::Message => "agent".into(),
        Kind::Injected if entry.marks.has(Mark::Intervention) => "user interrupt".into(),
        Kind::Call => tool(),
        Kind::Result => format!("{} result", tool()),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Importance, text::tokens::Encoding};

    #[test]
    fn a_costlier_deeper_text_is_replaced_by_the_shallower_one() {
        let mut entry = crate::pack::strategy::tests::entry(1, Kind::Message, "Short.");
        entry.state.rewrites.insert(Level::Summary, crate::text::redact::clean("A very much longer text than before."));
        entry.state.importance = Importance::new(0.5);
        price(&mut entry, &Tokenizer::new(Encoding::O200k));
        assert_eq!(entry.costs[0], entry.costs[1]);
        assert_eq!(&**entry.text_at(Level::Keywords), "Short.");
    }
    /// A fact adds up like any block: one line that starts with `[`, whatever stands in it.
    #[test]
    fn a_fact_is_one_inert_line() {
        let draft = crate::facts::Draft {
            key: "rule".into(),
            value: "no floats\u{1b}[31m\nin totals\u{202e}".into(),
            kind: crate::model::FactKind::Constraint,
            scope: crate::model::Scope::Session,
            trust: crate::model::Trust::User,
            pinned: true,
            ttl: None,
            source: None,
        };
        let owner = crate::model::SessionId::new("haversack:t");
        let mut fact = draft.fact(&owner, crate::model::Time(1), 1, &Default::default()).expect("it is fine");
        assert_eq!(fact_text(&fact), "[fact rule] no floats in totals\\u{202e}\n");
        let tokenizer = Tokenizer::new(Encoding::O200k);
        price_fact(&mut fact, &tokenizer);
        let twice = fact_text(&fact).repeat(2);
        assert_eq!((fact.cost > 0, fact.cost * 2), (true, tokenizer.count(&twice)));
    }
}
