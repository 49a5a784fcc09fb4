//! PSAs in the settings, as a browser would send them, as an admin's program would, and as an attacker
//! would. Nobody answers as a PSA here: the stories have simulated ones.

use serde_json::{Value, json};
use shared::{Code, CustomerId, IntegrationId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, Answer, ORIGIN, World, cookie_line};
use crate::psa::Company;

const NEW: &str = "/settings/integrations/psa/new";
const NORTHWIND: CustomerId = CustomerId(Uuid::from_u128(30));
const CONTOSO: CustomerId = CustomerId(Uuid::from_u128(31));
const OTHER_ACCOUNT: Uuid = Uuid::from_u128(40);
const GUID: &str = "a1b2c3d4-0001-4000-8000-000000000001";

async fn world() -> (World, String) {
    let world = World::new().await;
    let seed = async |sql, ids: &[Uuid]| world.app.store.seed(sql, ids).await;
    let northwind =
        "insert into customers (id, account, name) values ($1, $2, 'Northwind <Dental>')";
    seed(northwind, &[NORTHWIND.0, ACCOUNT.0]).await;
    let contoso = "insert into customers (id, account, name) values ($1, $2, 'Contoso Ltd')";
    seed(contoso, &[CONTOSO.0, ACCOUNT.0]).await;
    // A tenant that was entered as one of its domains.
    let m365 = r#"insert into integrations (id, account, customer, kind, name, settings, changed_at)
        values ($1, $2, $3, 'm365', 'M365', '{"login": "https://l", "graph": "https://g",
            "tenant": "northwind.example", "client_id": "c"}', 0)"#;
    seed(m365, &[Uuid::from_u128(50), ACCOUNT.0, NORTHWIND.0]).await;
    let cookie = world.sign_in().await;
    (world, cookie)
}

fn fields(kind: &str) -> Vec<(&'static str, &'static str)> {
    match kind {
        "connectwise" => vec![
            ("site", "https://na.myconnectwise.net/v4_6_release"),
            ("company", "brightline"),
            ("public_key", "pubKEY"),
            ("client_id", GUID),
            ("as_member", "yes"),
            ("secret", "hush-hush"),
        ],
        "halo" => vec![
            ("site", "brightline.halopsa.com"),
            ("client_id", "halo-client"),
            ("secret", "hush-hush"),
            ("frame_secret", "sign-sign"),
        ],
        _ => vec![
            ("site", "https://ww5.autotask.net"),
            ("username", "api@brightline.example"),
            ("integration_code", "TRACKING"),
            ("secret", "hush-hush"),
        ],
    }
}

/// Connects a PSA; its page.
async fn connected(world: &World, cookie: &str, kind: &str) -> String {
    let path = format!("{NEW}/{kind}");
    let form = world.page(&path, cookie).await.form();
    let mut sent = fields(kind);
    sent.push(("form", &form));
    let answer = world.form(&path, cookie, &sent).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let place = answer.header("location").unwrap();
    place.strip_suffix("?done=psa-added").expect(place).to_owned()
}

fn id_of(place: &str) -> IntegrationId {
    IntegrationId(place.rsplit('/').next().unwrap().parse().unwrap())
}

async fn sent(world: &World, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    world.form(path, cookie, fields).await
}

/// Has the PSA's companies read, as its client would.
async fn companies(world: &World, place: &str, companies: &[(&str, &str, &str)]) {
    let company = |(id, name, domain): &(&str, &str, &str)| Company {
        id: (*id).into(),
        name: (*name).into(),
        domain: (*domain).into(),
    };
    let companies: Vec<Company> = companies.iter().map(company).collect();
    let now = world.app.clock.now();
    world.app.store.see_companies(ACCOUNT, id_of(place), now, &companies).await.unwrap();
}

async fn whose(world: &World, place: &str, company: &str) -> Option<String> {
    let found = world.app.store.customer_of_company(ACCOUNT, id_of(place), company).await;
    found.unwrap().map(|customer| customer.name)
}

