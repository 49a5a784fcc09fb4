//! How many parts a text takes (SOURCES.md T3, T4).

/// The default alphabet (TS 23.038 §6.2.1): a septet each.
const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension (§6.2.1.1): an escape comes first. The form feed is its page break.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// GSM-7: 160, then 153 each; one other character makes it UCS-2: 70, then 67. What takes two
/// units is never torn apart.
pub(super) fn segments(body: &str) -> usize {
    let gsm: Option<Vec<usize>> = body
        .chars()
        .map(|c| match c {
            c if PLAIN.contains(c) => Some(1),
            c if EXTENSION.contains(c) => Some(2),
            _ => None,
        })
        .collect();
    let (units, one, each) = match gsm {
        Some(septets) => (septets, 160, 153),
        None => (body.chars().map(char::len_utf16).collect(), 70, 67),
    };
    if units.iter().sum::<usize>() <= one {
        return 1;
    }
    let (full, last) = units.into_iter().fold((0, 0), |(full, last), unit| {
        if last + unit > each { (full + 1, unit) } else { (full, last + unit) }
    });
    full + usize::from(last > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_parts() {
        let rows = [
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 307, 3),
            ("{", 80, 1),
            ("{", 81, 2),
            // 76 whole ones fit into 153, not 76 and a half.
            ("{", 152, 2),
            ("{", 153, 3),
            ("ê", 70, 1),
            ("ê", 71, 2),
            ("🙂", 35, 1),
            ("🙂", 66, 2),
            ("🙂", 67, 3),
            ("`", 71, 2),
            ("é", 160, 1),
            ("\u{c}", 81, 2),
        ];
        for (text, times, expected) in rows {
            assert_eq!(segments(&text.repeat(times)), expected, "{text} × {times}");
        }
    }

    /// 128 places, one of which is the escape; ten in the extension, without the second carriage
    /// return and the reserved escape.
    #[test]
    fn the_alphabet_is_whole() {
        let all: std::collections::HashSet<char> = PLAIN.chars().chain(EXTENSION.chars()).collect();
        assert_eq!((PLAIN.chars().count(), EXTENSION.chars().count()), (127, 10));
        assert_eq!(all.len(), 137);
    }
}
