//! How a delivery is signed: as the Standard Webhooks specification says, symmetric, so that its libraries
//! check it. The signature covers id, time and body:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme>

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use shared::Millis;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::random;
use crate::secret::Credential;

/// What stands in front of a signing key, so that people and scanners recognise one.
const MARK: &str = "whsec_";

/// A new signing key: 32 random bytes in base64, marked.
#[must_use]
pub fn fresh() -> Credential {
    let bytes = random::bytes::<32>();
    Credential::new(Zeroizing::new(format!("{MARK}{}", BASE64.encode(bytes.as_ref()))))
}

/// The id of a delivery: the same for each try, so that who has it twice can tell.
#[must_use]
pub fn id(delivery: Uuid) -> String {
    format!("msg_{}", delivery.simple())
}

/// The headers of one try. `None` for a key that is none.
#[must_use]
pub fn headers(
    key: &Credential,
    delivery: Uuid,
    at: Millis,
    body: &str,
) -> Option<Vec<(&'static str, Zeroizing<String>)>> {
    let bytes = Zeroizing::new(BASE64.decode(key.expose().strip_prefix(MARK)?.as_bytes()).ok()?);
    let (id, seconds) = (id(delivery), at.0.div_euclid(1000).to_string());
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &bytes));
    for part in [id.as_str(), ".", &seconds, ".", body] {
        context.update(part.as_bytes());
    }
    let signature = format!("v1,{}", BASE64.encode(context.sign().as_ref()));
    Some(vec![
        ("webhook-id", Zeroizing::new(id)),
        ("webhook-timestamp", Zeroizing::new(seconds)),
        ("webhook-signature", Zeroizing::new(signature)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries (`javascript/src/index.test.ts`): another id, but
    /// the same key, time and body, computed with Python's hmac.
    #[test]
    fn a_signature_is_what_other_libraries_compute() {
        let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let key = Credential::new(Zeroizing::new(key));
        let headers =
            |body| headers(&key, Uuid::from_u128(1), Millis(1_614_265_330_999), body).unwrap();
        let told = headers("{\"test\": 2432232314}");
        assert_eq!(told[0].1.as_str(), "msg_00000000000000000000000000000001");
        assert_eq!(told[1].1.as_str(), "1614265330");
        assert_eq!(told[2].1.as_str(), "v1,NyW9oZPSHg5mmO2Gb2gaur+Lsb+byJZMKU/F0Cn6ZkA=");
        assert_ne!(headers("{}")[2].1, told[2].1);
        let bad = Credential::new(Zeroizing::new("secret".into()));
        assert!(super::headers(&bad, Uuid::nil(), Millis(0), "").is_none());
    }

    #[test]
    fn a_fresh_key_signs() {
        let (one, two) = (fresh(), fresh());
        assert!(one.expose() != two.expose() && one.expose().len() == 50);
        assert!(headers(&one, Uuid::nil(), Millis(0), "{}").is_some());
    }
}
