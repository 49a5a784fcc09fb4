//! Who a contact is at Microsoft: by every address, with every character, and for how long that
//! stays true.

use serde_json::Value;
use uuid::Uuid;

use crate::desk::Desk;
use crate::world::World;

const NORTHWIND: &str = "northwind.example";
const IVY: &str = "ivy.chen@northwind.example";
const BEN: &str = "ben.ortiz@northwind.example";

/// Whom the preflight names, and what it finds besides the missing verification.
async fn shown(world: &World, desk: &Desk, number: &str) -> (String, Vec<String>) {
    let ticket = world.ticket(number).await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    let codes = shown["findings"].as_array().unwrap().iter();
    let codes = codes.map(|finding| finding["code"].as_str().unwrap().to_owned());
    let others = codes.filter(|code| code != "not-verified").collect();
    (shown["upn"].as_str().unwrap().to_owned(), others)
}

#[tokio::test]
async fn every_address_and_every_character_finds_its_person() {
    let world = World::new().await;
    let desk = world.desk().await;
    for (number, upn) in [
        ("48230", "conan.o'neil@northwind.example"),
        // By an alias: her former address.
        ("48251", IVY),
        // By the user name, which begins with a dollar sign.
        ("48252", "$ales.desk@northwind.example"),
        ("48253", "lou+plus@northwind.example"),
        ("48254", "siobhan.d'arcy@northwind.example"),
    ] {
        assert_eq!(shown(&world, &desk, number).await, (upn.to_owned(), Vec::new()), "{number}");
    }
    world.end().await;
}

/// One person has it as mail, another as alias: it belongs to nobody alone.
#[tokio::test]
async fn an_address_of_two_people_is_refused_whichever_way_they_have_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    world.outside.edit_user(IVY, |ivy| ivy.aliases.push(BEN.into()));
    let (upn, codes) = shown(&world, &desk, "48214").await;
    assert_eq!((upn.as_str(), codes), ("", vec!["person-ambiguous".to_owned()]));
    world.outside.edit_user(IVY, |ivy| ivy.aliases.retain(|alias| alias != BEN));
    assert_eq!(shown(&world, &desk, "48214").await, (BEN.to_owned(), Vec::new()));
    world.end().await;
}

/// What the audit tells of links, as act and about.
async fn told(world: &World) -> Vec<(String, String)> {
    let entries = world.app.store.audit(world.account).await.unwrap();
    let bodies = entries.iter().map(|(_, _, body)| serde_json::from_str::<Value>(body).unwrap());
    bodies
        .filter(|body| body["act"].as_str().unwrap().starts_with("directory-"))
        .map(|body| {
            let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
            (text("act"), format!("{} {}", text("code"), text("about")).trim().to_owned())
        })
        .collect()
}

/// The id is kept and looked at again each time: an address that moved, and a person who is gone,
/// are noticed, and told once.
#[tokio::test]
async fn a_linked_person_who_is_gone_or_renamed_is_looked_up_again() {
    let world = World::new().await;
    let desk = world.desk().await;
    let number = "48214";
    let ben = world.outside.directory_user(BEN).unwrap();
    assert_eq!(shown(&world, &desk, number).await.0, BEN);
    assert_eq!(shown(&world, &desk, number).await.0, BEN);
    let linked = |about: String| ("directory-linked".to_owned(), about);
    let mut expected = vec![linked(ben.id.clone())];
    assert_eq!(told(&world).await, expected);

    // He is called something else now, and nobody has the address.
    let rename = |address: &str| {
        let address = address.to_owned();
        world.outside.edit_tenant(NORTHWIND, |tenant| {
            let him = tenant.users.iter_mut().find(|user| user.id == ben.id).unwrap();
            (him.upn, him.mail) = (address.clone(), Some(address));
        });
    };
    rename("ben.long@northwind.example");
    for _ in 0..2 {
        let (upn, codes) = shown(&world, &desk, number).await;
        assert_eq!((upn.as_str(), codes), ("", vec!["person-not-found".to_owned()]));
    }
    let lost = ("directory-lost".to_owned(), format!("person-not-found {}", ben.id));
    expected.push(lost);
    assert_eq!(told(&world).await, expected);
    // And back.
    rename(BEN);
    assert_eq!(shown(&world, &desk, number).await.0, BEN);
    expected.push(linked(ben.id.clone()));
    assert_eq!(told(&world).await, expected);

    // He has left, and a namesake got the address.
    let new = Uuid::from_u128(9).to_string();
    world.outside.edit_tenant(NORTHWIND, |tenant| {
        let him = tenant.users.iter_mut().find(|user| user.id == ben.id).unwrap();
        him.id.clone_from(&new);
    });
    assert_eq!(shown(&world, &desk, number).await.0, BEN);
    expected.push(linked(format!("{new} instead of {}", ben.id)));
    assert_eq!(told(&world).await, expected);

    // Gone for good.
    world.outside.edit_tenant(NORTHWIND, |tenant| tenant.users.retain(|user| user.id != new));
    let (_, codes) = shown(&world, &desk, number).await;
    assert_eq!(codes, ["person-not-found"]);
    expected.push(("directory-lost".to_owned(), format!("person-not-found {new}")));
    assert_eq!(told(&world).await, expected);
    world.end().await;
}
