//! How a call to Duo is signed: RFC 2822 date, method, host, path and parameters, one a line, under
//! HMAC-SHA1 with the secret key (duo.com/docs/authapi#authentication). Pure.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use shared::Millis;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::secret::Credential;

/// The parameters as they are signed, and sent: sorted by name, everything but RFC 3986's unreserved
/// characters percent-encoded.
pub(super) fn encode(parameters: &[(&str, &str)]) -> Zeroizing<String> {
    let mut pairs: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (escape(name), escape(value))).collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Zeroizing::new(pairs.join("&"))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// `Tue, 21 Aug 2012 17:29:18 -0000`; `None` for years that no calendar has.
pub(super) fn date(at: Millis) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok()?;
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let (weekday, month) = (weekday.get(..3)?, month.get(..3)?);
    let (day, year, time) = (at.day(), at.year(), at.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Some(format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} -0000"))
}

/// The signature, which stands where a password would.
pub(super) fn signature(
    secret: &Credential,
    date: &str,
    method: &str,
    host: &str,
    path: &str,
    encoded: &str,
) -> Credential {
    let host = host.to_ascii_lowercase();
    let canonical = Zeroizing::new([date, method, &host, path, encoded].join("\n"));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.expose().as_bytes());
    let signed = hmac::sign(&key, canonical.as_bytes());
    Credential::new(Zeroizing::new(HEXLOWER.encode(signed.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
    const DATE: &str = "Tue, 21 Aug 2012 17:29:18 -0000";

    /// The example of duo.com/docs/adminapi#authentication and of its Go and TypeScript clients' tests.
    #[test]
    fn signs_the_documented_example() {
        let secret = Credential::new(Zeroizing::new(SECRET.into()));
        let signed = |path: &str| {
            let encoded = encode(&[("username", "root"), ("realname", "First Last")]);
            let host = "API-XXXXXXXX.duosecurity.com";
            signature(&secret, DATE, "POST", host, path, &encoded).expose().to_owned()
        };
        assert_eq!(signed("/accounts/v1/account/list"), "2d97d6166319781b5a3a07af39d366f491234edc");
        assert_eq!(signed("/admin/v1/users"), "c1ef43767c3eb3b3258dbddca6f8d0941e085b92");
    }

    #[test]
    fn dates_are_written_as_in_mails() {
        assert_eq!(date(Millis(1_345_570_158_999)).as_deref(), Some(DATE));
        assert_eq!(date(Millis(0)).as_deref(), Some("Thu, 01 Jan 1970 00:00:00 -0000"));
        assert_eq!(date(Millis(i64::MAX)), None);
    }

    #[test]
    fn everything_but_the_unreserved_is_encoded() {
        assert_eq!(encode(&[]).as_str(), "");
        assert_eq!(
            encode(&[("b", "~-._ +/*&="), ("a", "ä€"), ("a", "1")]).as_str(),
            "a=%C3%A4%E2%82%AC&a=1&b=~-._%20%2B%2F%2A%26%3D"
        );
    }
}
