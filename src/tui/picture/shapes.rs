//! Symbols that must meet their neighbours exactly, drawn instead of set: lines, blocks, braille, and a few marks.

/// The SVG of a symbol whose cell begins at `at`, or `None` where a font draws it as well. It takes its fill from the
/// element around it.
pub fn shape(symbol: &str, at: (u16, u16), cell: (u16, u16)) -> Option<String> {
    let mut symbols = symbol.chars();
    let (Some(symbol), None) = (symbols.next(), symbols.next()) else { return None };
    let cell = Cell { x: at.0.into(), y: at.1.into(), width: cell.0.into(), height: cell.1.into() };
    match symbol {
        '\u{2500}'..='\u{257f}' => cell.lines(symbol),
        '\u{2580}'..='\u{259f}' => cell.block(symbol),
        '\u{2800}'..='\u{28ff}' => Some(cell.braille(symbol as u32 - 0x2800)),
        '★' => Some(cell.filled(&cell.star(1.0))),
        '☆' => Some(cell.filled(&(cell.star(1.0) + &cell.star(0.6)))),
        '○' => Some(cell.filled(&(cell.circle(3.6) + &cell.circle(2.5)))),
        _ => None,
    }
}

struct Cell {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

/// How thick the arm of a line is, in SVG units.
#[derive(Clone, Copy, PartialEq)]
enum Arm {
    None,
    Light,
    Heavy,
}

impl Arm {
    fn thickness(self) -> f32 {
        match self {
            Arm::None => 0.0,
            Arm::Light => 1.0,
            Arm::Heavy => 3.0,
        }
    }
}

impl Cell {
    fn rect(&self, left: f32, top: f32, width: f32, height: f32) -> String {
        format!("<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"/>", self.x + left, self.y + top)
    }

    /// A rectangle given in eighths of the cell.
    fn eighths(&self, left: u8, top: u8, width: u8, height: u8) -> String {
        let (across, down) = (self.width / 8.0, self.height / 8.0);
        let of = |eighths: u8, unit: f32| f32::from(eighths) * unit;
        self.rect(of(left, across), of(top, down), of(width, across), of(height, down))
    }

    fn lines(&self, symbol: char) -> Option<String> {
        use Arm::{Heavy, Light, None};
        let arms = match symbol {
            '╭' => return Some(self.arc(1.0, 1.0)),
            '╮' => return Some(self.arc(-1.0, 1.0)),
            '╰' => return Some(self.arc(1.0, -1.0)),
            '╯' => return Some(self.arc(-1.0, -1.0)),
            '┄' | '╌' | '┈' => return Some(self.dashes_across()),
            '┆' | '╎' | '┊' => return Some(self.dashes_down()),
            // Up, right, down, left.
            '─' => [None, Light, None, Light],
            '│' => [Light, None, Light, None],
            '┌' => [None, Light, Light, None],
            '┐' => [None, None, Light, Light],
            '└' => [Light, Light, None, None],
            '┘' => [Light, None, None, Light],
            '├' => [Light, Light, Light, None],
            '┤' => [Light, None, Light, Light],
            '┬' => [None, Light, Light, Light],
            '┴' => [Light, Light, None, Light],
            '┼' => [Light; 4],
            '━' => [None, Heavy, None, Heavy],
            '┃' => [Heavy, None, Heavy, None],
            '┏' => [None, Heavy, Heavy, None],
            '┓' => [None, None, Heavy, Heavy],
            '┗' => [Heavy, Heavy, None, None],
            '┛' => [Heavy, None, None, Heavy],
            '┣' => [Heavy, Heavy, Heavy, None],
            '┫' => [Heavy, None, Heavy, Heavy],
            '┳' => [None, Heavy, Heavy, Heavy],
            '┻' => [Heavy, Heavy, None, Heavy],
            '╋' => [Heavy; 4],
            '╴' => [None, None, None, Light],
            '╵' => [Light, None, None, None],
            '╶' => [None, Light, None, None],
            '╷' => [None, None, Light, None],
            '╸' => [None, None, None, Heavy],
            '╺' => [None, Heavy, None, None],
            _ => return Option::None,
        };
        Some(self.cross(arms))
    }

    /// Each arm runs from its edge to the far side of the crossing, so that corners are closed.
    fn cross(&self, [up, right, down, left]: [Arm; 4]) -> String {
        let (middle_x, middle_y) = (self.width / 2.0, self.height / 2.0);
        let thickest = [up, right, down, left].iter().map(|arm| arm.thickness()).fold(0.0, f32::max) / 2.0;
        let mut out = String::new();
        for (arm, from, to) in [(left, 0.0, middle_x + thickest), (right, middle_x - thickest, self.width)] {
            if arm != Arm::None {
                out += &self.rect(from, middle_y - arm.thickness() / 2.0, to - from, arm.thickness());
            }
        }
        for (arm, from, to) in [(up, 0.0, middle_y + thickest), (down, middle_y - thickest, self.height)] {
            if arm != Arm::None {
                out += &self.rect(middle_x - arm.thickness() / 2.0, from, arm.thickness(), to - from);
            }
        }
        out
    }

    /// A rounded corner that opens towards `right` (1 or −1) and `down` (1 or −1), as the area between two curves.
    fn arc(&self, right: f32, down: f32) -> String {
        let (middle_x, middle_y) = (self.x + self.width / 2.0, self.y + self.height / 2.0);
        let (edge_x, edge_y) = (middle_x + right * self.width / 2.0, middle_y + down * self.height / 2.0);
        let (radius, half) = (self.width / 2.0, 0.5);
        let (outer, inner) = (radius + half, radius - half);
        let turn = if right * down > 0.0 { (1, 0) } else { (0, 1) };
        format!(
            "<path d=\"M{} {edge_y}V{}A{outer} {outer} 0 0 {} {edge_x} {}V{}A{inner} {inner} 0 0 {} {} {}V{edge_y}Z\"/>",
            middle_x - right * half,
            middle_y + down * radius,
            turn.0,
            middle_y - down * half,
            middle_y + down * half,
            turn.1,
            middle_x + right * half,
            middle_y + down * radius,
        )
    }

    fn dashes_across(&self) -> String {
        let step = self.width / 3.0;
        (0..3u8).map(|dash| self.rect(f32::from(dash) * step + 0.5, self.height / 2.0 - 0.5, step - 1.0, 1.0)).collect()
    }

    fn dashes_down(&self) -> String {
        let step = self.height / 3.0;
        (0..3u8).map(|dash| self.rect(self.width / 2.0 - 0.5, f32::from(dash) * step + 1.0, 1.0, step - 2.0)).collect()
    }

    fn block(&self, symbol: char) -> Option<String> {
        let code = symbol as u32;
        let below = |eighths: u8| self.eighths(0, 8 - eighths, 8, eighths);
        let quadrants = |set: [bool; 4]| {
            let corners = [(0, 0), (4, 0), (0, 4), (4, 4)];
            let drawn = corners.iter().zip(set).filter(|(_, is_set)| *is_set);
            drawn.map(|((left, top), _)| self.eighths(*left, *top, 4, 4)).collect::<String>()
        };
        let shade = |opacity: &str| format!("<g fill-opacity=\"{opacity}\">{}</g>", self.eighths(0, 0, 8, 8));
        Some(match symbol {
            '▀' => self.eighths(0, 0, 8, 4),
            '▁'..='█' => below((code - 0x2580) as u8),
            '▉'..='▏' => self.eighths(0, 0, (0x2590 - code) as u8, 8),
            '▐' => self.eighths(4, 0, 4, 8),
            '░' => shade("0.25"),
            '▒' => shade("0.5"),
            '▓' => shade("0.75"),
            '▔' => self.eighths(0, 0, 8, 1),
            '▕' => self.eighths(7, 0, 1, 8),
            '▖' => quadrants([false, false, true, false]),
            '▗' => quadrants([false, false, false, true]),
            '▘' => quadrants([true, false, false, false]),
            '▙' => quadrants([true, false, true, true]),
            '▚' => quadrants([true, false, false, true]),
            '▛' => quadrants([true, true, true, false]),
            '▜' => quadrants([true, true, false, true]),
            '▝' => quadrants([false, true, false, false]),
            '▞' => quadrants([false, true, true, false]),
            '▟' => quadrants([false, true, true, true]),
            _ => return None,
        })
    }

    /// Bit `n` is dot `n + 1` of the braille cell.
    fn braille(&self, dots: u32) -> String {
        const PLACES: [(u8, u8); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
        let set = PLACES.iter().enumerate().filter(|(bit, _)| dots >> bit & 1 == 1);
        set.map(|(_, (column, row))| {
            let x = self.x + self.width * (f32::from(*column) * 2.0 + 1.0) / 4.0;
            let y = self.y + self.height * (f32::from(*row) * 2.0 + 1.0) / 8.0;
            format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"1.3\"/>")
        })
        .collect()
    }

    /// The outline of a five-pointed star in the middle of the cell; at `scale` 1 it fills the cell's width.
    fn star(&self, scale: f32) -> String {
        /// Points and hollows, clockwise from the top.
        const CORNERS: [(f32, f32); 10] = [
            (0.0, -5.0),
            (1.2, -1.6),
            (4.8, -1.5),
            (1.9, 0.6),
            (2.9, 4.0),
            (0.0, 2.0),
            (-2.9, 4.0),
            (-1.9, 0.6),
            (-4.8, -1.5),
            (-1.2, -1.6),
        ];
        let (x, y) = (self.x + self.width / 2.0, self.y + self.height / 2.0);
        let corners = CORNERS.map(|(right, down)| format!("{:.2} {:.2}", x + right * scale, y + down * scale));
        format!("M{}Z", corners.join("L"))
    }

    /// Outlines as an area; an outline within another one is a hole.
    fn filled(&self, outlines: &str) -> String {
        format!("<path fill-rule=\"evenodd\" d=\"{outlines}\"/>")
    }

    fn circle(&self, radius: f32) -> String {
        let (x, y) = (self.x + self.width / 2.0, self.y + self.height / 2.0);
        let across = radius * 2.0;
        format!("M{} {y}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0Z", x - radius)
    }
}
