//! What a password must not have in it.

use std::collections::HashSet;

use zeroize::Zeroizing;

use crate::gsm;

/// The shortest part of a name that must not occur. (Entra "Password protection": names of four
/// characters or more count against a password.)
const PART: usize = 4;

/// Every run of four letters or digits in somebody's names: what has none of them has no longer
/// part either.
pub(super) struct Names(HashSet<[u8; PART]>);

impl Names {
    /// Of these: a person's, their company's, an address. Accents don't count.
    pub(super) fn of(names: &[&str]) -> Self {
        let mut runs = HashSet::new();
        for name in names {
            runs.extend(runs_of(&normalised(&gsm::plain(name))));
        }
        Self(runs)
    }

    /// Whether any part of them is in it.
    pub(super) fn occur_in(&self, password: &str) -> bool {
        let password = Zeroizing::new(normalised(password));
        runs_of(&password).any(|run| self.0.contains(&run))
    }
}

fn runs_of(text: &[u8]) -> impl Iterator<Item = [u8; PART]> {
    text.windows(PART)
        .filter(|run| run.iter().all(u8::is_ascii_alphanumeric))
        .filter_map(|run| run.try_into().ok())
}

/// As Entra compares: lower case, and four look-alikes are the letters that they stand for.
fn normalised(text: &str) -> Vec<u8> {
    let plain = |byte: u8| match byte.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' => b'l',
        b'$' => b's',
        b'@' => b'a',
        other => other,
    };
    text.bytes().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_count_from_four_letters_on() {
        let names = ["Ada Park", "conan.o'neil@northwind.example", "Müller", "Agent 1007", "Ke$ha"];
        let names = Names::of(&names);
        for bad in [
            "xxPARKxx",
            "xpark",
            "neil",
            "thwi",
            "NorthWind",
            "mull",
            "ulle",
            "lo07",
            "l0O7",
            "kesha",
            "Ke$h",
            "p@rk",
            "N0RTh",
            "c0n@n",
        ] {
            assert!(names.occur_in(bad), "{bad}");
        }
        for good in ["", "par", "ada-par-ark", "conn", "ne1-il", "no-rth", "aDa", "007", "kes.ha"] {
            assert!(!names.occur_in(good), "{good}");
        }
        assert!(!Names::of(&["日本", "", "Li", "é"]).occur_in("anything at all"));
    }
}
