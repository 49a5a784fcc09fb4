//! What is typed or pasted into the field for the code.

/// How many digits a code has.
pub(crate) const LENGTH: usize = 6;

/// The digits of `typed`, six at most: blanks, hyphens and words around them don't matter.
pub(crate) fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).take(LENGTH).collect()
}

/// Whether nothing is missing.
pub(crate) fn complete(digits: &str) -> bool {
    digits.len() == LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_codes_are_cleaned() {
        assert_eq!(digits("123 456"), "123456");
        assert_eq!(digits(" 12-34-56\n"), "123456");
        assert_eq!(digits("Your code: 004211."), "004211");
        assert_eq!(digits("1234567"), "123456");
        assert_eq!(digits("١٢٣ab"), "");
    }

    #[test]
    fn six_digits_are_complete() {
        assert!(complete(&digits("123 456")));
        assert!(!complete(&digits("12345")));
        assert!(!complete(""));
    }
}
