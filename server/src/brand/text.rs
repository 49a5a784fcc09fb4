//! Words of an MSP's own, as they can be kept: plain, short, and leading nowhere.

use crate::gsm;
use crate::language::sms::looks_like_a_link;

/// Longest name.
pub(super) const NAME_CHARS: usize = 60;
/// Longest text of the page.
pub(super) const TEXT_CHARS: usize = 300;

/// The name that end users read.
///
/// # Errors
/// What is wrong with it, for the form.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_CHARS {
        return Err("A name has 1 to 60 characters.");
    }
    if text.chars().any(unseen) {
        return Err("A name stands on one line and has only characters that can be seen.");
    }
    // Every text begins with it, and phones make a link of whatever looks like one. Without accents
    // too: that is how it is sent.
    let sent = gsm::fold(text);
    let leads = |word: &str| is_address(word) || looks_like_a_link(word);
    if text.split_whitespace().chain(sent.split_whitespace()).any(leads) {
        return Err("Enter a name, not an address: nothing with a dot and letters right after it.");
    }
    if text.chars().filter(char::is_ascii_digit).count() > 6 {
        return Err("Enter a name, not a number to call.");
    }
    Ok(text.to_owned())
}

/// A text of the page: what it says above the button (which may name `{brand}`), or at its foot.
///
/// # Errors
/// What is wrong with it, for the form.
pub(super) fn page(text: &str, names_brand: bool) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = text.chars().count();
    if chars > TEXT_CHARS {
        return Err(format!("At most {TEXT_CHARS} characters, please; this has {chars}."));
    }
    if text.chars().any(unseen) {
        return Err("There is a character in it that can’t be seen. Type the text anew.".into());
    }
    let bare = if names_brand { text.replace("{brand}", "") } else { text.clone() };
    if bare.contains(['{', '}']) {
        return Err(if names_brand {
            "Only {brand} is filled in here. Leave other braces out.".into()
        } else {
            "Nothing is filled in here. Leave the braces out.".into()
        });
    }
    if let Some(address) = text.split(' ').find(|word| is_address(word)) {
        return Err(format!(
            "Leave “{address}” out: this page names no other address, so that nobody can be led \
             elsewhere from it."
        ));
    }
    Ok(text)
}

/// Control characters, and those that turn what follows around or show nothing.
pub(crate) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether this word is, or would be made, a link: `https://x`, `www.x`, `name.tld`, `a@name.tld`.
fn is_address(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.contains("://") || word.to_lowercase().starts_with("www.") {
        return true;
    }
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let [.., second, top] = labels[..] else { return false };
    // `e.g.`, `No.5` and `U.S.` are no addresses.
    top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
        && second.chars().count() >= 2
        && labels.iter().all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_something() {
        assert_eq!(name("  Zoë & Søn "), Ok("Zoë & Søn".into()));
        for bad in [
            "",
            "  ",
            "a\nb",
            "a\u{202e}b",
            "zero\u{200b}width",
            "https://x.example",
            "evil-login.com/s",
            "Call +1 900 555 0100",
            "evil.c\u{301}om",
            "203.0.113.9/x",
        ] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        assert!(name(&"é".repeat(60)).is_ok() && name(&"é".repeat(61)).is_err());
    }

    #[test]
    fn the_pages_texts_lead_nowhere() {
        for good in [
            "",
            "Welcome to {brand}.",
            "Brightline IT, 12 Main St., Mo. to Fr., e.g. 9.30",
            "U.S. holidays…",
        ] {
            assert_eq!(page(good, true).as_deref(), Ok(good));
        }
        assert_eq!(page(" two\r\n lines ", false).as_deref(), Ok("two lines"));
        for (bad, says) in [
            ("see https://evil.example/x", "evil.example"),
            ("see www.evil", "www.evil"),
            ("mail help@brightline.example.", "help@brightline.example"),
            ("(brightline.example/help)", "brightline.example"),
            ("Use {code}", "Only {brand}"),
            ("a\u{202e}b", "can’t be seen"),
        ] {
            let words = page(bad, true).unwrap_err();
            assert!(words.contains(says), "{bad}: {words}");
        }
        assert!(page("{brand}", false).unwrap_err().contains("Nothing is filled in"));
        let long = page(&"x".repeat(301), false).unwrap_err();
        assert!(long.contains("this has 301"), "{long}");
        assert!(page(&"é".repeat(300), false).is_ok());
    }
}
