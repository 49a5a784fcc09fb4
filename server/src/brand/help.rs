//! The help desk's number: as people read it, and as a telephone dials it.

/// A number that somebody can tap, in the spelling that was entered.
///
/// # Errors
/// What is wrong with it, for the form.
pub fn check(text: &str) -> Result<String, &'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c)) {
        return Err(
            "Write it as it is dialled: digits, blanks, hyphens, brackets, and a + at its start. No \
             extension and no words.",
        );
    }
    if text.rfind('+').is_some_and(|at| at > 0) {
        return Err("A + stands only at the start.");
    }
    let dialled = dialled(&text);
    let digits = dialled.trim_start_matches('+');
    if !(3..=15).contains(&digits.len()) {
        return Err("A telephone number has 3 to 15 digits.");
    }
    if dialled.starts_with('+') {
        if text.contains("(0)") {
            return Err("Leave (0) out: after the country code nobody may dial it.");
        }
        // What the country's plan has no such number for. An emergency or internal number has no +.
        if phonenumber::parse(None, &dialled).is_err() {
            return Err("There is no such number: check the country code after the +.");
        }
    }
    Ok(text)
}

/// What a `tel:` link holds (RFC 3966): digits, after a `+` where there is one.
#[must_use]
pub fn dialled(help: &str) -> String {
    help.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_somebody_can_dial() {
        for (text, dials) in [
            ("+1 206 555 0100", "+12065550100"),
            ("+1  (800) 555-0199", "+18005550199"),
            ("+44 20 7946 0018", "+442079460018"),
            ("0800 123 456", "0800123456"),
            ("911", "911"),
        ] {
            let kept = check(text).unwrap();
            assert_eq!(dialled(&kept), dials, "{text}");
            assert!(!kept.contains("  "));
        }
        for (text, says) in [
            ("", "3 to 15"),
            ("12", "3 to 15"),
            ("1234567890123456", "3 to 15"),
            ("call us", "as it is dialled"),
            ("+1 206 555 0100 ext. 4", "as it is dialled"),
            ("+1 206 555 0100,,4", "as it is dialled"),
            ("206+5550100", "only at the start"),
            ("+44 (0)20 7946 0018", "Leave (0) out"),
            ("+999 123 4567", "no such number"),
            ("tel:+12065550100", "as it is dialled"),
        ] {
            let words = check(text).unwrap_err();
            assert!(words.contains(says), "{text}: {words}");
        }
    }
}
