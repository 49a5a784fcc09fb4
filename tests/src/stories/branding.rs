//! How end users see an account and its customers: what admins may say, what goes out then, and what
//! others may do with it: nothing.

use reqwest::Method;
use serde_json::{Value, json};
use shared::AccountId;
use uuid::Uuid;

use super::mail::audited;
use crate::desk::{Desk, Reply, client};
use crate::person::Person;
use crate::world::{COLLEAGUE, EMAIL, World, until};

const API: &str = "/api/brand";
const ADA_PHONE: &str = "+12065550123";
const ACCOUNT: &str = "0192f5b4-0000-7000-8000-00000000000a";

fn id() -> AccountId {
    AccountId(ACCOUNT.parse().unwrap())
}

/// A world whose operator gave the account a host of its own, and another account another one.
async fn world_with_host() -> World {
    let named = format!("\"id\": \"{ACCOUNT}\", \"name\": \"Brightline IT\"");
    World::build_with(
        true,
        |settings| {
            let port = settings.server.listen.port();
            let hosts = [("go", id()), ("other", AccountId(Uuid::from_u128(9)))];
            settings.share.hosts = hosts
                .map(|(name, account)| (format!("http://{name}.localhost:{port}"), account))
                .into();
        },
        |sample| sample.replacen("\"name\": \"Brightline IT\"", &named, 1),
    )
    .await
}

async fn now(desk: &Desk, path: &str) -> Value {
    let reply = desk.own(Method::GET, path, None).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.body
}

/// Says the brand anew, as it stands but for this change.
pub(super) async fn say(desk: &Desk, path: &str, change: Value) -> Reply {
    let now = now(desk, path).await;
    let mut brand = now["brand"].clone();
    for (field, value) in change.as_object().unwrap() {
        brand[field] = value.clone();
    }
    let ask = json!({"version": now["version"], "brand": brand});
    desk.own(Method::PUT, path, Some(ask)).await
}

