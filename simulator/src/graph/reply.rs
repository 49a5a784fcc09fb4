//! How Graph writes answers and refusals (GDOCS errors.md; SOURCES.md §4).

use serde_json::{Value, json};

use crate::directory::NextLink;
use crate::front::{Answer, Call};
use crate::{dates, random};

/// A refusal before it is written down.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
    known: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Refusal { status, code, message: message.into(), known: true }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Refusal::new(400, "Request_BadRequest", message)
    }

    /// OData's own parser speaks in `BadRequest`.
    pub(super) fn odata(message: impl Into<String>) -> Self {
        Refusal::new(400, "BadRequest", message)
    }

    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Refusal::new(400, "Request_UnsupportedQuery", message)
    }

    pub(super) fn token(message: &str) -> Self {
        Refusal::new(401, "InvalidAuthenticationToken", message)
    }

    pub(super) fn denied() -> Self {
        Refusal::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// The backend of authentication methods speaks camelCase (SOURCES.md §3.1).
    pub(super) fn access_denied() -> Self {
        Refusal::new(403, "accessDenied", "Request Authorization failed")
    }

    /// PIM's backend wraps its own error into the message of another (SOURCES.md §3.4).
    pub(super) fn scope_not_granted(accepted: &[&str]) -> Self {
        let says =
            format!("Authorization failed due to missing permission scope {}.", accepted.join(","));
        let inside = json!({
            "errorCode": "PermissionScopeNotGranted", "message": says, "instanceAnnotations": [],
        });
        Refusal::new(403, "UnknownError", inside.to_string())
    }

    pub(super) fn not_found(what: &str) -> Self {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        Refusal::new(404, "Request_ResourceNotFound", message)
    }

    /// Facts §2.7, first row.
    pub(super) fn too_simple() -> Self {
        Refusal::bad(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        )
    }

    pub(super) fn no_such_route(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Refusal { known: false, ..Refusal::new(404, "BadRequest", message) }
    }
}

struct Ids {
    request: String,
    client: String,
}

/// A caller's `client-request-id` is taken over; without one Graph uses its own id twice.
fn ids(call: &Call) -> Ids {
    let request = random::guid();
    let client = match call.header("client-request-id") {
        "" => request.clone(),
        theirs => theirs.to_owned(),
    };
    Ids { request, client }
}

fn stamp(answer: Answer, ids: &Ids) -> Answer {
    answer
        .with("request-id", ids.request.clone())
        .with("client-request-id", ids.client.clone())
        .with(
            "x-ms-ags-diagnostic",
            r#"{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"5","ScaleUnit":"001"}}"#,
        )
        .with("cache-control", "no-cache")
}

pub(super) fn finish(call: &Call, answer: Answer) -> Answer {
    stamp(answer, &ids(call)).with("odata-version", "4.0")
}

pub(super) fn refuse(call: &Call, refusal: &Refusal) -> Answer {
    let ids = ids(call);
    let mut inner = json!({
        "date": dates::graph_inner(call.now_ms),
        "request-id": ids.request,
        "client-request-id": ids.client,
    });
    if refusal.code == "accessDenied" {
        inner["message"] = json!(refusal.message);
    }
    let body =
        json!({"error": {"code": refusal.code, "message": refusal.message, "innerError": inner}});
    let mut answer = stamp(Answer::json(refusal.status, body), &ids);
    if refusal.status == 401 {
        answer = answer.with("www-authenticate", r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#);
    }
    if refusal.known { answer } else { answer.unknown() }
}

/// The same shape as [`refuse`], from a backend that says less and spells differently.
pub(super) fn bare(call: &Call, status: u16) -> Answer {
    let ids = ids(call);
    let inner = json!({
        "date": dates::graph_inner(call.now_ms),
        "request-id": ids.request,
        "client-request-id": ids.client,
    });
    let body =
        json!({"error": {"code": "", "message": "An error has occurred.", "innererror": inner}});
    stamp(Answer::json(status, body), &ids)
}

/// A collection, cut into pages by `$top` and `$skiptoken`.
pub(super) fn page(
    scene: &super::Scene<'_>,
    context: &str,
    rows: Vec<Value>,
    query: &super::query::Query,
    size: usize,
) -> Answer {
    let from = query.skip.min(rows.len());
    // A page may be smaller than `$top` asks for (GDOCS paging), never larger.
    let size = query.top.unwrap_or(size).min(scene.paging.size.unwrap_or(usize::MAX)).max(1);
    let more = rows.len() > from + size;
    let value: Vec<Value> = rows.into_iter().skip(from).take(size).collect();
    let mut body = json!({"@odata.context": scene.context(context), "value": value});
    if more {
        let (origin, at) = match &scene.paging.next_link {
            NextLink::Honest => (&scene.graph_url, from + size),
            NextLink::Elsewhere(origin) => (origin, from + size),
            NextLink::Circle => (&scene.graph_url, from),
        };
        body["@odata.nextLink"] = json!(format!("{origin}{}?{}", scene.call.path, query.next(at)));
    }
    Answer::json(200, body)
}
