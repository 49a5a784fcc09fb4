//! The settings, as a browser would send them, and as an attacker would. Nobody answers as
//! Microsoft here: the stories have a simulated one.

use shared::{Code, CustomerId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, World};

const NEW: &str = "/settings/integrations/m365/new";
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(30));
const OTHER_ACCOUNT: Uuid = Uuid::from_u128(40);

async fn world() -> (World, String) {
    let world = World::new().await;
    let insert = "insert into customers (id, account, name) values ($1, $2, 'Northwind <Dental>')";
    world.app.store.seed(insert, &[CUSTOMER.0, ACCOUNT.0]).await;
    let cookie = world.sign_in().await;
    (world, cookie)
}

fn fields<'a>(form: &'a str, customer: &'a str, secret: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form", form),
        ("name", "Northwind <b>"),
        ("customer", customer),
        ("cloud", "global"),
        ("tenant", "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01"),
        ("client_id", "a1b2c3d4-0001-4000-8000-000000000001"),
        ("proof", "certificate"),
        ("client_secret", secret),
    ]
}

/// Adds an integration with a certificate, which asks nobody outside; its page.
async fn added(world: &World, cookie: &str) -> String {
    let form = world.page(NEW, cookie).await.form();
    let customer = CUSTOMER.to_string();
    let answer = world.form(NEW, cookie, &fields(&form, &customer, "")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let place = answer.header("location").unwrap();
    place.strip_suffix("?done=certificate").expect(place).to_owned()
}

#[tokio::test]
async fn a_certificate_is_made_and_everything_stays_escaped() {
    let (world, cookie) = world().await;
    let empty = world.page("/settings/integrations", &cookie).await;
    assert!(empty.body.contains("No customer’s Microsoft 365 is connected yet."));
    let place = added(&world, &cookie).await;
    let page = world.page(&place, &cookie).await;
    assert_eq!(page.status, 200);
    let nobody_left = world.page(NEW, &cookie).await.body;
    assert!(nobody_left.contains("There is no customer left to connect."));
    assert!(!nobody_left.contains("name=\"tenant\""), "no form for nobody");
    assert!(page.body.contains("Northwind &#60;b&#62;"), "escaped");
    assert!(!page.body.contains("Northwind <b>") && !page.body.contains("Northwind <Dental>"));
    for (file, start) in [
        ("certificate.cer", "-----BEGIN CERTIFICATE-----"),
        ("connect.sh", "#!/usr/bin/env bash"),
        ("connect.ps1", "# Connects a Microsoft 365 tenant"),
    ] {
        let answer = world.page(&format!("{place}/{file}"), &cookie).await;
        assert_eq!(answer.status, 200, "{file}");
        assert!(answer.body.starts_with(start), "{file}");
        assert!(!answer.body.contains("PRIVATE KEY"));
        let saved = answer.header("content-disposition").unwrap();
        assert!(saved.starts_with("attachment; filename="), "{saved}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(world.page(&format!("{place}/certificate.cer?next=yes"), &cookie).await.status, 404);
    let with_role = world.page(&format!("{place}/connect.sh?role=yes&optional=no"), &cookie).await;
    assert!(with_role.body.contains("roleManagement/directory/roleAssignments"));
    assert!(!with_role.body.contains("User.RevokeSessions.All"));
    let list = world.page("/settings/integrations?done=%3Cscript%3E", &cookie).await;
    assert!(list.body.contains("Northwind &#60;b&#62;") && !list.body.contains("<script>"));
    assert!(world.acts().await.contains("integration-added"));
}

#[tokio::test]
async fn what_is_wrong_comes_back_at_its_field_without_the_secret() {
    let (world, cookie) = world().await;
    let form = world.page(NEW, &cookie).await.form();
    let mut sent = fields(&form, "", "hush-hush value");
    sent.retain(|(name, _)| *name != "proof" && *name != "tenant");
    sent.extend([("proof", "secret"), ("tenant", "\"><script>")]);
    let answer = world.form(NEW, &cookie, &sent).await;
    assert_eq!(answer.status, 422);
    for field in ["customer", "tenant", "client_secret"] {
        assert!(answer.body.contains(&format!("id=\"new-{field}-wrong\"")), "{field}");
        assert!(answer.body.contains(&format!("href=\"#new-{field}\"")), "{field}");
    }
    assert!(answer.body.contains("Nothing was saved yet."));
    assert!(!answer.body.contains("hush-hush") && !answer.body.contains("\"><script>"));
    assert!(answer.body.contains("value=\"a1b2c3d4-0001-4000-8000-000000000001\""), "kept");
}

#[tokio::test]
async fn nothing_is_changed_without_form_token_fresh_factor_and_role() {
    let (world, cookie) = world().await;
    let place = added(&world, &cookie).await;
    let form = world.page(&place, &cookie).await.form();
    let acts = ["", "/secret", "/certificate", "/certificate/use", "/test", "/switch", "/delete"];
    let every = |form: &str| [("form", form.to_owned()), ("on", "no".to_owned())];
    let send = async |cookie: &str, form: &str, path: &str| {
        let sent = every(form);
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        world.form(path, cookie, &sent).await
    };
    for act in acts {
        let answer = send(&cookie, "forged", &format!("{place}{act}")).await;
        assert_eq!((answer.status, answer.code()), (403, Code::OriginRefused), "{act}");
    }
    assert_eq!(world.form(&format!("{place}/delete"), "", &[("form", &form)]).await.status, 401);

    // Somebody else's is not there.
    let account = "insert into accounts (id, name, created_at) values ($1, 'Other', 0)";
    world.app.store.seed(account, &[OTHER_ACCOUNT]).await;
    let moved = "update integrations set account = $1";
    world.app.store.seed(moved, &[OTHER_ACCOUNT]).await;
    for file in ["", "/delete", "/certificate.cer", "/connect.sh", "/connect.ps1"] {
        assert_eq!(world.page(&format!("{place}{file}"), &cookie).await.status, 404, "{file}");
    }
    assert_eq!(send(&cookie, &form, &format!("{place}/delete")).await.code(), Code::NotFound);
    world.app.store.seed("update integrations set account = $1", &[ACCOUNT.0]).await;

    // A second factor of yesterday is asked for again, and the pages say so before anybody types.
    let pages = [NEW, &place, &format!("{place}/delete")];
    for path in pages {
        assert!(!world.page(path, &cookie).await.body.contains("class=\"stale\""), "{path}");
    }
    // Somebody types for some minutes: the notice comes a quarter of an hour early.
    for (minutes, said) in [(60 - 16, false), (60 - 14, true)] {
        let at = world.app.clock.now().plus(-minutes * 60_000).0;
        let set = format!("update sessions set second_factor_at = {at}").leak();
        world.app.store.seed(set, &[]).await;
        let body = world.page(NEW, &cookie).await.body;
        assert_eq!(body.contains("class=\"stale\""), said, "after {minutes} minutes");
    }
    let old = "update sessions set second_factor_at = 0";
    world.app.store.seed(old, &[]).await;
    for path in pages {
        let page = world.page(path, &cookie).await;
        assert!(page.body.contains("You entered your code an hour ago"), "{path}");
        let back = path.replace('/', "%2F");
        let href = format!("href=\"/confirm?next={back}\"");
        assert!(page.body.contains(&href), "{path}: {}", page.body);
        let confirm = world.page(&format!("/confirm?next={back}"), &cookie).await;
        assert_eq!((confirm.status, confirm.hidden("next").as_str()), (200, path));
    }
    for act in acts {
        let answer = send(&cookie, &form, &format!("{place}{act}")).await;
        assert_eq!((answer.status, answer.code()), (403, Code::SecondFactorNeeded), "{act}");
    }

    // Who is no admin any more sees nothing of it.
    world
        .app
        .store
        .seed("update technicians set role = 'technician' where id = $1", &[ANN.0])
        .await;
    for path in ["/settings", "/settings/integrations", "/settings/integrations/new", NEW, &place] {
        let answer = world.page(path, &cookie).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    assert!(!world.page("/tickets", &cookie).await.body.contains("href=\"/settings\""));
    assert_eq!(send(&cookie, &form, &format!("{place}/delete")).await.code(), Code::Forbidden);
}

/// Two admins have the page open. What the one has saved, the other's form does not undo.
#[tokio::test]
async fn a_stale_form_does_not_drop_the_protected_group() {
    let (world, cookie) = world().await;
    let place = added(&world, &cookie).await;
    let page = world.page(&place, &cookie).await;
    let (form, version) = (page.form(), page.hidden("version"));
    let customer = CUSTOMER.to_string();
    const GROUP: &str = "11111111-2222-4333-8444-555555555555";
    let mut one = fields(&form, &customer, "");
    one.extend([("version", version.as_str()), ("protected_group", GROUP)]);
    let answer = world.form(&place, &cookie, &one).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let mut two = fields(&form, &customer, "");
    two[1] = ("name", "Northwind");
    two.extend([("version", version.as_str()), ("protected_group", "")]);
    for _ in 0..2 {
        // Sent again from the page that came back, it is no newer for it.
        let answer = world.form(&place, &cookie, &two).await;
        assert_eq!(answer.status, 409);
        assert!(answer.body.contains("Somebody else has changed this"), "{}", answer.body);
        assert_eq!(answer.hidden("version"), version);
    }
    two.retain(|(name, _)| *name != "version");
    assert_eq!(world.form(&place, &cookie, &two).await.status, 409, "made of nothing");
    assert!(world.page(&place, &cookie).await.body.contains(GROUP));
}
