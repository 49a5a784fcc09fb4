//! A reset that is asked of the API directly, with every kind of verification that must not do: each
//! is refused with its own code, nothing but reading has reached Microsoft, and a good verification
//! afterwards goes through.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::{Ending, ImportRow, ListAsk, Ticket};
use shared::{Code, TicketId, VerificationId};
use simulator::Company;
use uuid::Uuid;

use crate::desk::{Desk, Reply, code_in};
use crate::world::{COLLEAGUE, EMAIL, World};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const BEN_PHONE: &str = "+12065550124";
/// On Ada's card only.
const CARD_PHONE: &str = "+12065550177";

struct Case {
    world: World,
    desk: Desk,
    ada: Ticket,
    clicks: u128,
}

impl Case {
    async fn new() -> Self {
        let world = World::new().await;
        let desk = world.desk().await;
        let ada = world.ticket("48213").await;
        Self { world, desk, ada, clicks: 0 }
    }

    /// Sends by this way to this destination of Ada, and gives the verification.
    async fn send(&self, desk: &Desk, ticket: Option<TicketId>, way: (&str, &str)) -> Value {
        let ask = json!({
            "contact": self.ada.contact, "ticket": ticket, "destination": way.0, "channel": way.1,
        });
        let sent = desk.call(Method::POST, "/api/verifications", Some(ask)).await;
        assert_eq!(sent.status, 201, "{:?}", sent.body);
        sent.body
    }

    /// A code by text to this phone, read out and typed.
    async fn verified_by_text(
        &self,
        desk: &Desk,
        ticket: Option<TicketId>,
        (destination, phone): (&str, &str),
    ) {
        let before = self.world.outside.texts(phone).len();
        let sent = self.send(desk, ticket, (destination, "sms-code")).await;
        let text = self.world.outside.wait_for_text(phone, before + 1).await.unwrap();
        self.answered(desk, &sent, &code_in(&text.body)).await;
    }

    async fn answered(&self, desk: &Desk, sent: &Value, code: &str) {
        let answered = desk.answer(sent["id"].as_str().unwrap(), code).await;
        assert_eq!(answered.body["outcome"], "verified", "{:?}", answered.body);
    }

    async fn ended(&self, sent: &Value, ending: Ending) {
        let id: VerificationId = sent["id"].as_str().unwrap().parse().unwrap();
        let store = &self.world.app.store;
        let known = store.verification(self.world.account, id).await.unwrap().unwrap();
        let ended = store.end_verification(&known, ending, self.world.now()).await.unwrap();
        assert!(ended.is_some());
    }

    /// The click by itself, without any confirmation.
    async fn click(&mut self, ticket: Option<TicketId>) -> Reply {
        self.clicks += 1;
        let id = Uuid::from_u128(self.clicks);
        self.desk.reset(id, self.ada.contact, ticket, "nothing").await
    }

    /// It is refused with this code, in the ticket or without one, and leaves no trace. What was
    /// verified is forgotten, for the next case.
    async fn refuses(&mut self, case: &str, ticket: Option<TicketId>, code: Code) {
        let clicked = self.click(ticket).await;
        assert_eq!(clicked.code(), code.as_str(), "{case}: {:?}", clicked.body);
        assert_eq!(clicked.status, code.status(), "{case}");
        let shown = self.desk.preflight(self.ada.contact, ticket).await;
        assert_eq!(shown.body["findings"][0]["code"], code.as_str(), "{case}: {:?}", shown.body);
        assert!(shown.body["sealed"].is_null(), "{case}");
        let looked = self.desk.look(Uuid::from_u128(self.clicks)).await;
        assert_eq!(looked.status, 404, "{case}: a trace of it");
        let acts = self.world.outside.requests();
        let acts = acts.iter().filter(|it| it.company == Company::Graph && it.method != "GET");
        assert_eq!(acts.count(), 0, "{case}");
        self.forget().await;
    }

    async fn forget(&self) {
        for statement in [
            "delete from outbox where account = $1 and verification is not null",
            "delete from verifications where account = $1",
            "delete from limits where account = $1",
        ] {
            self.seed(statement).await;
        }
    }

    async fn seed(&self, statement: &'static str) {
        self.world.app.store.seed(statement, &[self.world.account.0]).await;
    }

    /// A good verification afterwards is confirmed: only the verification was wrong.
    async fn good(&self) {
        self.desk.verify(&self.world, &self.ada, ADA_PHONE).await;
        self.desk.confirm(&self.ada).await;
        self.forget().await;
    }
}

