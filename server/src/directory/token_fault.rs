//! What the refusals of the token endpoint mean: the number decides, the text never does.

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
        // The last one: that tenant has no Graph under the address that this cloud's Graph has.
        90_038 | 900_382 | 900_432 | 500_011 => Code::M365CloudWrong,
        53_003 | 530_035 => Code::M365Blocked,
        90_006 | 90_012 | 90_024 | 90_033 | 90_055 | 90_090 => Code::MicrosoftUnavailable,
        _ => Code::MicrosoftRefused,
    };
    // A proxy's page, or none at all: no number is no number of Entra's.
    let said = match number {
        0 => format!("HTTP {}", reply.status),
        number => format!("AADSTS{number}"),
    };
    let trace: String = body.trace_id.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
    Refusal::about(code, format!("{said} {trace}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::vendors;
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
    fn each_number_becomes_our_words() {
        use Code::{
            M365AppDisabled, M365AppUnknown, M365Blocked, M365CertificateWrong, M365CloudWrong,
            M365SecretExpired, M365SecretWrong, M365TenantUnknown, MicrosoftRefused,
            MicrosoftUnavailable,
        };
        for (number, code) in [
            (7_000_215, M365SecretWrong),
            (7_000_222, M365SecretExpired),
            (700_024, M365CertificateWrong),
            (700_027, M365CertificateWrong),
            (700_016, M365AppUnknown),
            (700_038, M365AppUnknown),
            (7_000_112, M365AppDisabled),
            (90_002, M365TenantUnknown),
            (900_023, M365TenantUnknown),
            (90_013, M365TenantUnknown),
            (90_038, M365CloudWrong),
            (900_382, M365CloudWrong),
            (900_432, M365CloudWrong),
            (500_011, M365CloudWrong),
            (53_003, M365Blocked),
            (530_035, M365Blocked),
            (90_006, MicrosoftUnavailable),
            (90_012, MicrosoftUnavailable),
            (90_024, MicrosoftUnavailable),
            (90_033, MicrosoftUnavailable),
            (90_055, MicrosoftUnavailable),
            (90_090, MicrosoftUnavailable),
            (70_003, MicrosoftRefused),
            (70_011, MicrosoftRefused),
            (1, MicrosoftRefused),
        ] {
            let body = format!(r#"{{"error":"x","error_codes":[{number}],"trace_id":"t-1"}}"#);
            let refusal = token_refusal(&reply(401, &body));
            assert_eq!(refusal.code, code, "{number}");
            assert_eq!(refusal.about, Some(format!("AADSTS{number} t-1")));
        }
    }

    #[test]
    fn without_a_number_the_status_is_told() {
        let check = |status: u16, body: &str, about: &str| {
            let refusal = token_refusal(&reply(status, body));
            assert_eq!(refusal.code, Code::MicrosoftRefused, "{body}");
            assert_eq!(refusal.about.as_deref(), Some(about), "{body}");
        };
        check(400, "<html>", "HTTP 400");
        check(403, "", "HTTP 403");
        check(401, r#"{"error":"x","trace_id":"t-1"}"#, "HTTP 401 t-1");
        check(401, r#"{"error":"x","error_codes":[],"trace_id":"t-1"}"#, "HTTP 401 t-1");
        check(401, r#"{"error_codes":["x"]}"#, "HTTP 401");
    }

    /// The bodies that somebody captured. Skipped, with a word, where there are none.
    #[test]
    fn captured_bodies_become_our_sentences() {
        let Some(folder) = vendors() else { return };
        for (name, number, code, what) in [
            (
                "invalid-client",
                7_000_215,
                Code::M365SecretWrong,
                "Microsoft refused the client secret of this customer’s app registration.",
            ),
            (
                "unknown-client",
                700_038,
                Code::M365AppUnknown,
                "The app registration is not known in this customer’s tenant.",
            ),
            (
                "invalid-scope",
                500_011,
                Code::M365CloudWrong,
                "This customer’s tenant is in another Microsoft cloud.",
            ),
            (
                "unsupported-grant-type",
                70_003,
                Code::MicrosoftRefused,
                "Microsoft refused the request.",
            ),
        ] {
            let file = folder.join(format!("entra-token/token-error-{name}.json"));
            let text = std::fs::read_to_string(&file).unwrap();
            let captured: serde_json::Value = serde_json::from_str(&text).unwrap();
            let status = captured["response"]["status"].as_u64().unwrap();
            let body = captured["response"]["body"].to_string();
            let refusal = token_refusal(&reply(u16::try_from(status).unwrap(), &body));
            assert_eq!((refusal.code, refusal.code.words().what), (code, what), "{name}");
            // The captures have `{guid}` where the trace's id stood.
            assert_eq!(refusal.about, Some(format!("AADSTS{number} {{guid}}")), "{name}");
        }
    }
}
