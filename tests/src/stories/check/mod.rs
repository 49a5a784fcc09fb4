//! A verification by link: what goes out, who opens it, and what comes of that.

mod hosts;
mod look;
mod page;
mod robots;

use std::sync::Mutex;

use reqwest::Method;
use serde_json::{Value, json};
use server::seal::derive;
use shared::{Code, Outcome, VerificationId};

use crate::desk::{Desk, Reply, client};
use crate::page::Page;
use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const TEXT: (&str, &str) = ("microsoft-mobile", "sms-link");
const MAIL: (&str, &str) = ("microsoft-mail", "email-link");

/// A link on its way, and the two digits that its technician says.
pub(super) struct Asked {
    pub(super) desk: Desk,
    ticket: server::store::Ticket,
    pub(super) id: VerificationId,
    pub(super) say: String,
    pub(super) link: String,
    way: (&'static str, &'static str),
}

impl Asked {
    pub(super) async fn by_text(world: &World) -> Self {
        Self::by(world, world.desk().await, TEXT).await
    }

    /// From somebody who has signed in already, to Ada.
    async fn by(world: &World, desk: Desk, way: (&'static str, &'static str)) -> Self {
        let ticket = world.ticket("48213").await;
        let outside = &world.outside;
        let before = (outside.texts(ADA_PHONE).len(), outside.mails(ADA).len());
        let ask = json!({
            "contact": ticket.contact, "ticket": ticket.id, "destination": way.0, "channel": way.1,
        });
        let sent = desk.call(Method::POST, "/api/verifications", Some(ask)).await;
        let words = if way == TEXT {
            outside.wait_for_text(ADA_PHONE, before.0 + 1).await.unwrap().body
        } else {
            let mail = outside.wait_for_mail(ADA, before.1 + 1).await.unwrap();
            assert!(!mail.subject.contains("http"), "{}", mail.subject);
            mail.text
        };
        Self::of(desk, ticket, way, &sent, &words)
    }

    /// Greta, to whom Hugo reports, is asked for her word.
    async fn of_somebody_else(world: &World) -> Self {
        let desk = world.desk().await;
        let hugo = world.ticket("48250").await;
        let greta = world.ticket("48249").await.contact;
        let ask = json!({
            "contact": hugo.contact, "ticket": hugo.id, "destination": TEXT.0, "channel": TEXT.1,
            "vouching": { "voucher": greta, "note": "Hugo has lost his phone" },
        });
        let sent = desk.call(Method::POST, "/api/verifications", Some(ask)).await;
        let text = world.outside.wait_for_text("+12065550153", 1).await.unwrap().body;
        Self::of(desk, hugo, TEXT, &sent, &text)
    }

    fn of(
        desk: Desk,
        ticket: server::store::Ticket,
        way: (&'static str, &'static str),
        sent: &Reply,
        words: &str,
    ) -> Self {
        assert_eq!(sent.status, 201, "{:?}", sent.body);
        let link = super::reveal_page::link_in(words);
        let say = sent.body["say"].as_str().unwrap().to_owned();
        assert_eq!(say.len(), 2);
        let id = sent.body["id"].as_str().unwrap().parse().unwrap();
        assert!(link.contains("/v#"), "{link}");
        Self { desk, ticket, id, say, link, way }
    }

    fn token(&self) -> &str {
        self.link.split_once('#').unwrap().1
    }

    /// What the page's script derives from the link.
    fn keys(&self) -> (String, String) {
        let encode = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let token = data_encoding::BASE64URL_NOPAD.decode(self.token().as_bytes()).unwrap();
        let id = derive::<16>(&token, "verify id");
        let proof = derive::<32>(&token, "verify proof");
        (encode(id.as_ref()), encode(proof.as_ref()))
    }

    /// Digits that are not the right ones.
    fn wrong(&self) -> String {
        let other = |digit: char| if digit == '9' { '0' } else { '9' };
        self.say.chars().map(other).collect()
    }

    /// How its shield stands, for whoever looks.
    async fn shield_for(&self, desk: &Desk) -> Value {
        let found = Mutex::new(Value::Null);
        // Whose people Microsoft has to be asked about is not there at the first look each time.
        until("the shield is there", async || {
            let state = desk.state(self.ticket.contact, Some(self.ticket.id)).await.body;
            let mut shields = state["shields"].as_array().into_iter().flatten();
            let own = shields.find(|shield| shield["key"] == self.way.0);
            own.map(|shield| *found.lock().unwrap() = shield["state"].clone()).is_some()
        })
        .await;
        found.into_inner().unwrap()
    }

    async fn shield(&self) -> Value {
        self.shield_for(&self.desk).await
    }

    /// It is as it was: sent, not answered, with so many tries.
    async fn waits_with(&self, tries: u32) {
        let shield = self.shield().await;
        assert_eq!((&shield["is"], &shield["tries_left"]), (&json!("pending"), &json!(tries)));
    }

    async fn failed_with(&self, code: Code) {
        let shield = self.shield().await;
        assert_eq!(shield, json!({"is": "failed", "code": code.as_str()}));
    }

    /// As it stands in the database.
    async fn outcome(&self, world: &World) -> Outcome {
        let found = world.app.store.verification(world.account, self.id).await.unwrap();
        found.unwrap().outcome
    }

    /// As the page's script asks, at this origin.
    async fn ask_at(&self, world: &World, origin: &str, path: &str, body: Value) -> (u16, String) {
        let asked = client(world.address).post(format!("{origin}{path}")).json(&body);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn ask(&self, world: &World, path: &str, body: Value) -> (u16, String) {
        self.ask_at(world, &world.app.settings.share.origin, path, body).await
    }

    async fn look(&self, world: &World) -> (u16, String) {
        self.ask(world, "/v/look", json!({"id": self.keys().0})).await
    }

    async fn answer(&self, world: &World, digits: &str) -> (u16, String) {
        let (id, proof) = self.keys();
        self.ask(world, "/v/answer", json!({"id": id, "proof": proof, "digits": digits})).await
    }

    async fn deny(&self, world: &World) -> (u16, String) {
        let (id, proof) = self.keys();
        self.ask(world, "/v/deny", json!({"id": id, "proof": proof})).await
    }

    /// What anybody gets who asks for a link that never was.
    async fn never(&self, world: &World) -> (u16, String) {
        let never = self.ask(world, "/v/look", json!({"id": "A".repeat(22)})).await;
        assert_eq!(never.0, 410);
        assert!(never.1.contains("\"link-dead\""), "{}", never.1);
        never
    }
}

/// Opens the link as a person does, up to the question.
async fn asked_on(page: &Page, asked: &Asked) {
    page.go("about:blank").await;
    page.go(&asked.link).await;
    page.find("button", "Confirm").await;
}

/// Enters digits and sends them.
async fn enter(page: &Page, digits: &str) {
    page.fill("textbox", "Two digits", digits).await;
    page.click("button", "Confirm").await;
}

const DEAD: &str = "This link does not work any more";
