//! What Duo's replies mean (duo.com/docs/authapi). Read tolerantly, decided strictly: what is not
//! plainly a yes of the person is none. Pure.

use serde::Deserialize;
use serde_json::Value;
use shared::Code;

use crate::outbound::{Answer, Refusal, Reply};

/// A device of the person that takes a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuoDevice {
    /// Duo's id of it.
    pub id: String,
    /// What people know it by: `Android (XXX-XXX-1234)`.
    pub name: String,
}

/// How a push stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// Nobody has answered yet: ask again.
    Waiting,
    /// The person said yes on their device. Nothing else is a proof.
    Approved,
    /// They said no.
    Denied,
    /// They said that they did not ask for this: somebody may be trying to be them.
    Fraud,
    /// Nobody answered in time.
    TimedOut,
    /// It ended in a way that proves nothing: locked out, not delivered, let in without being asked.
    Unusable,
}

/// The body around every reply.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    stat: String,
    response: Value,
    code: u32,
    /// Which parameter is wrong, sometimes.
    message_detail: Option<String>,
}

/// What stands in a good reply; everything else as an answer of its own.
pub(super) fn open<T>(reply: &Reply, read: impl FnOnce(Value) -> Answer<T>) -> Answer<T> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(&reply.body) else {
        // Somebody else answers in Duo's place: a proxy, a portal.
        tracing::warn!(outcome = "unknown", status = reply.status, "no reply of Duo’s");
        return Answer::Unknown(None);
    };
    match (reply.status, envelope.stat.as_str()) {
        (200, "OK") => read(envelope.response),
        (300..=499, "FAIL") => Answer::Refused(refusal(&envelope)),
        (status, _) => {
            tracing::warn!(outcome = "unknown", status, "no reply of Duo’s");
            Answer::Unknown(None)
        }
    }
}

/// Duo's numbers begin with the status that they come with.
fn refusal(envelope: &Envelope) -> Refusal {
    let number = envelope.code;
    let code = match number {
        40_104 | 40_105 => Code::DuoClock,
        40_100..=40_199 => Code::DuoCredentials,
        _ => Code::DuoRefused,
    };
    // Parameters have names of ours; more of a foreign sentence is not repeated.
    let detail = envelope.message_detail.as_deref().unwrap_or_default();
    let plain = (1..=40).contains(&detail.len())
        && detail.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_ ".contains(&byte));
    let about = if plain { format!("Duo {number}: {detail}") } else { format!("Duo {number}") };
    Refusal::about(code, about)
}

/// A part of a reply, or nothing like it.
fn text<'a>(reply: &'a Value, name: &str) -> &'a str {
    reply[name].as_str().unwrap_or_default()
}

