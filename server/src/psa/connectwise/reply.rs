//! What ConnectWise's replies mean. Its errors are `{"code", "message", "errors": [{"code", "field"}]}`,
//! or `{"error", "message"}` from the layer in front (Developer Guide, "Errors"). Nothing of a reply gets
//! into a refusal. Pure.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::Code;

use crate::outbound::{Answer, Refusal, Reply};

/// What a good reply says. `missing` is what a 404 is called here; `what` names the right that a 403
/// says is missing, in our words.
pub(super) fn open<T: DeserializeOwned>(reply: &Reply, missing: Code, what: &str) -> Answer<T> {
    match reply.status {
        200..=299 => match serde_json::from_slice(&reply.body) {
            Ok(it) => Answer::Done(it),
            Err(_) => Answer::Unknown(None),
        },
        408 => Answer::Unknown(None),
        status => {
            tracing::warn!(outcome = "refused", status, fault = fault(reply), what);
            Answer::Refused(refusal(reply, missing, what))
        }
    }
}

/// Why a reply is no good one.
pub(super) fn refusal(reply: &Reply, missing: Code, what: &str) -> Refusal {
    match reply.status {
        _ if is_unauthenticated(reply) => match blames_client_id(reply) {
            true => Refusal::about(Code::PsaCredentials, "the clientId is not known"),
            false => Code::PsaCredentials.into(),
        },
        403 => Refusal::about(Code::PsaPermission, what),
        404 => missing.into(),
        status => Refusal::about(Code::PsaRefused, format!("HTTP {status}")),
    }
}

/// Whether it says that nobody is signed in: 401, or a 404 that says so (facts: "Bad auth on cloud may
/// surface as 404").
pub(super) fn is_unauthenticated(reply: &Reply) -> bool {
    let says = || {
        let body = body(reply);
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        text("code") == "Unauthorized" || text("message").contains("UserNotAuthenticated")
    };
    reply.status == 401 || (reply.status == 404 && says())
}

/// Whether it is our `clientId` that is not taken: no credential, and no member's word, is wrong then.
pub(super) fn blames_client_id(reply: &Reply) -> bool {
    let message = body(reply)["message"].as_str().unwrap_or_default().to_lowercase();
    message.contains("clientid") || message.contains("client id")
}

/// Whether the API itself says it: an address of another release is answered by the web server alone.
pub(super) fn is_of_api(reply: &Reply) -> bool {
    body(reply)["code"].is_string()
}

/// Whether this member of a body is what was refused.
pub(super) fn blames(reply: &Reply, field: &str) -> bool {
    let body = body(reply);
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_field = |name: &str| {
        name.split(['/', '.']).next().is_some_and(|first| first.eq_ignore_ascii_case(field))
    };
    reply.status == 400 && errors.iter().any(|it| it["field"].as_str().is_some_and(is_field))
}

fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

/// The name of an error, for the log: one plain word. Sentences may hold anything and are not for logs.
fn fault(reply: &Reply) -> String {
    let body = body(reply);
    let is_plain = |word: &&str| {
        (1..=40).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let found = ["code", "error"].iter().find_map(|name| body[*name].as_str().filter(is_plain));
    found.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        Reply { status, retry_after: None, request_id: None, body }
    }

    #[test]
    fn statuses_become_our_words() {
        let refused = |code: Code| Answer::Refused(code.into());
        let about = |code, about: &str| Answer::Refused(Refusal::about(code, about));
        let other = |status: u16| about(Code::PsaRefused, &format!("HTTP {status}"));
        let signed_out = r#"{"code":"ConnectWiseApi","message":"UserNotAuthenticated"}"#;
        for (status, body, answer) in [
            (200, r#"{"id":7}"#, Answer::Done(serde_json::json!({"id": 7}))),
            (201, "[]", Answer::Done(serde_json::json!([]))),
            (200, "<html>", Answer::Unknown(None)),
            (200, "", Answer::Unknown(None)),
            (408, "", Answer::Unknown(None)),
            (401, signed_out, refused(Code::PsaCredentials)),
            (401, "", refused(Code::PsaCredentials)),
            (
                401,
                r#"{"code":"Unauthorized","message":"A valid clientId header is required."}"#,
                about(Code::PsaCredentials, "the clientId is not known"),
            ),
            (404, signed_out, refused(Code::PsaCredentials)),
            (404, r#"{"code":"Unauthorized"}"#, refused(Code::PsaCredentials)),
            (404, r#"{"code":"NotFound","message":"x"}"#, refused(Code::TicketUnknown)),
            (404, "<html>", refused(Code::TicketUnknown)),
            (
                403,
                r#"{"code":"Security","message":"ada@x.example"}"#,
                about(Code::PsaPermission, "reading tickets"),
            ),
            (403, "", about(Code::PsaPermission, "reading tickets")),
            (400, r#"{"code":"InvalidObject","message":"ada@x.example"}"#, other(400)),
            (414, "<html>", other(414)),
            (302, "", other(302)),
        ] {
            let judged: Answer<Value> =
                open(&reply(status, body), Code::TicketUnknown, "reading tickets");
            assert_eq!(judged, answer, "{status} {body}");
        }
    }

    #[test]
    fn only_plain_words_get_into_the_log() {
        for (body, word) in [
            (r#"{"code":"InvalidObject","message":"m"}"#, "InvalidObject"),
            (r#"{"error":"ConnectWiseAPI","message":"m"}"#, "ConnectWiseAPI"),
            (r#"{"code":"no ada@x.example"}"#, ""),
            (r#"{"code":7}"#, ""),
            ("[]", ""),
            ("<html>", ""),
        ] {
            assert_eq!(fault(&reply(400, body)), word, "{body}");
        }
    }

    #[test]
    fn the_member_that_is_refused_is_known() {
        let body = |field: &str| format!(r#"{{"errors":[{{"code":"x"}},{{"field":"{field}"}}]}}"#);
        for (status, body, is) in [
            (400, body("member"), true),
            (400, body("Member/identifier"), true),
            (400, body("memberless"), false),
            (400, body("text"), false),
            (403, body("member"), false),
            (400, r#"{"errors":null}"#.to_owned(), false),
            (400, "<html>".to_owned(), false),
        ] {
            assert_eq!(blames(&reply(status, &body), "member"), is, "{status} {body}");
        }
    }

    #[test]
    fn the_api_is_told_from_the_server_in_front() {
        assert!(is_of_api(&reply(404, r#"{"code":"NotFound"}"#)));
        for body in ["<html>", "", "{}", r#"{"error":"x"}"#] {
            assert!(!is_of_api(&reply(404, body)), "{body}");
        }
    }
}
