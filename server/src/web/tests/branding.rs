//! The branding in the settings, as a browser would send it, and as an attacker would.

use shared::{Code, CustomerId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, ORIGIN, World, cookie_line};

const PAGE: &str = "/settings/branding";
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(30));

async fn world() -> (World, String) {
    let world = World::new().await;
    let insert = "insert into customers (id, account, name) values ($1, $2, 'Northwind <Dental>')";
    world.app.store.seed(insert, &[CUSTOMER.0, ACCOUNT.0]).await;
    let cookie = world.sign_in().await;
    (world, cookie)
}

/// A form with a file, as browsers write one.
async fn upload(world: &World, cookie: &str, path: &str, form: &str, file: &str) -> super::Answer {
    let part = |name: &str, text: &str| {
        format!("--xx\r\ncontent-disposition: form-data; {name}\r\n\r\n{text}\r\n")
    };
    let body = part("name=\"form\"", form) + &part("name=\"file\"; filename=\"a.png\"", file);
    let headers = [
        &format!("origin: {ORIGIN}"),
        "content-type: multipart/form-data; boundary=xx",
        &cookie_line(cookie),
    ];
    world.ask(&format!("POST {path}"), &headers, &format!("{body}--xx--\r\n")).await
}

#[tokio::test]
async fn what_is_wrong_comes_back_at_its_field_and_nothing_typed_is_lost() {
    let (world, cookie) = world().await;
    let form = world.page(PAGE, &cookie).await.form();
    let fields = [
        ("form", form.as_str()),
        ("version", ""),
        ("name", "<b>Ours</b>"),
        ("help", "call us"),
        ("colors.accent", "#ffd400"),
        ("derive", "yes"),
        ("texts.fr.intro", "Voir www.evil.example <i>"),
    ];
    let answer = world.form(PAGE, &cookie, &fields).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    for says in [
        "Nothing was saved.",
        "value=\"&#60;b&#62;Ours&#60;/b&#62;\"",
        "value=\"call us\"",
        "value=\"#ffd400\"",
        "Voir www.evil.example &#60;i&#62;</textarea>",
        "id=\"help-wrong\"",
        "the contrast is 1.43",
        "On the page, above the button (Français)",
        "<details class=\"tongue\" lang=\"en\" open>",
    ] {
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
    }
    assert!(!answer.body.contains("<b>Ours") && !answer.body.contains("<Dental>"), "escaped");
    assert!(world.app.store.brand_said(ACCOUNT, None).await.unwrap().is_none());
    // Only this page may frame, and only one of our own.
    let csp = answer.header("content-security-policy").unwrap();
    assert!(csp.contains("frame-src 'self'") && csp.contains("frame-ancestors 'none'"), "{csp}");
}

#[tokio::test]
async fn a_preview_is_framed_by_us_and_keeps_nothing() {
    let (world, cookie) = world().await;
    let form = world.page(PAGE, &cookie).await.form();
    let fields = [("form", form.as_str()), ("name", "Typed"), ("help", "no"), ("preview", "fr")];
    let page = world.form(&format!("{PAGE}/preview"), &cookie, &fields).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Typed") && page.body.contains("<html lang=\"fr\">"));
    let csp = page.header("content-security-policy").unwrap();
    assert!(csp.contains("frame-ancestors 'self'") && csp.contains("default-src 'none'"), "{csp}");
    assert_eq!(page.header("x-frame-options"), Some("SAMEORIGIN"));
    let told = world.form(&format!("{PAGE}/text"), &cookie, &fields).await;
    let told: serde_json::Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!((&told["sms"]["lang"], &told["sms"]["segments"]), (&"fr".into(), &1.into()));
    assert!(told["sms"]["text"].as_str().unwrap().starts_with("Typed : http"), "{told}");
    assert_eq!(told["wrong"][0]["field"], "help");
    assert!(world.app.store.brand_said(ACCOUNT, None).await.unwrap().is_none());
    assert!(!world.acts().await.contains("brand-changed"));
}