#[tokio::test]
async fn each_psa_is_connected_and_tells_what_to_paste() {
    let (world, cookie) = world().await;
    let empty = world.page("/settings/integrations", &cookie).await.body;
    assert!(empty.contains("No PSA is connected yet."));
    for (kind, variable) in [
        ("connectwise", "?ticket=[cw_id]&#38;screen=[cw_screen]"),
        ("halo", "?ticket={$ID}"),
        ("autotask", "</code>"),
    ] {
        let place = connected(&world, &cookie, kind).await;
        let page = world.page(&format!("{place}?done=psa-added"), &cookie).await;
        assert_eq!(page.status, 200);
        let url = format!("{ORIGIN}/pod/{}{variable}", id_of(&place));
        assert!(page.body.contains(&url), "{kind}: {url}");
        assert!(page.body.contains("Test the connection, then put the pod"));
        let installs = page.body.contains("Create the pod in ConnectWise</button>");
        assert_eq!(installs, kind == "connectwise");
        assert!(!page.body.contains("hush-hush") && !page.body.contains("sign-sign"));
        assert_eq!(page.body.contains("Stored secret of the custom tab"), kind == "halo");
        // One of each kind.
        let form = page.form();
        let mut again = fields(kind);
        again.push(("form", &form));
        let refused = sent(&world, &cookie, &format!("{NEW}/{kind}"), &again).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("connected already"));
        let offered = world.page("/settings/integrations/new", &cookie).await.body;
        assert!(!offered.contains(&format!("psa/new/{kind}")));
    }
    let list = world.page("/settings/integrations", &cookie).await.body;
    assert!(list.contains("PSA Integrations") && list.contains("https://brightline.halopsa.com"));
    for nothing in [format!("{NEW}/web"), format!("/settings/integrations/psa/{}", Uuid::nil())] {
        assert_eq!(world.page(&nothing, &cookie).await.status, 404, "{nothing}");
    }
    assert_eq!(world.acts().await.matches("integration-added").count(), 3);
}

#[tokio::test]
async fn what_is_wrong_comes_back_at_its_field_without_the_secret() {
    let (world, cookie) = world().await;
    let path = format!("{NEW}/connectwise");
    let form = world.page(&path, &cookie).await.form();
    let bad = [
        ("form", form.as_str()),
        ("site", "\"><script>"),
        ("company", "Kept & shown"),
        ("client_id", "no guid"),
        ("secret", "hush-hush"),
    ];
    let answer = sent(&world, &cookie, &path, &bad).await;
    assert_eq!(answer.status, 422);
    for (field, label) in [
        ("site", "Address of ConnectWise"),
        ("company", "Company"),
        ("client_id", "clientId"),
        ("public_key", "Public Key"),
    ] {
        assert!(answer.body.contains(&format!("id=\"new-{field}-wrong\"")), "{field}");
        let link = format!("<a href=\"#new-{field}\">{label}</a>");
        assert!(answer.body.contains(&link), "{link}");
    }
    assert!(answer.body.contains("Nothing was saved yet."));
    assert!(!answer.body.contains("hush-hush") && !answer.body.contains("\"><script>"));
    assert!(answer.body.contains("value=\"Kept &#38; shown\""));
    assert!(!answer.body.contains("value=\"yes\" checked"), "the box stays as it was left");
}