const TO_MICROSOFT: (&str, &str) = ("microsoft-mobile", ADA_PHONE);

#[tokio::test]
async fn one_that_never_succeeded() {
    let mut case = Case::new().await;
    let here = Some(case.ada.id);
    case.refuses("none", here, Code::NotVerified).await;
    let desk = case.desk.clone();
    case.send(&desk, here, ("microsoft-mobile", "sms-code")).await;
    case.refuses("pending", here, Code::NotVerified).await;
    let sent = case.send(&desk, here, ("microsoft-mobile", "sms-link")).await;
    case.ended(&sent, Ending::Denied).await;
    case.refuses("denied", here, Code::NotVerified).await;
    let sent = case.send(&desk, here, ("microsoft-mobile", "sms-code")).await;
    for wrong in ["000000", "000001", "000002", "000003", "000004"] {
        let told = desk.answer(sent["id"].as_str().unwrap(), wrong).await;
        assert!(["code-wrong", "code-tries-spent"].contains(&told.code()), "{:?}", told.body);
    }
    case.refuses("tries spent", here, Code::NotVerified).await;
    let sent = case.send(&desk, here, ("microsoft-mobile", "sms-code")).await;
    case.world.pass(5 * 60_000);
    let late = desk.answer(sent["id"].as_str().unwrap(), "123456").await;
    assert_eq!(late.code(), "code-expired");
    case.refuses("expired", here, Code::NotVerified).await;
    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    case.world.pass(15 * 60_000);
    case.desk = case.world.desk().await;
    case.refuses("too old", here, Code::VerificationStale).await;
    case.good().await;
    case.world.end().await;
}

#[tokio::test]
async fn somebody_elses() {
    let mut case = Case::new().await;
    let desk = case.desk.clone();
    let here = Some(case.ada.id);

    let ben = case.world.ticket("48214").await;
    desk.verify(&case.world, &ben, BEN_PHONE).await;
    case.refuses("another contact's", here, Code::NotVerified).await;

    // The same person with the same phone, at another MSP.
    let stranger = case.world.stranger_account().await;
    let theirs = case
        .world
        .app
        .store
        .tickets(stranger, &ListAsk::search("48213", 2))
        .await
        .unwrap()
        .rows
        .remove(0);
    let other = EMAIL.replace("@brightline.example", "@other-msp.example");
    let other = Desk::sign_in_as(&case.world, &other).await;
    other.verify(&case.world, &theirs, ADA_PHONE).await;
    case.refuses("another account's", here, Code::NotVerified).await;
    for path in ["/api/verifications", "/api/approvals"] {
        let ask = match path {
            "/api/approvals" => json!({ "contact": theirs.contact, "ticket": theirs.id }),
            _ => json!({
                "contact": theirs.contact, "ticket": theirs.id,
                "destination": "microsoft-mobile", "channel": "sms-code",
            }),
        };
        assert_eq!(desk.call(Method::POST, path, Some(ask)).await.status, 404, "{path}");
    }

    let second = TicketId(Uuid::from_u128(77));
    let store = &case.world.app.store;
    let contact = store.contact(case.world.account, case.ada.contact).await.unwrap().unwrap();
    let new = ImportRow::Ticket {
        id: second,
        customer: contact.customer,
        contact: contact.id,
        number: "99001".into(),
        summary: "Another one".into(),
        created_at: case.world.now(),
    };
    store.import(case.world.account, case.world.now(), &[new]).await.unwrap();
    case.verified_by_text(&desk, Some(second), TO_MICROSOFT).await;
    case.refuses("another ticket's", here, Code::VerificationElsewhere).await;

    // In a ticket a colleague may go on; without one nobody may.
    let cole = Desk::sign_in_as(&case.world, COLLEAGUE).await;
    case.verified_by_text(&cole, None, TO_MICROSOFT).await;
    case.refuses("another technician's", None, Code::VerificationElsewhere).await;
    // A code that a colleague sent is not ours to answer, nor to be told of.
    let sent = case.send(&cole, here, ("microsoft-mobile", "sms-code")).await;
    assert_eq!(desk.answer(sent["id"].as_str().unwrap(), "123456").await.status, 404);
    case.forget().await;
    case.good().await;
    case.world.end().await;
}

