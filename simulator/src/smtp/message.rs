//! What a mail says, for mailboxes: headers unfolded (RFC 5322) and decoded (RFC 2047), the text out
//! of its transfer encoding (RFC 2045). Plain text only; other kinds stay as they came.

use data_encoding::BASE64_MIME_PERMISSIVE as BASE64;

/// Header fields in their order, and the body.
pub(super) struct Message {
    fields: Vec<(String, String)>,
    body: String,
}

impl Message {
    pub(super) fn parse(raw: &str) -> Self {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let fields = unfolded.split("\r\n").filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        Message { fields: fields.collect(), body: body.to_owned() }
    }

    /// The first field of this name, as it came.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// How many fields of this name there are.
    pub(super) fn count(&self, name: &str) -> usize {
        self.fields.iter().filter(|(known, _)| known == name).count()
    }

    /// A field as people read it.
    pub(super) fn shown(&self, name: &str) -> String {
        decode_words(self.field(name).unwrap_or_default())
    }

    /// The body as people read it.
    pub(super) fn text(&self) -> String {
        let encoding = self.field("content-transfer-encoding").unwrap_or("7bit");
        let bytes = match encoding.to_ascii_lowercase().as_str() {
            "base64" => BASE64.decode(self.body.as_bytes()).unwrap_or_default(),
            "quoted-printable" => quoted(&self.body.replace("=\r\n", ""), b'='),
            _ => self.body.clone().into_bytes(),
        };
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=`; blanks between two of them are not part of the text.
fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let between = &rest[..at];
        if !(after_word && between.trim().is_empty()) {
            out.push_str(between);
        }
        match word(&rest[at..]) {
            Some((decoded, length)) => {
                out.push_str(&decoded);
                rest = &rest[at + length..];
                after_word = true;
            }
            None => {
                out.push_str("=?");
                rest = &rest[at + 2..];
                after_word = false;
            }
        }
    }
    out + rest
}

/// One encoded word at the beginning of `text`: what it says and how long it is.
fn word(text: &str) -> Option<(String, usize)> {
    let mut parts = text.strip_prefix("=?")?.splitn(4, '?');
    let (charset, encoding, coded) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next()?.strip_prefix('=')?;
    let bytes = match encoding {
        "b" | "B" => BASE64.decode(coded.as_bytes()).ok()?,
        "q" | "Q" => quoted(&coded.replace('_', " "), b'='),
        _ => return None,
    };
    let decoded = String::from_utf8(bytes).ok()?;
    charset.eq_ignore_ascii_case("utf-8").then_some(())?;
    Some((decoded, charset.len() + encoding.len() + coded.len() + 6))
}

/// Every `mark` with two hexadecimal digits is a byte.
fn quoted(text: &str, mark: u8) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(decoded) if byte == mark => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_do() {
        let raw = "Subject: =?utf-8?b?WsO2w6s=?=\r\n =?UTF-8?Q?_=C3=9Cbel?= was here\r\n\
                   From: plain =? text <a@b.example>\r\n\
                   Content-Transfer-Encoding: quoted-printable\r\n\r\n\
                   Gr=C3=BC=C3=9Fe, a long =\r\nline\r\n1 =3D 1\r\n";
        let message = Message::parse(raw);
        assert_eq!(message.shown("subject"), "Zöë Übel was here");
        assert_eq!(message.shown("from"), "plain =? text <a@b.example>");
        assert_eq!(message.text(), "Grüße, a long line\n1 = 1\n");
        let message =
            Message::parse("Content-Transfer-Encoding: base64\r\n\r\nR3LD\r\nvMOfZQ==\r\n");
        assert_eq!(message.text(), "Grüße");
        assert_eq!(Message::parse("X: 1\r\n\r\na\r\nb").text(), "a\nb");
    }
}