/// `preauth`: the devices that take a push.
pub(super) fn devices(reply: &Value) -> Answer<Vec<DuoDevice>> {
    let refused = |code: Code| Answer::Refused(code.into());
    match text(reply, "result") {
        "auth" => {}
        "allow" => return refused(Code::DuoBypass),
        "deny" => return refused(Code::DuoDenied),
        "enroll" => return refused(Code::DuoPersonUnknown),
        _ => return refused(Code::DuoRefused),
    }
    let all = reply["devices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let devices: Vec<DuoDevice> = all.iter().filter_map(device).collect();
    if devices.is_empty() { refused(Code::DuoNoPush) } else { Answer::Done(devices) }
}

fn device(device: &Value) -> Option<DuoDevice> {
    let can = device["capabilities"].as_array()?;
    let id = text(device, "device");
    if id.is_empty() || !can.iter().any(|can| can == "push") {
        return None;
    }
    let names = ["display_name", "name", "number", "type"].map(|name| text(device, name));
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or("a device");
    Some(DuoDevice { id: id.into(), name: name.into() })
}

/// `auth` with `async`: the push's id. An answer at once is none of the person's.
pub(super) fn transaction(reply: &Value) -> Answer<String> {
    match (text(reply, "txid"), text(reply, "result")) {
        ("", "allow") => Answer::Refused(Code::DuoBypass.into()),
        ("", "deny") => Answer::Refused(Code::DuoDenied.into()),
        ("", _) => Answer::Refused(Code::DuoRefused.into()),
        (id, _) => Answer::Done(id.into()),
    }
}

/// `auth_status`: how the push stands.
pub(super) fn status(reply: &Value) -> Push {
    match (text(reply, "result"), text(reply, "status")) {
        ("waiting", _) => Push::Waiting,
        ("allow", "allow") => Push::Approved,
        ("deny", "deny") => Push::Denied,
        ("deny", "fraud") => Push::Fraud,
        ("deny", "timeout") => Push::TimedOut,
        _ => Push::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zeroize::Zeroizing;

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        Reply { status, retry_after: None, request_id: None, body }
    }

    fn refused<T>(code: Code) -> Answer<T> {
        Answer::Refused(code.into())
    }

    #[test]
    fn only_a_yes_on_the_device_is_a_yes() {
        let results = ["allow", "deny", "waiting", "enroll", "", "ALLOW"];
        let states = [
            "allow",
            "deny",
            "bypass",
            "fraud",
            "timeout",
            "locked_out",
            "pushed",
            "push_failed",
            "calling",
            "answered",
            "sent",
            "remembered",
            "",
            "new",
        ];
        for result in results {
            for state in states {
                let push = status(&json!({"result": result, "status": state}));
                let right = match (result, state) {
                    ("allow", "allow") => Push::Approved,
                    ("waiting", _) => Push::Waiting,
                    ("deny", "deny") => Push::Denied,
                    ("deny", "fraud") => Push::Fraud,
                    ("deny", "timeout") => Push::TimedOut,
                    _ => Push::Unusable,
                };
                assert_eq!(push, right, "{result} {state}");
            }
        }
        for odd in [json!(null), json!([]), json!({"result": true, "status": "allow"})] {
            assert_eq!(status(&odd), Push::Unusable, "{odd}");
        }
    }

    #[test]
    fn only_auth_with_a_device_that_takes_pushes_can_be_used() {
        let phone = json!({
            "device": "DP1", "display_name": "iOS (XXX-XXX-0100)", "number": "XXX-XXX-0100",
            "capabilities": ["auto", "push", "sms"],
        });
        let bare = json!({"device": "DP2", "capabilities": ["push"]});
        let token = json!({"device": "DH1", "name": "0", "type": "token"});
        let landline = json!({"device": "DP3", "capabilities": ["auto", "phone"]});
        let nameless = json!({"device": "", "capabilities": ["push"]});
        let with =
            |devices: &[&Value]| super::devices(&json!({"result": "auth", "devices": devices}));
        let first = DuoDevice { id: "DP1".into(), name: "iOS (XXX-XXX-0100)".into() };
        let second = DuoDevice { id: "DP2".into(), name: "a device".into() };
        let all = [&phone, &bare, &token, &landline, &nameless];
        assert_eq!(with(&all), Answer::Done(vec![first, second]));
        assert_eq!(with(&[&token, &landline, &nameless]), refused(Code::DuoNoPush));
        assert_eq!(with(&[]), refused(Code::DuoNoPush));
        for (result, code) in [
            ("allow", Code::DuoBypass),
            ("deny", Code::DuoDenied),
            ("enroll", Code::DuoPersonUnknown),
            ("new", Code::DuoRefused),
            ("", Code::DuoRefused),
        ] {
            let other = super::devices(&json!({"result": result, "devices": [phone]}));
            assert_eq!(other, refused(code), "{result}");
        }
    }

    #[test]
    fn a_push_has_an_id_or_was_not_sent() {
        assert_eq!(transaction(&json!({"txid": "t"})), Answer::Done("t".into()));
        for (result, code) in
            [("allow", Code::DuoBypass), ("deny", Code::DuoDenied), ("waiting", Code::DuoRefused)]
        {
            assert_eq!(transaction(&json!({"result": result})), refused(code), "{result}");
        }
        assert_eq!(transaction(&json!(null)), refused(Code::DuoRefused));
    }

    #[test]
    fn numbers_become_our_words() {
        let judge = |status, body: &str| open(&reply(status, body), |_| Answer::Done(()));
        let fail = |number: u32, detail: &str| {
            let body =
                json!({"stat": "FAIL", "code": number, "message": "m", "message_detail": detail});
            judge(u16::try_from(number / 100).unwrap(), &body.to_string())
        };
        let about = |code, about: &str| Answer::Refused(Refusal::about(code, about));
        for (number, code) in [
            (40_101, Code::DuoCredentials),
            (40_102, Code::DuoCredentials),
            (40_103, Code::DuoCredentials),
            (40_104, Code::DuoClock),
            (40_105, Code::DuoClock),
            (40_301, Code::DuoRefused),
            (40_401, Code::DuoRefused),
        ] {
            assert_eq!(fail(number, ""), about(code, &format!("Duo {number}")));
        }
        assert_eq!(fail(40_002, "username"), about(Code::DuoRefused, "Duo 40002: username"));
        // What they say may be anything; only a name is repeated.
        assert_eq!(fail(40_002, "no ada@x.example"), about(Code::DuoRefused, "Duo 40002"));
        assert_eq!(judge(200, r#"{"stat": "OK", "response": 1}"#), Answer::Done(()));
        for (status, body) in [
            (200, "<html>"),
            (200, "{}"),
            (200, r#"{"stat": "FAIL", "code": 40002}"#),
            (401, "<html>"),
            (403, r#"{"stat": "OK"}"#),
            (302, ""),
        ] {
            assert_eq!(judge(status, body), Answer::Unknown(None), "{status} {body}");
        }
    }
}
