//! What is typed or pasted into the field for the code.

/// The shortest and the longest code that a policy may ask for.
const LENGTHS: (usize, usize) = (6, 10);

/// The digits of `typed`, as many as a code has: blanks, hyphens and words around them don't matter.
pub(crate) fn digits(typed: &str, wanted: Option<u32>) -> String {
    let most = wanted.map_or(LENGTHS.1, |wanted| wanted as usize);
    typed.chars().filter(char::is_ascii_digit).take(most).collect()
}

/// Whether nothing is missing, as far as is known: where the server did not say how long a code is,
/// any that is long enough may be sent off, but not by itself.
pub(crate) fn complete(digits: &str, wanted: Option<u32>) -> bool {
    match wanted {
        Some(wanted) => digits.len() == wanted as usize,
        None => digits.len() >= LENGTHS.0,
    }
}

/// How many digits to ask for.
pub(crate) fn least(wanted: Option<u32>) -> u32 {
    wanted.unwrap_or(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_codes_are_cleaned() {
        assert_eq!(digits("123 456", Some(6)), "123456");
        assert_eq!(digits(" 12-34-56\n", Some(6)), "123456");
        assert_eq!(digits("Your code: 004211.", None), "004211");
        assert_eq!(digits("1234567", Some(6)), "123456");
        assert_eq!(digits("1234 5678", Some(8)), "12345678");
        assert_eq!(digits("12345678901", None), "1234567890");
        assert_eq!(digits("١٢٣ab", None), "");
    }

    #[test]
    fn a_code_is_complete_when_it_has_its_digits() {
        assert!(complete("123456", Some(6)) && complete("1234567890", Some(10)));
        assert!(!complete("12345", Some(6)) && !complete("123456", Some(8)));
        assert!(complete("123456", None) && complete("12345678", None));
        assert!(!complete("12345", None) && !complete("", None));
    }
}
