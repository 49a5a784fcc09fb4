//! What only the browser knows: the time, the time zone, randomness, the focus. The one place
//! that asks for them.

use gloo_timers::future::TimeoutFuture;
use shared::{Millis, ResetId};
use wasm_bindgen::JsCast;
use web_sys::js_sys::Date;

use crate::dom::El;
use crate::times::Local;

/// The time here. Not the server's: see `Skew`.
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
pub(crate) fn now() -> Millis {
    Millis(Date::now() as i64)
}

/// `at` on the technician's clock and calendar.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a date are far below 2^53")]
pub(crate) fn local(at: Millis) -> Local {
    let date = Date::new(&(at.0 as f64).into());
    Local {
        year: date.get_full_year(),
        month: date.get_month(),
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
    }
}

/// `14:05` here.
pub(crate) fn clock(at: Millis) -> String {
    local(at).clock()
}

/// Random bytes, or `None` in a browser without them.
fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// A number for jitter.
pub(crate) fn jitter() -> u32 {
    random().map_or(0, u32::from_le_bytes)
}

/// The id of a new reset: UUIDv7.
pub(crate) fn reset_id() -> Option<ResetId> {
    let millis = u64::try_from(now().0).ok()?;
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid();
    Some(ResetId(id))
}

/// Waits.
pub(crate) async fn sleep(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// A field that somebody is typing into.
const TYPED: &str = "input[type=text]:focus:not([readonly]), textarea:focus";

/// Moves the focus within the pod, once everything now under way has been drawn; but never away from
/// a field that somebody is typing into.
pub(crate) async fn focus(pod: Option<El>, selector: &'static str) {
    sleep(0).await;
    let Some(pod) = pod.as_ref().and_then(El::node) else { return };
    let find = |selector| pod.query_selector(selector).ok().flatten();
    if find(TYPED).is_some() {
        return;
    }
    let Some(element) = find(selector) else { return };
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        input.select();
    }
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that can't take the focus leaves it where it was.
        let _ = element.focus();
    }
}