#[tokio::test]
async fn a_change_is_of_what_was_read_and_a_secret_stays_with_its_place() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "halo").await;
    companies(&world, &place, &[("7", "Contoso", "")]).await;
    let page = world.page(&place, &cookie).await;
    let (form, version) = (page.form(), page.hidden("version"));
    let change = async |version: &str, with: &[(&str, &str)]| {
        let mut all = vec![("form", form.as_str()), ("version", version)];
        for (name, value) in fields("halo") {
            if !name.ends_with("secret") && with.iter().all(|(it, _)| *it != name) {
                all.push((name, value));
            }
        }
        all.extend_from_slice(with);
        sent(&world, &cookie, &place, &all).await
    };
    assert_eq!(change(&version, &[("outcome", "Internal")]).await.status, 303);
    for stale in [version.as_str(), "", "x"] {
        let late = change(stale, &[("outcome", "Late")]).await;
        assert_eq!(late.status, 409, "{stale}");
        assert!(late.body.contains("Somebody else has changed this"), "{stale}");
    }
    let now = world.page(&place, &cookie).await;
    assert!(now.body.contains("value=\"Internal\"") && now.body.contains("leave empty to keep"));
    // Elsewhere, its secret is entered again.
    let version = now.hidden("version");
    let without = change(&version, &[("site", "https://other.halopsa.com")]).await;
    assert_eq!(without.status, 422);
    assert!(without.body.contains("id=\"change-secret-wrong\"") && without.body.contains(" open>"));
    assert_eq!(without.hidden("version"), version);
    let moved = [("site", "https://other.halopsa.com"), ("secret", "other-hush")];
    assert_eq!(change(&version, &moved).await.status, 303);
    let page = world.page(&place, &cookie).await;
    assert!(page.body.contains("No company is known yet."), "who is who there is forgotten");
    assert!(
        !page.body.contains("Stored secret of the custom tab"),
        "and the frame's secret is gone"
    );
    let acts = world.acts().await;
    assert!(
        acts.contains("integration-moved") && acts.contains("site, secret, frame secret removed")
    );
    assert!(
        !acts.contains("halopsa.com") && !acts.contains("hush"),
        "names, never what stands there"
    );
    // The frame's secret comes and goes alone.
    let version = page.hidden("version");
    let stays = [("site", "https://other.halopsa.com"), ("frame_secret", "new-sign")];
    assert_eq!(change(&version, &stays).await.status, 303);
    let page = world.page(&place, &cookie).await;
    assert!(page.body.contains("Stored secret of the custom tab"));
    let drop = [("site", "https://other.halopsa.com"), ("drop_frame_secret", "yes")];
    assert_eq!(change(&page.hidden("version"), &drop).await.status, 303);
    assert!(!world.page(&place, &cookie).await.body.contains("Stored secret of the custom tab"));
    let opened = world.app.psa.client(ACCOUNT, id_of(&place)).await.unwrap();
    assert!(opened.is_ok(), "the secret opens for where it leads now");
}

#[tokio::test]
async fn nothing_is_done_without_form_token_fresh_factor_and_role() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "connectwise").await;
    companies(&world, &place, &[("7", "Contoso", "")]).await;
    let form = world.page(&place, &cookie).await.form();
    let acts = [
        "",
        "/test",
        "/pod",
        "/switch",
        "/delete",
        "/companies/load",
        "/companies/accept",
        "/company",
        "/people/remove",
    ];
    let pages = ["", "/delete", "/companies", "/company?company=7"];
    let send = async |form: &str, act: &str| {
        let all = [
            ("form", form),
            ("on", "no"),
            ("seen", "[]"),
            ("company", "7"),
            ("to", "new"),
            ("person", "41"),
        ];
        sent(&world, &cookie, &format!("{place}{act}"), &all).await
    };
    for act in acts {
        let answer = send("forged", act).await;
        assert_eq!((answer.status, answer.code()), (403, Code::OriginRefused), "{act}");
    }
    let seed = async |sql, ids: &[Uuid]| world.app.store.seed(sql, ids).await;
    let api = format!("/api/psas/{}", id_of(&place));
    // Somebody else's is not there.
    seed("insert into accounts (id, name, created_at) values ($1, 'Other', 0)", &[OTHER_ACCOUNT])
        .await;
    let to = "update integrations set account = $1 where kind = 'connectwise'";
    seed(to, &[OTHER_ACCOUNT]).await;
    for act in acts {
        assert_eq!(send(&form, act).await.code(), Code::NotFound, "{act}");
    }
    for page in pages {
        assert_eq!(world.page(&format!("{place}{page}"), &cookie).await.status, 404, "{page}");
    }
    for path in [api.clone(), format!("{api}/companies"), format!("{api}/companies/7")] {
        let answer = call(&world, &cookie, "GET", &path, None).await;
        assert_eq!((answer.status, answer.code()), (404, Code::NotFound), "{path}");
    }
    seed(to, &[ACCOUNT.0]).await;
    // A second factor of yesterday.
    seed("update sessions set second_factor_at = 0", &[]).await;
    for act in acts {
        assert_eq!(send(&form, act).await.code(), Code::SecondFactorNeeded, "{act}");
    }
    for page in pages {
        let body = world.page(&format!("{place}{page}"), &cookie).await.body;
        assert!(body.contains("Your second factor is 12 hours old"), "{page}");
    }
    for (method, path, body) in changes(&api) {
        let answer = call(&world, &cookie, method, &path, Some(body)).await;
        assert_eq!(answer.code(), Code::SecondFactorNeeded, "{method} {path}");
    }
    // No admin any more.
    seed("update technicians set role = 'technician' where id = $1", &[ANN.0]).await;
    for act in acts {
        assert_eq!(send(&form, act).await.code(), Code::Forbidden, "{act}");
    }
    for page in pages {
        assert_eq!(world.page(&format!("{place}{page}"), &cookie).await.status, 403, "{page}");
    }
    for path in ["/api/psas".to_owned(), api.clone(), format!("{api}/companies")] {
        assert_eq!(
            call(&world, &cookie, "GET", &path, None).await.code(),
            Code::Forbidden,
            "{path}"
        );
    }
    for (method, path, body) in changes(&api) {
        let answer = call(&world, &cookie, method, &path, Some(body)).await;
        assert_eq!(answer.code(), Code::Forbidden, "{method} {path}");
    }
}

