//! Sweep: the share of the value that each budget keeps, a curve for each strategy, and the levels of the entries below.
//!
//! ```text
//! ▸ Sweep ──────────────────────────────────────────────────────────────────────────────
//!   16k keeps 91 % of what 200k keeps · 412 of 833 entries in
//!   ◆ knee at 12.4k: from there on a token brings less than it does on average
//!  100 │              ⢀⣀⣀⠤b⠤⠤⠒⠒│⠉⠉⠉⠉   at 16,000        kept
//!      │        ◆⠤⠔⠒⠉⠁      ⣀⠤l⠒⠉        ▸ b balanced     91 %
//!      │   ⡠⠔⠊⠁     ⣀⠤⠒⠉     │             l ladder       72 %
//!    0 │⠔⠁   ⣀g⠤⠒⠉           │             g gradient     60 % ▾
//!       500──1k───2k───5k────▲10k──20k─
//!      │█████████▓▓▓▓▓▓▓▓▒▒▒▒│▒░░·····   █ full            120
//! ```
//!
//! `▾` on the axis: there the strategy keeps less than it does with less budget.

use ratatui::{layout::Rect, style::Style, text::Span};
use strum::VariantArray;

use super::{
    paint::{Focus, Painter},
    plot::{self, Curve, Dash},
};
use crate::{
    model::Level,
    pack::{
        strategy::Strategy,
        sweep::{self, Point, Scale, budget_in_words},
    },
    text::words,
    tui::{
        action::Action,
        app::{Areas, State, inspector::Inspector, sweep::Sweep},
    },
};

/// Columns from which the numbers stand beside the plot.
const TABLE_FROM: u16 = 72;
const TABLE: u16 = 28;
/// Cells of the scale at the left.
const GUTTER: u16 = 5;

pub fn draw(state: &State, lens: &Sweep, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let (body, _) = paint.pane(area, "Sweep: what each budget keeps", Focus::Here);
    let (Some(scale), Some(here)) = (lens.scale, &lens.here) else { return };
    if here.carried() + here.out == 0 {
        let muted = paint.theme.style.muted.0;
        let row = Rect { y: body.y + body.height / 2, height: 1, ..body };
        return paint.centered(row, "There is nothing to carry: no entry could be in a pack.", muted);
    }
    let strategy = inspector.desk.settings().strategy;
    let own = lens.curve(strategy);
    let said = sentences(state, strategy, here, &own, body, paint);
    let body = Rect { y: body.y + said, height: body.height - said, ..body };
    let beside = body.width >= TABLE_FROM;
    let table = if beside { TABLE } else { 0 };
    let below = u16::from(!beside);
    let plot = Rect {
        x: body.x + GUTTER,
        width: body.width.saturating_sub(GUTTER + table + 1),
        height: body.height.saturating_sub(below),
        ..body
    };
    areas.lens = plot;
    plots(&Plotted { lens, scale, strategy, here, own: &own }, plot, paint);
    let ratings = ratings(lens, strategy, here);
    if beside {
        let table = Rect { x: plot.right() + 2, width: TABLE - 1, ..body };
        table_of(&ratings, here, table, paint);
    } else {
        ratings_in_a_row(&ratings, Rect { y: body.bottom() - 1, height: 1, ..body }, paint);
    }
}

/// What the numbers mean, in a line or two; gives how many.
fn sentences(state: &State, strategy: Strategy, here: &Point, own: &[Point], body: Rect, paint: &mut Painter) -> u16 {
    let style = &paint.theme.style;
    let (title, muted, warn) = (style.title.0, style.muted.0, style.warn.0);
    let row = Rect { x: body.x + 2, width: body.width.saturating_sub(3), height: 1, ..body };
    let (carried, of) = (here.carried(), here.carried() + here.out);
    let words = sweep::in_words(here, own);
    let entries = format!(" · {} of {} in", words::exact(carried as u64), words::plural(of, "entry", "entries"));
    paint.clipped(row, vec![Span::styled(words, title), Span::styled(entries, muted)]);
    if body.height < 12 {
        return 1;
    }
    let row = Rect { y: row.y + 1, ..row };
    let better = own.iter().filter(|point| point.budget < here.budget && point.kept > here.kept + 1e-9);
    let best = better.max_by(|a, b| a.kept.total_cmp(&b.kept).then(b.budget.cmp(&a.budget)));
    let spans = match (best, sweep::knee(own)) {
        (Some(best), _) => vec![
            Span::styled("▾ ", warn),
            Span::raw(format!(
                "more is worse here: with {} {strategy} keeps {}, with {} {}",
                budget_in_words(best.budget),
                words::percent_reached(best.kept),
                budget_in_words(here.budget),
                words::percent_reached(here.kept)
            )),
        ],
        (None, Some(knee)) => {
            let key = state.keymap.key_for(Action::SweepKnee);
            vec![
                Span::styled("◆ ", title),
                Span::styled(
                    format!(
                        "knee at {} ({key}): from there on a token keeps less than the average one",
                        budget_in_words(own[knee].budget)
                    ),
                    muted,
                ),
            ]
        }
        (None, None) => vec![Span::styled("no knee: more budget never begins to pay less", muted)],
    };
    paint.clipped(row, spans);
    2
}

