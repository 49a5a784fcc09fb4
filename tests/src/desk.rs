//! A technician's browser, without a browser: the calls that the pod makes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::app::App;
use server::sign_in::session::{Token, pod_token};
use server::store::{NewSession, Session, SessionKind};
use shared::{ContactId, Host, TicketId};
use uuid::Uuid;

use crate::world::{EMAIL, PASSWORD, World};

/// An answer: its status, and its body as JSON (null where there is none).
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Reply {
    /// The problem code, or an empty text.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// Every reply body that any desk or person got, to be searched for secrets.
pub(crate) type Heard = Arc<Mutex<String>>;

/// A client that finds `*.localhost` on the server's port, whatever the machine's resolver says.
pub(crate) fn client(address: SocketAddr) -> Client {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .resolve("app.localhost", address)
        .resolve("s.localhost", address)
        // Hosts of single accounts.
        .resolve("go.localhost", address)
        .resolve("help.localhost", address)
        .build()
        .unwrap()
}

/// A signed-in technician with a pod.
#[derive(Clone)]
pub(crate) struct Desk {
    client: Client,
    origin: String,
    pub(crate) cookie: String,
    pub(crate) bearer: String,
    pub(crate) heard: Heard,
}

impl Desk {
    pub(crate) async fn sign_in(world: &World) -> Self {
        Self::sign_in_as(world, EMAIL).await
    }

    pub(crate) async fn sign_in_as(world: &World, email: &str) -> Self {
        let mut desk = Self {
            client: client(world.address),
            origin: world.app.settings.server.origin.clone(),
            cookie: String::new(),
            bearer: String::new(),
            heard: Heard::default(),
        };
        let response = desk
            .client
            .post(format!("{}/api/session", desk.origin))
            .header("origin", &desk.origin)
            .json(&json!({
                "email": email, "password": PASSWORD, "code": world.authenticator(),
            }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), 200, "{}", response.text().await.unwrap());
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        desk.cookie = cookie.split(';').next().unwrap().to_owned();
        desk.renew().await;
        desk
    }

    /// The same browser, with nothing in its jar and no token: a frame that nobody has let in.
    pub(crate) fn nobody(&self) -> Self {
        Self { cookie: String::new(), bearer: String::new(), ..self.clone() }
    }

    /// A new pod token.
    pub(crate) async fn renew(&mut self) {
        let response = self
            .client
            .post(format!("{}/api/pod/token", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookie)
            .json(&json!({"host": "web"}))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let body: Value = response.json().await.unwrap();
        self.bearer = body["token"].as_str().unwrap().to_owned();
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request =
            self.client.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.bearer);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.hear(request).await
    }

    /// As one of our own pages asks: by the cookie, from our own origin.
    pub(crate) async fn own(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookie);
        self.hear(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// As our page in a frame asks: from our own origin, with the frame's cookie and token. What came, and
    /// the cookie that is to be kept.
    pub(crate) async fn as_frame(
        &self,
        path: &str,
        cookie: Option<&str>,
        body: &Value,
    ) -> (Reply, Option<String>) {
        let mut request = self
            .client
            .post(format!("{}{path}", self.origin))
            .header("origin", &self.origin)
            .json(body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        if !self.bearer.is_empty() {
            request = request.bearer_auth(&self.bearer);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let set = response.headers().get("set-cookie");
        let set = set.map(|set| set.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        (Reply { status, body }, set)
    }

    /// A file, as one of our own pages sends it.
    pub(crate) async fn own_file(&self, path: &str, file: Vec<u8>) -> Reply {
        let request = self
            .client
            .put(format!("{}{path}", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookie)
            .body(file);
        self.hear(request).await
    }

    /// One of our own pages.
    pub(crate) async fn page(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.origin));
        let response = request.header("cookie", &self.cookie).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// A form, as one of our own pages sends it; what came of it.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> u16 {
        self.form(path, fields).await.0
    }

    /// The same, with what came back.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let request = self.client.post(format!("{}{path}", self.origin));
        let request = request.header("origin", &self.origin).header("cookie", &self.cookie);
        let response = request.form(fields).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// The value of the form token in one of our own pages.
    pub(crate) async fn form_token(&self, path: &str) -> String {
        let page = self.page(path).await;
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    async fn hear(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        self.heard.lock().unwrap().push_str(&text);
        Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    pub(crate) async fn state(&self, contact: ContactId, ticket: Option<TicketId>) -> Reply {
        self.call(Method::GET, &format!("/api/pod/state?{}", subject(contact, ticket)), None).await
    }

    pub(crate) async fn send_code(
        &self,
        contact: ContactId,
        ticket: Option<TicketId>,
        destination: &str,
    ) -> Reply {
        let ask = json!({
            "contact": contact, "ticket": ticket, "destination": destination,
            "channel": "sms-code",
        });
        self.call(Method::POST, "/api/verifications", Some(ask)).await
    }

    pub(crate) async fn answer(&self, verification: &str, code: &str) -> Reply {
        let path = format!("/api/verifications/{verification}/answer");
        self.call(Method::POST, &path, Some(json!({ "code": code }))).await
    }

    pub(crate) async fn preflight(&self, contact: ContactId, ticket: Option<TicketId>) -> Reply {
        self.call(Method::GET, &format!("/api/preflight?{}", subject(contact, ticket)), None).await
    }

    pub(crate) async fn reset(
        &self,
        id: Uuid,
        contact: ContactId,
        ticket: Option<TicketId>,
        sealed: &str,
    ) -> Reply {
        let ask = json!({ "contact": contact, "ticket": ticket, "sealed": sealed });
        self.call(Method::PUT, &format!("/api/resets/{id}"), Some(ask)).await
    }

    pub(crate) async fn look(&self, id: Uuid) -> Reply {
        self.call(Method::GET, &format!("/api/resets/{id}"), None).await
    }

    pub(crate) async fn act(&self, id: Uuid, act: &str) -> Reply {
        self.call(Method::POST, &format!("/api/resets/{id}/{act}"), None).await
    }

    /// Where a new link may go.
    pub(crate) async fn phones(&self, id: Uuid) -> Reply {
        self.call(Method::GET, &format!("/api/resets/{id}/phones"), None).await
    }

    /// A new link to the phone that was chosen.
    pub(crate) async fn send_to(&self, id: Uuid, sealed: &str) -> Reply {
        let ask = json!({ "sealed": sealed });
        self.call(Method::POST, &format!("/api/resets/{id}/resend"), Some(ask)).await
    }

    /// Verifies the contact of a ticket by the phone that Microsoft has, as a good day goes.
    pub(crate) async fn verify(&self, world: &World, ticket: &server::store::Ticket, phone: &str) {
        self.verify_in(world, ticket.contact, Some(ticket.id), phone).await;
    }

    pub(crate) async fn verify_in(
        &self,
        world: &World,
        contact: ContactId,
        ticket: Option<TicketId>,
        phone: &str,
    ) {
        let before = world.outside.texts(phone).len();
        let sent = self.send_code(contact, ticket, "microsoft-mobile").await;
        assert_eq!(sent.status, 201, "{:?}", sent.body);
        let text = world.outside.wait_for_text(phone, before + 1).await.unwrap();
        let verification = sent.body["id"].as_str().unwrap();
        let answered = self.answer(verification, &code_in(&text.body)).await;
        assert_eq!(answered.status, 200, "{:?}", answered.body);
        assert_eq!(answered.body["outcome"], "verified");
    }

    /// Verifies and confirms: what a reset needs.
    pub(crate) async fn confirm(&self, ticket: &server::store::Ticket) -> String {
        let shown = self.preflight(ticket.contact, Some(ticket.id)).await;
        assert_eq!(shown.body["findings"], json!([]), "{:?}", shown.body);
        shown.body["sealed"].as_str().unwrap().to_owned()
    }
}

fn subject(contact: ContactId, ticket: Option<TicketId>) -> String {
    match ticket {
        Some(ticket) => format!("contact={contact}&ticket={ticket}"),
        None => format!("contact={contact}"),
    }
}

/// A pod's token for somebody who has just signed in, put straight into the database.
pub(crate) async fn bearer(app: &App, who: &Session) -> String {
    let web = Token::fresh();
    let id = web.hash(&app.keys, SessionKind::Web);
    let new = NewSession {
        id: &id,
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        technician: who.technician.id,
        second_factor_at: who.second_factor_at,
        expires_at: who.expires_at,
    };
    let (account, now) = (who.technician.account, app.clock.now());
    app.store.begin_session(account, now, &new, None).await.unwrap();
    let web = Session { id, kind: SessionKind::Web, ..who.clone() };
    let made = pod_token(app, &web, Host::Web).await;
    let (bearer, _) = made.unwrap_or_else(|_| panic!("no pod token"));
    bearer.expose().to_owned()
}

/// The six digits in a text.
pub(crate) fn code_in(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| part.len() == 6)
        .unwrap_or_else(|| panic!("no code in: {text}"))
        .to_owned()
}
