//! Every HTTP call of the pod: its own origin, a bearer token, JSON both ways.

use std::cell::{Cell, RefCell};

use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::callback::Timeout;
use shared::{
    ApprovalId, Channel, Code, ContactId, Host, Millis, PodTokenView, Problem, ResetAct, ResetId,
    TicketId, VerificationId,
};
use web_sys::{AbortController, RequestCredentials};

use crate::bearer::Bearer;
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
    /// In which product.
    pub(crate) host: Host,
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
    method: Method,
    path: String,
    body: Option<String>,
    limit: u32,
}

impl Ask {
    fn new(method: Method, path: String, body: Option<String>) -> Self {
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
    bearer: RefCell<Option<Bearer>>,
    skew: Cell<Skew>,
}

impl Api {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, bearer: RefCell::default(), skew: Cell::default() }
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
        Ask { limit: POLL_LIMIT, ..Ask::new(Method::GET, path, None) }
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
        Ask::new(Method::POST, "/api/verifications".to_owned(), body)
    }

    /// Answers one (`VerificationView`).
    pub(crate) fn answer(id: VerificationId, code: String) -> Ask {
        let path = format!("/api/verifications/{id}/answer");
        Ask::new(Method::POST, path, Some(json::object([("code", Field::Text(&code))])))
    }

    /// What a reset would do, and what is in its way (`Preflight`).
    pub(crate) fn preflight(&self) -> Ask {
        Ask::new(Method::GET, format!("/api/preflight{}", self.place.query()), None)
    }

    /// Resets (`ResetView`). The same id with the same seal asks once.
    pub(crate) fn reset(&self, id: ResetId, sealed: String) -> Ask {
        let body = self.place.body([("sealed", Field::Text(&sealed))]);
        Ask::new(Method::PUT, format!("/api/resets/{id}"), body)
    }

    /// Asks for another technician's approval (`ApprovalView`).
    pub(crate) fn approval(&self) -> Ask {
        Ask::new(Method::POST, "/api/approvals".to_owned(), self.place.body([]))
    }

    /// Answers somebody who asked for it (`ApprovalView`).
    pub(crate) fn approve(id: ApprovalId, approve: bool) -> Ask {
        let body = json::object([("approve", Field::Bool(approve))]);
        Ask::new(Method::POST, format!("/api/approvals/{id}/answer"), Some(body))
    }

    /// Sends the link again, or gives the reset up (`ResetView`).
    pub(crate) fn act(id: ResetId, act: ResetAct) -> Ask {
        let verb = match act {
            ResetAct::Resend | ResetAct::NewLink => "resend",
            ResetAct::GiveUp => "give-up",
        };
        Ask::new(Method::POST, format!("/api/resets/{id}/{verb}"), None)
    }

    /// Where a new link may go (`PhonesView`).
    pub(crate) fn phones(id: ResetId) -> Ask {
        Ask::new(Method::GET, format!("/api/resets/{id}/phones"), None)
    }

    /// Sends a new link to the phone that was chosen (`ResetView`).
    pub(crate) fn new_link(id: ResetId, sealed: String) -> Ask {
        Ask {
            body: Some(json::object([("sealed", Field::Text(&sealed))])),
            ..Self::act(id, ResetAct::NewLink)
        }
    }

    /// Makes the call, with a token. A token that the server no longer takes is replaced once.
    pub(crate) async fn call(&self, ask: Ask) -> Result<String, Trouble> {
        let mut replaced = false;
        loop {
            let token = self.token().await?;
            let reply = send(&ask, Some(&token)).await;
            match (signed_out(&reply), replaced) {
                (false, _) => return reply,
                (true, true) => return Err(Trouble::SignedOut),
                (true, false) => {
                    self.bearer.take();
                    replaced = true;
                }
            }
        }
    }

    async fn token(&self) -> Result<String, Trouble> {
        let here = browser::now();
        let held = self.bearer.borrow().as_ref().and_then(|b| b.fresh(here).map(String::from));
        if let Some(token) = held {
            return Ok(token);
        }
        let host = match self.place.host {
            Host::Web => "web",
        };
        let body = Some(json::object([("host", Field::Text(host))]));
        let ask = Ask::new(Method::POST, "/api/pod/token".to_owned(), body);
        let reply = send(&ask, None).await;
        if signed_out(&reply) {
            return Err(Trouble::SignedOut);
        }
        let view: PodTokenView = json::read(&reply?).map_err(|_| Trouble::Outdated)?;
        let token = view.token.clone();
        *self.bearer.borrow_mut() = Some(Bearer::new(view, browser::now(), self.skew.get()));
        Ok(token)
    }
}

fn signed_out<T>(reply: &Result<T, Trouble>) -> bool {
    matches!(reply, Err(Trouble::Problem(problem)) if problem.code == Code::NotSignedIn)
}

/// Ends the call when it is dropped, so that nothing outlives the pod.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Only asking for a token carries the session's cookie.
async fn send(ask: &Ask, token: Option<&str>) -> Result<String, Trouble> {
    let abort = Abort(AbortController::new().map_err(|_| Trouble::Unheard)?);
    let controller = abort.0.clone();
    let _limit = Timeout::new(ask.limit, move || controller.abort());
    let mut request = RequestBuilder::new(&ask.path)
        .method(ask.method.clone())
        .abort_signal(Some(&abort.0.signal()))
        .header("Accept", "application/json, application/problem+json");
    request = match token {
        Some(token) => request
            .credentials(RequestCredentials::Omit)
            .header("Authorization", &format!("Bearer {token}")),
        None => request.credentials(RequestCredentials::SameOrigin),
    };
    let request = match &ask.body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let reply = request.map_err(|_| Trouble::Unheard)?.send().await;
    let reply = reply.map_err(|_| Trouble::Unheard)?;
    let text = reply.text().await.map_err(|_| Trouble::Unheard)?;
    if reply.ok() {
        return Ok(text);
    }
    let kind = reply.headers().get("content-type").unwrap_or_default();
    match json::read::<Problem>(&text) {
        Ok(problem) => Err(Trouble::Problem(problem)),
        // Ours, but with a code that this version does not know.
        Err(_) if kind.starts_with("application/problem+json") => Err(Trouble::Outdated),
        // A proxy's page.
        Err(_) => Err(Trouble::Unheard),
    }
}
