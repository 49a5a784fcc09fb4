//! Somebody holds back the end of a request, and is not who they were when it goes on.

use serde_json::json;
use server::api_keys::{KeyAsk, Scope};
use server::sign_in::session;
use server::store::{ListAsk, SessionKind};
use shared::ResetId;
use uuid::Uuid;

use crate::race::rush::{Answer, Request, hold};
use crate::world::{EMAIL, World};

const ADA_PHONE: &str = "+12065550123";

/// What is said to a request whose last byte comes after something else has happened.
async fn held(request: Request, meanwhile: impl AsyncFnOnce()) -> Answer {
    let held = tokio::task::spawn_blocking(move || hold(&request)).await.unwrap();
    meanwhile().await;
    tokio::task::spawn_blocking(move || held.end()).await.unwrap()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_click_by_who_was_signed_out_or_may_not_any_more() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ada = world.ticket("48213").await;
    desk.verify(&world, &ada, ADA_PHONE).await;
    let sealed = desk.confirm(&ada).await;
    let click = |n| {
        let path = format!("/api/resets/{}", Uuid::from_u128(n));
        let ask = json!({ "contact": ada.contact, "ticket": ada.id, "sealed": sealed });
        Request::to_api(world.address, "PUT", &path, &desk.bearer, ask.to_string())
    };
    let tess = [world.session(EMAIL).await.technician.id.0];
    let store = &world.app.store;
    let answer = held(click(1), async || {
        store.seed("update technicians set may_reset = false where id = $1", &tess).await;
    })
    .await;
    assert_eq!(code(&answer), (403, "forbidden".to_owned()));
    store.seed("update technicians set may_reset = true where id = $1", &tess).await;
    let answer = held(click(2), async || {
        let cookie = desk.cookie.split_once('=').unwrap().1;
        let web = session::look_up(&world.app, cookie, SessionKind::Half).await.unwrap().unwrap();
        store.end_session(world.account, world.now(), &web.id, None).await.unwrap();
    })
    .await;
    assert_eq!(code(&answer), (401, "not-signed-in".to_owned()));
    for n in [1, 2] {
        let id = ResetId(Uuid::from_u128(n));
        assert!(store.reset(world.account, id).await.unwrap().is_none());
    }
    world.end().await;
}

#[tokio::test]
async fn a_setting_by_who_is_no_admin_any_more() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ask = || {
        let body = json!({ "approve_everybody": false }).to_string();
        Request::to_page(world.address, "PUT", "/api/policy", &desk.cookie, body)
    };
    let tess = [world.session(EMAIL).await.technician.id.0];
    let before = held(ask(), async || {}).await;
    assert_ne!(before.status, 403, "{}", before.body);
    let answer = held(ask(), async || {
        let taken = "update technicians set role = 'technician' where id = $1";
        world.app.store.seed(taken, &tess).await;
    })
    .await;
    assert_eq!(code(&answer), (403, "forbidden".to_owned()));
    world.end().await;
}

#[tokio::test]
async fn contacts_by_a_key_that_was_revoked() {
    let world = World::new().await;
    let admin = world.session(EMAIL).await;
    let scopes = vec![Scope::ContactsWrite];
    let ask = KeyAsk { name: "HR".into(), scopes, days: 90 };
    let keys = &world.app.api_keys;
    let (key, id) = keys.make(&admin, &ask).await.unwrap_or_else(|_| panic!("no key"));
    let contacts = json!({ "contacts": [
        { "name": "Zebulon Newman", "email": "zebulon@northwind.example", "customer": "Northwind Dental" },
    ] });
    let body = contacts.to_string();
    let request =
        Request::to_api(world.address, "POST", "/api/v1/contacts", key.expose(), body.clone());
    let answer = held(request.clone(), async || {
        assert!(keys.revoke(&admin, id).await.is_ok());
    })
    .await;
    assert_eq!(code(&answer), (401, "not-signed-in".to_owned()), "{}", answer.body);
    let ask = ListAsk::search("Zebulon", 2);
    let found = world.app.store.contacts(world.account, &ask).await.unwrap().rows;
    let names: Vec<_> = found.into_iter().map(|it| it.name).collect();
    assert!(names.is_empty(), "{names:?}");
    world.end().await;
}
