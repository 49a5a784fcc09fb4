//! An admin gives a technician some customers only: it holds in what is open, in links, lists and frames, and
//! for a reset that is about to be made.

use reqwest::Method;
use serde_json::json;
use server::reach::Reach;
use server::store::{Customer, Technician};
use simulator::Psa;
use uuid::Uuid;

use crate::desk::Desk;
use crate::frame::{Frame, connect};
use crate::world::{COLLEAGUE, EMAIL, World};

const ADA_PHONE: &str = "+12065550123";

async fn customer(world: &World, name: &str) -> Customer {
    let all = world.app.store.customers(world.account).await.unwrap();
    all.into_iter().find(|it| it.name == name).unwrap()
}

async fn cole(world: &World) -> Technician {
    world.app.store.technician_by_email(COLLEAGUE).await.unwrap().unwrap()
}

/// Tess says on the page that Cole has these, and all of them when there is none.
async fn give(world: &World, tess: &Desk, names: &[&str]) -> (u16, String) {
    let path = format!("/settings/team/{}/customers", cole(world).await.id);
    let page = tess.page(&path).await;
    let hidden = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (form, version) = (hidden("form"), hidden("version"));
    let mut ids = Vec::new();
    for name in names {
        ids.push(customer(world, name).await.id.to_string());
    }
    let which = if names.is_empty() { "all" } else { "these" };
    let mut fields = vec![("form", form.as_str()), ("version", &version), ("which", which)];
    fields.extend(ids.iter().map(|id| ("customer", id.as_str())));
    fields.push(("act", "save"));
    tess.form(&path, &fields).await
}

#[tokio::test]
async fn a_shorter_list_holds_at_once_and_a_longer_one_is_told() {
    let world = World::new().await;
    let tess = world.desk().await;
    let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
    let ada = world.ticket("48213").await;
    desk.verify(&world, &ada, ADA_PHONE).await;
    let sealed = desk.confirm(&ada).await;
    let pending = desk.send_code(ada.contact, Some(ada.id), "microsoft-mobile").await;
    let pending = pending.body["id"].as_str().unwrap().to_owned();
    // The pod waits for what is new.
    let tag = desk.state(ada.contact, Some(ada.id)).await.body["tag"].as_str().unwrap().to_owned();
    let path = format!("/api/pod/state?contact={}&ticket={}&since={tag}", ada.contact, ada.id);
    let waits = tokio::spawn({
        let desk = desk.clone();
        async move { desk.call(Method::GET, &path, None).await }
    });

    assert_eq!(give(&world, &tess, &["Fabrikam Logistics"]).await.0, 303);
    // The answer of one that has just looked may be the one before; the next is not.
    let answered = waits.await.unwrap();
    assert!(answered.code() == "not-found" || answered.status == 200, "{answered:?}");
    let not_there = async |reply: crate::desk::Reply| {
        assert_eq!((reply.status, reply.code()), (404, "not-found"), "{reply:?}");
    };
    not_there(desk.state(ada.contact, Some(ada.id)).await).await;
    not_there(desk.preflight(ada.contact, Some(ada.id)).await).await;
    not_there(desk.answer(&pending, "123456").await).await;
    let id = Uuid::from_u128(1);
    not_there(desk.reset(id, ada.contact, Some(ada.id), &sealed).await).await;
    not_there(desk.look(id).await).await;
    for path in [format!("/tickets/{}", ada.id), format!("/contacts/{}", ada.contact)] {
        not_there(desk.own(Method::GET, &path, None).await).await;
    }
    let tickets = desk.page("/tickets").await;
    assert!(!tickets.contains("Northwind") && tickets.contains("Fabrikam Logistics"), "{tickets}");
    assert!(desk.page("/account").await.contains("1 of the account’s."));
    assert_eq!(world.outside.mails(EMAIL).len(), 0, "a customer less is nobody's alarm");

    // A customer more: all admins hear, and Cole does.
    assert_eq!(give(&world, &tess, &["Fabrikam Logistics", "Northwind Dental"]).await.0, 303);
    world.settle().await;
    let told = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert_eq!(told.subject, "What Cole Carter may do was changed");
    assert!(told.text.contains("customers: 2 listed"), "{}", told.text);
    let told = world.outside.wait_for_mail(COLLEAGUE, 1).await.unwrap();
    assert_eq!(told.subject, "You have other customers now");
    let asked = desk.reset(id, ada.contact, Some(ada.id), &sealed).await;
    assert!(asked.status < 300, "{asked:?}");
    world.settle_in_time().await;

    // The reset was made; whoever has lost the customer since does nothing with it any more.
    assert_eq!(give(&world, &tess, &["Fabrikam Logistics"]).await.0, 303);
    not_there(desk.look(id).await).await;
    not_there(desk.phones(id).await).await;
    not_there(desk.act(id, "resend").await).await;
    not_there(desk.act(id, "give-up").await).await;
    // Nor learns by its id that it is there.
    not_there(desk.reset(id, ada.contact, Some(ada.id), &sealed).await).await;
    assert_eq!(tess.look(id).await.status, 200);
    world.end().await;
}