/// Resets Ada's password; the text with her link.
async fn texted(world: &World, desk: &Desk, id: u128) -> (simulator::Text, Reply) {
    let ticket = world.ticket("48213").await;
    desk.verify(world, &ticket, ADA_PHONE).await;
    let before = world.outside.texts(ADA_PHONE).len();
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(Uuid::from_u128(id), ticket.contact, Some(ticket.id), &sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    let text = world.outside.wait_for_text(ADA_PHONE, before + 1).await.unwrap();
    world.settle().await;
    (text, done)
}

pub(super) async fn customer(world: &World, name: &str) -> String {
    let all = world.app.store.branded_customers(world.account).await.unwrap();
    all.into_iter().find(|one| one.customer.name == name).unwrap().customer.id.to_string()
}

#[tokio::test]
async fn a_brand_goes_out_with_the_next_link() {
    let world = world_with_host().await;
    let desk = world.desk().await;
    let host = format!("http://go.localhost:{}", world.address.port());
    assert_eq!(now(&desk, API).await["hosts"], json!([host]));
    let words =
        json!({"sms": "{brand} here. Open {link} within {time}, please.", "footer": "Foot"});
    let change = json!({
        "name": "Brightline", "help": "+1 206 555 0199", "host": host, "texts": {"en": words},
    });
    let said = say(&desk, API, change).await;
    assert_eq!(said.status, 200, "{:?}", said.body);
    assert_eq!(said.body["seen"]["help"], "+1 206 555 0199");

    let (text, done) = texted(&world, &desk, 1).await;
    assert!(text.body.starts_with(&format!("Brightline here. Open {host}/s#")), "{}", text.body);
    assert!(text.body.ends_with(" within 1 hour, please."), "{}", text.body);
    let ada = Person::at(world.address, &text.body);
    let look = ada.look().await;
    assert_eq!((look.status, &look.body["brand"]["name"]), (200, &json!("Brightline")));
    assert_eq!(look.body["brand"]["help"], "+1 206 555 0199");
    // It is this account's everywhere that this account's links are, and nowhere else.
    let common = ada.elsewhere(&world.app.settings.share.origin);
    assert_eq!(common.look().await.status, 200);
    let unlock = done.body["unlock_code"].as_str();
    assert_eq!(ada.read(unlock).await, world.password("ada.park@northwind.example"));

    let told = audited(&world, "brand-changed").await.concat();
    assert!(told.contains("host: – → http://go.localhost") && told.contains("texts.en.sms"));
    assert!(!told.contains("5550199") && !told.contains("555 0199"), "{told}");
    world.end().await;
}

#[tokio::test]
async fn another_accounts_host_knows_nothing_of_a_link() {
    let world = world_with_host().await;
    let desk = world.desk().await;
    let (text, _) = texted(&world, &desk, 2).await;
    let ada = Person::with(&world, &text.body);
    let port = world.address.port();
    let own = ada.elsewhere(&format!("http://go.localhost:{port}"));
    assert_eq!(own.look().await.status, 200);
    // Neither a host of another account nor a made-up one may be chosen.
    for host in ["other", "s", "app", "evil"] {
        let host = format!("http://{host}.localhost:{port}");
        let refused = say(&desk, API, json!({"host": host})).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-fields"));
        assert_eq!(refused.body["errors"][0]["field"], "host");
    }
    // Dead is dead, by the same bytes as a link that never was.
    let http = client(world.address);
    let at_other = async |path: &str, body: &Value| {
        let request = http.post(format!("http://127.0.0.1:{port}{path}")).json(body);
        let reply = request.header("host", format!("other.localhost:{port}")).send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    };
    let ask = json!({"id": ada.look_id()});
    let never = json!({"id": ada.with_made_up_link().look_id()});
    let dead = at_other("/s/look", &ask).await;
    assert_eq!(dead.0, 410);
    assert_eq!(dead, at_other("/s/look", &never).await);
    assert_eq!(ada.look().await.status, 200, "and nothing has happened to it");
    world.end().await;
}

#[tokio::test]
async fn a_customer_differs_and_looks_like_the_account_again() {
    let world = World::new().await;
    let desk = world.desk().await;
    let path = format!("/api/customers/{}/brand", customer(&world, "Northwind Dental").await);
    let nothing = now(&desk, &path).await;
    assert_eq!((&nothing["version"], &nothing["brand"]), (&Value::Null, &json!({})));
    assert_eq!(nothing["seen"]["help"], "+1 206 555 0100", "the account's");
    let said = say(&desk, &path, json!({"name": "Northwind Help", "language": "de"})).await;
    assert_eq!(said.status, 200, "{:?}", said.body);
    assert_eq!(said.body["seen"]["help"], "+1 206 555 0100", "still the account's");
    // Ada's own language goes before the customer's, so only the name shows.
    let (text, _) = texted(&world, &desk, 3).await;
    assert!(text.body.starts_with("Northwind Help: http"), "{}", text.body);

    // Made of another version than the stored one: not saved.
    let stale = json!({"version": null, "brand": {"name": "Late"}});
    let refused = desk.own(Method::PUT, &path, Some(stale)).await;
    assert_eq!((refused.status, refused.code()), (409, "changed-meanwhile"));
    let gone = desk.own(Method::DELETE, &path, Some(json!({}))).await;
    assert_eq!(gone.status, 204);
    assert_eq!(now(&desk, &path).await["brand"], json!({}));
    world.end().await;
}

#[tokio::test]
async fn a_logo_is_made_anew_served_on_both_hosts_and_gone_when_nobody_has_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let before = now(&desk, API).await["seen"]["logo"].as_str().unwrap().to_owned();
    let picture = picture(600, 150, [0, 90, 40]);
    let set = desk.own_file("/api/brand/logo", picture.clone()).await;
    assert_eq!(set.status, 200, "{:?}", set.body);
    let hash = set.body["brand"]["logo"].as_str().unwrap().to_owned();
    assert_ne!(hash, before);
    let http = client(world.address);
    let (app, share) = (&world.app.settings.server.origin, &world.app.settings.share.origin);
    let get = async |address: String| http.get(address).send().await.unwrap();
    for address in [format!("{share}/s/logo/{hash}"), format!("{app}/logo/{hash}")] {
        let reply = get(address).await;
        assert_eq!(reply.status().as_u16(), 200);
        let said = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(said("content-type"), "image/png");
        assert_eq!(said("x-content-type-options"), "nosniff");
        assert!(said("cache-control").contains("immutable"));
        assert!(said("content-security-policy").contains("sandbox"));
        let png = reply.bytes().await.unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.len() <= 10_000 && png != picture);
    }
    for path in [
        format!("/s/logo/{before}"),
        format!("/s/logo/{}", "0".repeat(64)),
        "/s/logo/..".into(),
        "/s/logo/%2e%2e%2fopen".into(),
    ] {
        assert_eq!(get(format!("{share}{path}")).await.status().as_u16(), 404, "{path}");
    }
    assert_eq!(get(format!("{share}/logo/{hash}")).await.status().as_u16(), 404);

    for (file, says) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec(), "scripts"),
        ([picture.as_slice(), b"PK\x03\x04"].concat(), "behind the picture"),
        (b"GIF89a".to_vec(), "GIF"),
        (vec![7; 1_000_001], "larger than 1 MB"),
    ] {
        let refused = desk.own_file("/api/brand/logo", file).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-fields"));
        let why = refused.body["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(why.contains(says), "{why}");
    }
    let huge = desk.own_file("/api/brand/logo", vec![7; 2_000_000]).await;
    assert_eq!(huge.status, 413);
    let gone = desk.own(Method::DELETE, "/api/brand/logo", Some(json!({}))).await;
    assert_eq!(gone.body["brand"]["logo"], Value::Null);
    assert_eq!(get(format!("{share}/s/logo/{hash}")).await.status().as_u16(), 404);
    world.end().await;
}

