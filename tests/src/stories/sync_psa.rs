//! Contacts of a PSA that our own pages list: all of the customers' companies, with their name and no address; who
//! has left goes, and what breaks in the middle takes nobody off the list.

use server::store::ListAsk;
use simulator::{Company, Fault, Psa, PsaContact};

use super::mail::audited;
use super::sync::ended;
use crate::frame::connect;
use crate::world::World;

/// The crowd works at a customer's company, and one at a company that is nobody's.
fn hire(world: &World, psa: Psa, crowd: i64) {
    world.outside.with_psa(psa, |desk| {
        let like = desk.contacts[0].clone();
        let new = |id: i64, company: i64, last: String| PsaContact {
            id,
            company,
            first: "Crowd".into(),
            emails: vec![format!("{last}@northwind.example").to_lowercase()],
            last,
            ..like.clone()
        };
        desk.contacts.extend((0..crowd).map(|nth| new(5_000 + nth, 250, format!("Nth{nth:04}"))));
        desk.contacts.push(new(9_000, 252, "Stranger".into()));
    });
}

async fn found(world: &World, search: &str) -> usize {
    world.app.store.contacts(world.account, &ListAsk::search(search, 9)).await.unwrap().rows.len()
}

/// `crowd`: more than one page of it.
async fn kept_in_step(psa: Psa, company: Company, crowd: i64, second_page: &str) {
    let world = World::new().await;
    hire(&world, psa, crowd);
    let at = connect(&world, psa).await;
    let desk = world.desk().await;
    let page = format!("/settings/integrations/psa/{}", at.id);
    let ada = found(&world, "ada park").await;
    let press = async |act: &str, on: &str| {
        let token = desk.form_token(&page).await;
        let fields = [("form", token.as_str()), ("on", on)];
        assert_eq!(desk.post_form(&format!("{page}/{act}"), &fields).await, 303, "{act}");
    };
    press("list", "yes").await;
    // The worker may have begun it already.
    press("list/sync", "").await;
    let first = ended(&world, at.id).await;
    assert_eq!(first.code, None, "{first:?}");
    assert!(i64::from(first.counts.seen) >= crowd, "{first:?}");
    assert_eq!(audited(&world, "contacts-synced").await.len(), 1);
    assert!(desk.page(&page).await.contains("In step"));
    let last = format!("nth{:04}", crowd - 1);
    for (search, count) in [("nth0000", 1), (last.as_str(), 1), ("stranger", 0), ("ada park", ada)]
    {
        assert_eq!(found(&world, search).await, count, "{search}");
    }
    // By the whole address, of which only a hash is here.
    let list = desk.page("/contacts?q=nth0077%40northwind.example").await;
    assert!(list.contains("Crowd Nth0077") && !list.contains("mailto"), "{list}");
    let rows =
        world.app.store.contacts(world.account, &ListAsk::search("nth0077", 2)).await.unwrap();
    assert!(rows.rows[0].email.is_empty() && rows.rows[0].phones.is_empty());

    // One has left, one is called otherwise; a run that breaks off takes nobody off the list.
    world.outside.with_psa(psa, |desk| {
        for it in &mut desk.contacts {
            match it.id {
                5_000 => it.active = false,
                5_001 => it.last = "Otherwise".into(),
                _ => {}
            }
        }
    });
    let fault = Fault::Status { status: 503, retry_after: None };
    world.outside.fault(company, Some(second_page), fault);
    press("list/sync", "").await;
    let broken = ended(&world, at.id).await;
    assert!(broken.code.is_some(), "{broken:?}");
    assert_eq!((broken.counts.unlisted, found(&world, "nth0000").await), (0, 1));
    assert!(desk.page(&page).await.contains("Nobody was taken off the list"));
    press("list/sync", "").await;
    let second = ended(&world, at.id).await;
    assert_eq!((second.code, second.counts.unlisted, second.counts.added), (None, 1, 0));
    assert_eq!((found(&world, "nth0000").await, found(&world, "otherwise").await), (0, 1));
    assert_eq!(
        audited(&world, "contacts-synced").await.len() as u32,
        2 + broken.counts.changed.min(1)
    );

    // Not listed any more: nor are those whom no pod has shown.
    press("list", "no").await;
    assert_eq!(found(&world, "nth0077").await, 0);
    assert!(world.app.store.contact_sync(world.account, at.id).await.unwrap().is_none());
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn connectwise() {
    kept_in_step(Psa::ConnectWise, Company::ConnectWise, 210, "/company/contacts*id%3E5").await;
}

#[tokio::test]
async fn halo() {
    kept_in_step(Psa::Halo, Company::Halo, 110, "/api/Users*page_no=2").await;
}

#[tokio::test]
async fn autotask() {
    kept_in_step(Psa::Autotask, Company::Autotask, 510, "/Contacts/query").await;
}