#[tokio::test]
async fn only_an_admin_says_it_of_a_technician_and_names_somebody() {
    let world = World::new().await;
    let tess = world.desk().await;
    let path = format!("/settings/team/{}/customers", cole(&world).await.id);
    let form = tess.form_token(&path).await;
    let nobody = [("form", form.as_str()), ("which", "these"), ("act", "save")];
    // Made of nothing that is stored.
    assert_eq!(tess.post_form(&path, &nobody).await, 409);
    let (status, page) = give(&world, &tess, &["Litware Legal"]).await;
    assert_eq!(status, 303, "{page}");
    let page = tess.page(&path).await;
    let (_, version) = page.split_once("name=\"version\" value=\"").unwrap();
    let version = version.split('"').next().unwrap();
    let empty =
        [("form", form.as_str()), ("version", version), ("which", "these"), ("act", "save")];
    let (status, page) = tess.form(&path, &empty).await;
    assert_eq!(status, 422);
    assert!(page.contains("Tick at least one customer, or choose all of them."), "{page}");
    // Looking for one keeps what is ticked, and saves nothing.
    let litware = customer(&world, "Litware Legal").await.id.to_string();
    let find = [
        ("form", form.as_str()),
        ("which", "these"),
        ("customer", &litware),
        ("find", "tail"),
        ("act", "find"),
    ];
    let (status, page) = tess.form(&path, &find).await;
    assert_eq!(status, 200);
    assert!(page.contains("Tailspin Toys") && !page.contains("Fabrikam"), "{page}");
    let kept = format!("<input type=\"hidden\" name=\"customer\" value=\"{litware}\">");
    assert!(page.contains(&kept), "{page}");
    // Admins have all; a technician does not get in; whose second factor is old confirms it first.
    let own = world.app.store.technician_by_email(EMAIL).await.unwrap().unwrap().id;
    let own = format!("/settings/team/{own}/customers");
    assert_eq!(tess.own(Method::GET, &own, None).await.code(), "not-found");
    let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
    assert_eq!(desk.own(Method::GET, &path, None).await.code(), "forbidden");
    let reach = world.app.store.reach(world.account, cole(&world).await.id).await.unwrap();
    assert_eq!(reach, Reach::Listed([customer(&world, "Litware Legal").await.id].into()));
    world.end().await;
}

/// In a PSA's ticket the technician is told in words: they see the ticket there anyway.
#[tokio::test]
async fn a_frame_says_that_the_customer_is_not_among_theirs() {
    let world = World::new().await;
    let tess = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&tess, at, None);
    assert_eq!(frame.pair(&world, COLLEAGUE).await.status, 200);
    let ticket = world.outside.with_psa(Psa::Halo, |it| {
        it.tickets.iter().find(|it| it.contact == Some(1038)).unwrap().id
    });
    assert_eq!(give(&world, &tess, &["Litware Legal"]).await.0, 303);
    let refused = frame.place(ticket).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{refused:?}");
    let words = refused.body["detail"].as_str().unwrap();
    assert!(words.contains("Ask an admin") && words.contains("not among yours"), "{words}");
    // Nothing of it was kept.
    let found = server::store::ListAsk::search("Theo Three", 9);
    assert!(world.app.store.contacts(world.account, &found).await.unwrap().rows.is_empty());

    assert_eq!(give(&world, &tess, &[]).await.0, 303);
    let (contact, here) = frame.stand_in(ticket).await;
    assert_eq!(frame.desk.state(contact, Some(here)).await.status, 200);
    assert_eq!(give(&world, &tess, &["Litware Legal"]).await.0, 303);
    let state = frame.desk.state(contact, Some(here)).await;
    assert_eq!((state.status, state.code()), (404, "not-found"));
    let ask = json!({ "contact": contact, "ticket": here });
    let asked = frame.desk.call(Method::POST, "/api/approvals", Some(ask)).await;
    assert_eq!((asked.status, asked.code()), (404, "not-found"));
    world.end().await;
}