#[tokio::test]
async fn what_can_not_be_kept_is_told_with_the_reason() {
    let world = World::new().await;
    let desk = world.desk().await;
    let yellow = json!({
        "accent": "#ffd400", "on_accent": "#ffffff", "dark_accent": "#ffd400",
        "on_dark_accent": "#000000",
    });
    let change = json!({
        "name": "x".repeat(61), "help": "call us", "sender": "much too long a name",
        "colors": yellow,
        "texts": {"fr": {"sms": "Voici {link}", "intro": "See www.evil.example"}},
    });
    let refused = say(&desk, API, change).await;
    assert_eq!((refused.status, refused.code()), (422, "invalid-fields"));
    let errors = refused.body["errors"].as_array().unwrap().clone();
    let detail = |field: &str| {
        let found = errors.iter().find(|error| error["field"] == field);
        found.unwrap_or_else(|| panic!("{field}: {errors:?}"))["detail"].as_str().unwrap()
    };
    assert!(detail("name").contains("1 to 60"));
    assert!(detail("help").contains("as it is dialled"));
    assert!(detail("sender").contains("1 to 11"));
    assert!(detail("colors.accent").contains("the contrast is 1.43, and 4.5 is needed"));
    assert!(detail("colors.on_accent").contains("#000000 would do"));
    assert!(detail("texts.fr.sms").contains("Words must stand before and after"));
    assert!(detail("texts.fr.intro").contains("www.evil.example"));
    assert!(audited(&world, "brand-changed").await.is_empty(), "nothing was saved");
    world.end().await;
}

#[tokio::test]
async fn nobody_else_may() {
    let world = World::new().await;
    let path = format!("/api/customers/{}/brand", customer(&world, "Northwind Dental").await);
    let ask = || Some(json!({"version": null, "brand": {"name": "Mine"}}));
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    for whose in [API, path.as_str()] {
        let looked = colleague.own(Method::GET, whose, None).await;
        assert_eq!((looked.status, looked.code()), (403, "forbidden"), "{whose}");
        let put = colleague.own(Method::PUT, whose, ask()).await;
        assert_eq!(put.code(), "forbidden", "{whose}");
        let logo = colleague.own_file(&format!("{whose}/logo"), picture(100, 50, [0; 3])).await;
        assert_eq!(logo.code(), "forbidden", "{whose}");
    }
    // Another account's customer is not there.
    let stranger = world.stranger().await;
    for reply in [
        stranger.own(Method::GET, &path, None).await,
        stranger.own(Method::PUT, &path, ask()).await,
        stranger.own(Method::DELETE, &path, Some(json!({}))).await,
        stranger.own_file(&format!("{path}/logo"), picture(100, 50, [0; 3])).await,
    ] {
        assert_eq!((reply.status, reply.code()), (404, "not-found"));
    }
    let desk = world.desk().await;
    // A pod's token has no admin's rights.
    assert_eq!(desk.call(Method::GET, API, None).await.status, 401);
    // A second factor of yesterday is no longer fresh.
    world.pass(13 * 3_600_000);
    let put = desk.own(Method::PUT, API, ask()).await;
    assert!(matches!(put.code(), "second-factor-needed" | "not-signed-in"), "{:?}", put.body);
    world.end().await;
}