#[tokio::test]
async fn two_admins_do_not_overwrite_each_other() {
    let (world, cookie) = world().await;
    let page = format!("{PAGE}/{CUSTOMER}");
    let form = world.page(&page, &cookie).await.form();
    let save = async |version: &str, name: &str| {
        let fields = [("form", form.as_str()), ("version", version), ("name", name)];
        world.form(&page, &cookie, &fields).await
    };
    assert_eq!(save("", "One").await.status, 303);
    for _ in 0..2 {
        let late = save("", "Two").await;
        assert_eq!(late.status, 409);
        assert!(late.body.contains("Somebody else has changed this branding"), "{}", late.body);
        assert!(late.body.contains("value=\"Two\""), "what was typed stays");
        assert_eq!(late.hidden("version"), "", "and is no newer for it");
    }
    let version = world.page(&page, &cookie).await.hidden("version");
    assert_eq!(save(&version, "Two").await.status, 303);
    let brand = world.app.store.brand(ACCOUNT, Some(CUSTOMER)).await.unwrap();
    assert_eq!(brand.name(), "Two");
}

#[tokio::test]
async fn nothing_is_changed_without_form_token_fresh_factor_and_role() {
    let (world, cookie) = world().await;
    let form = world.page(PAGE, &cookie).await.form();
    let customer = format!("{PAGE}/{CUSTOMER}");
    let acts = [
        PAGE.to_owned(),
        customer.clone(),
        format!("{PAGE}/logo/remove"),
        format!("{customer}/logo/remove"),
        format!("{customer}/forget"),
    ];
    let logos = [format!("{PAGE}/logo"), format!("{customer}/logo")];
    let send = async |path: &str, form: &str| {
        world.form(path, &cookie, &[("form", form), ("version", ""), ("name", "X")]).await
    };
    for path in &acts {
        assert_eq!(send(path, "forged").await.code(), Code::OriginRefused, "{path}");
        let foreign = ["origin: http://evil.example", &cookie_line(&cookie)];
        let foreign = world.ask(&format!("POST {path}"), &foreign, "").await;
        assert_eq!(foreign.code(), Code::OriginRefused, "{path}");
    }
    for path in &logos {
        let forged = upload(&world, &cookie, path, "forged", "<svg/>").await;
        assert_eq!(forged.code(), Code::OriginRefused, "{path}");
        let refused = upload(&world, &cookie, path, &form, "<svg/>").await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("An SVG can hold scripts"), "{}", refused.body);
        let nothing = upload(&world, &cookie, path, &form, "").await;
        assert!(nothing.body.contains("Choose a file."), "{}", nothing.body);
    }
    let strange = format!("{PAGE}/{}", Uuid::from_u128(99));
    assert_eq!(world.page(&strange, &cookie).await.status, 404);
    assert_eq!(send(&strange, &form).await.code(), Code::NotFound);
    assert_eq!(world.page(&format!("{PAGE}/nonsense"), &cookie).await.status, 404);

    let old = "update sessions set second_factor_at = second_factor_at - 43200000";
    world.app.store.seed(old, &[]).await;
    for path in &acts {
        assert_eq!(send(path, &form).await.code(), Code::SecondFactorNeeded, "{path}");
    }
    for path in &logos {
        let late = upload(&world, &cookie, path, &form, "<svg/>").await;
        assert_eq!(late.code(), Code::SecondFactorNeeded, "{path}");
    }
    assert!(world.page(PAGE, &cookie).await.body.contains("You entered your code an hour ago"));
    let demoted = "update technicians set role = 'technician' where id = $1";
    world.app.store.seed(demoted, &[ANN.0]).await;
    for path in acts.iter().chain([&format!("{PAGE}/preview"), &format!("{PAGE}/text")]) {
        assert_eq!(send(path, &form).await.code(), Code::Forbidden, "{path}");
    }
    assert_eq!(world.page(PAGE, &cookie).await.status, 403);
    assert!(!world.acts().await.contains("brand-changed"));
}
