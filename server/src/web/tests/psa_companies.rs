//! A PSA's companies in the settings, and the way of an admin's program.

use serde_json::{Value, json};
use shared::Code;
use uuid::Uuid;

use super::psa::{CONTOSO, NORTHWIND, call, companies, connected, id_of, sent, world};
use super::{ACCOUNT, ANN, World};

async fn whose(world: &World, place: &str, company: &str) -> Option<String> {
    let found = world.app.store.customer_of_company(ACCOUNT, id_of(place), company).await;
    found.unwrap().map(|customer| customer.name)
}

#[tokio::test]
async fn companies_are_mapped_by_an_admins_word_alone() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "halo").await;
    let list = format!("{place}/companies");
    let empty = world.page(&list, &cookie).await.body;
    assert!(empty.contains("No companies are known yet."));
    companies(
        &world,
        &place,
        &[
            ("7", "Contoso, Inc.", ""),
            ("9", "Dentists <b>", "northwind.example"),
            ("250", "Fabrikam", ""),
        ],
    )
    .await;
    let page = world.page(&list, &cookie).await;
    assert!(page.body.contains("Suggested: Contoso Ltd"), "by its name");
    assert!(page.body.contains("Suggested: Northwind &#60;Dental&#62;"), "by its domain");
    assert!(!page.body.contains("Dentists <b>"));
    assert!(page.body.contains("Accept all 2 suggestions"));
    assert_eq!(whose(&world, &place, "7").await, None, "nothing by itself");
    // What was not suggested is not accepted, whatever a form says.
    let form = page.form();
    let accept = async |seen: &str| {
        let all = [("form", form.as_str()), ("seen", seen)];
        sent(&world, &cookie, &format!("{list}/accept"), &all).await
    };
    let forged = json!([["250", CONTOSO], ["7", NORTHWIND], ["8", CONTOSO]]).to_string();
    let answer = accept(&forged).await;
    assert_eq!(answer.header("location"), Some(format!("{list}?done=mapped-some").as_str()));
    assert_eq!(accept("{}").await.code(), Code::BadRequest);
    for company in ["7", "250"] {
        assert_eq!(whose(&world, &place, company).await, None);
    }
    let seen = page.hidden("seen").replace("&#34;", "\"");
    assert_eq!(
        accept(&seen).await.header("location"),
        Some(format!("{list}?done=mapped").as_str())
    );
    assert_eq!(whose(&world, &place, "7").await.as_deref(), Some("Contoso Ltd"));
    assert_eq!(whose(&world, &place, "9").await.as_deref(), Some("Northwind <Dental>"));
    // One by one.
    let one = format!("{place}/company");
    let choose = world.page(&format!("{one}?company=250"), &cookie).await;
    assert!(choose.body.contains("New customer from this company"));
    let contoso = CONTOSO.to_string();
    let say = async |with: (&str, &str)| {
        sent(&world, &cookie, &one, &[("form", &form), ("company", "250"), with]).await
    };
    let nothing = say(("customer", "")).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("id=\"map-customer-wrong\""));
    let nobody = say(("customer", &Uuid::nil().to_string())).await;
    assert_eq!(nobody.status, 409, "no such customer");
    assert_eq!(say(("customer", &contoso)).await.status, 303);
    assert_eq!(whose(&world, &place, "250").await.as_deref(), Some("Contoso Ltd"));
    assert_eq!(say(("to", "new")).await.status, 409, "it is somebody's already");
    assert_eq!(say(("to", "nobody")).await.status, 303);
    assert_eq!(say(("to", "new")).await.status, 303);
    assert_eq!(whose(&world, &place, "250").await.as_deref(), Some("Fabrikam"));
    assert_eq!(world.page(&format!("{one}?company=8"), &cookie).await.status, 404);
    let done = world.page(&place, &cookie).await.body;
    assert!(done.contains("Each of the 3 companies has its customer."));
    assert_eq!(world.acts().await.matches("company-mapped").count(), 5);
}

