//! What Microsoft's refusals mean. Text is never the only signal where a code exists; where only
//! text tells two cases apart, the default is the careful one.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::Code;

use crate::outbound::{Answer, Refusal, Reply};

/// What Graph says is wrong. Bodies come with `innerError` or `innererror`, with empty or missing
/// codes, or as a proxy's HTML: whatever can't be read says nothing.
#[derive(Default)]
struct GraphError {
    code: String,
    /// In small letters, with the codes of the details: a hint, never the only signal.
    text: String,
}

fn graph_error(reply: &Reply) -> GraphError {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let error = &body["error"];
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let parts = details.iter().flat_map(|detail| [text(&detail["code"]), text(&detail["message"])]);
    let parts: Vec<String> = std::iter::once(text(&error["message"])).chain(parts).collect();
    GraphError { code: text(&error["code"]), text: parts.join(" ").to_ascii_lowercase() }
}

/// The code in an error of Graph, as far as it is one.
pub(super) fn graph_code(reply: &Reply) -> String {
    let code = graph_error(reply).code;
    code.chars().filter(char::is_ascii_graphic).take(60).collect()
}

/// Says why a reply to a read is a refusal.
pub(super) type Refuse<'a> = &'a (dyn Fn(&Reply) -> Refusal + Sync);

/// What a reply to a read means: only a 200 that can be read says anything.
pub(super) fn heard_of_read<T: DeserializeOwned>(reply: &Reply, why: Refuse<'_>) -> Answer<T> {
    match reply.status {
        200 => match serde_json::from_slice(&reply.body) {
            Ok(value) => Answer::Done(value),
            Err(_) => Answer::Unknown(None),
        },
        _ => Answer::Refused(why(reply)),
    }
}

/// A refusal of Graph to a call that needs `permission`.
pub(super) fn graph_refusal(reply: &Reply, permission: &str) -> Refusal {
    match reply.status {
        403 => Refusal::about(Code::M365PermissionMissing, permission),
        404 => Code::PersonNotFound.into(),
        _ => Refusal::about(Code::MicrosoftRefused, said(reply)),
    }
}

/// Codes that speak of the permission, not of a licence. (Graph "errors"; PIM's own.)
const ABOUT_PERMISSION: [&str; 5] = [
    "Authorization_RequestDenied",
    "accessDenied",
    "PermissionScopeNotGranted",
    "UnauthorizedAccessException",
    "Forbidden",
];

/// A refusal of one of PIM's calls. A tenant without the licence for PIM has nobody who may
/// activate anything, and says so by an error; which one, no page of Microsoft's tells. `about`
/// is the bare code, for the operator's list to be compared with.
pub(super) fn pim_refusal(reply: &Reply, permission: &str) -> Refusal {
    let code = graph_code(reply);
    // PIM's older part says so in JSON inside of the message of an `UnknownError`.
    let says_so = code.is_empty()
        || ABOUT_PERMISSION.iter().any(|it| it.eq_ignore_ascii_case(&code))
        || graph_error(reply).text.contains("permissionscopenotgranted");
    let permission_missing = reply.status == 403 && says_so;
    match reply.status {
        400 | 403 if !permission_missing && !code.is_empty() => {
            Refusal::about(Code::M365LicenceUnknown, code)
        }
        _ => graph_refusal(reply, permission),
    }
}

/// A refusal to tell what somebody owns: whatever it says, the answer is not known.
pub(super) fn owners_refusal(reply: &Reply) -> Refusal {
    let about = format!("HTTP {} {}", reply.status, graph_code(reply));
    Refusal::about(Code::M365OwnersUnknown, about.trim_end())
}

/// What the password PATCH can be refused with.
pub(super) enum SetRefusal {
    /// The password, not the act: another one may be tried.
    Password,
    /// The act.
    Act(Refusal),
    /// Busy with another write: not now.
    Busy,
}

