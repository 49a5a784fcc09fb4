//! What Microsoft's refusals mean. Text is never the only signal where a code exists; where only
//! text tells two cases apart, the default is the careful one.

use serde::Deserialize;
use shared::Code;

use crate::outbound::{Refusal, Reply};

#[derive(Deserialize, Default)]
struct TokenError {
    #[serde(default)]
    error_codes: Vec<u32>,
    #[serde(default)]
    trace_id: String,
}

/// A refusal of the token endpoint. (Entra reference "AADSTS error codes"; captures of 2026-08.)
pub(super) fn token_refusal(reply: &Reply) -> Refusal {
    let body: TokenError = serde_json::from_slice(&reply.body).unwrap_or_default();
    let number = body.error_codes.first().copied().unwrap_or_default();
    let code = match number {
        7_000_215 => Code::M365SecretWrong,
        7_000_222 => Code::M365SecretExpired,
        700_024 | 700_027 => Code::M365CertificateWrong,
        700_016 | 700_038 => Code::M365AppUnknown,
        7_000_112 => Code::M365AppDisabled,
        90_002 | 900_023 | 90_013 => Code::M365TenantUnknown,
        90_038 | 900_382 | 900_432 => Code::M365CloudWrong,
        53_003 | 530_035 => Code::M365Blocked,
        90_006 | 90_012 | 90_024 | 90_033 | 90_055 | 90_090 => Code::MicrosoftUnavailable,
        _ => Code::MicrosoftRefused,
    };
    let trace: String = body.trace_id.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
    Refusal::about(code, format!("AADSTS{number} {trace}").trim_end().to_owned())
}

#[derive(Deserialize, Default)]
struct GraphError {
    #[serde(default)]
    error: GraphErrorBody,
}

#[derive(Deserialize, Default)]
struct GraphErrorBody {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// A refusal of Graph to a call that needs `permission`.
pub(super) fn graph_refusal(reply: &Reply, permission: &str) -> Refusal {
    match reply.status {
        403 => Refusal::about(Code::M365PermissionMissing, permission),
        404 => Code::PersonNotFound.into(),
        _ => {
            let body: GraphError = serde_json::from_slice(&reply.body).unwrap_or_default();
            Refusal::about(Code::MicrosoftRefused, said(reply, &body.error.code))
        }
    }
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
    let body: GraphError = serde_json::from_slice(&reply.body).unwrap_or_default();
    let (code, message) = (body.error.code.as_str(), body.error.message.to_ascii_lowercase());
    if code.eq_ignore_ascii_case("Directory_ConcurrencyViolation") {
        return SetRefusal::Busy;
    }
    SetRefusal::Act(match reply.status {
        400 if message.contains("password complexity") || message.contains("passwordbanned") => {
            return SetRefusal::Password;
        }
        400 if message.contains("on-premises mastered") => Code::PersonSynced.into(),
        400 if message.contains("userprincipalname is invalid") => Code::PersonGuest.into(),
        // The permission is missing, or the target is out of its reach; the preflight has read
        // the roles, so the permission is the likelier one.
        403 => Refusal::about(
            Code::M365PermissionMissing,
            "User-PasswordProfile.ReadWrite.All, or a directory role such as Password Administrator for the app",
        ),
        404 => Code::PersonNotFound.into(),
        _ => Refusal::about(Code::MicrosoftRefused, said(reply, code)),
    })
}

fn said(reply: &Reply, code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_graphic).take(60).collect();
    let id = reply.request_id.as_deref().unwrap_or_default();
    format!("HTTP {} {code} {id}", reply.status).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn token_errors_become_our_words() {
        let check = |number: u32, code: Code| {
            let body = format!(r#"{{"error":"x","error_codes":[{number}],"trace_id":"t-1"}}"#);
            let refusal = token_refusal(&reply(401, &body));
            assert_eq!(refusal.code, code);
            assert_eq!(refusal.about, Some(format!("AADSTS{number} t-1")));
        };
        check(7_000_215, Code::M365SecretWrong);
        check(7_000_222, Code::M365SecretExpired);
        check(700_016, Code::M365AppUnknown);
        check(90_002, Code::M365TenantUnknown);
        check(700_027, Code::M365CertificateWrong);
        check(7_000_112, Code::M365AppDisabled);
        check(900_382, Code::M365CloudWrong);
        check(53_003, Code::M365Blocked);
        check(70_011, Code::MicrosoftRefused);
        assert_eq!(token_refusal(&reply(400, "<html>")).code, Code::MicrosoftRefused);
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
}