#[tokio::test]
async fn many_companies_have_pages_and_a_search() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "halo").await;
    let names: Vec<(String, String)> =
        (0..120).map(|number| (number.to_string(), format!("Company {number:03}"))).collect();
    let all: Vec<_> = names.iter().map(|(id, name)| (id.as_str(), name.as_str(), "")).collect();
    companies(&world, &place, &all).await;
    let mapped = crate::store::Mapping::To(CONTOSO);
    let now = world.app.clock.now();
    world.app.store.map_company(ACCOUNT, ANN, now, id_of(&place), "0", mapped).await.unwrap();
    let rows = async |query: &str| {
        let body = world.page(&format!("{place}/companies{query}"), &cookie).await.body;
        (body.matches("<td role=\"cell\" class=\"company\">").count(), body)
    };
    let (count, first) = rows("").await;
    assert_eq!(count, 50);
    assert!(first.contains("Company 001") && !first.contains("Company 000"), "unmapped first");
    assert!(first.contains("120 found, 119 of them without a customer."));
    assert!(first.contains("href=\"?page=1\"") && !first.contains("rel=\"prev\""));
    let (count, last) = rows("?page=2").await;
    assert!(count == 20 && last.contains("Company 000") && !last.contains("rel=\"next\""));
    let (count, found) = rows("?q=pany+11").await;
    assert!(count == 10 && found.contains("Company 111"));
    let (count, none) = rows("?q=%3Cscript%3E").await;
    assert!(count == 0 && none.contains("Nothing found for “&#60;script&#62;”."));
}

#[tokio::test]
async fn a_program_does_the_same() {
    let (world, cookie) = world().await;
    let send = async |method, path: &str, body: Value| {
        let answer = call(&world, &cookie, method, path, Some(body)).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        (answer.status, body)
    };
    let (status, refused) = send("POST", "/api/psas", json!({"kind": "halo", "site": "x y"})).await;
    assert_eq!((status, &refused["code"]), (422, &"invalid-fields".into()));
    let fields: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
    assert_eq!(fields, ["site", "client_id", "secret"]);
    for bad in
        [json!({"site": "b.halopsa.com"}), json!({"kind": "web"}), json!({"kind": "halo", "x": 1})]
    {
        assert_eq!(send("POST", "/api/psas", bad).await.0, 400);
    }
    let ask = json!({"kind": "halo", "site": "b.halopsa.com", "client_id": "c", "secret": "hush"});
    let (status, view) = send("POST", "/api/psas", ask.clone()).await;
    assert_eq!((status, &view["settings"]["outcome"]), (201, &"Private Note".into()));
    assert!(!view.to_string().contains("hush"));
    let path = format!("/api/psas/{}", view["id"].as_str().unwrap());
    let get = async |path: &str| {
        let answer = call(&world, &cookie, "GET", path, None).await;
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    assert_eq!(get(&path).await, view);
    assert_eq!(get("/api/psas").await, json!([view]));
    let mut change = json!({"version": view["version"], "site": "b.halopsa.com", "client_id": "c"});
    change["outcome"] = "Internal".into();
    let (status, changed) = send("PUT", &path, change.clone()).await;
    assert_eq!((status, &changed["settings"]["outcome"]), (200, &"Internal".into()));
    assert_eq!(send("PUT", &path, change).await.1["code"], "changed-meanwhile");
    let mut other = ask;
    (other["kind"], other["version"]) = ("autotask".into(), changed["version"].clone());
    assert_eq!(send("PUT", &path, other).await.1["code"], "changed-meanwhile", "of another kind");

    let place = format!("/settings/integrations/psa/{}", view["id"].as_str().unwrap());
    companies(&world, &place, &[("7", "Contoso", ""), ("a/b c", "Odd", "")]).await;
    let list = get(&format!("{path}/companies?q=conto")).await;
    assert_eq!(
        (&list["found"], &list["unmapped"], &list["pages"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(list["companies"][0]["suggestion"]["name"], "Contoso Ltd");
    let seven = format!("{path}/companies/7");
    let map = async |to: Value| send("PUT", &seven, to).await;
    assert_eq!(map(json!({})).await.0, 400, "silence is not nobody");
    assert_eq!(map(json!({"customer": "old"})).await.0, 400);
    assert_eq!(map(json!({"customer": CONTOSO})).await.1["customer"]["name"], "Contoso Ltd");
    assert_eq!(map(json!({"customer": "new"})).await.1["code"], "changed-meanwhile");
    assert_eq!(map(json!({"customer": null})).await.1["customer"], Value::Null);
    assert_eq!(map(json!({"customer": "new"})).await.1["customer"]["name"], "Contoso");
    let odd = get(&format!("{path}/companies/a%2Fb%20c")).await;
    assert_eq!((&odd["company"], &odd["name"]), (&"a/b c".into(), &"Odd".into()));
    assert_eq!(get(&format!("{path}/companies/8")).await["code"], "not-found");

    let (_, off) = send("POST", &format!("{path}/switch"), json!({"on": false})).await;
    assert_eq!(off["is_on"], false);
    assert_eq!(send("DELETE", &path, json!({})).await.0, 204);
    assert_eq!(get(&path).await["code"], "not-found");
}
