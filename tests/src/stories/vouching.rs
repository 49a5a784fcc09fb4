//! Somebody else vouches: off by default, a manager at Microsoft or a named approver, for this person,
//! with a note, and only as long as all of that stays so.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::{ListAsk, Ticket};
use shared::ContactId;
use uuid::Uuid;

use data_encoding::BASE64URL_NOPAD;
use server::seal::derive;

use crate::desk::{Desk, Reply};
use crate::world::{World, until};

const GRETA: &str = "greta.lead@northwind.example";
const GRETA_PHONE: &str = "+12065550153";
const HUGO: &str = "hugo.report@northwind.example";
const NOTE: &str = "Hugo lost his phone; Greta is on the line too";

/// Hugo calls, and Greta is his manager.
struct Line {
    world: World,
    desk: Desk,
    hugo: Ticket,
    greta: ContactId,
}

impl Line {
    async fn new(policy: Value) -> Self {
        let world = World::import(|sample| {
            let mut sample: Value = serde_json::from_str(&sample).unwrap();
            sample["account"]["policy"] = policy;
            sample.to_string()
        })
        .await;
        let desk = world.desk().await;
        let hugo = world.ticket("48250").await;
        let greta = world.ticket("48249").await.contact;
        Self { world, desk, hugo, greta }
    }

    async fn send(&self, voucher: ContactId, note: &str) -> Reply {
        let ask = json!({
            "contact": self.hugo.contact, "ticket": self.hugo.id,
            "destination": "microsoft-mobile", "channel": "sms-link",
            "vouching": { "voucher": voucher, "note": note },
        });
        self.desk.call(Method::POST, "/api/verifications", Some(ask)).await
    }

    /// Greta opens the link that she got, and enters what the technician says.
    async fn vouched(&self) {
        let before = self.world.outside.texts(GRETA_PHONE).len();
        let sent = self.send(self.greta, NOTE).await;
        assert_eq!(sent.status, 201, "{:?}", sent.body);
        let text = self.world.outside.wait_for_text(GRETA_PHONE, before + 1).await.unwrap();
        let token = text.body.split_once("/v#").unwrap().1.split(' ').next().unwrap();
        let token = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        let said = sent.body["say"].as_str().unwrap();
        let (id, proof) = (derive::<16>(&token, "verify id"), derive::<32>(&token, "verify proof"));
        let answered = self.world.app.verifications.answer_link(&id, &proof, said, |_| true).await;
        assert!(answered.is_ok());
    }

    async fn preflight(&self) -> Value {
        self.desk.preflight(self.hugo.contact, Some(self.hugo.id)).await.body
    }

    async fn refused(&self, code: &str) {
        let shown = self.preflight().await;
        assert_eq!(shown["findings"][0]["code"], code, "{shown:?}");
        let here = Some(self.hugo.id);
        let click = self.desk.reset(Uuid::from_u128(9), self.hugo.contact, here, "x").await;
        assert_eq!(click.code(), code, "{:?}", click.body);
    }
}

