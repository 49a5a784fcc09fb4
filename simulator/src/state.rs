//! What the world remembers between two requests.

use std::collections::{HashMap, VecDeque};

use crate::directory::{DirectoryUser, Tenant, TwilioAccount};
use crate::duo;
use crate::entra::oidc;
use crate::fault::{Company, Queued};
use crate::hold::Hold;
use crate::psa;
use crate::receiver::Received;
use crate::smtp;
use crate::totp::Authenticator;

/// Older requests are forgotten, so that a bench can run for hours.
const REQUESTS_KEPT: usize = 20_000;

pub(crate) struct State {
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) twilio: TwilioAccount,
    /// Access tokens by their text.
    pub(crate) tokens: HashMap<String, Grant>,
    /// Client id and `jti` of client assertions, and when each may be forgotten.
    pub(crate) assertions_seen: HashMap<(String, String), i64>,
    /// Entra as an issuer for people.
    pub(crate) issuer: oidc::Issuer,
    pub(crate) messages: Vec<Message>,
    /// Object id and patch, oldest first.
    pub(crate) patches: Vec<(String, PasswordPatch)>,
    pub(crate) faults: Vec<Queued>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) requests: VecDeque<Recorded>,
    pub(crate) callbacks: Vec<Callback>,
    pub(crate) authenticators: Vec<Authenticator>,
    pub(crate) mail: smtp::Server,
    pub(crate) duo: duo::Office,
    /// What webhooks have sent, oldest first.
    pub(crate) received: Vec<Received>,
    pub(crate) psa: psa::Office,
}

impl State {
    /// The tenant and place of the person that tests call `name`.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, usize)> {
        let place = |test: &dyn Fn(&DirectoryUser) -> bool| {
            self.tenants
                .iter()
                .enumerate()
                .find_map(|(t, tenant)| Some((t, tenant.users.iter().position(test)?)))
        };
        // A full name wins over a first name that somebody else may share.
        place(&|user| user.is_called(name)).or_else(|| place(&|user| user.is_known_as(name)))
    }

    pub(crate) fn record(&mut self, request: Recorded) {
        if self.requests.len() == REQUESTS_KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }
}

/// What an access token stands for.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) tenant_id: String,
    /// Roles as they were when the token was made.
    pub(crate) roles: Vec<String>,
    pub(crate) expires_ms: i64,
}

/// A text that Twilio accepted.
#[derive(Clone, Debug)]
pub struct Text {
    /// The message's sid (`SM…`).
    pub id: String,
    /// E.164.
    pub to: String,
    /// The sending number.
    pub from: String,
    /// What the phone shows, whether or not the provider's console keeps it.
    pub body: String,
    /// `queued`, `accepted`, `sent`, `delivered`, `undelivered`, `failed`.
    pub status: String,
    /// Why it was not delivered.
    pub error_code: Option<u32>,
    /// When Twilio accepted it.
    pub at_ms: i64,
    /// Whether the phone got it; a filtered text was accepted and never arrives.
    pub arrived: bool,
    /// How many parts it takes, each of which is paid.
    pub segments: usize,
}

/// A text with what only Twilio knows about it.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) text: Text,
    pub(crate) service: Option<String>,
    pub(crate) callback: Option<String>,
    /// Until the carrier's last word of it is told, heard or not.
    pub(crate) is_carried: bool,
    pub(crate) keeps_body: bool,
    pub(crate) obfuscates: bool,
    pub(crate) sent_ms: Option<i64>,
    pub(crate) updated_ms: i64,
}

/// One `PATCH` of a password that reached Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPatch {
    /// When it arrived.
    pub at_ms: i64,
    /// The password it carried.
    pub password: String,
    /// Whether it became the person's password.
    pub applied: bool,
}

/// A request that a stand-in received.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// When it arrived.
    pub at_ms: i64,
    /// Who received it.
    pub company: Company,
    /// `GET`, `POST` …
    pub method: String,
    /// The path as sent, still percent-encoded.
    pub path: String,
    /// The query as sent, without `?`.
    pub query: String,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// The scheme of `Authorization` (`Bearer`, `Basic`), never its value.
    pub authorization: String,
    /// The body as text.
    pub body: String,
    /// The status answered; `None` when the connection was closed without a reply.
    pub status: Option<u16>,
    /// The body answered (all of it, even when only half was sent).
    pub reply: String,
    /// Whether the stand-in has such a route.
    pub known: bool,
}

/// A status callback that Twilio sent.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The message's sid.
    pub id: String,
    /// The status it told.
    pub status: String,
    /// Where to.
    pub url: String,
    /// What the receiver answered; `None` when it could not be reached.
    pub answered: Option<u16>,
}
