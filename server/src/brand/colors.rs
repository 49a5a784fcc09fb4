//! Colours, and whether they can be read: contrast as WCAG 2.2 measures it.
//! (w3.org/TR/WCAG22, "relative luminance", "contrast ratio", success criterion 1.4.3.)

use super::Colors;

/// What text needs (WCAG 1.4.3, AA). Our links and buttons are no large text.
const NEEDED: f64 = 4.5;

/// Where links and buttons stand (`assets/share/reveal.css`).
const LIGHT: [(&str, Rgb); 2] =
    [("the light card", Rgb(0xff, 0xff, 0xff)), ("the light page", Rgb(0xf5, 0xf6, 0xf8))];
const DARK: [(&str, Rgb); 2] =
    [("the dark card", Rgb(0x19, 0x1f, 0x27)), ("the dark page", Rgb(0x11, 0x15, 0x1b))];
const BLACK: Rgb = Rgb(0, 0, 0);
const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);

/// A colour on a screen (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(u8, u8, u8);

impl Rgb {
    /// Reads `#rrggbb`, with or without the hash; nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// From 1 (the same) to 21 (black on white).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// `step` of 64 on the way to another colour.
    fn towards(self, other: Self, step: u32) -> Self {
        let part = |from: u8, to: u8| {
            let mixed = (u32::from(from) * (64 - step) + u32::from(to) * step + 32) / 64;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    /// The nearest one, going to `end`, that can be read on all of these.
    fn readable_on(self, backs: [(&str, Self); 2], end: Self) -> Self {
        let reads = |color: &Self| backs.iter().all(|(_, back)| color.contrast(*back) >= NEEDED);
        (0..=64).map(|step| self.towards(end, step)).find(reads).unwrap_or(end)
    }

    /// What stands on a button of this colour: white where that can be read, else black.
    fn on(self) -> Self {
        if self.contrast(WHITE) >= NEEDED { WHITE } else { BLACK }
    }
}

/// What goes with one colour: text on it, and the same for the dark page, lighter as far as it must
/// be to be read. `None` where `accent` is no colour.
#[must_use]
pub fn derive(accent: &str) -> Option<Colors> {
    let accent = Rgb::parse(accent)?;
    let dark = accent.readable_on(DARK, WHITE);
    Some(Colors {
        accent: accent.hex(),
        on_accent: accent.on().hex(),
        dark_accent: dark.hex(),
        on_dark_accent: dark.on().hex(),
    })
}

/// What is wrong with a pair of colours, at which field.
pub type Unreadable = (&'static str, String);

/// Four colours in our own spelling.
///
/// # Errors
/// Each that is no colour, or each pair that can't be read, in words: which, its ratio, what is
/// needed, and what would do.
pub fn check(colors: &Colors) -> Result<Colors, Vec<Unreadable>> {
    let mut wrong: Vec<Unreadable> = Vec::new();
    let mut read = |field, text: &str| {
        let color = Rgb::parse(text);
        if color.is_none() {
            let words = if text.trim().is_empty() {
                "Enter a colour, or let us choose what goes with the main one."
            } else {
                "Write a colour as # and six digits or letters from a to f, such as #1f5fbf."
            };
            wrong.push((field, words.to_owned()));
        }
        color
    };
    let accent = read("colors.accent", &colors.accent);
    let on_accent = read("colors.on_accent", &colors.on_accent);
    let dark = read("colors.dark_accent", &colors.dark_accent);
    let on_dark = read("colors.on_dark_accent", &colors.on_dark_accent);
    let (Some(accent), Some(on_accent), Some(dark), Some(on_dark)) =
        (accent, on_accent, dark, on_dark)
    else {
        return Err(wrong);
    };
    let mut pair = |field, text: (&str, Rgb), back: (&str, Rgb), instead: Rgb| {
        let ratio = text.1.contrast(back.1);
        if ratio < NEEDED && !wrong.iter().any(|(known, _)| *known == field) {
            // Rounded down: 4.499 is not enough, and must not read as 4.5.
            let ratio = (ratio * 100.0).floor() / 100.0;
            wrong.push((
                field,
                format!(
                    "{} ({}) on {} ({}) can’t be read: the contrast is {ratio:.2}, and {NEEDED} is \
                     needed. {} would do.",
                    text.0,
                    text.1.hex(),
                    back.0,
                    back.1.hex(),
                    instead.hex()
                ),
            ));
        }
    };
    for back in LIGHT {
        pair("colors.accent", ("The main colour", accent), back, accent.readable_on(LIGHT, BLACK));
    }
    pair(
        "colors.on_accent",
        ("The text", on_accent),
        ("the button’s main colour", accent),
        accent.on(),
    );
    for back in DARK {
        let instead = dark.readable_on(DARK, WHITE);
        pair("colors.dark_accent", ("The main colour for dark", dark), back, instead);
    }
    pair(
        "colors.on_dark_accent",
        ("The text for dark", on_dark),
        ("the button’s colour for dark", dark),
        dark.on(),
    );
    if wrong.is_empty() {
        Ok(Colors {
            accent: accent.hex(),
            on_accent: on_accent.hex(),
            dark_accent: dark.hex(),
            on_dark_accent: on_dark.hex(),
        })
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colors(text: [&str; 4]) -> Colors {
        let [accent, on_accent, dark_accent, on_dark_accent] = text.map(str::to_owned);
        Colors { accent, on_accent, dark_accent, on_dark_accent }
    }

    #[test]
    fn contrast_is_measured_as_elsewhere() {
        // #767676 and #777777 on white are WebAIM's and everybody's examples: 4.54 and 4.48.
        for (one, two, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59),
        ] {
            let measured = Rgb::parse(one).unwrap().contrast(Rgb::parse(two).unwrap());
            assert!((measured - ratio).abs() < 0.006, "{one} {two}: {measured}");
        }
        for text in ["", "#fff", "red", "#12345g", "##12345", "#1234567", "rgb(0,0,0)", "#é234"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
        assert_eq!(Rgb::parse(" 1F5fbF ").unwrap().hex(), "#1f5fbf");
    }

    #[test]
    fn our_own_colors_pass_and_unreadable_pairs_are_named() {
        let ours = colors(["#1F5FBF", "#ffffff", "#7db0f7", "#0d1826"]);
        assert_eq!(check(&ours).unwrap().accent, "#1f5fbf");
        let refused = |text: [&str; 4]| check(&colors(text)).unwrap_err();
        let yellow = refused(["#ffd400", "#ffffff", "#ffd400", "#000000"]);
        let fields: Vec<_> = yellow.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["colors.accent", "colors.on_accent"]);
        let words = &yellow[0].1;
        assert!(
            words.contains("(#ffd400) on the light card (#ffffff)") && words.contains("1.43"),
            "{words}"
        );
        assert!(words.contains("4.5 is needed"), "{words}");
        // What is said to do does.
        let (_, instead) = words.split_once("needed. ").unwrap();
        let instead = instead.strip_suffix(" would do.").unwrap();
        let mended = derive(instead).unwrap();
        assert!(check(&mended).is_ok(), "{mended:?}");
        assert!(yellow[1].1.contains("#000000 would do"), "{}", yellow[1].1);
        let dark = refused(["#1f5fbf", "#ffffff", "#1f5fbf", "#1f5fbf"]);
        assert!(dark[0].1.contains("the dark card (#191f27)"), "{}", dark[0].1);
        assert_eq!(dark[1].0, "colors.on_dark_accent");
        // Just too little is not rounded up.
        let near = refused(["#777777", "#ffffff", "#ffffff", "#000000"]);
        assert!(near[0].1.contains("4.47"), "{}", near[0].1);
        assert_eq!(refused(["#1f5fbf", "", "blue", "#000000"]).len(), 2);
    }

    proptest! {
        /// Whatever is chosen: what goes with it can be read, unless the colour itself can't be.
        #[test]
        fn what_is_derived_can_be_read(r: u8, g: u8, b: u8) {
            let accent = Rgb(r, g, b);
            match check(&derive(&accent.hex()).unwrap()) {
                Ok(colors) => prop_assert_eq!(colors.accent, accent.hex()),
                Err(wrong) => {
                    prop_assert_eq!(wrong.len(), 1);
                    prop_assert_eq!(wrong[0].0, "colors.accent");
                }
            }
        }
    }
}