#[tokio::test]
async fn a_manager_vouches_and_it_is_on_the_record() {
    let line = Line::new(json!({ "vouching": true })).await;
    let state = async || line.desk.state(line.hugo.contact, Some(line.hugo.id)).await.body;
    until("her shields are known", async || {
        state().await["vouchers"][0]["shields"].as_array().is_some_and(|it| !it.is_empty())
    })
    .await;
    assert_eq!(state().await["vouchers"][0]["name"], "Greta Lead");
    line.vouched().await;
    let seen = state().await;
    let phone = |shields: &Value| {
        let shields = shields.as_array().unwrap();
        let found = shields.iter().find(|it| it["key"] == "microsoft-mobile").unwrap();
        found["state"]["is"].clone()
    };
    assert_eq!(phone(&seen["vouchers"][0]["shields"]), "verified", "{seen:?}");
    assert_eq!(phone(&seen["shields"]), "grey", "hers is not his");
    assert_eq!(seen["history"][0]["voucher"], format!("Greta Lead ({NOTE})"));
    assert!(seen["blocked"].is_null(), "{seen:?}");

    let shown = line.preflight().await;
    assert_eq!((&shown["findings"], &shown["factor"]), (&json!([]), &"two".into()), "{shown:?}");
    let sealed = shown["sealed"].as_str().unwrap();
    let here = Some(line.hugo.id);
    let done = line.desk.reset(Uuid::from_u128(1), line.hugo.contact, here, sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    line.world.settle_in_time().await;
    let notes = line.world.notes(line.hugo.id).await.join("\n");
    for says in [&format!("Greta Lead vouches for them: {NOTE}"), "Greta Lead vouched for them"] {
        assert!(notes.contains(says), "{says}: {notes}");
    }
    line.world.end().await;
}

#[tokio::test]
async fn who_may_not_vouch_gets_no_code() {
    let line = Line::new(json!({})).await;
    assert_eq!(line.send(line.greta, NOTE).await.code(), "vouching-off");
    let state = line.desk.state(line.hugo.contact, Some(line.hugo.id)).await.body;
    assert!(state["vouchers"].is_null(), "{state:?}");
    line.world.end().await;

    let line = Line::new(json!({ "vouching": true })).await;
    // A code says nothing of whom it is for: only the page and a push do.
    let ask = json!({
        "contact": line.hugo.contact, "ticket": line.hugo.id,
        "destination": "microsoft-mobile", "channel": "sms-code",
        "vouching": { "voucher": line.greta, "note": NOTE },
    });
    let code = line.desk.call(Method::POST, "/api/verifications", Some(ask)).await;
    assert_eq!(code.code(), "channel-unavailable");
    assert_eq!(line.send(line.greta, "  ").await.code(), "note-missing");
    assert_eq!(line.send(line.greta, &"x".repeat(600)).await.code(), "too-large");
    let ada = line.world.ticket("48213").await.contact;
    assert_eq!(line.send(ada, NOTE).await.code(), "voucher-unfit", "no manager of his");
    assert_eq!(line.send(line.hugo.contact, NOTE).await.code(), "voucher-unfit", "himself");
    let paula = line
        .world
        .app
        .store
        .contacts(line.world.account, &ListAsk::search("Paula", 1))
        .await
        .unwrap()
        .rows;
    assert_eq!(line.send(paula[0].id, NOTE).await.code(), "voucher-unfit", "another customer");
    assert_eq!(line.send(ContactId(Uuid::nil()), NOTE).await.status, 404);
    assert!(line.world.outside.texts(GRETA_PHONE).is_empty());
    line.world.end().await;
}

#[tokio::test]
async fn a_word_that_no_longer_counts_refuses_the_click() {
    let line = Line::new(json!({ "vouching": true })).await;
    let outside = &line.world.outside;
    line.vouched().await;
    outside.edit_user(HUGO, |hugo| hugo.manager = None);
    line.refused("voucher-unfit").await;
    let greta = outside.directory_user(GRETA).unwrap();
    outside.edit_user(GRETA, |greta| greta.enabled = false);
    line.refused("voucher-unfit").await;
    outside.edit_user(GRETA, |greta| greta.enabled = true);
    outside.edit_user(HUGO, |hugo| hugo.manager = Some(greta.id.clone()));
    outside.edit_user(GRETA, |greta| greta.phones[0].number = "+1 2065550199".into());
    line.refused("verification-void").await;
    outside.edit_user(GRETA, |it| it.phones = greta.phones.clone());
    let account = [line.world.account.0];
    let card = |phones: &'static str| line.world.app.store.seed(phones, &account);
    card(
        "update contacts set phones = '[\"+1 206 555 0188\"]'
         where account = $1 and name = 'Greta Lead'",
    )
    .await;
    line.refused("verification-void").await;
    card("update contacts set phones = '[]' where account = $1 and name = 'Greta Lead'").await;
    assert_eq!(line.preflight().await["findings"], json!([]));
    // The policy is what it is at the click.
    card("delete from policies where account = $1").await;
    line.refused("vouching-off").await;
    line.world.end().await;
}

/// For one person: what Greta said of Hugo says nothing of Ada.
#[tokio::test]
async fn it_is_for_this_person_only() {
    let line = Line::new(json!({ "vouching": true })).await;
    line.vouched().await;
    let ada = line.world.ticket("48213").await;
    let shown = line.desk.preflight(ada.contact, Some(ada.id)).await;
    assert_eq!(shown.body["findings"][0]["code"], "not-verified");
    let hers = line.world.ticket("48249").await;
    let shown = line.desk.preflight(hers.contact, Some(hers.id)).await;
    assert_eq!(shown.body["findings"][0]["code"], "not-verified", "nor of herself");
    line.world.end().await;
}
