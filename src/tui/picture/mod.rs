//! A frame written down: as text, Markdown, HTML, SVG or JSON.

mod palette;
mod runs;
mod shapes;
mod svg;

use std::fmt::Write;

use ratatui::{buffer::Buffer, style::Modifier};
use serde_json::json;
use strum::{Display, EnumString, VariantArray};

use self::runs::{Look, escaped, runs};

pub use svg::svg;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// Rows of characters, without colours.
    Text,
    /// The same in a code block under a heading.
    Markdown,
    Html,
    Svg,
    /// Rows of runs, each with its text, colours and attributes.
    Json,
}

/// The frame in a format; `title` names what it shows.
pub fn write(buffer: &Buffer, format: Format, title: &str) -> String {
    match format {
        Format::Text => text(buffer),
        Format::Markdown => {
            let rows = text(buffer);
            // Longer than any fence on the screen.
            let fence = "`".repeat(rows.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
            format!("## {title}\n\n{fence}text\n{rows}{fence}\n")
        }
        Format::Html => html(buffer, title),
        Format::Svg => svg(buffer),
        Format::Json => json(buffer, title),
    }
}

/// Rows without the spaces at their ends.
fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in 0..buffer.area.height {
        let line: String = runs(buffer, row).iter().map(runs::Run::text).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn html(buffer: &Buffer, title: &str) -> String {
    let (text, ground) = (palette::FOREGROUND, palette::BACKGROUND);
    let title = escaped(title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"background:{ground}\"><pre style=\"color:{text};background:{ground};line-height:1.25;\
         font-family:'JetBrains Mono',monospace\">\n"
    );
    for row in 0..buffer.area.height {
        for run in runs(buffer, row) {
            let words = escaped(&run.text());
            match css(run.look) {
                style if style.is_empty() => out.push_str(&words),
                style => write!(out, "<span style=\"{style}\">{words}</span>").expect("a string can be written to"),
            }
        }
        out.push('\n');
    }
    out.push_str("</pre></body></html>\n");
    out
}

fn css(look: Look) -> String {
    let mut style = String::new();
    let mut add = |rule: String| style.push_str(&rule);
    if look.text != palette::FOREGROUND {
        add(format!("color:{};", look.text));
    }
    if let Some(ground) = look.ground {
        add(format!("background:{ground};"));
    }
    for (modifier, rule) in [
        (Modifier::BOLD, "font-weight:bold;"),
        (Modifier::DIM, "opacity:.6;"),
        (Modifier::ITALIC, "font-style:italic;"),
        (Modifier::UNDERLINED, "text-decoration:underline;"),
        (Modifier::CROSSED_OUT, "text-decoration:line-through;"),
    ] {
        if look.modifiers.contains(modifier) {
            add(rule.into());
        }
    }
    style
}

fn json(buffer: &Buffer, title: &str) -> String {
    let row = |row: u16| -> Vec<serde_json::Value> {
        let runs = runs(buffer, row);
        let object = |run: &runs::Run| {
            let attributes: Vec<String> =
                run.look.modifiers.iter_names().map(|(name, _)| name.to_lowercase()).collect();
            json!({
                "column": run.column,
                "text": run.text(),
                "color": run.look.text.to_string(),
                "background": run.look.ground.map(|ground| ground.to_string()),
                "attributes": attributes,
            })
        };
        runs.iter().map(object).collect()
    };
    let rows: Vec<_> = (0..buffer.area.height).map(row).collect();
    let size = json!({ "columns": buffer.area.width, "rows": buffer.area.height });
    let mut out = serde_json::to_string_pretty(&json!({ "screen": title, "size": size, "rows": rows }))
        .expect("numbers and texts are JSON");
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use ratatui::{
        layout::Rect,
        style::{Color, Style},
    };

    use super::*;

    fn frame() -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        buffer.set_string(0, 0, "a <b> 熨", Style::new());
        buffer.set_string(0, 1, "``` & ", Style::new().bold().fg(Color::Rgb(1, 2, 3)));
        buffer
    }

    #[test]
    fn text_has_every_symbol_once_and_no_spaces_at_the_end() {
        assert_eq!(write(&frame(), Format::Text, "x"), "a <b> 熨\n``` &\n");
    }

    #[test]
    fn a_fence_in_the_text_does_not_end_the_block() {
        assert_eq!(write(&frame(), Format::Markdown, "Main"), "## Main\n\n````text\na <b> 熨\n``` &\n````\n");
    }

    #[test]
    fn html_is_escaped_and_keeps_colour_and_weight() {
        let html = write(&frame(), Format::Html, "a < b");
        assert!(html.contains("<title>a &lt; b</title>") && html.contains("a &lt;b&gt; 熨"), "{html}");
        assert!(html.contains("<span style=\"color:#010203;font-weight:bold;\">``` &amp; </span>"), "{html}");
    }

    #[test]
    fn json_tells_every_run() {
        let json: serde_json::Value = serde_json::from_str(&write(&frame(), Format::Json, "main")).unwrap();
        assert_eq!((&json["screen"], &json["size"]["columns"]), (&"main".into(), &12.into()));
        let run = &json["rows"][1][0];
        assert_eq!((&run["text"], &run["color"]), (&"``` & ".into(), &"#010203".into()));
        assert_eq!(run["attributes"], json!(["bold"]));
    }
}
