//! Who asks: integration key and signature in `Authorization`, and the `Date` that it covers (D§1).

use aws_lc_rs::hmac;
use data_encoding::{BASE64, HEXLOWER};

use super::office::Company;
use super::{Refusal, parameters};
use crate::dates;
use crate::front::Call;
use crate::world::World;

/// "Five minutes", as one reads; the pages give no number ([K], D§1).
const SKEW_MS: i64 = 5 * 60_000;

/// The company that this call is signed for.
pub(super) fn company(world: &World, call: &Call) -> Result<Company, Refusal> {
    let missing = || Refusal::new(40_101, "Missing request credentials");
    let encoded = call.header("authorization").strip_prefix("Basic ").ok_or_else(missing)?;
    let decoded =
        BASE64.decode(encoded.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(missing)?;
    let (ikey, given) = decoded.split_once(':').ok_or_else(missing)?;
    let company =
        world.read(|state| state.duo.companies.iter().find(|it| it.ikey == ikey).cloned());
    let wrong_key = || Refusal::new(40_102, "Invalid integration key in request credentials");
    let company = company.ok_or_else(wrong_key)?;
    let date = call.header("date");
    if date.is_empty() {
        return Err(Refusal::new(40_104, "Missing request timestamp"));
    }
    let at = dates::parse_mail(date);
    let at = at.ok_or_else(|| Refusal::new(40_105, "Bad request timestamp"))?;
    let right =
        sign(&company.skey, date, &call.method, &company.host, &call.path, &parameters(call));
    if right != given {
        return Err(Refusal::new(40_103, "Invalid signature in request credentials"));
    }
    if (call.now_ms - at).abs() > SKEW_MS {
        return Err(Refusal::new(40_105, "Bad request timestamp"));
    }
    Ok(company)
}

/// Hexadecimal HMAC-SHA1 over date, method, host, path and sorted parameters, one a line.
pub(crate) fn sign(
    skey: &str,
    date: &str,
    method: &str,
    host: &str,
    path: &str,
    parameters: &[(String, String)],
) -> String {
    let mut encoded: Vec<String> = parameters
        .iter()
        .map(|(key, value)| format!("{}={}", escape(key), escape(value)))
        .collect();
    encoded.sort();
    let host = host.to_lowercase();
    let text = format!("{date}\n{method}\n{host}\n{path}\n{}", encoded.join("&"));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, skey.as_bytes());
    HEXLOWER.encode(hmac::sign(&key, text.as_bytes()).as_ref())
}

/// RFC 3986: everything but the unreserved characters.
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of duo.com/docs/adminapi#authentication, as the clients' own tests have it.
    #[test]
    fn signs_the_documented_example() {
        let parameters = [("username", "root"), ("realname", "First Last")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let signed = sign(
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep",
            "Tue, 21 Aug 2012 17:29:18 -0000",
            "POST",
            "api-XXXXXXXX.duosecurity.com",
            "/accounts/v1/account/list",
            &parameters,
        );
        assert_eq!(signed, "2d97d6166319781b5a3a07af39d366f491234edc");
    }
}
