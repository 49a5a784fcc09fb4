//! What we ask ConnectWise and HaloPSA, and what their stand-ins answer, against the slices of the vendors'
//! descriptions. Skipped, with a word, where there are none. Autotask has none to be had.

use std::collections::BTreeSet;

use server::outbound::Answer;
use server::psa::{NewNote, PsaClient};
use shared::MemberClaim;
use simulator::{Company, Psa, Recorded};

use crate::conformance::{Description, fits, folder, read};
use crate::frame::{Connected, claim, connect};
use crate::world::World;

/// What we call although the slices leave it out: shapes of psa.md, which nothing here confirms.
const CONNECTWISE: [&str; 8] = [
    "GET /login/companyinfo/{id}",
    "GET /v2026_1/apis/3.0/company/companies",
    "GET /v2026_1/apis/3.0/service/tickets",
    "GET /v2026_1/apis/3.0/system/connectWiseHostedScreens",
    "GET /v2026_1/apis/3.0/system/connectwisehostedsetups",
    "GET /v2026_1/apis/3.0/system/members",
    "PATCH /v2026_1/apis/3.0/system/connectwisehostedsetups/{id}",
    "POST /v2026_1/apis/3.0/system/connectwisehostedsetups",
];
const HALO: [&str; 5] = [
    "GET /api/Actions",
    "GET /api/Agent/{id}",
    "GET /api/Client",
    "GET /api/authinfo",
    "POST /auth/token",
];

fn done<T>(answer: Answer<T>) -> T {
    match answer {
        Answer::Done(done) => done,
        Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
        Answer::Later(_) | Answer::Unknown(_) => panic!("no answer"),
    }
}

/// Everything that a PSA can be asked, once.
async fn walk(world: &World, at: Connected) -> Box<dyn PsaClient> {
    let client = world.app.psa.client(world.account, at.id).await.unwrap().unwrap();
    done(client.check().await);
    let ticket = done(client.ticket("48213", None).await);
    assert_eq!(ticket.contact.as_deref(), Some("1001"));
    assert_eq!(ticket.company.as_ref().map(|it| it.id.as_str()), Some("250"));
    let card = done(client.card("1001").await);
    assert_eq!((card.name.as_str(), card.company.as_str()), ("Ada Park", "250"));
    assert_eq!(card.email, "ada.park@northwind.example");
    let companies = done(client.companies().await);
    let northwind = companies.iter().find(|it| it.id == "250").unwrap();
    assert_eq!(
        (northwind.name.as_str(), northwind.domain.as_str()),
        ("Northwind Dental", "northwind.example")
    );
    let found = done(client.find_contacts("O'Neil", None).await);
    assert!(found.iter().any(|card| card.name == "Conan O'Neil"), "escaped, and found");
    assert!(!done(client.find_contacts("ada", Some("250")).await).is_empty());
    assert!(!done(client.newest_tickets().await).is_empty());
    let note = NewNote {
        title: "Title",
        text: "Line one\nLine <two>\n\n[mark 7]",
        mark: "[mark 7]",
        author: None,
    };
    assert!(!done(client.has_note("48213", "[mark 7]").await));
    done(client.write_note("48213", note).await);
    assert!(done(client.has_note("48213", "[mark 7]").await));
    let kept = world.outside.psa_notes(at.psa, 48213);
    assert_eq!(kept.len(), 1);
    assert!(kept[0].internal && kept[0].text.contains("Line <two>"), "{kept:?}");
    done(client.person("101").await);
    client
}

/// Everything that differs from the description, and what was called that it leaves out.
fn compare(
    requests: &[Recorded],
    company: Company,
    description: &Description,
    listed: &[&'static str],
) -> (Vec<String>, BTreeSet<String>, BTreeSet<String>) {
    let (mut differences, mut met, mut left) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for it in requests.iter().filter(|it| it.company == company) {
        match description.operation(it) {
            Some(operation) => {
                differences.extend(description.differences(&operation, it));
                met.insert(operation.name);
            }
            None => {
                let own = listed.iter().find(|name| {
                    let (method, template) = name.split_once(' ').unwrap();
                    method == it.method && fits(template, &it.path).is_some()
                });
                let path = format!("{} {}", it.method, it.path);
                left.insert(own.map_or(path, |own| (*own).to_owned()));
            }
        }
    }
    (differences, met, left)
}

fn names(listed: &[&str]) -> BTreeSet<String> {
    listed.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn connectwise_is_asked_as_it_is_described() {
    let Some(folder) = folder() else { return eprintln!("skipped: no descriptions") };
    let world = World::new().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let client = walk(&world, at).await;
    let member: MemberClaim = serde_json::from_value(claim(&world, "tess")).unwrap();
    assert_eq!(done(client.member(&member, "192.0.2.7").await).login, "tess");
    done(client.ticket("48213", Some(&member)).await);
    let origin = &world.app.settings.server.origin;
    for _ in 0..2 {
        done(client.install_pod(&crate::frame::pod_url(&world, at), origin).await);
    }
    assert_eq!(world.outside.with_psa(Psa::ConnectWise, |it| it.pods.len()), 1, "once");
    let description = Description::new(read(&folder, "connectwise.json"), "/v2026_1/apis/3.0");
    let requests = world.outside.requests();
    let (differences, met, left) =
        compare(&requests, Company::ConnectWise, &description, &CONNECTWISE);
    assert_eq!(differences, Vec::<String>::new());
    assert!(met.len() >= 7, "{met:?}");
    assert_eq!(left, names(&CONNECTWISE));
    world.end().await;
}

#[tokio::test]
async fn halo_is_asked_as_it_is_described() {
    let Some(folder) = folder() else { return eprintln!("skipped: no descriptions") };
    let world = World::new().await;
    let at = connect(&world, Psa::Halo).await;
    walk(&world, at).await;
    let description = Description::new(read(&folder, "halopsa.json"), "/api");
    let requests = world.outside.requests();
    let (differences, met, left) = compare(&requests, Company::Halo, &description, &HALO);
    assert_eq!(differences, Vec::<String>::new());
    assert!(met.len() >= 6, "{met:?}");
    assert_eq!(left, names(&HALO));
    world.end().await;
}

#[tokio::test]
async fn autotask_is_asked_as_its_pages_say() {
    let world = World::new().await;
    let at = connect(&world, Psa::Autotask).await;
    walk(&world, at).await;
    world.end().await;
}
