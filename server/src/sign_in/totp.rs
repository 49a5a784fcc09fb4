//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, as every
//! authenticator app does them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use shared::{AccountId, Millis, TechnicianId};
use zeroize::Zeroizing;

use crate::random;
use crate::seal::{Place, same};

const STEP_MS: i64 = 30_000;
/// Steps that a wrong clock is looked for, either way.
const MOST_DRIFT: i64 = 10;
/// RFC 4226 asks for at least 16 bytes and recommends 20.
pub const SECRET_BYTES: usize = 20;

/// What an authenticator and we share.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self::new(random::bytes::<SECRET_BYTES>().to_vec())
    }

    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret of this base32 text, as people and import files write it: blanks, hyphens and
    /// lower case are fine.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        let clean: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '='))
                .map(|c| c.to_ascii_uppercase())
                .collect(),
        );
        let bytes = BASE32_NOPAD.decode(clean.as_bytes()).ok()?;
        (bytes.len() >= 10).then(|| Self::new(bytes))
    }

    /// The raw bytes, for sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// For typing into an authenticator, in groups of four.
    #[must_use]
    pub fn spelt(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(BASE32_NOPAD.encode(&self.0));
        let mut spelt = Zeroizing::new(String::with_capacity(text.len() * 5 / 4));
        for (i, c) in text.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                spelt.push(' ');
            }
            spelt.push(c);
        }
        spelt
    }

    /// The `otpauth:` address that authenticator apps open.
    #[must_use]
    pub fn uri(&self, issuer: &str, email: &str) -> Zeroizing<String> {
        let part = |text: &str| {
            url::form_urlencoded::byte_serialize(text.as_bytes())
                .collect::<String>()
                // `+` is a blank in forms only; authenticator apps show it as it stands.
                .replace('+', "%20")
        };
        let secret = Zeroizing::new(BASE32_NOPAD.encode(&self.0));
        Zeroizing::new(format!(
            "otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits=6&period=30",
            part(issuer),
            part(email),
            *secret
        ))
    }

    /// The code of one step.
    fn code(&self, step: i64) -> Zeroizing<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0x0f);
        let mut number = 0_u32;
        for byte in &tag[offset..offset + 4] {
            number = (number << 8) | u32::from(*byte);
        }
        Zeroizing::new(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
    }

    /// The code at this moment, as an authenticator shows it.
    #[must_use]
    pub fn code_at(&self, now: Millis) -> Zeroizing<String> {
        self.code(now.0 / STEP_MS)
    }

    /// How many steps a code is off that is right at another time, within five minutes: what a phone with
    /// a wrong clock shows. To be told, never to be taken.
    #[must_use]
    pub fn drift_of(&self, code: &str, now: Millis) -> Option<i64> {
        let at = |steps: i64| Millis(now.0 + steps * STEP_MS);
        (2..=MOST_DRIFT)
            .flat_map(|steps| [-steps, steps])
            .find(|steps| self.step_of(code, at(*steps)).is_some())
    }

    /// The step that `code` belongs to: this one, the one before or the one after, because
    /// clocks differ and people are slow. Blanks in the code are ignored. The caller makes sure
    /// that a step counts once.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Millis) -> Option<i64> {
        let code: Zeroizing<String> =
            Zeroizing::new(code.chars().filter(|c| !c.is_whitespace()).collect());
        let step = now.0 / STEP_MS;
        let mut found = None;
        // All three are compared, so that time does not tell which one it was.
        for step in [step - 1, step, step + 1] {
            if same(self.code(step).as_bytes(), code.as_bytes()) {
                found = Some(step);
            }
        }
        found
    }
}

/// Where a technician's secret is sealed.
#[must_use]
pub fn place(account: AccountId, technician: TechnicianId) -> Place<'static> {
    Place { account: account.0, kind: "totp", row: technician.0, bound_to: "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, cut to six digits.
    #[test]
    fn the_rfcs_vectors() {
        let secret = TotpSecret::new(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*secret.code_at(Millis(seconds * 1000)), code, "{seconds}");
        }
    }

    #[test]
    fn one_step_of_drift_and_no_more() {
        let secret = TotpSecret::new(b"12345678901234567890".to_vec());
        let now = Millis(1_111_111_111_000);
        let step = now.0 / STEP_MS;
        for (drift, found) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = secret.code(step + drift);
            assert_eq!(secret.step_of(&code, now), found.then_some(step + drift), "{drift}");
        }
        assert_eq!(secret.step_of("050 471 ", now), Some(step));
        for wrong in ["", "05047", "0504711", "050472", "０５０４７１"] {
            assert_eq!(secret.step_of(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrong_clock_is_told_and_not_taken() {
        let secret = TotpSecret::new(b"12345678901234567890".to_vec());
        let now = Millis(1_111_111_111_000);
        let step = now.0 / STEP_MS;
        for (drift, told) in [(-12, false), (-10, true), (-2, true), (3, true), (12, false)] {
            let code = secret.code(step + drift);
            let found = secret.drift_of(&code, now);
            assert_eq!(found.is_some(), told, "{drift}");
            assert!(found.is_none_or(|found| found.signum() == drift.signum()), "{drift}");
            assert_eq!(secret.step_of(&code, now), None);
        }
        assert_eq!(secret.drift_of("000000", now), None);
    }

    #[test]
    fn base32_comes_back_as_people_write_it() {
        let secret = TotpSecret::new(b"12345678901234567890".to_vec());
        assert_eq!(*secret.spelt(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        for text in [secret.spelt().as_str(), "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq"] {
            let back = TotpSecret::from_base32(text).unwrap();
            assert_eq!(back.expose(), secret.expose());
        }
        assert!(TotpSecret::from_base32("not base 32!").is_none());
        assert!(TotpSecret::from_base32("GEZD").is_none(), "too short to be one");
        assert_eq!(
            *secret.uri("MSP Reset", "ann@msp.example"),
            "otpauth://totp/MSP%20Reset:ann%40msp.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=MSP%20Reset&algorithm=SHA1&digits=6&period=30"
        );
    }
}
