//! Which passwords Entra takes (ENTRA concept-sspr-policy, concept-password-ban-bad; SOURCES.md §2.6).

/// A taste of the global banned list, which Microsoft does not publish; normalised.
const BANNED: &[&str] = &[
    "password",
    "welcome",
    "qwerty",
    "letmein",
    "changeme",
    "microsoft",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
];

/// Symbols besides letters and digits; Unicode is not allowed.
const SYMBOLS: &str = "@#$%^&*-_!+=[]{}|\\:',.?/`~\"();<> ";

/// Whether the password passes: length, alphabet, three of four classes, banned words.
/// `names` are what the person and the tenant are called.
pub(super) fn passes(password: &str, names: &[&str]) -> bool {
    let class = |test: fn(&char) -> bool| usize::from(password.chars().any(|c| test(&c)));
    let classes = class(char::is_ascii_lowercase)
        + class(char::is_ascii_uppercase)
        + class(char::is_ascii_digit)
        + class(|c| SYMBOLS.contains(*c));
    (8..=256).contains(&password.chars().count())
        && password.chars().all(|c| c.is_ascii_alphanumeric() || SYMBOLS.contains(c))
        && classes >= 3
        && score(password, names) >= 5
}

/// Each banned word counts one, each other character counts one.
fn score(password: &str, names: &[&str]) -> usize {
    let text = normalise(password);
    let mut words: Vec<String> = BANNED.iter().map(|word| (*word).to_owned()).collect();
    // Names of four characters and more, each part of a name by itself.
    let parts = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    words.extend(parts.filter(|part| part.chars().count() >= 4).map(normalise));
    if words.iter().any(|word| one_edit_apart(&text, word)) {
        return 1;
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let (mut rest, mut points) = (text.as_str(), 0);
    while let Some(first) = rest.chars().next() {
        let word = words.iter().find(|word| rest.starts_with(word.as_str()));
        rest = &rest[word.map_or(first.len_utf8(), String::len)..];
        points += 1;
    }
    points
}

fn normalise(text: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' => 'l',
        '$' => 's',
        '@' => 'a',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// Equal, or one character added, dropped or changed.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let same_start = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => same_start == short.len() || short[same_start + 1..] == long[same_start + 1..],
        1 => short[same_start..] == long[same_start + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_as_the_policy_says() {
        let names = ["Ada", "Lovelace", "Northwind Dental"];
        for good in ["Kx7-mQ2pLw9Rtv", "abcdEF12", "a b c D 1 2", "aA1!aA1!", "Lovelace-xKq7"] {
            assert!(passes(good, &names), "{good}");
        }
        let long = format!("aA1{}", "x".repeat(254));
        for bad in [
            "aA1!aA1",
            "abcdefgh",
            "ABCDEFGH1234",
            "abcdéF12",
            "Passw0rd",
            "P@ssw0rd1",
            "Northwind1A",
            "Welcome1!",
            "L0vel@ce1x",
            &long,
        ] {
            assert!(!passes(bad, &names), "{bad}");
        }
        assert!(passes(&long[..256], &names));
    }
}
