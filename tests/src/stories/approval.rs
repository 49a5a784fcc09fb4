//! A second technician: asked in the pod, answered in the pod or on the Approvals page, never by who
//! asked, and used by one reset.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::Ticket;
use uuid::Uuid;

use crate::desk::{Desk, Reply};
use crate::world::{COLLEAGUE, World, until};

const ADA_PHONE: &str = "+12065550123";
/// A group that Ada is in.
const ALL_STAFF: &str = "0f087b92-026b-418f-a39d-f3596ce324e0";

/// Tess has verified Ada, whose group is protected; Cole is at another desk.
struct Guarded {
    world: World,
    tess: Desk,
    cole: Desk,
    ada: Ticket,
}

impl Guarded {
    async fn new() -> Self {
        let world = World::import(|sample| {
            let mut sample: Value = serde_json::from_str(&sample).unwrap();
            sample["account"]["policy"] = json!({ "protected_groups": [ALL_STAFF] });
            sample.to_string()
        })
        .await;
        let tess = world.desk().await;
        let cole = Desk::sign_in_as(&world, COLLEAGUE).await;
        let ada = world.ticket("48213").await;
        tess.verify(&world, &ada, ADA_PHONE).await;
        Self { world, tess, cole, ada }
    }

    async fn ask(&self, desk: &Desk) -> Reply {
        let ask = json!({ "contact": self.ada.contact, "ticket": self.ada.id });
        desk.call(Method::POST, "/api/approvals", Some(ask)).await
    }

    async fn answer(&self, desk: &Desk, id: &Value, approve: bool) -> Reply {
        let path = format!("/api/approvals/{}/answer", id.as_str().unwrap());
        desk.call(Method::POST, &path, Some(json!({ "approve": approve }))).await
    }

    /// The codes of what stands in the way.
    async fn findings(&self, desk: &Desk) -> Vec<String> {
        let shown = desk.preflight(self.ada.contact, Some(self.ada.id)).await;
        let findings = shown.body["findings"].as_array().unwrap();
        findings.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    }

    async fn shown(&self, desk: &Desk) -> Value {
        desk.state(self.ada.contact, Some(self.ada.id)).await.body["approval"].clone()
    }
}

