//! Calls to HaloPSA's API with a token; one that it does not take any more is renewed once.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::Code;
use url::Url;

use super::shape::listed;
use super::{Halo, reply};
use crate::outbound::{Answer, Auth, Body, Call, Method};
use crate::psa::wire::{json, under};

impl Halo {
    /// A thing; `missing` is what its absence is called.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        missing: Code,
    ) -> Answer<Value> {
        self.send(&Method::GET, under(&self.base, path, query), None, missing).await
    }

    /// The entries of a list that can be read.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        name: &str,
    ) -> Answer<Vec<T>> {
        match self.get(path, query, Code::PsaRefused).await.done() {
            Ok(json) => listed(json, name).map_or(Answer::Unknown(None), Answer::Done),
            Err(other) => other,
        }
    }

    pub(super) async fn post(&self, path: &str, body: &Value, missing: Code) -> Answer<Value> {
        self.send(&Method::POST, under(&self.base, path, &[]), Some(body), missing).await
    }

    async fn send(
        &self,
        method: &Method,
        url: Option<Url>,
        body: Option<&Value>,
        missing: Code,
    ) -> Answer<Value> {
        let Some(url) = url else { return Answer::Refused(Code::PsaRefused.into()) };
        let mut is_second = false;
        loop {
            let token = match self.token().await.done() {
                Ok(granted) => granted.bearer,
                Err(other) => return other,
            };
            let call = Call {
                method: method.clone(),
                url: url.clone(),
                auth: Auth::Bearer(&token),
                request_id: None,
                headers: vec![("accept", "application/json".to_owned().into())],
                body: body.map_or(Body::None, json),
            };
            // `None`: the token is not good any more, and nothing was done.
            let answer = self.wire.ask(call, |reply| match reply.status {
                401 if !is_second => Answer::Done(None),
                _ => reply::open(&reply, missing).map(Some),
            });
            match answer.await.done() {
                Ok(Some(json)) => return Answer::Done(json),
                Ok(None) => self.drop_token(&token).await,
                Err(other) => return other,
            }
            is_second = true;
        }
    }
}
