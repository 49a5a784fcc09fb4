//! Times and spans, in a language.

use shared::Millis;

use super::Language;
use super::fill::fill;

const MINUTE_MS: i64 = 60_000;

impl Language {
    /// `2026-11-22 14:05 UTC`, `22.11.2026 um 14:05 UTC`: mails and texts are read in many time
    /// zones, and the reader's is not known.
    #[must_use]
    pub fn at(self, at: Millis) -> String {
        let Ok(at) = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)) else {
            return String::new();
        };
        let two = |n: u8| format!("{n:02}");
        fill(
            self.phrases().time.at,
            &[
                ("day", &two(at.day())),
                ("month", &two(at.month().into())),
                ("year", &at.year().to_string()),
                ("hour", &two(at.hour())),
                ("minute", &two(at.minute())),
            ],
        )
        .to_string()
    }

    /// `45 minutes`, `1 hour`, `23 hours`: never more than there is.
    #[must_use]
    pub fn span(self, ms: i64) -> String {
        let time = self.phrases().time;
        let (phrase, n) = match rounded(ms) {
            Rounded::Minutes(1) => (time.minute, 1),
            Rounded::Minutes(n) => (time.minutes, n),
            Rounded::Hours(1) => (time.hour, 1),
            Rounded::Hours(n) => (time.hours, n),
        };
        fill(phrase, &[("n", &n.to_string())]).to_string()
    }
}

/// The same where room is scarce. Minutes and hours have these signs in all languages (SI brochure,
/// table 8).
pub(super) fn short_span(ms: i64) -> String {
    match rounded(ms) {
        Rounded::Minutes(n) => format!("{n} min"),
        Rounded::Hours(n) => format!("{n} h"),
    }
}

enum Rounded {
    Minutes(i64),
    Hours(i64),
}

/// Below two hours in minutes, from then on in whole hours, rounded down; a minute at least.
fn rounded(ms: i64) -> Rounded {
    match (ms / MINUTE_MS).max(1) {
        60 => Rounded::Hours(1),
        minutes if minutes < 120 => Rounded::Minutes(minutes),
        minutes => Rounded::Hours(minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_the_right_plural() {
        use Language::{De, En, Es, Fr, It, Nl, Pt};
        let rows = [
            (En, ["1 minute", "45 minutes", "1 hour", "24 hours"]),
            (Fr, ["1 minute", "45 minutes", "1 heure", "24 heures"]),
            (De, ["1 Minute", "45 Minuten", "1 Stunde", "24 Stunden"]),
            (Es, ["1 minuto", "45 minutos", "1 hora", "24 horas"]),
            (Pt, ["1 minuto", "45 minutos", "1 hora", "24 horas"]),
            (Nl, ["1 minuut", "45 minuten", "1 uur", "24 uur"]),
            (It, ["1 minuto", "45 minuti", "1 ora", "24 ore"]),
        ];
        for (language, expected) in rows {
            let spans = [1, 45, 60, 24 * 60].map(|minutes| language.span(minutes * MINUTE_MS));
            assert_eq!(spans, expected);
        }
    }

    #[test]
    fn spans_never_promise_more() {
        for (ms, span) in [
            (-1, "1 minute"),
            (119_999, "1 minute"),
            (3_599_999, "59 minutes"),
            (3_600_000, "1 hour"),
            (5_400_000, "90 minutes"),
            (7_199_999, "119 minutes"),
            (7_200_000, "2 hours"),
            (86_399_999, "23 hours"),
        ] {
            assert_eq!(Language::En.span(ms), span, "{ms}");
        }
        assert_eq!(short_span(3_599_999), "59 min");
        assert_eq!(short_span(86_400_000), "24 h");
    }

    #[test]
    fn times_are_written_as_each_language_does() {
        let at = Millis(1_795_356_300_000);
        let rows = [
            (Language::En, "2026-11-22 14:05 UTC"),
            (Language::Fr, "22/11/2026 à 14:05 UTC"),
            (Language::De, "22.11.2026 um 14:05 UTC"),
            (Language::Es, "22/11/2026 a las 14:05 UTC"),
            (Language::Pt, "22/11/2026 às 14:05 UTC"),
            (Language::Nl, "22-11-2026 om 14:05 UTC"),
            (Language::It, "22/11/2026 alle 14:05 UTC"),
        ];
        for (language, expected) in rows {
            assert_eq!(language.at(at), expected);
        }
        assert_eq!(Language::En.at(Millis(951_782_400_000)), "2000-02-29 00:00 UTC");
        assert_eq!(Language::En.at(Millis(i64::MAX)), "");
    }
}
