//! What HaloPSA's replies mean. Its swagger knows only `200 Success`; the shapes of its errors are those
//! that the public client HaloAPI tells apart (`New-HaloError`). The status decides; where Halo answers 400
//! for everything, a word of the error does. Nothing of a reply gets into a refusal. Pure.

use serde_json::Value;
use shared::Code;

use crate::outbound::{Answer, Refusal, Reply};

/// Said of a refusal that may not be one: of a write nobody knows what became of it.
pub(super) const ERRORS_IN_A_GOOD_REPLY: &str = "an error in a good reply";

/// The JSON of a good reply. `missing` is what a 404 is called here.
pub(super) fn open(reply: &Reply, missing: Code) -> Answer<Value> {
    let json = serde_json::from_slice::<Value>(&reply.body).ok();
    match (reply.status, json) {
        (200..=299, Some(json)) => match said(&json) {
            // An error in a good reply's coat.
            Some(error) => {
                let mut refusal = refusal(400, &error, missing);
                if refusal.code == Code::PsaRefused {
                    refusal.about = Some(ERRORS_IN_A_GOOD_REPLY.into());
                }
                Answer::Refused(refusal)
            }
            None => Answer::Done(json),
        },
        (200..=299, None) => Answer::Unknown(None),
        (status, json) => {
            let error = json.as_ref().and_then(said).unwrap_or_default();
            Answer::Refused(refusal(status, &error, missing))
        }
    }
}

fn refusal(status: u16, error: &str, missing: Code) -> Refusal {
    let error = error.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
    match status {
        401 => Code::PsaCredentials.into(),
        403 => Code::PsaPermission.into(),
        404 => missing.into(),
        // [INFER]: some tenants answer 400 for rights and for what is not there.
        400 if says(&["permission", "not authorised", "not authorized"]) => {
            Code::PsaPermission.into()
        }
        400 if says(&["does not exist", "not found"]) => missing.into(),
        status => Refusal::about(Code::PsaRefused, format!("HTTP {status}")),
    }
}

/// What an error says, in any of its shapes: `{resultCode, errorMessage}`, `{ClassName, Message}`,
/// `{Message}`, `{error}`. `None` for what is no error.
fn said(json: &Value) -> Option<String> {
    let is_error = ["errorMessage", "ClassName", "Message", "error"];
    let object = json.as_object().filter(|it| !it.contains_key("id"))?;
    object.keys().any(|key| is_error.contains(&key.as_str())).then(|| {
        let texts = ["errorMessage", "Message", "error", "error_description"];
        texts.iter().find_map(|key| object.get(*key)?.as_str()).unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn judged(status: u16, body: &str) -> Answer<Value> {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        open(&Reply { status, retry_after: None, request_id: None, body }, Code::TicketUnknown)
    }

    #[test]
    fn good_replies_are_opened() {
        for body in [r#"{"id":7,"Message":"a custom field"}"#, "[]", r#"[{"error":1}]"#, "{}"] {
            assert_eq!(judged(200, body), Answer::Done(serde_json::from_str(body).unwrap()));
        }
        for body in ["", "<html>", "{\"id\":"] {
            assert_eq!(judged(200, body), Answer::Unknown(None), "{body}");
        }
    }

    #[test]
    fn every_shape_of_error_is_a_refusal() {
        let refused = |code: Code| Answer::Refused(code.into());
        let doubtful = || Answer::Refused(Refusal::about(Code::PsaRefused, ERRORS_IN_A_GOOD_REPLY));
        let other = |status: u16| {
            Answer::Refused(Refusal::about(Code::PsaRefused, format!("HTTP {status}")))
        };
        for (status, body, answer) in [
            (401, r#"{"error":"The token is invalid"}"#, refused(Code::PsaCredentials)),
            (401, "", refused(Code::PsaCredentials)),
            (403, r#"{"resultCode":403,"errorMessage":"no"}"#, refused(Code::PsaPermission)),
            (403, "<html>", refused(Code::PsaPermission)),
            (
                404,
                r#"{"ClassName":"System.Exception","Message":"x"}"#,
                refused(Code::TicketUnknown),
            ),
            (404, "text", refused(Code::TicketUnknown)),
            (400, r#"{"Message":"You do not have Permission"}"#, refused(Code::PsaPermission)),
            (
                400,
                r#"{"ClassName":"E","Message":"Ticket does not exist"}"#,
                refused(Code::TicketUnknown),
            ),
            (
                400,
                r#"{"resultCode":1,"errorMessage":"User not found"}"#,
                refused(Code::TicketUnknown),
            ),
            (400, r#"{"Message":"no ada@x.example"}"#, other(400)),
            (400, "plain text: permission", other(400)),
            (405, "", other(405)),
            (302, "", other(302)),
            (200, r#"{"Message":"odd"}"#, doubtful()),
            (200, r#"{"error":{"code":1}}"#, doubtful()),
            (
                200,
                r#"{"resultCode":0,"errorMessage":"You do not have permission"}"#,
                refused(Code::PsaPermission),
            ),
        ] {
            assert_eq!(judged(status, body), answer, "{status} {body}");
        }
    }
}
