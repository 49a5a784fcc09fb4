//! What a contact reads on the phone. One GSM-7 segment.

use zeroize::Zeroizing;

use crate::gsm;

/// The text with a code. It says who asks, and what to do when one did not call.
pub(super) fn code_text(brand: &str, code: &str) -> Zeroizing<String> {
    let brand = gsm::clean(brand, 30);
    Zeroizing::new(format!(
        "{brand}: {code} is your code. Read it to the technician you are talking to now. \
         If you did not call your help desk, tell nobody."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_text_is_one_segment() {
        let text = code_text(&"Ä".repeat(60), "123456");
        assert!(gsm::fits_one_segment(&text), "{}: {}", text.len(), *text);
    }
}