/// A refusal of the PATCH. (Graph "Update user"; messages collected from public reports.)
pub(super) fn set_refusal(reply: &Reply) -> SetRefusal {
    let GraphError { code, text } = graph_error(reply);
    if code.eq_ignore_ascii_case("Directory_ConcurrencyViolation") {
        return SetRefusal::Busy;
    }
    SetRefusal::Act(match reply.status {
        400 if text.contains("password complexity") || text.contains("passwordbanned") => {
            return SetRefusal::Password;
        }
        400 if text.contains("on-premises mastered") => Code::PersonSynced.into(),
        400 if text.contains("userprincipalname is invalid") => Code::PersonGuest.into(),
        // The permission is missing, or the target is out of its reach; the preflight has read
        // the roles, so the permission is the likelier one.
        403 => Refusal::about(
            Code::M365PermissionMissing,
            "User-PasswordProfile.ReadWrite.All, or a directory role such as Password Administrator for the app",
        ),
        404 => Code::PersonNotFound.into(),
        _ => Refusal::about(Code::MicrosoftRefused, said(reply)),
    })
}

/// What a reply to the PATCH means. The status alone says whether it happened.
pub(super) fn heard_of_set(reply: &Reply) -> Answer<()> {
    match reply.status {
        200 | 204 => Answer::Done(()),
        401 => Answer::Refused(Refusal::about(Code::MicrosoftRefused, said(reply))),
        // Neither a yes nor a no: accepted for later, moved, or timed out half-way.
        ..=399 | 408 => Answer::Unknown(None),
        _ => match set_refusal(reply) {
            SetRefusal::Password => Answer::Refused(Code::PasswordRefused.into()),
            SetRefusal::Act(refusal) => Answer::Refused(refusal),
            SetRefusal::Busy => Answer::Later(None),
        },
    }
}

