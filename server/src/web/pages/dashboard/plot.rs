//! Bars, drawn as SVG: positions as presentation attributes, colours as classes, so that both themes and a
//! strict policy are served. Text stands beside them in HTML, where it keeps its size on a phone.

/// Units of a drawing: it is stretched to the width that there is.
const WIDTH: i64 = 1000;
const HEIGHT: i64 = 160;

/// A piece of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    /// Which of the series, from 0.
    pub(super) series: usize,
}

/// Stacked bars, one for each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bars {
    pub(super) pieces: Vec<Piece>,
    /// What the top of the drawing stands for.
    pub(super) top: i64,
}

impl Bars {
    /// Draws these days; a value that is there is a unit high at least.
    pub(super) fn new(days: &[[i64; 3]]) -> Self {
        let highest = days.iter().map(|day| day.iter().sum::<i64>()).max().unwrap_or(0);
        let top = nice(highest);
        let count = i64::try_from(days.len()).unwrap_or(1).max(1);
        let mut pieces = Vec::new();
        for (day, values) in (0..).zip(days) {
            let (left, right) = (day * WIDTH / count, (day + 1) * WIDTH / count);
            // A fifth is the gap between two days.
            let width = ((right - left) * 4 / 5).max(1);
            let mut floor = HEIGHT;
            for (series, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
                let height = (value * HEIGHT / top).max(2).min(floor);
                floor -= height;
                pieces.push(Piece { x: left, y: floor, width, height, series });
            }
        }
        Self { pieces, top }
    }
}

/// The next round number: 1, 2, 5, 10, 20, 50 …
fn nice(highest: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor >= highest {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// How long a lying bar is, out of 100, where the longest has all of it.
pub(super) fn length(value: i64, longest: i64) -> i64 {
    if longest <= 0 { 0 } else { (value * 100 / longest).clamp(1, 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_a_round_number() {
        for (highest, top) in
            [(0, 1), (1, 1), (2, 2), (3, 5), (7, 10), (11, 20), (400, 500), (1001, 2000)]
        {
            assert_eq!(nice(highest), top, "{highest}");
        }
    }

    #[test]
    fn bars_stand_on_the_floor_and_stay_inside() {
        let days: Vec<[i64; 3]> =
            (0..90).map(|day| [day * 7, day % 3, i64::from(day % 2 == 0)]).collect();
        let bars = Bars::new(&days);
        for piece in &bars.pieces {
            assert!(piece.x >= 0 && piece.x + piece.width <= WIDTH, "{piece:?}");
            assert!(piece.y >= 0 && piece.y + piece.height <= HEIGHT, "{piece:?}");
            assert!(piece.height > 0 && piece.width > 0);
        }
        let one = Bars::new(&[[0, 0, 0], [3, 1, 1]]);
        assert_eq!(one.top, 5);
        assert_eq!(
            one.pieces,
            [
                Piece { x: 500, y: 64, width: 400, height: 96, series: 0 },
                Piece { x: 500, y: 32, width: 400, height: 32, series: 1 },
                Piece { x: 500, y: 0, width: 400, height: 32, series: 2 },
            ]
        );
        assert_eq!(Bars::new(&[[0; 3]; 30]).pieces, []);
        assert_eq!(Bars::new(&[]).pieces, []);
    }

    #[test]
    fn a_lying_bar_is_never_nothing() {
        for (value, longest, is) in [(5, 5, 100), (1, 1000, 1), (0, 0, 0), (3, 9, 33)] {
            assert_eq!(length(value, longest), is);
        }
    }
}
