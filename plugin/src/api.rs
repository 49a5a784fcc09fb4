//! Every call of the pod: JSON both ways. JavaScript makes it (`pkg/call.js`): it has the token, and needs a
//! tenth of the bytes for it.

use std::cell::Cell;

use shared::{
    ApprovalId, Channel, Code, ContactId, Millis, Problem, ResetAct, ResetId, TicketId,
    VerificationId,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::{Function, Promise};

use crate::browser;
use crate::json::{self, Field, Read};
use crate::spot::Spot;
use crate::times::Skew;
use crate::trouble::Trouble;

/// The server holds a poll for 25 seconds.
const POLL_LIMIT: u32 = 40_000;
const LIMIT: u32 = 30_000;

/// Where the pod is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// About whom.
    pub(crate) contact: ContactId,
    /// In which ticket.
    pub(crate) ticket: Option<TicketId>,
}

impl Place {
    fn query(&self) -> String {
        match self.ticket {
            Some(ticket) => format!("?contact={}&ticket={ticket}", self.contact),
            None => format!("?contact={}", self.contact),
        }
    }

    /// An object with contact and ticket and `more`.
    fn body<const N: usize>(&self, more: [(&str, Field<'_>); N]) -> Option<String> {
        let contact = self.contact.to_string();
        let ticket = self.ticket.map(|ticket| ticket.to_string());
        let ticket = ticket.as_deref().map_or(Field::Null, Field::Text);
        let place = [("contact", Field::Text(&contact)), ("ticket", ticket)];
        Some(json::object(place.into_iter().chain(more)))
    }
}

/// One call, before it is made.
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    body: Option<String>,
    limit: u32,
}

impl Ask {
    fn new(method: &'static str, path: String, body: Option<String>) -> Self {
        Self { method, path, body, limit: LIMIT }
    }
}

/// The answer to a call, read.
pub(crate) fn heard<T: Read>(reply: Result<String, Trouble>) -> Result<T, Trouble> {
    json::read(&reply?).map_err(|_| Trouble::Outdated)
}

/// The server, as this pod may use it. The functions named after a noun make an `Ask`, `call`
/// makes the call and `heard` reads its answer: one future serves them all.
pub(crate) struct Api {
    place: Place,
    ask: Function,
    skew: Cell<Skew>,
}

impl Api {
    /// `ask(method, path, body, limit)` promises the text of an answer within `limit` milliseconds. It
    /// rejects with the text of a problem, and with an empty one where nothing was heard.
    pub(crate) fn new(place: Place, ask: Function) -> Self {
        Self { place, ask, skew: Cell::default() }
    }

    /// How far the server's clock was ahead when it last said the time.
    pub(crate) fn skew(&self) -> Skew {
        self.skew.get()
    }

    /// The server says that it is `now`.
    pub(crate) fn told_time(&self, now: Millis) {
        self.skew.set(Skew::seen(now, browser::now()));
    }

    /// The pod's state (`PodState`): at once when it is not `since`, otherwise when it changes.
    pub(crate) fn state(&self, since: Option<&str>) -> Ask {
        let mut path = format!("/api/pod/state{}", self.place.query());
        if let Some(since) = since {
            path.push_str("&since=");
            path.push_str(&String::from(web_sys::js_sys::encode_uri_component(since)));
        }
        Ask { limit: POLL_LIMIT, ..Ask::new("GET", path, None) }
    }

    /// Sends a code, a link or a push (`VerificationView`); `note` says why somebody else vouches.
    pub(crate) fn verification(&self, to: &Spot, channel: Channel, note: &str) -> Ask {
        let voucher = to.voucher.map(|voucher| voucher.to_string());
        let vouching = voucher.as_deref().map(|voucher| {
            let fields = [("voucher", Field::Text(voucher)), ("note", Field::Text(note))];
            json::object(fields)
        });
        let body = self.place.body([
            ("destination", Field::Text(&to.key)),
            ("channel", Field::Text(channel.as_str())),
            ("vouching", vouching.as_deref().map_or(Field::Null, Field::Json)),
        ]);
        Ask::new("POST", "/api/verifications".to_owned(), body)
    }

    /// Answers one (`VerificationView`).
    pub(crate) fn answer(id: VerificationId, code: String) -> Ask {
        let path = format!("/api/verifications/{id}/answer");
        Ask::new("POST", path, Some(json::object([("code", Field::Text(&code))])))
    }

    /// What a reset would do, and what is in its way (`Preflight`).
    pub(crate) fn preflight(&self) -> Ask {
        Ask::new("GET", format!("/api/preflight{}", self.place.query()), None)
    }

    /// Resets (`ResetView`). The same id with the same seal asks once.
    pub(crate) fn reset(&self, id: ResetId, sealed: String) -> Ask {
        let body = self.place.body([("sealed", Field::Text(&sealed))]);
        Ask::new("PUT", format!("/api/resets/{id}"), body)
    }

    /// Asks for another technician's approval (`ApprovalView`).
    pub(crate) fn approval(&self) -> Ask {
        Ask::new("POST", "/api/approvals".to_owned(), self.place.body([]))
    }

    /// Answers somebody who asked for it (`ApprovalView`).
    pub(crate) fn approve(id: ApprovalId, approve: bool) -> Ask {
        let body = json::object([("approve", Field::Bool(approve))]);
        Ask::new("POST", format!("/api/approvals/{id}/answer"), Some(body))
    }

    /// Sends the link again, or gives the reset up (`ResetView`).
    pub(crate) fn act(id: ResetId, act: ResetAct) -> Ask {
        let verb = match act {
            ResetAct::Resend | ResetAct::NewLink => "resend",
            ResetAct::GiveUp => "give-up",
        };
        Ask::new("POST", format!("/api/resets/{id}/{verb}"), None)
    }

    /// Where a new link may go (`PhonesView`).
    pub(crate) fn phones(id: ResetId) -> Ask {
        Ask::new("GET", format!("/api/resets/{id}/phones"), None)
    }

    /// Sends a new link to the phone that was chosen (`ResetView`).
    pub(crate) fn new_link(id: ResetId, sealed: String) -> Ask {
        Ask {
            body: Some(json::object([("sealed", Field::Text(&sealed))])),
            ..Self::act(id, ResetAct::NewLink)
        }
    }

    /// Makes the call. It ends with the pod, which JavaScript takes away.
    pub(crate) async fn call(&self, ask: Ask) -> Result<String, Trouble> {
        let body = ask.body.map_or(JsValue::NULL, JsValue::from);
        let (method, path, limit) = (ask.method.into(), ask.path.into(), ask.limit.into());
        let reply = match self.ask.call4(&JsValue::NULL, &method, &path, &body, &limit) {
            Ok(promise) => JsFuture::from(promise.unchecked_into::<Promise>()).await,
            Err(error) => Err(error),
        };
        let why = match reply {
            Ok(text) => return text.as_string().ok_or(Trouble::Unheard),
            Err(why) => why.as_string().unwrap_or_default(),
        };
        Err(match json::read::<Problem>(&why) {
            Ok(problem) if problem.code == Code::NotSignedIn => Trouble::SignedOut,
            Ok(problem) => Trouble::Problem(problem),
            Err(_) if why.is_empty() => Trouble::Unheard,
            // Ours, but with a code that this version does not know.
            Err(_) => Trouble::Outdated,
        })
    }
}
