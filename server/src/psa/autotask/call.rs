//! Calls to the zone, as the API user: a few at a time for each endpoint, in a technician's name where a
//! note wants it.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::Code;
use url::Url;
use zeroize::Zeroizing;

use super::note::Picklists;
use super::reply::{item, items, judge};
use super::{Autotask, Known};
use crate::outbound::{Answer, Auth, Body, Call, Method};
use crate::psa::wire::{json, under};

/// Of the three calls that an endpoint takes at a time, one is left to whoever else has our code (vendor
/// "Thread limiting").
const AT_A_TIME: usize = 2;
/// How long picklists are remembered.
const PICKLISTS_MS: i64 = 60 * 60 * 1000;
/// Pages of a list that are followed.
const MOST_PAGES: usize = 10;

impl Autotask {
    /// One thing, by its id; `missing` is what its absence is called.
    pub(super) async fn one<T: DeserializeOwned, U>(
        &self,
        endpoint: &'static str,
        id: i64,
        missing: Code,
    ) -> Result<T, Answer<U>> {
        let json = self.get(endpoint, &format!("{endpoint}/{id}"), missing).await?;
        // Absent is 404 for some, and a thing of nothing for others.
        if json["item"].is_null() {
            return Err(Answer::Refused(missing.into()));
        }
        item(json).ok_or(Answer::Unknown(None))
    }

    pub(super) async fn get<U>(
        &self,
        endpoint: &'static str,
        path: &str,
        missing: Code,
    ) -> Result<Value, Answer<U>> {
        let url = self.at(path).await?;
        self.send(endpoint, Method::GET, url, None, None, missing).await.done()
    }

    /// Makes something; as a resource's own, where one is named.
    pub(super) async fn post<U>(
        &self,
        endpoint: &'static str,
        path: &str,
        body: &Value,
        resource: Option<i64>,
        missing: Code,
    ) -> Result<Value, Answer<U>> {
        let url = self.at(path).await?;
        self.send(endpoint, Method::POST, url, Some(body), resource, missing).await.done()
    }

    /// The first page of what a query finds.
    pub(super) async fn query<T: DeserializeOwned, U>(
        &self,
        endpoint: &'static str,
        query: &Value,
    ) -> Result<Vec<T>, Answer<U>> {
        let path = format!("{endpoint}/query");
        let mut page = self.post(endpoint, &path, query, None, Code::PsaRefused).await?;
        items(&mut page).ok_or(Answer::Unknown(None))
    }

    /// All pages of what a query finds, ten at most. They are followed the way that the query was asked,
    /// with its body \[INFER\].
    pub(super) async fn pages<T: DeserializeOwned, U>(
        &self,
        endpoint: &'static str,
        query: &Value,
    ) -> Result<Vec<T>, Answer<U>> {
        let zone = self.zone().await?;
        let mut url = self.at(&format!("{endpoint}/query")).await?;
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            let sent = self.send(endpoint, Method::POST, url, Some(query), None, Code::PsaRefused);
            let mut page = sent.await.done()?;
            all.extend(items(&mut page).ok_or(Answer::Unknown(None))?);
            let Some(next) = page["pageDetails"]["nextPageUrl"].as_str() else { break };
            // The secret goes along: nowhere but to the zone.
            let next = Url::parse(next).ok().filter(|next| zone.has(next));
            url = next.ok_or(Answer::Refused(Code::PsaRefused.into()))?;
        }
        Ok(all)
    }

    /// The picklists of notes.
    pub(super) async fn picklists<U>(&self) -> Result<Picklists, Answer<U>> {
        let now = self.wire.clock.now();
        {
            let mut found = self.wire.memory.found.lock().await;
            let known = Known::of(&mut found).picklists.as_ref();
            if let Some(picklists) = Known::fresh(known, now, PICKLISTS_MS) {
                return Ok(picklists);
            }
        }
        // Not under the lock, which asking for the zone takes.
        let path = "TicketNotes/entityInformation/fields";
        let json = self.get("TicketNotes", path, Code::PsaRefused).await?;
        let picklists = Picklists::read(&json).ok_or(Answer::Unknown(None))?;
        let mut found = self.wire.memory.found.lock().await;
        Known::of(&mut found).picklists = Some((now, picklists.clone()));
        Ok(picklists)
    }

    /// An address in the zone, which is used exactly as Autotask says it.
    async fn at<U>(&self, path: &str) -> Result<Url, Answer<U>> {
        let zone = self.zone().await?;
        let url = under(&zone.url, &format!("V1.0/{path}"), &[]);
        url.ok_or(Answer::Refused(Code::PsaRefused.into()))
    }

    async fn send(
        &self,
        endpoint: &'static str,
        method: Method,
        url: Url,
        body: Option<&Value>,
        resource: Option<i64>,
        missing: Code,
    ) -> Answer<Value> {
        let mut headers = vec![
            ("ApiIntegrationCode", Zeroizing::new(self.settings.integration_code.clone())),
            ("UserName", Zeroizing::new(self.settings.username.clone())),
            ("Secret", Zeroizing::new(self.secret.expose().to_owned())),
        ];
        headers
            .extend(resource.map(|id| ("ImpersonationResourceId", Zeroizing::new(id.to_string()))));
        let body = body.map_or(Body::None, json);
        let call = Call { method, url, auth: Auth::None, request_id: None, headers, body };
        let turn = self.wire.memory.turn(endpoint, AT_A_TIME).await;
        let sent = self.wire.send(call).await;
        drop(turn);
        match sent {
            Ok(sent) => judge(sent, missing),
            Err(millis) => Answer::Later(Some(millis)),
        }
    }
}
