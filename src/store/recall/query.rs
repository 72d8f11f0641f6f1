//! What a person types, as an expression of the full-text index that is always well formed.

/// Words of a query that count; the first.
const WORDS: usize = 24;

/// The words to look for: runs of letters and digits, each once.
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// `None` where there is no letter and no digit.
    pub fn new(typed: &str) -> Option<Query> {
        let mut words: Vec<String> = Vec::new();
        for word in typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            if words.len() < WORDS && !words.contains(&word) {
                words.push(word);
            }
        }
        (!words.is_empty()).then_some(Query { words })
    }

    /// What to ask for, in this order, until something is found: all words, then any of them.
    pub fn wanted(&self) -> Vec<String> {
        // Letters and digits between quotes can end no quotation and mean nothing but themselves.
        let terms: Vec<String> = self
            .words
            .iter()
            .map(|word| if word.len() == 1 { format!("\"{word}\"") } else { format!("\"{word}\" *") })
            .collect();
        match terms.len() {
            1 => terms,
            _ => vec![terms.join(" AND "), terms.join(" OR ")],
        }
    }
}