#[tokio::test]
async fn admins_hear_of_what_leads_elsewhere() {
    let world = World::new().await;
    let desk = world.desk().await;
    assert_eq!(say(&desk, API, json!({"name": "Brightline"})).await.status, 200);
    assert_eq!(world.outside.mails(EMAIL).len(), 0, "a name is theirs to choose");
    assert_eq!(say(&desk, API, json!({"help": "+1 206 555 0142"})).await.status, 200);
    let mail = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert_eq!(mail.subject, "Texts and pages for end users were changed");
    assert!(mail.text.contains("the help desk's telephone number"), "{}", mail.text);
    assert!(!mail.text.contains("0142") && !mail.text.contains("http"), "{}", mail.text);
    let path = format!("/api/customers/{}/brand", customer(&world, "Northwind Dental").await);
    let words = json!({"fr": {"footer": "Bonjour"}});
    assert_eq!(say(&desk, &path, json!({"texts": words})).await.status, 200);
    let mail = world.outside.wait_for_mail(EMAIL, 2).await.unwrap();
    assert_eq!(mail.subject, "Texts and pages for Northwind Dental were changed");
    assert!(mail.text.contains("page's foot (Français)"), "{}", mail.text);
    until("both are written down", async || audited(&world, "mail-branding").await.len() == 2)
        .await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn texts_are_from_the_brands_sender() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    // A messaging service that is theirs at the provider, and one that is not.
    let service = "MG00000000000000000000000000005150";
    assert_eq!(say(&desk, API, json!({"sender": service})).await.status, 200);
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let code = async |desk: &Desk| {
        desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await
    };
    assert_eq!(say(&desk, API, json!({"sender": service.replace('5', "6")})).await.status, 200);
    let refused = code(&desk).await;
    assert!(refused.body["detail"].as_str().unwrap().contains("21701"), "{:?}", refused.body);
    // A name: not in the United States, where the connection's own sender goes on.
    assert_eq!(say(&desk, API, json!({"sender": "Brightline"})).await.status, 200);
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let from = |phone: &str| world.outside.texts(phone).pop().unwrap().from;
    assert_eq!(from(ADA_PHONE), "+12065550100");
    let british = "+447400123456";
    world.outside.edit_user("ada.park@northwind.example", |ada| {
        ada.phones[0].number = "+44 7400123456".into();
    });
    desk.verify(&world, &ticket, british).await;
    assert_eq!(from(british), "Brightline");
    // So does the text with the link.
    let sealed = desk.confirm(&ticket).await;
    desk.reset(Uuid::from_u128(4), ticket.contact, Some(ticket.id), &sealed).await;
    let text = world.outside.wait_for_text(british, 2).await.unwrap();
    assert!(text.from == "Brightline" && text.body.contains("/s#"), "{}", text.body);
    world.settle().await;
    // A number that is not theirs at the provider: the provider's own words come back.
    assert_eq!(say(&desk, API, json!({"sender": "+12065550199"})).await.status, 200);
    let refused = code(&desk).await;
    assert_eq!(refused.code(), "sms-not-set-up", "{:?}", refused.body);
    assert!(refused.body["detail"].as_str().unwrap().contains("21606"), "{:?}", refused.body);
    world.end().await;
}

/// A PNG: plain areas of two colours.
pub(super) fn picture(width: u32, height: u32, [r, g, b]: [u8; 3]) -> Vec<u8> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let pixel =
        |at: u32| if ((at % width) * 4 / width).is_multiple_of(2) { [r, g, b] } else { [255; 3] };
    let pixels: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    png
}
