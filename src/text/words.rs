//! Numbers and text as a terminal shows them: thousands, short sizes, and cuts that respect what a cell can hold.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::Time;
pub use crate::model::exact;

/// "412", "22.4k", "165k", "1.2M": at most 5 cells.
pub fn short(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..99_950 => format!("{:.1}k", number as f64 / 1e3),
        99_950..999_500 => format!("{:.0}k", number as f64 / 1e3),
        _ => format!("{:.1}M", number as f64 / 1e6),
    }
}

/// A change with its sign: "+412", "−22.4k".
pub fn change(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "+" };
    format!("{sign}{}", short(number.unsigned_abs()))
}

/// "83 %"; never 100 for less than the whole, never 0 for more than nothing.
pub fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    let shown = match () {
        () if rounded >= 100.0 && share < 1.0 => 99.0,
        () if rounded <= 0.0 && share > 0.0 => return "< 1 %".into(),
        () => rounded,
    };
    format!("{shown:.0} %")
}

/// "83 %", rounded down: 100 only for the whole.
pub fn percent_reached(share: f64) -> String {
    match (share * 100.0).floor() {
        0.0 if share > 0.0 => "< 1 %".into(),
        whole => format!("{whole:.0} %"),
    }
}

/// "99.2 %", rounded down: what is said to be reached has been reached.
pub fn at_least(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

/// Tokens of which there must be some: as [`parse_count`]; `None` for 0 too.
pub fn parse_tokens(text: &str) -> Option<u32> {
    parse_count(text).filter(|&tokens| tokens > 0)
}

/// A number of tokens as people write it: `32000`, `32,000`, `32_000`, `32k`, `1.5M`.
pub fn parse_count(text: &str) -> Option<u32> {
    let text = text.trim();
    let (digits, factor) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1_000),
        (at, 'm' | 'M') => (&text[..at], 1_000_000),
        _ => (text, 1),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.starts_with(|c: char| c.is_ascii_digit()) || (factor == 1 && digits.contains('.')) {
        return None;
    }
    let whole: u64 = whole.replace([',', '_'], "").parse().ok()?;
    let mut count = whole.checked_mul(factor)?;
    let mut place = factor;
    for digit in part.chars() {
        place /= 10;
        count = count.checked_add(u64::from(digit.to_digit(10)?) * place)?;
    }
    u32::try_from(count).ok()
}

/// "just now", "5 min ago", "3 h ago", "12 days ago".
pub fn ago(then: Time, now: Time) -> String {
    let minutes = now.0.saturating_sub(then.0).max(0) / 60_000;
    match minutes {
        0 => "just now".into(),
        1..60 => format!("{minutes} min ago"),
        60..2_880 => format!("{} h ago", minutes / 60),
        2_880..86_400 => format!("{} days ago", minutes / 1_440),
        86_400..1_051_200 => format!("{} months ago", minutes / 43_200),
        _ => format!("{} years ago", minutes / 525_600),
    }
}

/// "2026-11-20 21:14", in UTC.
pub fn moment(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "?".into(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// "2026-11-20", in UTC.
pub fn day(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "?".into(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// A size as people read it: "12 kB".
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// "once", "twice", "3 times".
pub fn times(count: usize) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        more => format!("{more} times"),
    }
}

pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", exact(count as u64), if count == 1 { one } else { many })
}

/// Cells that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to a width in cells, with `…` where something is missing. Never splits what is one character to a
/// reader. The text must be inert.
pub fn clip(text: &str, cells: usize) -> String {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let next = used + grapheme.width();
        if next > cells {
            return ellipsis(text, end, used, cells);
        }
        (used, end) = (next, at + grapheme.len());
    }
    text.to_owned()
}

/// The end of a text, for paths: "…/src/db.rs".
pub fn clip_start(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut used = 1;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        if used + grapheme.width() > cells {
            break;
        }
        used += grapheme.width();
        start = at;
    }
    if cells == 0 { String::new() } else { format!("…{}", &text[start..]) }
}

/// The text, cut or padded with spaces to exactly this many cells.
pub fn fit(text: &str, cells: usize) -> String {
    let mut text = clip(text, cells);
    text.extend(std::iter::repeat_n(' ', cells - text.width().min(cells)));
    text
}

/// The same, set to the right.
pub fn fit_right(text: &str, cells: usize) -> String {
    let text = clip(text, cells);
    format!("{}{text}", " ".repeat(cells - text.width().min(cells)))
}

fn ellipsis(text: &str, end: usize, used: usize, cells: usize) -> String {
    if cells == 0 {
        return String::new();
    }
    let mut end = end;
    let mut used = used;
    while used > cells - 1 {
        let last = text[..end].graphemes(true).next_back().map_or(0, str::len);
        used -= text[end - last..end].width();
        end -= last;
    }
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 186_204].map(exact), ["0", "999", "1,000", "186,204"]);
        assert_eq!(
            [999, 1_000, 22_449, 99_949, 99_950, 1_234_567].map(short),
            ["999", "1.0k", "22.4k", "99.9k", "100k", "1.2M"]
        );
        assert_eq!([0.0, 0.001, 0.83, 0.999, 1.0].map(percent), ["0 %", "< 1 %", "83 %", "99 %", "100 %"]);
        assert_eq!([0.0, 0.001, 0.839, 0.999, 1.0].map(percent_reached), ["0 %", "< 1 %", "83 %", "99 %", "100 %"]);
        assert_eq!(at_least(0.99999), "99.9 %");
        assert_eq!(change(-22_400), "−22.4k");
    }

    #[test]
    fn counts_are_read_as_people_write_them() {
        for (text, count) in
            [("0", 0), ("32000", 32_000), ("32,000", 32_000), ("8k", 8_000), ("1.5M", 1_500_000), ("0.5k", 500)]
        {
            assert_eq!(parse_count(text), Some(count), "{text}");
        }
        for text in ["", "k", "-1", "1.5", "5g", "99999999999", "9999999999M", "1.x5k", "4 2", "中"] {
            assert_eq!(parse_count(text), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_read_as_people_write_them() {
        for (text, tokens) in [("24000", 24_000), ("24,000", 24_000), (" 32k ", 32_000), ("1.5M", 1_500_000)] {
            assert_eq!(parse_tokens(text), Some(tokens), "{text}");
        }
        for text in ["", "k", "-5", "0", "1e9", "many", "99999999M", "."] {
            assert_eq!(parse_tokens(text), None, "{text}");
        }
    }

    #[test]
    fn cuts_keep_to_their_cells() {
        assert_eq!(clip("rounding", 8), "rounding");
        assert_eq!(clip("rounding", 7), "roundi…");
        assert_eq!(clip("四捨五入", 5), "四捨…");
        assert_eq!(clip("四捨五入", 4), "四…");
        assert_eq!(clip("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(clip("ab", 0), "");
        assert_eq!(clip_start("crates/pricing/src/round.rs", 12), "…rc/round.rs");
        for cells in 0..9 {
            assert_eq!(width(&fit("四捨五入x", cells)), cells);
            assert_eq!(width(&fit_right("四捨五入x", cells)), cells);
        }
    }
}