#[tokio::test]
async fn a_colleague_approves_and_the_reset_goes_through() {
    let it = Guarded::new().await;
    assert_eq!(it.findings(&it.tess).await, ["same-number", "approval-needed"]);
    assert!(it.shown(&it.tess).await.is_null());
    let asked = it.ask(&it.tess).await;
    assert_eq!((asked.status, &asked.body["state"]), (201, &"asked".into()), "{:?}", asked.body);
    let id = asked.body["id"].clone();
    assert_eq!(it.ask(&it.tess).await.body["id"], id, "asking twice asks once");
    assert_eq!(it.findings(&it.tess).await, ["same-number", "approval-awaited"]);

    // Who asked sees that somebody else has to answer; a colleague may.
    assert_eq!(it.shown(&it.tess).await["may_answer"], false);
    let seen = it.shown(&it.cole).await;
    assert_eq!((&seen["asked_by"], &seen["may_answer"]), (&"Tess Tanner".into(), &true.into()));
    let own = it.answer(&it.tess, &id, true).await;
    assert_eq!((own.status, own.code()), (403, "approval-own"));
    let given = it.answer(&it.cole, &id, true).await;
    assert_eq!((given.status, &given.body["state"]), (200, &"approved".into()), "{:?}", given.body);
    let twice = it.answer(&it.cole, &id, false).await;
    assert_eq!((twice.status, twice.code()), (410, "approval-over"));

    // Two people: whoever approved does not reset as well.
    assert_eq!(it.findings(&it.cole).await, ["same-number", "approval-needed"]);
    let shown = it.tess.preflight(it.ada.contact, Some(it.ada.id)).await;
    assert_eq!(shown.body["findings"], json!([]), "{:?}", shown.body);
    assert_eq!(shown.body["approved_by"], "Cole Carter");
    let sealed = shown.body["sealed"].as_str().unwrap();
    let here = Some(it.ada.id);
    let done = it.tess.reset(Uuid::from_u128(1), it.ada.contact, here, sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    it.world.settle_in_time().await;
    let notes = it.world.notes(it.ada.id).await.join("\n");
    assert!(notes.contains("Approved by Cole Carter."), "{notes}");

    // It was for one reset.
    it.tess.verify(&it.world, &it.ada, ADA_PHONE).await;
    assert_eq!(it.findings(&it.tess).await, ["same-number", "approval-needed"]);
    it.world.end().await;
}

#[tokio::test]
async fn a_no_and_no_answer_are_told_apart() {
    let mut it = Guarded::new().await;
    let id = it.ask(&it.tess).await.body["id"].clone();
    assert_eq!(it.answer(&it.cole, &id, false).await.body["state"], "refused");
    let shown = it.tess.preflight(it.ada.contact, Some(it.ada.id)).await;
    let told = &shown.body["findings"][1];
    assert_eq!(
        (&told["code"], &told["about"]),
        (&"approval-refused".into(), &"by Cole Carter".into())
    );
    let click = it.tess.reset(Uuid::from_u128(1), it.ada.contact, Some(it.ada.id), "x").await;
    assert_eq!(click.code(), "same-number");

    // Asking again is a new question, and nobody has answered it in time.
    it.world.pass(1_000);
    let again = it.ask(&it.tess).await;
    assert_ne!(again.body["id"], id);
    assert_eq!(again.body["state"], "asked");
    it.world.pass(30 * 60_000);
    it.tess = it.world.desk().await;
    it.cole = Desk::sign_in_as(&it.world, COLLEAGUE).await;
    assert_eq!(it.shown(&it.tess).await["state"], "expired");
    let late = it.answer(&it.cole, &again.body["id"], true).await;
    assert_eq!(late.code(), "approval-over");
    it.world.end().await;
}

#[tokio::test]
async fn who_may_not_reset_may_not_approve() {
    let it = Guarded::new().await;
    let id = it.ask(&it.tess).await.body["id"].clone();
    let stranger = it.world.stranger().await;
    assert_eq!(it.answer(&stranger, &id, true).await.status, 404);
    let store = &it.world.app.store;
    let cole = store.technician_by_email(COLLEAGUE).await.unwrap().unwrap();
    store.seed("update technicians set may_reset = false where id = $1", &[cole.id.0]).await;
    assert_eq!(it.shown(&it.cole).await["may_answer"], false);
    assert_eq!(it.answer(&it.cole, &id, true).await.code(), "forbidden");
    assert_eq!(it.ask(&it.cole).await.code(), "forbidden");
    store.seed("update technicians set may_reset = true where id = $1", &[cole.id.0]).await;
    assert_eq!(it.answer(&it.cole, &id, true).await.status, 200);
    it.world.end().await;
}

/// For those who have no ticket open.
#[tokio::test]
async fn it_is_answered_on_the_page_too() {
    let it = Guarded::new().await;
    it.ask(&it.tess).await;
    let own = it.tess.page("/approvals").await;
    assert!(own.contains("Password of Ada Park") && own.contains("somebody else has to answer"));
    assert!(!own.contains("value=\"approve\""), "{own}");
    let page = it.cole.page("/approvals").await;
    let between = |from: &str, to: &str| {
        let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("{page}"));
        rest.split_once(to).unwrap().0.to_owned()
    };
    let (action, form) = (between("action=\"/approvals/", "\""), between("form\" value=\"", "\""));
    let path = format!("/approvals/{action}");
    let forged = it.cole.post_form(&path, &[("form", "forged"), ("answer", "approve")]).await;
    assert_eq!(forged, 403);
    let odd = it.cole.post_form(&path, &[("form", &form), ("answer", "perhaps")]).await;
    assert_eq!(odd, 400);
    assert_eq!(it.cole.post_form(&path, &[("form", &form), ("answer", "approve")]).await, 303);
    until("it is approved", async || it.findings(&it.tess).await.is_empty()).await;
    assert!(it.cole.page("/approvals").await.contains("Nothing waits for you"));
    it.world.end().await;
}
