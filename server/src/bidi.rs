//! Characters that turn the order in which text reads. Somebody's name may hold them: then what stands beside it
//! on a page or in a note, a verified shield or another name, reads as something else.

use serde::{Deserialize, Deserializer};

/// Whether it embeds, overrides or isolates a direction (Unicode UAX #9, 2.1 to 2.4). Names in Arabic or Hebrew do
/// without: their letters have a direction of their own.
#[must_use]
pub const fn turns(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Reads a name that somebody else keeps, without them.
///
/// # Errors
/// When it is no text.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|name| name.replace(turns, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_without_them() {
        let read = |json: &str| read(&mut serde_json::Deserializer::from_str(json)).unwrap();
        assert_eq!(read("\"Ada \u{202E}krap\"").as_deref(), Some("Ada krap"));
        assert_eq!(read("null"), None);
    }

    #[test]
    fn letters_stay_and_what_turns_them_is_found() {
        assert!("Ada \u{202E}krap\u{202C}".chars().any(turns));
        assert!("\u{2067}x\u{2069}".chars().all(|letter| turns(letter) || letter == 'x'));
        assert!(!"Zoë أحمد דוד 李 👩‍⚕️ \u{200F}".chars().any(turns));
    }
}
