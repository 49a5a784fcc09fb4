//! Programs of an account, by their keys: they read what their scopes say, of their own account, and bring
//! contacts; a limit holds, and all of it is in the audit.

use reqwest::Method;
use serde_json::{Value, json};
use server::api_keys::{KeyAsk, Scope};
use uuid::Uuid;

use super::mail::reset;
use crate::desk::client;
use crate::world::{EMAIL, World, until};

const ADA_PHONE: &str = "+12065550123";
const DAY_MS: i64 = 24 * 60 * 60_000;

/// A program with its key.
struct Program {
    client: reqwest::Client,
    at: String,
    key: String,
    id: Uuid,
}

impl Program {
    async fn new(world: &World, scopes: &[Scope]) -> Self {
        let ask = KeyAsk { name: "SIEM".into(), scopes: scopes.to_vec(), days: 90 };
        let made = world.app.api_keys.make(&world.session(EMAIL).await, &ask).await;
        let (key, id) = made.unwrap_or_else(|_| panic!("no key"));
        let at = format!("{}/api/v1", world.app.settings.server.origin);
        Self { client: client(world.address), at, key: key.expose().to_owned(), id }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let request = self.client.request(method, format!("{}{path}", self.at));
        let request = request.bearer_auth(&self.key);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    async fn import(&self, contacts: Value) -> Value {
        let body = json!({ "contacts": contacts });
        let answer = self.call(Method::POST, "/contacts", Some(body)).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn problem(&self, path: &str) -> (u16, Value) {
        let answer = self.call(Method::GET, path, None).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn refused(&self, path: &str) -> (u16, String) {
        let (status, problem) = self.problem(path).await;
        (status, problem["code"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_program_reads_what_there_was_and_nothing_secret() {
    let world = World::new().await;
    let desk = world.desk().await;
    let program = Program::new(&world, &Scope::ALL).await;
    reset(&world, &desk, Uuid::from_u128(1)).await;
    world.settle_in_time().await;

    // A piece at a time, without a gap.
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let page = program.get(&format!("/audit?after={after}&limit=7")).await;
        let entries = page["entries"].as_array().unwrap();
        if entries.is_empty() {
            break;
        }
        seen.extend(entries.iter().map(|entry| entry["seq"].as_i64().unwrap()));
        after = page["next"].as_i64().unwrap();
    }
    let stored = world.app.store.audit(world.account).await.unwrap();
    assert_eq!(seen, stored.iter().map(|entry| entry.0).collect::<Vec<_>>());

    let resets = program.get("/resets").await;
    let one = &resets["resets"][0];
    assert_eq!((&one["stage"], &resets["next"]), (&json!("completed"), &Value::Null));
    assert!(one["applied_at"].is_i64() && one["phone"].as_str().unwrap().contains('•'), "{one}");
    let now = world.now().0 + 1;
    assert_eq!(program.get(&format!("/resets?since={now}")).await["resets"], json!([]));
    let verifications = program.get("/verifications?limit=1").await;
    let first = &verifications["verifications"][0];
    assert_eq!(first["outcome"], "verified");
    assert_eq!(first["used_by"], one["id"]);
    let cursor = verifications["next"].as_str().unwrap();
    let rest = program.get(&format!("/verifications?cursor={cursor}")).await;
    assert_eq!(rest["verifications"], json!([]));
    let health = program.get("/health").await;
    let kinds: Vec<_> =
        health["integrations"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    for kind in ["m365", "twilio"] {
        assert!(kinds.contains(&&json!(kind)), "{health}");
    }

    let all = format!("{resets}{verifications}{health}{}", program.get("/audit?limit=500").await);
    for secret in [ADA_PHONE, &ADA_PHONE[2..], program.key.as_str()] {
        assert!(!all.contains(secret), "{secret}");
    }
    // Reading is told once for each scope and hour.
    let used = stored.iter().filter(|(.., body)| body.contains("key-used")).count();
    assert_eq!(used, 1, "the audit was the first that it read");
    for (path, why) in [
        ("/audit?limit=0", "limit: 1 to 500"),
        ("/audit?limit=501", "limit: 1 to 500"),
        ("/resets?cursor=x", "what stood in `next`"),
        ("/resets?nonsense=1", "nonsense"),
        ("/resets?limit=many", "limit"),
    ] {
        let (status, problem) = program.problem(path).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad-request")), "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{path}: {problem}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_key_is_good_for_its_scopes_its_account_and_its_time() {
    let world = World::new().await;
    world.stranger_account().await;
    let program = Program::new(&world, &[Scope::AuditRead]).await;
    let forbidden = program.refused("/resets").await;
    assert_eq!(forbidden, (403, "forbidden".into()));
    let ours = program.get("/audit?limit=500").await;
    let stored = world.app.store.audit(world.account).await.unwrap();
    assert_eq!(ours["entries"].as_array().unwrap().len(), stored.len(), "and nobody else's");

    // Admins hear of its end, and then it is over.
    world.pass(76 * DAY_MS + 1);
    let warned =
        async || world.outside.mails(EMAIL).iter().any(|mail| mail.subject.contains("ends soon"));
    world.app.api_keys.warn(world.now()).await.unwrap();
    until("admins were warned", warned).await;
    until("admins heard that it was made", async || {
        let mails = world.outside.mails(EMAIL);
        mails.iter().any(|mail| mail.subject.starts_with("A key for a program was made"))
    })
    .await;
    program.get("/audit").await;
    world.pass(14 * DAY_MS);
    assert_eq!(program.refused("/audit").await, (401, "not-signed-in".into()));

    let other = Program::new(&world, &[Scope::AuditRead]).await;
    other.get("/audit").await;
    let admin = world.session(EMAIL).await;
    assert!(world.app.api_keys.revoke(&admin, other.id).await.is_ok());
    assert_eq!(other.refused("/audit").await, (401, "not-signed-in".into()));
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn a_key_may_call_so_often_and_is_told_when_to_come_again() {
    let world = World::new().await;
    let program = Program::new(&world, &[Scope::HealthRead]).await;
    for _ in 0..120 {
        program.get("/health").await;
    }
    let answer = program.call(Method::GET, "/health", None).await;
    assert_eq!(answer.status(), 429);
    let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["code"], wait), (&json!("too-many"), 60));
    // Another key has its own.
    Program::new(&world, &[Scope::HealthRead]).await.get("/health").await;
    world.pass(i64::from(wait) * 1000);
    program.get("/health").await;
    world.end().await;
}

#[tokio::test]
async fn contacts_come_in_row_by_row_and_the_same_again_changes_nothing() {
    let world = World::new().await;
    let program = Program::new(&world, &[Scope::ContactsWrite]).await;
    let contacts = json!([
        {"customer": "northwind dental", "external_id": "hr-1", "name": "Nia North",
            "email": "nia@northwind.example", "phones": ["+1 206 555 0177"]},
        {"customer": "Nobody Ltd", "name": "Nobody", "email": "nobody@nowhere.example"},
        {"customer": "Northwind Dental", "name": "", "email": "not an address"},
    ]);
    let view = program.import(contacts.clone()).await;
    let counts = |view: &Value| {
        ["added", "changed", "unchanged", "refused"].map(|name| view[name].as_i64().unwrap())
    };
    assert_eq!(counts(&view), [1, 0, 0, 2], "{view}");
    let fields = |row: usize| {
        let errors = view["rows"][row]["errors"].as_array().unwrap();
        errors.iter().map(|error| error["field"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((fields(1), fields(2)), (vec!["customer"], vec!["name", "email"]));
    assert_eq!(counts(&program.import(contacts).await), [0, 0, 1, 2]);
    let id = view["rows"][0]["contact"].as_str().unwrap().parse().map(shared::ContactId).unwrap();
    let contact = world.app.store.contact(world.account, id).await.unwrap().unwrap();
    assert_eq!((contact.name.as_str(), contact.phones.len()), ("Nia North", 1));

    // Another number: whoever is verified next is warned of it.
    let changed = json!([{"customer": "Northwind Dental", "external_id": "hr-1", "name": "Nia North",
        "email": "nia@northwind.example", "phones": ["+1 206 555 0178"]}]);
    assert_eq!(counts(&program.import(changed).await), [0, 1, 0, 0]);
    let desk = world.desk().await;
    let state = desk.state(id, None).await;
    let warnings = state.body["warnings"].to_string();
    assert!(warnings.contains("number-changed"), "{warnings}");
    let audit = world.app.store.audit(world.account).await.unwrap();
    let told: Vec<_> =
        audit.iter().filter(|(.., body)| body.contains("contacts-imported")).collect();
    assert_eq!(told.len(), 3);
    assert!(told[0].2.contains("1 new, 0 changed") && !told[0].2.contains("Nia"), "{}", told[0].2);

    for body in [json!({}), json!({"contacts": []}), json!({"contacts": [{"name": 1}]})] {
        let answer = program.call(Method::POST, "/contacts", Some(body)).await;
        assert_eq!(answer.status(), 400);
    }
    let row =
        json!({"customer": "Northwind Dental", "name": "Many", "email": "m@northwind.example"});
    let most = program.import(json!(vec![row.clone(); 500])).await;
    assert_eq!(counts(&most), [1, 0, 499, 0]);
    let answer =
        program.call(Method::POST, "/contacts", Some(json!({"contacts": vec![row; 501]}))).await;
    assert_eq!(answer.status(), 400);
    world.end().await;
}
