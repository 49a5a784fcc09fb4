//! Over real HTTP, as our server would ask: each company's answers and each way it goes wrong.

mod applications;
mod assertions;
mod autotask;
mod connectwise;
mod crowd;
mod duo;
mod entra;
mod faults;
mod graph;
mod halo;
mod oddities;
mod page;
mod passwords;
mod people;
mod psa;
mod smtp;
mod twilio;

use crate::{Clock, Options, Ports, World};
use serde_json::{Value, json};

/// 2026-11-22 12:00:00 UTC.
pub(super) const NOON: i64 = 1_795_348_800_000;
pub(super) const NORTHWIND: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01";
pub(super) const NORTHWIND_APP: &str = "a1b2c3d4-0001-4000-8000-000000000001";
pub(super) const NORTHWIND_SECRET: &str = "northwind~simulated-secret-value";
pub(super) const ACCOUNT: &str = "AC00000000000000000000000000005150";
pub(super) const AUTH_TOKEN: &str = "simulated-auth-token-0000000000ab";
pub(super) const SENDER: &str = "+12065550100";

/// A world whose clock stands still, and a client for it.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) http: reqwest::Client,
    pub(super) clock: Clock,
}

/// A reply, read to its end.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Graph's `error.code`, Entra's first error code, Twilio's `code`: as text.
    pub(super) fn code(&self) -> String {
        let body = &self.body;
        let found = [&body["error"]["code"], &body["error_codes"][0], &body["code"]]
            .into_iter()
            .find(|v| !v.is_null());
        found
            .map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned))
            .unwrap_or_default()
    }

    pub(super) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().or(self.body["message"].as_str()).unwrap_or_default()
    }
}

pub(super) async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let reply = request.send().await?;
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    let text = reply.text().await?;
    Ok(Reply {
        status,
        headers,
        body: if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("JSON")
        },
    })
}

impl Scene {
    pub(super) async fn start() -> Self {
        let clock = Clock::manual(NOON);
        let options =
            Options { ports: Ports::Any, clock: clock.clone(), authenticators: Vec::new() };
        let world = crate::start(options).await.expect("a world");
        Scene { world, http: crate::http::client().expect("a client"), clock }
    }

    pub(super) async fn token_for(&self, tenant: &str, form: &[(&str, &str)]) -> Reply {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.world.entra_url());
        read(self.http.post(url).form(form)).await.expect("an answer")
    }

    /// Northwind's token, as our server gets it.
    pub(super) async fn token(&self) -> String {
        let form = [
            ("client_id", NORTHWIND_APP),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_secret", NORTHWIND_SECRET),
            ("grant_type", "client_credentials"),
        ];
        let reply = self.token_for(NORTHWIND, &form).await;
        reply.body["access_token"].as_str().expect("a token").to_owned()
    }

    pub(super) fn graph(&self, method: &str, path: &str, token: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        self.http
            .request(method, format!("{}/v1.0{path}", self.world.graph_url()))
            .bearer_auth(token)
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Reply {
        read(self.graph("GET", path, token)).await.expect("an answer")
    }

    pub(super) fn patch(&self, user: &str, password: &str, token: &str) -> reqwest::RequestBuilder {
        let body = json!({"passwordProfile": {"password": password, "forceChangePasswordNextSignIn": true}});
        self.graph("PATCH", &format!("/users/{user}"), token).json(&body)
    }

    pub(super) fn id(&self, name: &str) -> String {
        self.world.directory_user(name).expect(name).id
    }

    pub(super) fn messages(&self) -> String {
        format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", self.world.twilio_url())
    }

    pub(super) fn text(&self, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.http.post(self.messages()).basic_auth(ACCOUNT, Some(AUTH_TOKEN)).form(form)
    }
}
