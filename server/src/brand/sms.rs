//! The text with the link, in an MSP's own words.

use crate::gsm;

/// The longest of each that can be filled in: a name, our host and token, a time.
const NAME: usize = 20;
const LINK: usize = 60;
const TIME: usize = 12;

/// A template that makes one segment, whatever is filled in.
///
/// # Errors
/// What is wrong with it, for the form.
pub(super) fn check(template: &str) -> Result<String, String> {
    let template = template.split_whitespace().collect::<Vec<_>>().join(" ");
    let [before, after] = template.split("{link}").collect::<Vec<_>>()[..] else {
        return Err("Say {link} once: there the link is filled in.".into());
    };
    if before.trim().is_empty() || !after.contains(char::is_alphabetic) {
        return Err(
            "Put {link} between words: some phones open a link for a preview when it stands at \
             either end."
                .into(),
        );
    }
    if !template.contains("{brand}") {
        return Err("Say {brand}: who gets the text must see whom it is from.".into());
    }
    let bare = ["{link}", "{brand}", "{time}"]
        .iter()
        .fold(template.clone(), |text, word| text.replace(word, ""));
    if bare.contains(['{', '}']) {
        return Err("Only {brand}, {link} and {time} are filled in. Leave other braces out.".into());
    }
    let filled = template
        .replace("{brand}", &"n".repeat(NAME))
        .replace("{link}", &"l".repeat(LINK))
        .replace("{time}", &"t".repeat(TIME));
    if !gsm::fits_one_segment(&filled) {
        return Err(format!(
            "This is {} characters when it is filled in, or has characters that phones’ alphabet \
             lacks. 160 plain ones are one text.",
            filled.chars().count()
        ));
    }
    Ok(template)
}