/// Each way in which a program may change something.
fn changes(api: &str) -> Vec<(&'static str, String, Value)> {
    let halo = json!({"kind": "halo", "site": "b.halopsa.com", "client_id": "c", "secret": "s"});
    vec![
        ("POST", "/api/psas".into(), halo.clone()),
        ("PUT", api.into(), halo),
        ("DELETE", api.into(), json!({})),
        ("POST", format!("{api}/switch"), json!({"on": false})),
        ("POST", format!("{api}/test"), json!({})),
        ("POST", format!("{api}/companies"), json!({})),
        ("PUT", format!("{api}/companies/7"), json!({"customer": null})),
    ]
}

async fn call(
    world: &World,
    cookie: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let headers =
        [&format!("origin: {ORIGIN}"), "content-type: application/json", &cookie_line(cookie)];
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    world.ask(&format!("{method} {path}"), &headers, &body).await
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
async fn people_are_seen_and_unlinked() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "halo").await;
    let link = "insert into psa_people (integration, person, account, technician, login, linked_at)
        values ($1, '41', $2, $3, 'ann <halo>', 0)";
    world.app.store.seed(link, &[id_of(&place).0, ACCOUNT.0, ANN.0]).await;
    let page = world.page(&place, &cookie).await;
    assert!(page.body.contains("</strong> is ann &#60;halo&#62;"), "{}", page.body);
    let form = page.form();
    let remove = format!("{place}/people/remove");
    let unlink = async |person: &str| {
        sent(&world, &cookie, &remove, &[("form", &form), ("person", person)]).await
    };
    assert_eq!(unlink("42").await.code(), Code::ChangedMeanwhile);
    assert_eq!(unlink("41").await.status, 303);
    assert!(world.page(&place, &cookie).await.body.contains("Nobody is linked yet."));
    assert!(world.acts().await.contains("person-unlinked"));
}

#[tokio::test]
async fn one_is_switched_and_deleted() {
    let (world, cookie) = world().await;
    let place = connected(&world, &cookie, "autotask").await;
    let form = world.page(&place, &cookie).await.form();
    let switch = async |on: &str| {
        sent(&world, &cookie, &format!("{place}/switch"), &[("form", &form), ("on", on)]).await
    };
    assert_eq!(switch("yes").await.code(), Code::ChangedMeanwhile);
    assert_eq!(switch("no").await.status, 303);
    let off = world.page(&format!("{place}?done=psa-off"), &cookie).await.body;
    assert!(off.contains(">Off</span>") && off.contains("Its pods are signed out"));
    assert_eq!(switch("yes").await.status, 303);
    let delete = format!("{place}/delete");
    assert!(world.page(&delete, &cookie).await.body.contains("Delete Autotask"));
    assert_eq!(sent(&world, &cookie, &delete, &[("form", &form)]).await.status, 303);
    assert_eq!(world.page(&place, &cookie).await.status, 404);
    assert_ne!(connected(&world, &cookie, "autotask").await, place, "and may come anew");
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
