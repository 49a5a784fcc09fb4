//! Calls to ConnectWise's API, with our keys or as a member; after an upgrade they go to the new release.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::{Code, MemberClaim};
use zeroize::Zeroizing;

use super::{ConnectWise, member, reply};
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply};
use crate::psa::wire::{json, under};

/// The version of the API that we read: an old one is served for twelve months (Developer Guide,
/// "Versioning").
const ACCEPT: &str = "application/vnd.connectwise.com+json; version=2025.1";

/// What is asked.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Below `…/apis/3.0`; its segments are ours or digits.
    pub(super) path: &'a str,
    pub(super) query: &'a [(&'a str, &'a str)],
    /// What a 404 is called.
    pub(super) missing: Code,
    /// Which right a 403 says is missing, in our words.
    pub(super) what: &'a str,
}

/// Those of a list's entries that can be read: one odd entry does not hide the others.
pub(super) fn readable<T: DeserializeOwned>(rows: Vec<Value>) -> Vec<T> {
    rows.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect()
}

impl ConnectWise {
    /// Reads with our keys.
    pub(super) async fn get<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Answer<T> {
        self.judged(&Method::GET, ask, None).await
    }

    /// The entries of a list that can be read.
    pub(super) async fn list<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Answer<Vec<T>> {
        self.get(ask).await.map(readable)
    }

    /// Changes something with our keys.
    pub(super) async fn change(
        &self,
        method: &Method,
        ask: Ask<'_>,
        body: &Value,
    ) -> Answer<Value> {
        self.judged(method, ask, Some(body)).await
    }

    async fn judged<T: DeserializeOwned>(
        &self,
        method: &Method,
        ask: Ask<'_>,
        body: Option<&Value>,
    ) -> Answer<T> {
        match self.reply(method, ask, body, None).await.done() {
            Ok(reply) => reply::open(&reply, ask.missing, ask.what),
            Err(other) => other,
        }
    }

    /// A whole reply, whatever it says. One of a release that is gone is asked again at the new one, once.
    pub(super) async fn reply(
        &self,
        method: &Method,
        ask: Ask<'_>,
        body: Option<&Value>,
        member: Option<&MemberClaim>,
    ) -> Answer<Reply> {
        let mut base = match self.base().await.done() {
            Ok(base) => base,
            Err(other) => return other,
        };
        for is_last in [false, true] {
            let reply = match self.one(&base, method, ask, body, member).await.done() {
                Ok(reply) => reply,
                Err(other) => return other,
            };
            if is_last || reply.status != 404 || reply::is_unauthenticated(&reply) {
                return Answer::Done(reply);
            }
            match self.other_base(&base, reply::is_of_api(&reply)).await.done() {
                Ok(Some(other)) => base = other,
                Ok(None) => return Answer::Done(reply),
                // Whether it is there can't be said without.
                Err(other) => return other,
            }
        }
        Answer::Unknown(None)
    }

    async fn one(
        &self,
        base: &str,
        method: &Method,
        ask: Ask<'_>,
        body: Option<&Value>,
        member: Option<&MemberClaim>,
    ) -> Answer<Reply> {
        let Some(url) = under(base, ask.path, ask.query) else {
            return Answer::Refused(Code::PsaRefused.into());
        };
        let clear = |text: &str| Zeroizing::new(text.to_owned());
        let mut headers =
            vec![("accept", clear(ACCEPT)), ("clientid", clear(&self.settings.client_id))];
        let name = format!("{}+{}", self.settings.company, self.settings.public_key);
        let auth = match member {
            None => Auth::Basic(&name, &self.secret),
            Some(claim) => match member::cookie(&self.settings.company, claim) {
                Some(cookie) => {
                    headers.push(("cookie", cookie));
                    Auth::None
                }
                None => return Answer::Refused(Code::HostPersonUnproven.into()),
            },
        };
        let body = body.map_or(Body::None, json);
        let method = method.clone();
        let call = Call { method, url, auth, request_id: None, headers, body };
        self.wire.ask(call, Answer::Done).await
    }
}
