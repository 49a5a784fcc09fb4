//! How many parts a text takes (twilio.com/docs/glossary, "GSM-7"; SOURCES.md T§3).

const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "^{}\\[~]|€";

/// GSM-7: 160, then 153 each; one other character makes it UCS-2: 70, then 67.
pub(super) fn segments(body: &str) -> usize {
    let gsm = body.chars().try_fold(0, |sum, c| match c {
        c if PLAIN.contains(c) => Some(sum + 1),
        c if EXTENSION.contains(c) => Some(sum + 2),
        _ => None,
    });
    let (length, one, each) = match gsm {
        Some(septets) => (septets, 160, 153),
        None => (body.encode_utf16().count(), 70, 67),
    };
    if length <= one { 1 } else { usize::div_ceil(length, each) }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn counts_parts() {
        let rows = [
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 307, 3),
            ("{", 80, 1),
            ("{", 81, 2),
            ("ê", 70, 1),
            ("ê", 71, 2),
            ("`", 71, 2),
            ("é", 160, 1),
        ];
        for (text, times, expected) in rows {
            assert_eq!(segments(&text.repeat(times)), expected, "{text} × {times}");
        }
    }
}
