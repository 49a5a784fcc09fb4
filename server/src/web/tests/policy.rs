//! The policy in the settings and in the API, as a browser would send it, and as an attacker would.

use serde_json::{Value, json};
use shared::{Code, ContactId, CustomerId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, Answer, ORIGIN, World, cookie_line};
use crate::policy::Policy;
use crate::store::ImportRow;

const PAGE: &str = "/settings/policy";
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(30));
const CARL: ContactId = ContactId(Uuid::from_u128(40));

async fn world() -> (World, String) {
    let world = World::new().await;
    let store = &world.app.store;
    let insert = "insert into customers (id, account, name) values ($1, $2, 'Northwind <Dental>')";
    store.seed(insert, &[CUSTOMER.0, ACCOUNT.0]).await;
    let carl = ImportRow::Contact {
        id: CARL,
        customer: CUSTOMER,
        name: "Carl <Boss>".into(),
        email: "carl@nw.example".into(),
        phones: Vec::new(),
    };
    store.import(ACCOUNT, world.app.clock.now(), &[carl]).await.unwrap();
    let cookie = world.sign_in().await;
    (world, cookie)
}

impl World {
    async fn send(&self, method: &str, path: &str, cookie: &str, body: &Value) -> Answer {
        let headers =
            [&format!("origin: {ORIGIN}"), "content-type: application/json", &cookie_line(cookie)];
        self.ask(&format!("{method} {path}"), &headers, &body.to_string()).await
    }

    async fn policy_in_force(&self) -> Policy {
        self.app.store.policy(ACCOUNT, CUSTOMER).await.unwrap()
    }
}

