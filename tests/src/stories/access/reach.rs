//! A technician whose list of customers leaves one out asks for everything that is that customer's, by its
//! true id, and gets the answers that another account's technician gets, to the letter of their codes.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::{Approval, Limit};
use server::web::{Who, all_routes};
use shared::{ApprovalId, ContactId};

use super::callers::{Caller, Requests, requests};
use super::theirs::Ours;
use super::{code, site};
use crate::desk::client;
use crate::world::{EMAIL, World};

/// Tess asks a second technician for Ada.
async fn asked(world: &World, contact: ContactId) -> ApprovalId {
    let store = &world.app.store;
    let contact = store.contact(world.account, contact).await.unwrap().unwrap();
    let tess = store.technician_by_email(EMAIL).await.unwrap().unwrap();
    let id = ApprovalId(server::random::id(world.now()));
    let approval = Approval {
        id,
        account: world.account,
        customer: contact.customer,
        contact: contact.id,
        contact_name: contact.name,
        customer_name: contact.customer_name,
        ticket: None,
        ticket_number: None,
        directory_user: "ada".into(),
        asked_by: tess.id,
        asked_by_name: tess.name,
        asked_at: world.now(),
        expires_at: world.now().plus(60_000),
        approved: None,
        answered_by: None,
        answered_by_name: None,
        answered_at: None,
        used: false,
    };
    let limit = Limit { name: "asked".into(), most: 9, window_ms: 60_000 };
    store.ask_approval(&approval, &limit).await.unwrap().unwrap();
    id
}

/// Every way to name what is the customer's: a method, an address, and a body.
fn ways(ours: &Ours, approval: ApprovalId) -> Vec<(Method, String, Option<Value>)> {
    let (contact, ticket, reset) = (ours.contact, &ours.ticket, &ours.reset);
    let about = json!({ "contact": contact, "ticket": ticket });
    let whole = |more: Value| {
        let mut body = about.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Some(body)
    };
    let code = json!({ "channel": "sms-code", "destination": "microsoft-mobile" });
    let new = "00000000-0000-7000-8000-0000000000aa";
    let get = |path: String| (Method::GET, path, None);
    let post = |path: String, body| (Method::POST, path, body);
    vec![
        get(format!("/api/pod/state?contact={contact}")),
        get(format!("/api/pod/state?contact={contact}&ticket={ticket}")),
        get(format!("/api/preflight?contact={contact}")),
        get(format!("/api/preflight?contact={contact}&ticket={ticket}")),
        post("/api/verifications".into(), whole(code)),
        post(
            format!("/api/verifications/{}/answer", ours.verification),
            Some(json!({ "code": "123456" })),
        ),
        post("/api/approvals".into(), Some(about.clone())),
        post(format!("/api/approvals/{approval}/answer"), Some(json!({ "approve": true }))),
        (Method::PUT, format!("/api/resets/{new}"), whole(json!({ "sealed": "x" }))),
        (Method::PUT, format!("/api/resets/{reset}"), whole(json!({ "sealed": "x" }))),
        get(format!("/api/resets/{reset}")),
        get(format!("/api/resets/{reset}/phones")),
        post(format!("/api/resets/{reset}/resend"), None),
        post(format!("/api/resets/{reset}/resend"), Some(json!({ "sealed": "x" }))),
        post(format!("/api/resets/{reset}/give-up"), None),
    ]
}

/// Asks, and gives the status and the code.
async fn said(
    world: &World,
    (method, path, body): &(Method, String, Option<Value>),
    as_: &Requests,
) -> (u16, String) {
    let at = format!("http://app.localhost:{}{path}", world.address.port());
    let request = client(world.address).request(method.clone(), at).headers(as_.headers.clone());
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), code(answer).await)
}

#[tokio::test]
async fn what_is_of_another_customer_is_not_there() {
    let world = World::new().await;
    let ours = Ours::new(&world).await;
    let approval = asked(&world, ours.contact).await;
    let stranger = world.stranger_account().await;
    let narrow = requests(&world, world.account, Caller::Narrow).await;
    let narrow_pod = requests(&world, world.account, Caller::NarrowPod).await;
    let theirs = requests(&world, stranger, Caller::Technician).await;
    let their_pod = requests(&world, stranger, Caller::Pod).await;
    let colleague = requests(&world, world.account, Caller::Pod).await;
    let before = world.app.store.audit(world.account).await.unwrap().len();

    // Every route that names something in its path.
    let client = client(world.address);
    let mut looked = 0;
    for route in all_routes() {
        if !matches!(route.who, Who::Technician | Who::Person | Who::Pod) {
            continue;
        }
        let Some(path) = ours.path(&route) else { continue };
        let pairs = match route.who {
            Who::Pod => (&narrow_pod, &their_pod),
            _ => (&narrow, &theirs),
        };
        let at = site(&world, &route);
        let ask = async |as_| {
            let answer = super::ask(&client, &at, &route.method, &path, as_).await;
            (answer.status().as_u16(), code(answer).await)
        };
        let (narrow, theirs) = (ask(pairs.0).await, ask(pairs.1).await);
        assert_eq!(narrow, theirs, "{} {path}", route.method);
        assert!(route.method != Method::GET || narrow == (404, "not-found".into()), "{path}");
        looked += 1;
    }
    assert!(looked >= 9, "{looked}");

    // And every body and query that names it.
    for way in ways(&ours, approval) {
        let narrow = said(&world, &way, &narrow_pod).await;
        assert_eq!(narrow, (404, "not-found".into()), "{way:?}");
        assert_eq!(narrow, said(&world, &way, &their_pod).await, "{way:?}");
    }
    let answer = [("form", narrow.form.as_str()), ("answer", "approve")];
    let at = format!("http://app.localhost:{}", world.address.port());
    let request = client.post(format!("{at}/approvals/{approval}")).form(&answer);
    let request = request.headers(narrow.headers.clone()).header("accept", "application/json");
    assert_eq!(code(request.send().await.unwrap()).await, "not-found");
    for (path, there) in [
        ("/tickets", "48213"),
        ("/tickets?q=48213", "Outlook"),
        ("/contacts", "Ada Park"),
        ("/contacts?q=ada", "Park"),
        ("/contacts?customer=northwind", "Northwind Dental"),
        ("/contacts?state=not-verified", "Ada Park"),
        ("/approvals", "Ada Park"),
        (&format!("/tickets?open={}", ours.ticket), "Outlook"),
        (&format!("/contacts?open={}", ours.contact), "Ada Park"),
    ] {
        let request = client.get(format!("{at}{path}")).headers(narrow.headers.clone());
        let page = request.send().await.unwrap().text().await.unwrap();
        assert!(page.contains("</html>") && !page.contains(there), "{path}");
    }
    let after = world.app.store.audit(world.account).await.unwrap();
    assert_eq!(after.len(), before, "nothing happened: {after:?}");
    // It is the list that keeps them out: a colleague with all customers gets other answers.
    let state = &ways(&ours, approval)[1];
    assert_eq!(said(&world, state, &colleague).await.0, 200);
    world.end().await;
}
