use haversack::{model::Budget, text::tokens::Encoding, tui, workspace::Workspace};
fn main() -> color_eyre::eyre::Result<()> {
    color_eyre::install()?;
    let arg = std::env::args().nth(1).unwrap_or("demo".into());
    let budget = std::env::args().nth(2).and_then(|b| b.parse().ok()).unwrap_or(8000);
    let start = match arg.as_str() { "demo" => tui::Start::Demo, "picker" => tui::Start::Picker, path => tui::Start::Import(path.into()) };
    let theme = if std::env::var_os("NO_COLOR").is_some() { tui::view::theme::Theme::plain() } else { tui::view::theme::Theme::terminal() };
    tui::run(start, || Ok(Workspace::throw_away(Encoding::O200k)?), tui::keymap::Keymap::built_in(), theme,
        tui::app::Settings { budget: Budget::Tokens(budget), encoding: Encoding::O200k, store: "a throw-away store".into() })
}
