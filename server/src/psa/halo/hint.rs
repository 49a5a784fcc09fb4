//! What HaloPSA adds to a custom tab's address where "send secure URL parameter" is on: base64 of
//! HMAC-SHA256 over the agent's number alone, with the tab's iframe secret (as `jackmusick/bifrost` has it
//! in production since 2026-04). It never changes and names neither ticket nor time, so it is a hint of who
//! looks, and proof of nothing. Pure.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

use crate::secret::Credential;

/// Longer than base64 of 32 bytes ever is.
const MOST: usize = 64;

/// Whether the agent's number was signed with this secret. An empty secret signs nothing.
#[must_use]
pub fn hint_holds(secret: &Credential, agent_id: &str, hmac: &str) -> bool {
    let Some(tag) = decoded(hmac) else { return false };
    if secret.expose().is_empty() || agent_id.is_empty() {
        return false;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    // In constant time; a tag of another length does not hold.
    hmac::verify(&key, agent_id.as_bytes(), &tag).is_ok()
}

/// Base64 as it may come out of a query: `+` read as a blank, the alphabet for addresses, no padding.
/// Exact bytes otherwise: bits that stand for nothing must be zero.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() > MOST {
        return None;
    }
    let mut plain: String = text
        .chars()
        .map(|c| match c {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    while !plain.len().is_multiple_of(4) {
        plain.push('=');
    }
    BASE64.decode(plain.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;

    fn secret(text: &str) -> Credential {
        Credential::new(Zeroizing::new(text.to_owned()))
    }

    fn tag(secret: &str, agent: &str) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hmac::sign(&key, agent.as_bytes()).as_ref().to_vec()
    }

    /// RFC 4231, test case 2: what everybody's HMAC-SHA256 makes of it.
    #[test]
    fn it_is_the_hmac_that_everybody_makes() {
        let known = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert!(hint_holds(&secret("Jefe"), "what do ya want for nothing?", known));
        assert!(!hint_holds(&secret("Jefe"), "what do ya want for nothing", known));
        assert!(!hint_holds(&secret("jefe"), "what do ya want for nothing?", known));
        for odd in ["", "=", "====", "W9zB", "!", "é", &known[1..], &format!("{known}{known}")] {
            assert!(!hint_holds(&secret("Jefe"), "what do ya want for nothing?", odd), "{odd}");
        }
    }

    #[test]
    fn nothing_signs_nothing() {
        assert!(!hint_holds(&secret(""), "7", &BASE64.encode(&tag("", "7"))));
        assert!(!hint_holds(&secret("s"), "", &BASE64.encode(&tag("s", ""))));
    }

    proptest! {
        #[test]
        fn every_form_of_base64_holds_and_no_other_tag(
            key in ".{1,40}", agent in "[0-9]{1,9}", at in 0_usize..32, bit in 0_u32..8,
        ) {
            let (good, with) = (tag(&key, &agent), secret(&key));
            let forms = [
                BASE64.encode(&good),
                BASE64.encode(&good).replace('+', " "),
                BASE64_NOPAD.encode(&good),
                BASE64URL.encode(&good),
                BASE64URL_NOPAD.encode(&good),
            ];
            for form in forms {
                prop_assert!(hint_holds(&with, &agent, &form), "{form}");
                let other = format!("{agent}0");
                prop_assert!(!hint_holds(&with, &other, &form), "{form}");
            }
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            prop_assert!(!hint_holds(&with, &agent, &BASE64.encode(&bad)));
            prop_assert!(!hint_holds(&with, &agent, &BASE64.encode(&good[..at])));
        }

        #[test]
        fn whatever_stands_in_an_address_is_only_read(text in ".{0,80}") {
            prop_assert!(!hint_holds(&secret("s"), "7", &text));
        }
    }
}
