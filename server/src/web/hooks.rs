//! `POST /hooks/twilio/{id}`: a provider's word about a text, minutes later. Believed only with
//! the right signature, and only forward.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use shared::{Code, IntegrationId};

use super::api::Path;
use super::problem::Failure;
use crate::app::App;
use crate::sms::{code_of, status_rank};

/// How often, and with what pause, a callback looks for the text that it tells of.
const OVERTAKEN_LOOKS: u32 = 20;
const OVERTAKEN_PAUSE: Duration = Duration::from_millis(100);

/// Takes a status callback.
///
/// # Errors
/// `not-found` for an unknown integration and for a wrong signature: a stranger learns nothing.
pub async fn twilio(
    State(app): State<App>,
    Path(id): Path<IntegrationId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let row = app.store.integration(id).await?.ok_or(Code::NotFound)?;
    let provider = app.resets.sms.open(&row).await?.map_err(|_| Code::NotFound)?;
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(&body).map(|(k, v)| (k.into(), v.into())).collect();
    let given =
        headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !provider.signed(&app.resets.sms.callback(id), &form, given) {
        return Err(Code::NotFound.into());
    }
    let field = |name: &str| {
        form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    };
    let rank = status_rank(field("MessageStatus"));
    let failure = (rank == 11).then(|| code_of(field("ErrorCode").parse().unwrap_or(30_005)));
    let sid = field("MessageSid");
    // Nobody calls again: a callback that overtakes our own commit waits for it.
    for _ in 0..OVERTAKEN_LOOKS {
        if app.store.knows_text(row.account, sid).await? {
            break;
        }
        tokio::time::sleep(OVERTAKEN_PAUSE).await;
    }
    let now = app.clock.now();
    if app.store.text_status(row.account, sid, rank, rank == 10, failure, now).await? {
        app.resets.bell.ring(row.account);
    }
    Ok(StatusCode::NO_CONTENT)
}