fn read(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn each_field_comes_with_its_origin() {
    let (world, cookie) = world().await;
    let of_customer = format!("/api/customers/{CUSTOMER}/policy");
    let own = json!({"fresh_ms": 600_000, "code_tries": 3});
    let asked = json!({"version": null, "own": own});
    let account = read(&world.send("PUT", "/api/policy", &cookie, &asked).await);
    assert_eq!((&account["own"], &account["customer"]), (&own, &Value::Null));
    assert_eq!(account["fields"]["fresh_ms"], json!({"value": 600_000, "origin": "account"}));

    let own = json!({"fresh_ms": 300_000, "approvers": [CARL]});
    let asked = json!({"version": null, "own": own});
    let customer = read(&world.send("PUT", &of_customer, &cookie, &asked).await);
    assert_eq!((&customer["own"], &customer["customer"]), (&own, &json!(CUSTOMER)));
    for (field, value, origin) in [
        ("fresh_ms", json!(300_000), "customer"),
        ("code_tries", json!(3), "account"),
        ("approvers", json!([CARL]), "customer"),
        ("unlock", json!("same-number"), "default"),
    ] {
        assert_eq!(customer["fields"][field], json!({"value": value, "origin": origin}));
    }
    let held = customer["fields"].as_object().unwrap();
    assert_eq!(held.len(), crate::policy::fields::all().count());
    assert_eq!(world.policy_in_force().await.fresh_ms, 300_000);
    assert_eq!(read(&world.page(&of_customer, &cookie).await), customer);

    let deleted = world.send("DELETE", &of_customer, &cookie, &json!({})).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(world.policy_in_force().await.fresh_ms, 600_000);
    let acts = world.acts().await;
    assert!(acts.contains("fresh_ms: 15 minutes → 10 minutes; "), "{acts}");
    assert!(acts.contains("fresh_ms: 5 minutes → 10 minutes (taken over)"), "{acts}");
    assert!(!acts.contains("carl@") && !acts.contains("Boss"), "{acts}");
}

#[tokio::test]
async fn what_cannot_be_kept_is_named_by_field() {
    let (world, cookie) = world().await;
    let of_customer = format!("/api/customers/{CUSTOMER}/policy");
    let put = async |path: &str, own: Value| {
        world.send("PUT", path, &cookie, &json!({"version": null, "own": own})).await
    };
    for (path, own, field, says) in [
        ("/api/policy", json!({"typo": 1}), "typo", "no such field"),
        ("/api/policy", json!({"code_ms": 1}), "code_ms", "Between 1 and 10 minutes"),
        ("/api/policy", json!({"approvers": [CARL]}), "approvers", "at that customer"),
        ("/api/policy", json!({"methods": ["sms-code"]}), "reset_methods", "none of the ways"),
        (&of_customer, json!({"codes_per_account": 1}), "codes_per_account", "only the account"),
        (&of_customer, json!({"approvers": [ANN]}), "approvers", "no contact of this customer"),
    ] {
        let refused = put(path, own).await;
        assert_eq!((refused.status, refused.code()), (422, Code::InvalidFields));
        let told: Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(told["errors"][0]["field"], field, "{told}");
        assert!(told["errors"][0]["detail"].as_str().unwrap().contains(says), "{told}");
    }
    // What a customer says itself must go on to make sense.
    read(&put(&of_customer, json!({"reset_methods": ["email-code"]})).await);
    let odd = put("/api/policy", json!({"methods": ["sms-code"], "reset_methods": []})).await;
    assert!(
        odd.body.contains("At Northwind <Dental>, which differs: Code by mail"),
        "{}",
        odd.body
    );
    let late = put(&of_customer, json!({"code_tries": 1})).await;
    assert_eq!(late.code(), Code::ChangedMeanwhile);
    let more = json!({"version": null, "own": {}, "more": 1});
    assert_eq!(world.send("PUT", "/api/policy", &cookie, &more).await.code(), Code::BadRequest);
}

#[tokio::test]
async fn what_is_wrong_comes_back_at_its_field_and_nothing_typed_is_lost() {
    let (world, cookie) = world().await;
    let path = format!("{PAGE}/{CUSTOMER}");
    let form = world.page(&path, &cookie).await.form();
    let fields = [
        ("form", form.as_str()),
        ("version", ""),
        ("act", "save"),
        ("own.fresh_ms", "yes"),
        ("fresh_ms", "<soon>"),
        ("own.protected_groups", "yes"),
        ("protected_groups", "Executives"),
        ("own.methods", "yes"),
        ("own.code_tries", "yes"),
        ("code_tries", "3"),
        // Typed, but not its own.
        ("resets_per_person", "77"),
    ];
    let answer = world.form(&path, &cookie, &fields).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    for says in [
        "Nothing was saved.",
        "<a href=\"#fresh-ms\">A verification counts for</a>: Between 1 and 1440 minutes.",
        "value=\"&#60;soon&#62;\"",
        "“Executives” is no object id",
        ">Executives</textarea>",
        "Choose at least one: nobody could be verified.",
        "name=\"code_tries\" value=\"3\"",
        "name=\"resets_per_person\" value=\"77\"",
        "name=\"own.code_tries\" value=\"yes\"",
    ] {
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
    }
    assert!(!answer.body.contains("<soon>") && !answer.body.contains("<Dental>"), "escaped");
    assert_eq!(world.policy_in_force().await, Policy::default());
}

#[tokio::test]
async fn a_contact_is_found_and_nothing_is_saved_until_it_is() {
    let (world, cookie) = world().await;
    let path = format!("{PAGE}/{CUSTOMER}");
    let form = world.page(&path, &cookie).await.form();
    let with = async |more: &[(&str, &str)]| {
        let mut fields = vec![
            ("form", form.as_str()),
            ("version", ""),
            ("own.approvers", "yes"),
            ("own.code_tries", "yes"),
            ("code_tries", "3"),
        ];
        fields.extend_from_slice(more);
        world.form(&path, &cookie, &fields).await
    };
    let box_of_carl = format!("approvers.{CARL}");
    for act in ["find", "enter"] {
        let found = with(&[("act", act), ("find", "boss")]).await;
        assert_eq!(found.status, 200, "{}", found.body);
        assert!(found.body.contains(&format!("name=\"{box_of_carl}\"")), "{}", found.body);
        assert!(
            found.body.contains("1 found.") && found.body.contains("Carl &#60;Boss&#62;, carl@")
        );
        assert!(found.body.contains("name=\"code_tries\" value=\"3\""), "what was typed stays");
    }
    let none = with(&[("act", "find"), ("find", "zz")]).await;
    assert!(none.body.contains("No contact of this customer has that"), "{}", none.body);
    assert_eq!(world.policy_in_force().await, Policy::default());
    // Whoever is not theirs is nobody, whatever the form says.
    let strange = format!("approvers.{ANN}");
    let refused = with(&[("act", "save"), (&strange, "yes")]).await;
    assert!(refused.status == 422 && refused.body.contains("is no contact of this customer"));
    assert_eq!(with(&[("act", "save"), (&box_of_carl, "yes")]).await.status, 303);
    assert_eq!(world.policy_in_force().await.approvers, [CARL]);
    let page = world.page(&path, &cookie).await;
    assert!(page.body.contains("<td role=\"cell\" class=\"value\">Carl &#60;Boss&#62;</td>"));
}

#[tokio::test]
async fn two_admins_do_not_overwrite_each_other() {
    let (world, cookie) = world().await;
    let page = format!("{PAGE}/{CUSTOMER}");
    let form = world.page(&page, &cookie).await.form();
    let save = async |version: &str, tries: &str| {
        let own = [("own.code_tries", "yes"), ("code_tries", tries), ("act", "save")];
        let fields = [&[("form", form.as_str()), ("version", version)][..], &own].concat();
        world.form(&page, &cookie, &fields).await
    };
    assert_eq!(save("", "3").await.status, 303);
    for _ in 0..2 {
        let late = save("", "2").await;
        assert_eq!(late.status, 409);
        assert!(late.body.contains("Somebody else has changed this policy"), "{}", late.body);
        assert!(late.body.contains("name=\"code_tries\" value=\"2\""), "what was typed stays");
        assert_eq!(late.hidden("version"), "", "and is no newer for it");
    }
    let version = world.page(&page, &cookie).await.hidden("version");
    assert_eq!(save(&version, "2").await.status, 303);
    assert_eq!(world.policy_in_force().await.code_tries, 2);
}

#[tokio::test]
async fn nothing_is_changed_without_form_token_fresh_factor_and_role() {
    let (world, cookie) = world().await;
    let form = world.page(PAGE, &cookie).await.form();
    let acts = [PAGE.to_owned(), format!("{PAGE}/{CUSTOMER}"), format!("{PAGE}/{CUSTOMER}/forget")];
    let apis = ["/api/policy".to_owned(), format!("/api/customers/{CUSTOMER}/policy")];
    let send = async |path: &str, form: &str| {
        let fields =
            [("form", form), ("version", ""), ("own.code_tries", "yes"), ("code_tries", "3")];
        world.form(path, &cookie, &fields).await
    };
    let asked = json!({"version": null, "own": {"code_tries": 3}});
    for path in &acts {
        assert_eq!(send(path, "forged").await.code(), Code::OriginRefused, "{path}");
        let foreign = ["origin: http://evil.example", &cookie_line(&cookie)];
        let foreign = world.ask(&format!("POST {path}"), &foreign, "").await;
        assert_eq!(foreign.code(), Code::OriginRefused, "{path}");
    }
    for path in &apis {
        let foreign = [
            "origin: http://evil.example",
            "content-type: application/json",
            &cookie_line(&cookie),
        ];
        let foreign = world.ask(&format!("PUT {path}"), &foreign, &asked.to_string()).await;
        assert_eq!(foreign.code(), Code::OriginRefused, "{path}");
        assert_eq!(world.send("PUT", path, "", &asked).await.code(), Code::NotSignedIn, "{path}");
    }
    let strange = Uuid::from_u128(99);
    assert_eq!(world.page(&format!("{PAGE}/{strange}"), &cookie).await.status, 404);
    assert_eq!(world.page(&format!("{PAGE}/nonsense"), &cookie).await.status, 404);
    assert_eq!(send(&format!("{PAGE}/{strange}"), &form).await.code(), Code::NotFound);
    let api = format!("/api/customers/{strange}/policy");
    for method in ["GET", "PUT"] {
        assert_eq!(world.send(method, &api, &cookie, &asked).await.code(), Code::NotFound);
    }
    assert_eq!(world.send("DELETE", &api, &cookie, &json!({})).await.code(), Code::NotFound);

    let old = "update sessions set second_factor_at = second_factor_at - 43200000";
    world.app.store.seed(old, &[]).await;
    for path in &acts {
        assert_eq!(send(path, &form).await.code(), Code::SecondFactorNeeded, "{path}");
    }
    for path in &apis {
        let late = world.send("PUT", path, &cookie, &asked).await;
        assert_eq!(late.code(), Code::SecondFactorNeeded, "{path}");
    }
    assert!(world.page(PAGE, &cookie).await.body.contains("You entered your code an hour ago"));
    let demoted = "update technicians set role = 'technician' where id = $1";
    world.app.store.seed(demoted, &[ANN.0]).await;
    for path in &acts {
        assert_eq!(send(path, &form).await.code(), Code::Forbidden, "{path}");
    }
    for path in &apis {
        for method in ["GET", "PUT"] {
            let refused = world.send(method, path, &cookie, &asked).await;
            assert_eq!(refused.code(), Code::Forbidden, "{method} {path}");
        }
    }
    assert_eq!(world.page(PAGE, &cookie).await.status, 403);
    assert!(!world.acts().await.contains("policy-changed"));
}
