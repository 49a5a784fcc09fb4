//! The authenticator app on somebody's phone: RFC 6238 with SHA-1, six digits, 30 seconds.

use anyhow::{Context as _, bail};
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// How long one code lives.
pub(crate) const PERIOD_MS: i64 = 30_000;

/// One entry of the authenticator.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub(crate) label: String,
    secret: Vec<u8>,
}

impl Authenticator {
    /// Reads an `otpauth://totp/…` URI (as in its QR code) or a bare base32 secret.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        if !text.to_ascii_lowercase().starts_with("otpauth:") {
            return Ok(Authenticator { label: "Authenticator".to_owned(), secret: base32(text)? });
        }
        let uri = url::Url::parse(text).context("this is not an otpauth:// address")?;
        if uri.host_str() != Some("totp") {
            bail!("only time-based codes (otpauth://totp/…) are supported");
        }
        let get = |name: &str| {
            uri.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        for (name, only) in [("digits", "6"), ("period", "30"), ("algorithm", "SHA1")] {
            if let Some(value) = get(name).filter(|value| !value.eq_ignore_ascii_case(only)) {
                bail!("{name}={value} is not supported, only {only}");
            }
        }
        let path = uri.path().trim_start_matches('/').replace('+', "%2B");
        let name = url::form_urlencoded::parse(path.as_bytes())
            .next()
            .map(|(key, _)| key.into_owned())
            .unwrap_or_default();
        let label = match get("issuer") {
            Some(issuer) if !name.starts_with(&issuer) => format!("{issuer}: {name}"),
            _ => name.replacen(':', ": ", 1).replace(":  ", ": "),
        };
        let secret = base32(&get("secret").context("the address has no secret in it")?)?;
        Ok(Authenticator { label, secret })
    }

    /// The code shown at `now_ms`.
    pub(crate) fn code(&self, now_ms: i64) -> String {
        let step = now_ms.div_euclid(PERIOD_MS);
        format!("{:06}", hotp(&self.secret, step.unsigned_abs()) % 1_000_000)
    }

    /// Whether both show the same codes.
    pub(crate) fn same_secret(&self, other: &Authenticator) -> bool {
        self.secret == other.secret
    }
}

fn base32(text: &str) -> anyhow::Result<Vec<u8>> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-' && *c != '=')
        .collect::<String>()
        .to_ascii_uppercase();
    let secret = BASE32_NOPAD
        .decode(plain.as_bytes())
        .ok()
        .context("the secret is not base32 (A–Z and 2–7)")?;
    if secret.len() < 10 {
        bail!("the secret is too short: 16 characters at least");
    }
    Ok(secret)
}

/// RFC 4226 §5.3, before the digits are cut off.
fn hotp(secret: &[u8], counter: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let hash = tag.as_ref();
    let at = usize::from(hash[19] & 0x0f);
    u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the SHA-1 column.
    #[test]
    fn agrees_with_the_rfc() {
        let rows = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000_i64, 65_353_130),
        ];
        let authenticator =
            Authenticator { label: String::new(), secret: b"12345678901234567890".to_vec() };
        for (seconds, eight_digits) in rows {
            assert_eq!(
                hotp(&authenticator.secret, seconds.unsigned_abs() / 30) % 100_000_000,
                eight_digits
            );
            assert_eq!(
                authenticator.code(seconds * 1000),
                format!("{:06}", eight_digits % 1_000_000)
            );
        }
    }

    #[test]
    fn reads_what_people_paste() {
        let same = |text: &str| Authenticator::parse(text).expect(text);
        let bare = same("gezd gnbv gy3t qojq GEZDGNBVGY3TQOJQ");
        assert_eq!(bare.secret, b"12345678901234567890");
        let uri = same(
            "otpauth://totp/Acme%20IT:ann%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20IT",
        );
        assert!(uri.same_secret(&bare));
        assert_eq!(uri.label, "Acme IT: ann@acme.example");
        for wrong in [
            "",
            "1890",
            "ABCD",
            "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8",
        ] {
            assert!(Authenticator::parse(wrong).is_err(), "{wrong}");
        }
    }
}
