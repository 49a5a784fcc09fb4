//! What Autotask's replies mean: `{"item"}`, `{"items", "pageDetails"}`, `{"itemId"}`, and `{"errors"}` as
//! texts or objects, with any status, also a good one. The status decides; where Autotask answers 500 for
//! rights and limits, a word of the error does. Nothing of a reply gets into a refusal. Pure.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::Code;

use crate::outbound::{Answer, Refusal, Reply, Sent};

/// Rejections by the limit on threads, which may have any status (vendor "Thread limiting").
const TOO_MANY: [&str; 2] = ["itgenatr005", "thread threshold"];
/// Rights: of the API user, or of whom it writes as.
const RIGHTS: [&str; 3] = ["permission", "impersonat", "not authorized"];

/// Said of a refusal that may not be one: of a write nobody knows what became of it.
pub(super) const ERRORS_IN_A_GOOD_REPLY: &str = "errors in a good reply";

/// The JSON of a good reply. `missing` is what a 404 is called here.
pub(super) fn judge(sent: Sent, missing: Code) -> Answer<Value> {
    if let Sent::Reply(reply) = &sent {
        let said = errors(reply);
        let says =
            |words: &[&str]| said.iter().any(|it| words.iter().any(|word| it.contains(word)));
        if says(&TOO_MANY) {
            return Answer::Later(None);
        }
        if reply.status != 401 && says(&RIGHTS) {
            return Answer::Refused(Code::PsaPermission.into());
        }
    }
    sent.judge(|reply| open(&reply, missing))
}

fn open(reply: &Reply, missing: Code) -> Answer<Value> {
    match reply.status {
        // What was made is there, whatever else is said of it.
        200..=299 if made(reply) => {
            serde_json::from_slice(&reply.body).map_or(Answer::Unknown(None), Answer::Done)
        }
        200..=299 if !errors(reply).is_empty() => {
            Answer::Refused(Refusal::about(Code::PsaRefused, ERRORS_IN_A_GOOD_REPLY))
        }
        200..=299 => match serde_json::from_slice(&reply.body) {
            Ok(json) => Answer::Done(json),
            Err(_) => Answer::Unknown(None),
        },
        401 => Answer::Refused(Code::PsaCredentials.into()),
        403 => Answer::Refused(Code::PsaPermission.into()),
        404 => Answer::Refused(missing.into()),
        status => Answer::Refused(Refusal::about(Code::PsaRefused, format!("HTTP {status}"))),
    }
}

/// Whether something was made, by its id.
fn made(reply: &Reply) -> bool {
    let json = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
    json["itemId"].as_i64().is_some_and(|id| id > 0)
}

/// What the errors of a reply say, in lower case; one that can't be read is an error all the same.
fn errors(reply: &Reply) -> Vec<String> {
    let json = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
    let text =
        |it: &Value| it.as_str().or(it["message"].as_str()).unwrap_or_default().to_lowercase();
    match &json["errors"] {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// The thing of a reply; `None` where there is none, or none that can be read.
pub(super) fn item<T: DeserializeOwned>(mut reply: Value) -> Option<T> {
    serde_json::from_value(reply.get_mut("item")?.take()).ok()
}

/// The things of a list that can be read; `None` for what is no list.
pub(super) fn items<T: DeserializeOwned>(reply: &mut Value) -> Option<Vec<T>> {
    let Value::Array(all) = reply.get_mut("items")?.take() else { return None };
    Some(all.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zeroize::Zeroizing;

    use super::*;

    fn judged(status: u16, body: &str) -> Answer<Value> {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        let reply = Reply { status, retry_after: Some(3), request_id: None, body };
        judge(Sent::Reply(reply), Code::TicketUnknown)
    }

    #[test]
    fn good_replies_are_opened_and_errors_in_one_are_none() {
        for body in [r#"{"item":{"id":7}}"#, r#"{"item":null}"#, r#"{"items":[],"errors":[]}"#] {
            assert_eq!(
                judged(200, body),
                Answer::Done(serde_json::from_str(body).unwrap()),
                "{body}"
            );
        }
        let made = r#"{"itemId":1,"errors":[{"field":"a"}]}"#;
        assert!(matches!(judged(200, made), Answer::Done(_)), "what was made is there");
        for body in
            [r#"{"errors":["x"]}"#, r#"{"itemId":0,"errors":[{"field":"a"}]}"#, r#"{"errors":{}}"#]
        {
            let Answer::Refused(refusal) = judged(200, body) else { panic!("{body}") };
            assert_eq!(refusal.code, Code::PsaRefused, "{body}");
        }
        assert_eq!(judged(200, "<html>"), Answer::Unknown(None));
    }

    #[test]
    fn every_status_has_its_word() {
        let refused = |code: Code| Answer::Refused(code.into());
        for (status, body, answer) in [
            (401, r#"{"errors":["Unauthorized"]}"#, refused(Code::PsaCredentials)),
            (401, r#"{"errors":["no permission"]}"#, refused(Code::PsaCredentials)),
            (401, "", refused(Code::PsaCredentials)),
            (403, "", refused(Code::PsaPermission)),
            (404, r#"{"errors":[]}"#, refused(Code::TicketUnknown)),
            (
                500,
                r#"{"errors":["… adequate permissions to query this"]}"#,
                refused(Code::PsaPermission),
            ),
            (
                500,
                r#"{"errors":[{"message":"Impersonation is not allowed"}]}"#,
                refused(Code::PsaPermission),
            ),
            (200, r#"{"errors":["You are not authorized"]}"#, refused(Code::PsaPermission)),
            (500, r#"{"errors":["Object reference"]}"#, Answer::Unknown(Some(3000))),
            (500, "permission", Answer::Unknown(Some(3000))),
            (429, "", Answer::Later(Some(3000))),
            (503, "", Answer::Unknown(Some(3000))),
        ] {
            assert_eq!(judged(status, body), answer, "{status} {body}");
        }
        for (status, body) in [(400, r#"{"errors":["ada@x.example"]}"#), (302, ""), (405, "<html>")]
        {
            let about = Refusal::about(Code::PsaRefused, format!("HTTP {status}"));
            assert_eq!(judged(status, body), Answer::Refused(about));
        }
    }

    #[test]
    fn the_limit_on_threads_is_later_with_any_status() {
        for status in [200, 400, 403, 409, 429, 500] {
            for text in ["[Itgenatr005] rejected", "The Thread Threshold of 3 was exceeded"] {
                for errors in [json!([text]), json!([{"message": text}]), json!(text)] {
                    let body = json!({"errors": errors}).to_string();
                    assert_eq!(judged(status, &body), Answer::Later(None), "{status} {body}");
                }
            }
        }
    }

    #[test]
    fn what_happened_on_the_wire_stays_what_it_is() {
        let judge = |sent| judge(sent, Code::NotFound);
        assert_eq!(judge(Sent::NotConnected("no connection".into())), Answer::Later(None));
        assert_eq!(judge(Sent::Broken("no answer in time".into())), Answer::Unknown(None));
    }

    #[test]
    fn envelopes_are_opened() {
        assert_eq!(item::<i64>(json!({"item": 7})), Some(7));
        for none in [json!({"item": null}), json!({}), json!({"item": "x"}), json!([])] {
            assert_eq!(item::<i64>(none), None);
        }
        assert_eq!(items::<i64>(&mut json!({"items": [1, "x", null, 2]})), Some(vec![1, 2]));
        for none in [json!({"items": null}), json!({}), json!({"items": {}}), json!(7)] {
            assert_eq!(items::<i64>(&mut none.clone()), None);
        }
    }
}
