//! A QR code as an SVG that stands in the page: squares as one path, dark on white with its quiet zone,
//! whatever the page's colours are, because cameras want it so.

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// Modules of white around it, as ISO/IEC 18004 asks for.
const QUIET: usize = 4;

/// What a template draws.
pub(super) struct Qr {
    /// Width and height in modules, with the quiet zone.
    pub(super) size: usize,
    /// The dark modules: each run in a row is one bar.
    pub(super) path: Zeroizing<String>,
}

impl Qr {
    /// The code of this text; `None` for one that is too long for any.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (width, modules) = (code.width(), code.to_colors());
        let mut path = Zeroizing::new(String::with_capacity(width * width * 4));
        for (y, row) in modules.chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let run = row[x..].iter().take_while(|module| **module == Color::Dark).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
                }
                x += run.max(1);
            }
        }
        Some(Self { size: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finder pattern in the corner: seven dark in its first row, then one light.
    #[test]
    fn the_first_bar_is_the_finder_patterns_and_nothing_is_in_the_quiet_zone() {
        let qr = Qr::of("otpauth://totp/MSP:ann%40msp.example?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", *qr.path);
        assert!((qr.size - 2 * QUIET - 21).is_multiple_of(4), "{}", qr.size);
        let places = qr.path.split('M').skip(1).map(|bar| {
            let (place, _) = bar.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            (x.parse::<usize>().unwrap(), y.parse::<usize>().unwrap())
        });
        for (x, y) in places {
            assert!((QUIET..qr.size - QUIET).contains(&x) && (QUIET..qr.size - QUIET).contains(&y));
        }
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}
