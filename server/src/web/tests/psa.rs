//! PSAs in the settings, as a browser would send them, as an admin's program would, and as an attacker
//! would. Nobody answers as a PSA here: the stories have simulated ones.

use serde_json::{Value, json};
use shared::{Code, CustomerId, IntegrationId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, Answer, ORIGIN, World, cookie_line};
use crate::psa::Company;

const NEW: &str = "/settings/integrations/psa/new";
pub(super) const NORTHWIND: CustomerId = CustomerId(Uuid::from_u128(30));
pub(super) const CONTOSO: CustomerId = CustomerId(Uuid::from_u128(31));
const OTHER_ACCOUNT: Uuid = Uuid::from_u128(40);
const GUID: &str = "a1b2c3d4-0001-4000-8000-000000000001";

pub(super) async fn world() -> (World, String) {
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
pub(super) async fn connected(world: &World, cookie: &str, kind: &str) -> String {
    let path = format!("{NEW}/{kind}");
    let form = world.page(&path, cookie).await.form();
    let mut sent = fields(kind);
    sent.push(("form", &form));
    let answer = world.form(&path, cookie, &sent).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let place = answer.header("location").unwrap();
    place.strip_suffix("?done=psa-added").expect(place).to_owned()
}

pub(super) fn id_of(place: &str) -> IntegrationId {
    IntegrationId(place.rsplit('/').next().unwrap().parse().unwrap())
}

pub(super) async fn sent(
    world: &World,
    cookie: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    world.form(path, cookie, fields).await
}

/// Has the PSA's companies read, as its client would.
pub(super) async fn companies(world: &World, place: &str, companies: &[(&str, &str, &str)]) {
    let company = |(id, name, domain): &(&str, &str, &str)| Company {
        id: (*id).into(),
        name: (*name).into(),
        domain: (*domain).into(),
    };
    let companies: Vec<Company> = companies.iter().map(company).collect();
    let now = world.app.clock.now();
    world.app.store.see_companies(ACCOUNT, id_of(place), now, &companies).await.unwrap();
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
        acts.contains("integration-moved") && acts.contains("site, secret, frame secret removed"),
        "{acts}"
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
        assert!(body.contains("You entered your code an hour ago"), "{page}");
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

pub(super) async fn call(
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
