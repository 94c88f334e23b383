//! Shares as areas: the squarified treemap of Bruls, Huizing and van Wijk (2000).
//!
//! Rows of cells fill the shorter side of what is left; a cell joins the row as long as the worst
//! proportion in it gets no worse.

use askama::Template;
use askama::filters::HtmlSafe;

/// Cells that are drawn; smaller shares than these are too thin to see and stand in the table.
const MAX_CELLS: usize = 60;
/// A letter's width at the drawing's type size, a little generous.
const LETTER: f64 = 7.6;
const LEADING: f64 = 19.0;
const PADDING: f64 = 10.0;

/// One share to draw.
#[derive(Clone, Debug)]
pub struct Share {
    /// Whose it is.
    pub name: String,
    /// In words, such as `30%`.
    pub words: String,
    /// Any positive size; only the proportions count.
    pub size: f64,
}

/// A drawing of a given size.
#[derive(Clone, Debug, Template)]
#[template(path = "part/treemap.html")]
pub struct Treemap {
    class: &'static str,
    width: f64,
    height: f64,
    cells: Vec<Cell>,
}

impl HtmlSafe for Treemap {}

#[derive(Clone, Debug)]
struct Cell {
    area: Area,
    name: String,
    words: String,
}

#[derive(Clone, Copy, Debug)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Treemap {
    /// Lays the shares out, largest first. `class` tells the style sheet on which screens.
    pub fn new(shares: &[Share], class: &'static str, width: f64, height: f64) -> Self {
        let mut shares: Vec<_> = shares.iter().filter(|share| share.size > 0.0).collect();
        shares.sort_by(|a, b| b.size.total_cmp(&a.size));
        shares.truncate(MAX_CELLS);
        let total: f64 = shares.iter().map(|share| share.size).sum();
        let scale = width * height / total;
        let sizes: Vec<f64> = shares.iter().map(|share| share.size * scale).collect();
        let areas = squarify(&sizes, Area { x: 0.0, y: 0.0, width, height });
        let cells = shares.iter().zip(areas);
        let cells = cells.map(|(share, area)| Cell {
            area,
            name: share.name.clone(),
            words: share.words.clone(),
        });
        Self { class, width, height, cells: cells.collect() }
    }
}

impl Cell {
    /// The name in as many lines as it needs, and the share below it. What does not fit whole is
    /// left out: a cut name would be another name.
    fn lines(&self) -> Vec<Line> {
        let named = wrapped(&self.name, letters_in(self.area.width - 2.0 * PADDING));
        let with_share = named.map(|lines| [lines, vec![self.words.clone()]].concat());
        let choices = [with_share, Some(vec![self.words.clone()])];
        let fitting = choices.into_iter().flatten().find(|lines| self.has_room_for(lines));
        let lines = fitting.unwrap_or_default().into_iter().enumerate();
        lines.map(|(place, text)| self.line(place, text)).collect()
    }

    fn has_room_for(&self, lines: &[String]) -> bool {
        let height = (0..lines.len()).map(|_| LEADING).sum::<f64>() + 2.0 * PADDING;
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        height <= self.area.height && longest <= letters_in(self.area.width - 2.0 * PADDING)
    }

    fn line(&self, place: usize, text: String) -> Line {
        let down = (0..=place).map(|_| LEADING).sum::<f64>();
        let is_share = text == self.words;
        Line { x: self.area.x + PADDING, y: self.area.y + PADDING + down - 4.0, text, is_share }
    }
}

/// A line of text in a drawing.
struct Line {
    x: f64,
    y: f64,
    text: String,
    is_share: bool,
}

/// How many letters fit into a width; a width of less than none holds none.
fn letters_in(width: f64) -> usize {
    (width / LETTER).floor().max(0.0) as usize
}

/// Breaks a name between words; `None` when a word alone is too long.
fn wrapped(name: &str, letters: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let length = word.chars().count();
        if length > letters {
            return None;
        }
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + length <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    Some(lines)
}

/// Cuts `room` into areas of the given sizes, which are sorted and fill it exactly.
fn squarify(sizes: &[f64], mut room: Area) -> Vec<Area> {
    let mut areas = Vec::with_capacity(sizes.len());
    let mut rest = sizes;
    while !rest.is_empty() {
        let side = room.width.min(room.height);
        let mut length = 1;
        while length < rest.len() && worst(&rest[..=length], side) <= worst(&rest[..length], side) {
            length += 1;
        }
        let (row, later) = rest.split_at(length);
        room = lay_row(row, room, &mut areas);
        rest = later;
    }
    areas
}

/// The proportion of the least square cell when `row` stands along `side`.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let thickness = sum / side;
    let proportion = |size: &f64| {
        let length = size / thickness;
        (length / thickness).max(thickness / length)
    };
    row.iter().map(proportion).fold(0.0, f64::max)
}

/// Places one row along the shorter side and returns the room that is left.
fn lay_row(row: &[f64], room: Area, areas: &mut Vec<Area>) -> Area {
    let sum: f64 = row.iter().sum();
    let upright = room.width >= room.height;
    let thickness = sum / if upright { room.height } else { room.width };
    let mut along = 0.0;
    for size in row {
        let length = size / thickness;
        areas.push(if upright {
            Area { x: room.x, y: room.y + along, width: thickness, height: length }
        } else {
            Area { x: room.x + along, y: room.y, width: length, height: thickness }
        });
        along += length;
    }
    if upright {
        Area { x: room.x + thickness, width: room.width - thickness, ..room }
    } else {
        Area { y: room.y + thickness, height: room.height - thickness, ..room }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(sizes: &[f64]) -> Treemap {
        let share = |size: &f64| Share { name: "A".into(), words: "1%".into(), size: *size };
        Treemap::new(&sizes.iter().map(share).collect::<Vec<_>>(), "wide", 960.0, 140.0)
    }

    #[test]
    fn areas_are_in_proportion_and_stay_inside() {
        let map = drawn(&[5.0, 3.0, 1.5, 0.5]);
        let area = |cell: &Cell| cell.area.width * cell.area.height;
        assert!((area(&map.cells[0]) / area(&map.cells[3]) - 10.0).abs() < 1e-6);
        for Cell { area, .. } in &map.cells {
            assert!(area.x >= 0.0 && area.x + area.width <= 960.0 + 1e-6);
            assert!(area.y >= 0.0 && area.y + area.height <= 140.0 + 1e-6);
        }
    }

    #[test]
    fn nothing_to_draw_draws_nothing() {
        assert!(drawn(&[]).cells.is_empty());
        assert!(drawn(&[0.0, -1.0, f64::NAN]).cells.is_empty());
    }

    #[test]
    fn a_name_is_drawn_whole_or_not_at_all() {
        let long = Share { name: "n".repeat(200), words: "100%".into(), size: 1.0 };
        let text = Treemap::new(&[long], "wide", 960.0, 140.0).to_string();
        assert!(text.contains(">100%</text>") && !text.contains("nnn"), "{text}");
        assert_eq!(
            wrapped("Tana Coast Collective", 12),
            Some(vec!["Tana Coast".into(), "Collective".into()])
        );
        assert_eq!(wrapped("Tana Coast Collective", 9), None);
    }
}