#[tokio::test]
async fn one_that_is_not_accepted() {
    let mut case = Case::new().await;
    let desk = case.desk.clone();
    let here = Some(case.ada.id);

    let sent = case.send(&desk, here, ("microsoft-mail", "email-code")).await;
    let mail = case.world.outside.wait_for_mail(ADA, 1).await.unwrap();
    case.answered(&desk, &sent, &code_in(&mail.text)).await;
    case.refuses("a method", here, Code::VerificationNotAccepted).await;

    case.verified_by_text(&desk, here, ("card-phone-1", CARD_PHONE)).await;
    case.refuses("a destination", here, Code::VerificationNotAccepted).await;

    case.good().await;
    case.world.end().await;
}

#[tokio::test]
async fn one_that_something_has_changed_since() {
    let mut case = Case::new().await;
    let desk = case.desk.clone();
    let here = Some(case.ada.id);

    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    case.seed(
        "update contacts set email = 'a.park@northwind.example'
         where account = $1 and name = 'Ada Park'",
    )
    .await;
    case.refuses("another address of the same person", here, Code::VerificationVoid).await;
    case.seed(
        "update contacts set email = 'ada.park@northwind.example'
         where account = $1 and name = 'Ada Park'",
    )
    .await;

    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    case.seed(
        "update contacts set phones = '[\"+1 206 555 0199\"]'
         where account = $1 and name = 'Ada Park'",
    )
    .await;
    // It shows as well, before anybody confirms anything.
    let shown = desk.preflight(case.ada.contact, here).await;
    let warned: Vec<&str> = shown.body["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(warned, ["numbers-differ", "number-changed"], "{:?}", shown.body);
    case.refuses("another number on the card", here, Code::VerificationVoid).await;
    case.seed(
        "update contacts set phones = '[\"+1 206 555 0123\", \"+1 206 555 0177\"]'
         where account = $1 and name = 'Ada Park'",
    )
    .await;

    // The address is somebody else's now: the contact's directory user is another.
    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    let outside = &case.world.outside;
    outside.edit_user(ADA, |ada| {
        ada.upn = "ada.old@northwind.example".into();
        ada.mail = Some("ada.old@northwind.example".into());
        ada.aliases.clear();
    });
    outside.edit_user("ben.ortiz@northwind.example", |ben| ben.aliases.push(ADA.into()));
    case.refuses("another directory user", here, Code::VerificationVoid).await;
    let outside = &case.world.outside;
    outside.edit_user("ben.ortiz@northwind.example", |ben| ben.aliases.clear());
    outside.edit_user("ada.old@northwind.example", |ada| {
        ada.upn = ADA.into();
        ada.mail = Some(ADA.into());
    });

    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    case.world.outside.edit_user(ADA, |ada| ada.phones[0].number = "+1 2065550166".into());
    case.refuses("another registered phone", here, Code::VerificationVoid).await;
    case.world.end().await;
}

#[tokio::test]
async fn one_that_was_used() {
    let mut case = Case::new().await;
    let (desk, here) = (case.desk.clone(), Some(case.ada.id));
    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    let sealed = desk.confirm(&case.ada).await;
    let done = desk.reset(Uuid::from_u128(500), case.ada.contact, here, &sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    case.world.settle_in_time().await;
    let clicked = case.click(here).await;
    assert_eq!(clicked.code(), "verification-used", "{:?}", clicked.body);
    let again = desk.reset(Uuid::from_u128(501), case.ada.contact, here, &sealed).await;
    assert_eq!(again.code(), "verification-used", "with what was confirmed for the first");
    case.world.end().await;
}

/// Executives, finance, IT: neither the same number nor anything else does without a second pair of
/// eyes.
#[tokio::test]
async fn one_factor_for_a_protected_group() {
    let world = World::import(|sample| {
        let all_staff = "0f087b92-026b-418f-a39d-f3596ce324e0";
        let mut sample: Value = serde_json::from_str(&sample).unwrap();
        sample["account"]["policy"] = json!({ "protected_groups": [all_staff] });
        sample.to_string()
    })
    .await;
    let desk = world.desk().await;
    let ada = world.ticket("48213").await;
    let mut case = Case { world, desk: desk.clone(), ada, clicks: 0 };
    let here = Some(case.ada.id);
    case.verified_by_text(&desk, here, TO_MICROSOFT).await;
    let shown = desk.preflight(case.ada.contact, here).await;
    let codes: Vec<&str> = shown.body["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["same-number", "approval-needed"]);
    case.refuses("the same number for a protected group", here, Code::SameNumber).await;
    case.world.end().await;
}
