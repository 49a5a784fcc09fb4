//! What a file says, as text: programs write it in one of three ways. Pure.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The text of a file: by its byte order mark (UTF-8, UTF-16), else UTF-8 where it is, else Windows-1252, which
/// spreadsheets write on Windows without a word. `None` for what is no text (a workbook, a picture).
#[must_use]
pub fn text(bytes: &[u8]) -> Option<String> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
            if broken {
                return None;
            }
            text.into_owned()
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    };
    // No text has these; a workbook is full of them.
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.chars().any(strange)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let utf16 = |little: bool| {
            let mut bytes = if little { vec![0xff, 0xfe] } else { vec![0xfe, 0xff] };
            for unit in "Zoë;Übel".encode_utf16() {
                bytes.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            }
            bytes
        };
        let all = [
            "Zoë;Übel".as_bytes().to_vec(),
            [b"\xef\xbb\xbf", "Zoë;Übel".as_bytes()].concat(),
            utf16(true),
            utf16(false),
            b"Zo\xeb;\xdcbel".to_vec(),
        ];
        for bytes in all {
            assert_eq!(text(&bytes).as_deref(), Some("Zoë;Übel"), "{bytes:x?}");
        }
        assert_eq!(text(b"5 \x80").as_deref(), Some("5 €"));
        assert_eq!(text(b"PK\x03\x04\x14\x00"), None, "a workbook");
        assert_eq!(text(b"\xff\xfea"), None, "half a character");
        assert_eq!(text(b"").as_deref(), Some(""));
    }
}