/// What the plots show.
struct Plotted<'a> {
    lens: &'a Sweep,
    scale: Scale,
    /// The one that is planned by, its curve, and its point at the live budget.
    strategy: Strategy,
    own: &'a [Point],
    here: &'a Point,
}

/// The curves, the axis, and below it the levels, with the cursor through both.
fn plots(plotted: &Plotted, plot: Rect, paint: &mut Painter) {
    let &Plotted { lens, scale, strategy, own, here } = plotted;
    let stack = if plot.height >= 10 { (plot.height - 1) * 2 / 5 } else { 0 };
    let upper = Rect { height: plot.height.saturating_sub(stack + 1), ..plot };
    let axis = Rect { y: upper.bottom(), height: 1, ..plot };
    let lower = Rect { y: axis.bottom(), height: stack, ..plot };
    let column = |budget: u32| (scale.share(budget) * f64::from(plot.width.saturating_sub(1))).round() as u16;
    gutter(upper, "100 %", "0 %", paint);
    gutter(lower, "all", "", paint);
    let style = &paint.theme.style;
    let (key, warn, rest, shade) = (style.key.0, style.warn.0, style.muted.0, style.importance.0);
    let cursor = plot.x + column(here.budget);
    for y in upper.y..upper.bottom() {
        paint.text(cursor, y, "│", key);
    }
    plot::curves(&curves(lens, scale, strategy, paint), upper, paint);
    if let Some(knee) = sweep::knee(own).map(|at| &own[at]) {
        let (x, y) = (plot.x + column(knee.budget), upper.y + plot::row(knee.kept, upper.height));
        paint.text(x, y, "◆", style_of(strategy, paint));
    }
    let marks: Vec<(f64, String)> =
        scale.marks().into_iter().map(|mark| (scale.share(mark), budget_in_words(mark))).collect();
    plot::axis(&marks, axis, paint);
    for (point, _) in own.iter().zip(sweep::worse(own)).filter(|(_, worse)| *worse) {
        paint.text(plot.x + column(point.budget), axis.y, "▾", warn);
    }
    let sign = match here.budget {
        budget if budget < scale.low => "◀",
        budget if budget > scale.high => "▶",
        _ => "▲",
    };
    paint.text(cursor, axis.y, sign, key);
    let at = |column: usize| {
        let budget = scale.budget(column as f64 / f64::from(plot.width.saturating_sub(1).max(1)));
        let after = own.partition_point(|point| point.budget < budget);
        let point = own.get(after).or(own.last())?;
        let all = (point.carried() + point.out).max(1) as f64;
        Some(point.entries.map(|count| count as f64 / all))
    };
    plot::stack(at, lower, shade, rest, paint);
    for y in lower.y..lower.bottom() {
        paint.text(cursor, y, "│", key);
    }
}

fn gutter(area: Rect, top: &str, bottom: &str, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let label = |text: &str| words::fit_right(text, usize::from(GUTTER) - 1);
    if area.height > 0 {
        let x = area.x.saturating_sub(GUTTER);
        paint.text(x, area.y, &label(&top.replace(' ', "")), muted);
        if area.height > 2 {
            paint.text(x, area.bottom() - 1, &label(&bottom.replace(' ', "")), muted);
        }
    }
}

/// All curves, the one that is planned by on top.
fn curves(lens: &Sweep, scale: Scale, strategy: Strategy, paint: &Painter) -> Vec<Curve> {
    let count = Strategy::VARIANTS.len() as f64;
    let curve = |(at, &of): (usize, &Strategy)| Curve {
        points: lens.curve(of).iter().map(|point| (scale.share(point.budget), point.kept)).collect(),
        letter: letter(of),
        style: style_of(of, paint),
        dash: dash(of),
        letters_at: [0.0, 0.5].map(|half| half + (at as f64 + 0.8) / count / 2.0).to_vec(),
    };
    let mut curves: Vec<Curve> = Strategy::VARIANTS.iter().enumerate().map(curve).collect();
    if let Some(at) = Strategy::VARIANTS.iter().position(|&other| other == strategy) {
        let own = curves.remove(at);
        curves.push(own);
    }
    curves
}