fn said(reply: &Reply) -> String {
    let id = reply.request_id.as_deref().unwrap_or_default();
    format!("HTTP {} {} {id}", reply.status, graph_code(reply)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Person;
    use crate::directory::token_fault::token_refusal;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            retry_after: None,
            request_id: None,
            body: Zeroizing::new(body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn patch_errors_become_our_words() {
        let body = |message: &str| {
            format!(r#"{{"error":{{"code":"Request_BadRequest","message":"{message}"}}}}"#)
        };
        let act = |status, text: &str| match set_refusal(&reply(status, text)) {
            SetRefusal::Act(refusal) => refusal.code,
            SetRefusal::Password | SetRefusal::Busy => panic!("{text}"),
        };
        let complexity = body(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        );
        assert!(matches!(set_refusal(&reply(400, &complexity)), SetRefusal::Password));
        let synced = body(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration",
        );
        assert_eq!(act(400, &synced), Code::PersonSynced);
        assert_eq!(act(400, &body("Property userPrincipalName is invalid.")), Code::PersonGuest);
        assert_eq!(act(403, &body("Insufficient privileges")), Code::M365PermissionMissing);
        assert_eq!(act(404, &body("gone")), Code::PersonNotFound);
        assert_eq!(act(400, "not json"), Code::MicrosoftRefused);
        let busy = r#"{"error":{"code":"Directory_ConcurrencyViolation"}}"#;
        assert!(matches!(set_refusal(&reply(409, busy)), SetRefusal::Busy));
    }

    #[test]
    fn whatever_shape_an_error_has_its_code_is_read_or_there_is_none() {
        let check =
            |body: &str, code: &str| assert_eq!(graph_code(&reply(400, body)), code, "{body}");
        check(r#"{"error":{"code":"A","message":"m","innerError":{"date":"x"}}}"#, "A");
        check(r#"{"error":{"code":"A","innererror":{"request-id":"x"}}}"#, "A");
        check(r#"{"error":{"code":"","message":null}}"#, "");
        check(r#"{"error":{"code":null,"message":["x"]}}"#, "");
        check(r#"{"error":"A"}"#, "");
        check("<html><body>403</body></html>", "");
        check("", "");
        check("{\"error\":{\"code\":\"A\\u0000 B\"}}", "AB");
        // The details may be the only place that names the password.
        let details = r#"{"error":{"code":null,"message":"x","details":[{"code":"PasswordBanned","target":"password"}]}}"#;
        assert!(matches!(set_refusal(&reply(400, details)), SetRefusal::Password));
    }

    #[test]
    fn a_licence_is_told_from_a_permission() {
        let check = |status: u16, code: &str, expected: Code, about: &str| {
            let body = format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
            let refusal = pim_refusal(&reply(status, &body), "P.Read");
            assert_eq!((refusal.code, refusal.about.as_deref()), (expected, Some(about)), "{code}");
        };
        let licence = Code::M365LicenceUnknown;
        check(400, "AadPremiumLicenseRequired", licence, "AadPremiumLicenseRequired");
        check(403, "AadPremiumLicenseRequired", licence, "AadPremiumLicenseRequired");
        check(403, "Authorization_RequestDenied", Code::M365PermissionMissing, "P.Read");
        check(403, "permissionScopeNotGranted", Code::M365PermissionMissing, "P.Read");
        check(403, "", Code::M365PermissionMissing, "P.Read");
        let inside = r#"{"error":{"code":"UnknownError","message":"{\"errorCode\":\"PermissionScopeNotGranted\"}"}}"#;
        assert_eq!(pim_refusal(&reply(403, inside), "P.Read").code, Code::M365PermissionMissing);
        check(400, "", Code::MicrosoftRefused, "HTTP 400");
        check(409, "Conflict", Code::MicrosoftRefused, "HTTP 409 Conflict");
    }

    /// Real bodies, for the mangler to begin with.
    const BODIES: [&str; 4] = [
        r#"{"error":{"code":"Request_BadRequest","message":"The specified password does not comply with password complexity requirements. Please provide a different password.","innerError":{"date":"2026-11-22T10:17:06","request-id":"a","client-request-id":"b"}}}"#,
        r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","details":[{"code":"x","message":"y"}]}}"#,
        r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid","error_codes":[7000215],"trace_id":"t","timestamp":"2026-11-22 02:02:12Z"}"#,
        r#"{"token_type":"Bearer","expires_in":3599,"access_token":"x","value":[],"id":"1","userPrincipalName":"a@b"}"#,
    ];

    fn mangled() -> impl Strategy<Value = Vec<u8>> {
        let cut = (0..BODIES.len(), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
        let real = cut.prop_map(|(which, at, byte, keep)| {
            let mut body = BODIES[which].as_bytes().to_vec();
            let at = at.index(body.len());
            if keep {
                body[at] = byte
            } else {
                body.truncate(at)
            }
            body
        });
        let whole = prop::sample::select(BODIES.to_vec()).prop_map(|body| body.as_bytes().to_vec());
        prop_oneof![prop::collection::vec(any::<u8>(), 0..300), real, whole]
    }

    proptest! {
        #![proptest_config(crate::testing::many())]

        /// Whatever the body: a yes is a 200 or 204, a 4xx is never one and never "we can't tell
        /// whether it happened" (but for a time-out), and a 403 is always a refusal.
        #[test]
        fn a_body_never_turns_a_status_around(status in 100_u16..600, body in mangled()) {
            let reply = Reply {
                status,
                retry_after: None,
                request_id: Some("id".into()),
                body: Zeroizing::new(body),
            };
            let set = heard_of_set(&reply);
            prop_assert_eq!(matches!(set, Answer::Done(())), matches!(status, 200 | 204));
            if (400..500).contains(&status) && status != 408 {
                prop_assert!(matches!(set, Answer::Refused(_) | Answer::Later(_)));
            }
            let read: Answer<Person> = heard_of_read(&reply, &|reply| graph_refusal(reply, "P"));
            prop_assert!(status == 200 || matches!(read, Answer::Refused(_)));
            if status == 403 {
                for refusal in [graph_refusal(&reply, "P"), pim_refusal(&reply, "P")] {
                    let known = [Code::M365PermissionMissing, Code::M365LicenceUnknown];
                    prop_assert!(known.contains(&refusal.code));
                }
            }
            let about = token_refusal(&reply).about.unwrap_or_default();
            let short = about.len() < 80 && about.chars().all(|c| c.is_ascii_graphic() || c == ' ');
            prop_assert!(short, "{}", about);
        }
    }
}
