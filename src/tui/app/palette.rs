//! The palette: every action that goes here by name, and what takes a number or a name as an argument:
//! `budget 32000`, `score 0.8`, `strategy gradient`, `level summary`, `theme dark`, `#12`.

use strum::VariantArray;

use super::{
    Effect, Popup, State, Tone, budget,
    popup::{Line, LinePurpose},
    rows::Rows,
    search,
    state::{Look, Screen},
    update, verbs,
};
use crate::{
    model::{Importance, Level, Verb},
    pack::strategy::Strategy,
    text::words,
    tui::action::Action,
};

pub struct Palette {
    pub line: Line,
    pub rows: Rows,
    pub offers: Vec<Offer>,
}

/// One row: what it says, the keys that do the same, and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub words: String,
    pub keys: String,
    pub does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Does {
    Action(Action),
    Budget(u32),
    Score(Importance),
    Strategy(Strategy),
    Level(Level),
    Look(Look),
    /// To the entry with this number.
    GoTo(u32),
}

pub fn open(state: &mut State) {
    let mut palette = Palette { line: Line::new(LinePurpose::Palette, ""), rows: Rows::default(), offers: Vec::new() };
    palette.offers = offers(state, "");
    state.popup = Some(Popup::Palette(Box::new(palette)));
}

/// Takes in what has been typed.
pub fn typed(state: &mut State) {
    let Some(Popup::Palette(palette)) = &state.popup else { return };
    let found = offers(state, palette.line.text());
    if let Some(Popup::Palette(palette)) = &mut state.popup {
        palette.offers = found;
        palette.rows = Rows::default();
    }
}

/// Those that take an argument come first: who types one means it.
fn offers(state: &State, typed: &str) -> Vec<Offer> {
    let typed = typed.trim();
    let mut offers = if state.inspector().is_some() { with_argument(typed) } else { Vec::new() };
    offers.extend(looks(typed));
    let named: Vec<Offer> = state
        .keymap
        .heard_in(state.context_below())
        .filter(|binding| binding.action != Action::Palette)
        .map(|binding| Offer {
            words: binding.help.clone(),
            keys: binding.keys_in_words(),
            does: Does::Action(binding.action),
        })
        .collect();
    let labels: Vec<String> = named
        .iter()
        .map(|offer| match offer.does {
            Does::Action(action) => format!("{action} {}", offer.words),
            _ => offer.words.clone(),
        })
        .collect();
    match typed {
        "" => offers.extend(named),
        typed => {
            let found = search::ranked(typed, labels.iter().map(String::as_str));
            offers.extend(found.into_iter().map(|index| named[index].clone()));
        }
    }
    offers
}

/// What a word and its argument ask for.
fn with_argument(typed: &str) -> Vec<Offer> {
    let (word, argument) = typed.split_once(' ').map_or((typed, ""), |(word, rest)| (word, rest.trim()));
    let offer = |words: String, does: Does| Offer { words, keys: String::new(), does };
    let is = |name: &str| !word.is_empty() && name.starts_with(&word.to_lowercase());
    let mut offers = Vec::new();
    if let Some(seq) = typed.strip_prefix('#').unwrap_or(typed).parse().ok().filter(|&seq: &u32| seq > 0) {
        offers.push(offer(format!("go to #{seq}"), Does::GoTo(seq)));
    }
    if is("budget")
        && let Some(tokens) = words::parse_tokens(argument)
        && (budget::SMALLEST..=budget::LARGEST).contains(&tokens)
    {
        offers.push(offer(format!("budget {}", words::exact(tokens.into())), Does::Budget(tokens)));
    }
    if (is("score") || is("importance"))
        && let Some(importance) = argument.replace(',', ".").parse().ok().and_then(Importance::new)
    {
        offers.push(offer(format!("score {:.2}: importance by hand", importance.value()), Does::Score(importance)));
    }
    if is("strategy") && word.len() >= 3 {
        let fits = Strategy::VARIANTS.iter().filter(|strategy| strategy.to_string().starts_with(argument));
        offers.extend(fits.map(|&one| offer(format!("strategy {one}: {}", one.words()), Does::Strategy(one))));
    }
    if is("level") && word.len() >= 3 {
        let fits = Level::ALL.into_iter().filter(|level| level.to_string().starts_with(argument));
        offers.extend(fits.map(|level| offer(format!("level {level}: hold it there"), Does::Level(level))));
    }
    offers
}

fn looks(typed: &str) -> Vec<Offer> {
    let (word, argument) = typed.split_once(' ').map_or((typed, ""), |(word, rest)| (word, rest.trim()));
    if word.len() < 3 || !"theme".starts_with(word) {
        return Vec::new();
    }
    let fits = Look::VARIANTS.iter().filter(|look| look.to_string().starts_with(argument));
    fits.map(|&look| Offer { words: format!("theme {look}"), keys: String::new(), does: Does::Look(look) }).collect()
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let height = usize::from(state.areas.popup.height);
    let Some(Popup::Palette(palette)) = &mut state.popup else { return Vec::new() };
    let len = palette.offers.len();
    match action {
        Action::NextOffer => palette.rows.act(Action::Down, len, height),
        Action::PreviousOffer => palette.rows.act(Action::Up, len, height),
        Action::OffersDown => palette.rows.act(Action::PageDown, len, height),
        Action::OffersUp => palette.rows.act(Action::PageUp, len, height),
        Action::LeaveOffers => state.popup = None,
        Action::TakeOffer => {
            let Some(offer) = palette.offers.get(palette.rows.cursor).cloned() else {
                state.say(Tone::Refused, "nothing is called that: empty the line to see everything");
                return Vec::new();
            };
            state.popup = None;
            return take(state, offer.does);
        }
        _ => {}
    }
    Vec::new()
}

fn take(state: &mut State, does: Does) -> Vec<Effect> {
    let targets = state.inspector().map(|inspector| inspector.targets()).unwrap_or_default();
    match does {
        Does::Action(action) => return update::act(state, action),
        Does::Budget(tokens) => budget::set(state, tokens),
        Does::Score(importance) => return verbs::perform(state, &Verb::Rescore(importance), &targets),
        Does::Strategy(strategy) => budget::plan_by(state, strategy),
        Does::Level(level) => return verbs::perform(state, &Verb::CompactTo(level), &targets),
        Does::Look(look) => state.look = look,
        Does::GoTo(seq) => go_to(state, seq),
    }
    Vec::new()
}

fn go_to(state: &mut State, seq: u32) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let index = inspector.desk.session().by_seq(seq).and_then(|entry| inspector.desk.session().index_of(entry.id));
    match index {
        None => state.say(Tone::Refused, format!("there is no #{seq} in this session")),
        Some(index) if inspector.list.go_to(index) => state.lens = None,
        Some(_) => state.say(Tone::Refused, format!("the filter hides #{seq}; F shows every entry")),
    }
}