/// The first letter of its name: no two are the same.
fn letter(strategy: Strategy) -> char {
    strategy.to_string().chars().next().unwrap_or('?')
}

fn style_of(strategy: Strategy, paint: &Painter) -> Style {
    let style = &paint.theme.style;
    match strategy {
        Strategy::Balanced => style.key.0,
        Strategy::Ladder => style.good.0,
        Strategy::Gradient => style.warn.0,
        Strategy::Window => style.system.0,
        Strategy::Rolling => style.tool.0,
    }
}

fn dash(strategy: Strategy) -> Dash {
    match strategy {
        Strategy::Balanced => Dash { on: 1, off: 0 },
        Strategy::Ladder => Dash { on: 6, off: 2 },
        Strategy::Gradient => Dash { on: 1, off: 1 },
        Strategy::Window => Dash { on: 3, off: 3 },
        Strategy::Rolling => Dash { on: 1, off: 3 },
    }
}

/// What a strategy keeps under the live budget.
struct Rating {
    strategy: Strategy,
    /// It is the one that is planned by.
    is_own: bool,
    /// `None`: not known yet.
    kept: Option<f64>,
    /// With some smaller budget it keeps more.
    is_worse: bool,
}

fn ratings(lens: &Sweep, own: Strategy, here: &Point) -> Vec<Rating> {
    let rating = |&strategy: &Strategy| {
        let kept = lens.point(strategy, here.budget).map(|point| point.kept);
        let smaller = lens.budgets.iter().take_while(|&&budget| budget < here.budget);
        let best =
            smaller.filter_map(|&budget| lens.point(strategy, budget)).map(|point| point.kept).fold(0.0, f64::max);
        Rating { strategy, is_own: strategy == own, kept, is_worse: kept.is_some_and(|kept| kept < best - 1e-9) }
    };
    Strategy::VARIANTS.iter().map(rating).collect()
}

fn kept_in_words(kept: Option<f64>) -> String {
    kept.map_or_else(|| "…".into(), words::percent_reached)
}

/// The strategies, and below them the levels, with their numbers under the live budget.
fn table_of(ratings: &[Rating], here: &Point, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, key, warn, title, shade) =
        (style.muted.0, style.key.0, style.warn.0, style.title.0, style.importance.0);
    let mut rows = (area.y..area.bottom()).map(|y| Rect { y, height: 1, ..area });
    let at = format!("at {}", words::exact(here.budget.into()));
    let mut line = |spans: Vec<Span>, right: Vec<Span>, paint: &mut Painter| {
        let Some(row) = rows.next() else { return };
        paint.spans(row, spans);
        paint.spans_right(Rect { width: row.width.saturating_sub(3), ..row }, right);
    };
    line(vec![Span::styled(at, muted)], vec![Span::styled("kept", muted)], paint);
    for rating in ratings {
        let named = if rating.is_own { title } else { Style::default() };
        let spans = vec![
            Span::styled(if rating.is_own { "▸ " } else { "  " }, key),
            Span::styled(letter(rating.strategy).to_string(), style_of(rating.strategy, paint)),
            Span::styled(format!(" {}", rating.strategy), named),
            Span::styled(if rating.is_worse { " ▾" } else { "" }, warn),
        ];
        line(spans, vec![Span::styled(kept_in_words(rating.kept), named)], paint);
    }
    line(Vec::new(), Vec::new(), paint);
    line(vec![Span::styled("entries", muted)], vec![], paint);
    let counts = here.entries.iter().copied().chain([here.out]);
    let names = Level::ALL.map(|level| level.to_string()).into_iter().chain(["out".to_owned()]);
    for ((name, count), sign) in names.zip(counts).zip(plot::SHADES) {
        let sign_style = if sign == plot::SHADES[4] { muted } else { shade };
        let spans = vec![Span::styled(format!("  {sign} "), sign_style), Span::raw(name)];
        line(spans, vec![Span::raw(words::exact(count as u64))], paint);
    }
}

/// The strategies where there is no room for a table: "▸b 91 %  l 72 %  g 60 %▾".
fn ratings_in_a_row(ratings: &[Rating], row: Rect, paint: &mut Painter) {
    let (warn, key) = (paint.theme.style.warn.0, paint.theme.style.key.0);
    let mut spans = vec![Span::raw(" ")];
    for rating in ratings {
        spans.extend([
            Span::styled(if rating.is_own { "▸" } else { " " }, key),
            Span::styled(letter(rating.strategy).to_string(), style_of(rating.strategy, paint)),
            Span::raw(kept_in_words(rating.kept).replace(' ', "")),
            Span::styled(if rating.is_worse { "▾ " } else { " " }, warn),
        ]);
    }
    paint.clipped(row, spans);
}
