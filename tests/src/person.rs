//! The end user's phone, without a browser: what the reveal page's script does.

use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use reqwest::Client;
use serde_json::{Value, json};
use server::secret::LinkToken;
use server::share::derive;
use zeroize::Zeroizing;

use crate::desk::{Reply, client};
use crate::race::rush::{Answer, Request};
use crate::world::World;

/// A phone with a link.
pub(crate) struct Person {
    client: Client,
    /// Of the server that answers, whatever the link says: as behind a load balancer.
    address: SocketAddr,
    origin: String,
    pub(crate) token: [u8; 16],
    pub(crate) nonce: [u8; 16],
}

impl Person {
    /// Who got this text. Each person has a nonce of their own, as each browser tab does.
    pub(crate) fn with(world: &World, text: &str) -> Self {
        let origin = &world.app.settings.share.origin;
        assert!(text.contains(&format!(" {origin}/s#")), "another origin in: {text}");
        Self::at(world.address, text)
    }

    /// The same, where the server is another program.
    pub(crate) fn at(address: SocketAddr, text: &str) -> Self {
        let link = text
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .unwrap_or_else(|| panic!("no link in: {text}"));
        let (origin, token) = link.split_once("/s#").unwrap();
        let token = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        Self {
            client: client(address),
            address,
            origin: origin.to_owned(),
            token: token.try_into().unwrap(),
            nonce: *server::random::bytes::<16>(),
        }
    }

    /// The same link on another device.
    pub(crate) fn another_device(&self) -> Self {
        Self {
            client: self.client.clone(),
            address: self.address,
            origin: self.origin.clone(),
            token: self.token,
            nonce: *server::random::bytes::<16>(),
        }
    }

    /// The same link at another host of ours.
    pub(crate) fn elsewhere(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.another_device() }
    }

    /// The same device with a link that was never sent.
    pub(crate) fn with_made_up_link(&self) -> Self {
        Self { token: [7; 16], ..self.another_device() }
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        let host = self.origin.split_once("://").unwrap().1;
        let response = self
            .client
            .post(format!("http://{}{path}", self.address))
            .header("host", host)
            .header("origin", &self.origin)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    /// What everybody's share host says, as it comes over the wire.
    pub(crate) async fn raw(&self, path: &'static str, body: Value) -> Answer {
        let to = self.address;
        let request = Request::to_share(to, "POST", path, body.to_string());
        // It blocks, and the server runs on this thread.
        tokio::task::spawn_blocking(move || request.send()).await.unwrap()
    }

    pub(crate) async fn raw_look(&self) -> Answer {
        self.raw("/s/look", json!({"id": self.look_id()})).await
    }

    pub(crate) async fn raw_open(&self, code: Option<&str>) -> Answer {
        self.raw("/s/open", self.ask(code)).await
    }

    pub(crate) async fn look(&self) -> Reply {
        self.post("/s/look", json!({"id": self.look_id()})).await
    }

    /// What a look asks for.
    pub(crate) fn look_id(&self) -> String {
        let derived = derive(&LinkToken::new(Zeroizing::new(self.token)));
        BASE64URL_NOPAD.encode(&derived.id)
    }

    pub(crate) async fn open(&self, code: Option<&str>) -> Reply {
        self.post("/s/open", self.ask(code)).await
    }

    /// What an opening asks for.
    pub(crate) fn ask(&self, code: Option<&str>) -> Value {
        let derived = derive(&LinkToken::new(Zeroizing::new(self.token)));
        self.open_ask(&derived.id, derived.proof(), code)
    }

    /// With an id and a proof from anywhere.
    pub(crate) async fn open_with(&self, id: &[u8], proof: &[u8], code: Option<&str>) -> Reply {
        self.post("/s/open", self.open_ask(id, proof, code)).await
    }

    fn open_ask(&self, id: &[u8], proof: &[u8], code: Option<&str>) -> Value {
        let mut ask = json!({
            "id": BASE64URL_NOPAD.encode(id),
            "proof": BASE64URL_NOPAD.encode(proof),
            "nonce": BASE64URL_NOPAD.encode(&self.nonce),
        });
        if let Some(code) = code {
            ask["code"] = code.into();
        }
        ask
    }

    /// Opens the link and decrypts what came.
    pub(crate) async fn read(&self, code: Option<&str>) -> String {
        let opened = self.open(code).await;
        assert_eq!(opened.status, 200, "{:?}", opened.body);
        self.decrypt(&opened)
    }

    pub(crate) fn decrypt(&self, opened: &Reply) -> String {
        let sealed =
            BASE64URL_NOPAD.decode(opened.body["sealed"].as_str().unwrap().as_bytes()).unwrap();
        let derived = derive(&LinkToken::new(Zeroizing::new(self.token)));
        let clear = derived.decrypt(&sealed).unwrap();
        clear.expose().to_owned()
    }
}
